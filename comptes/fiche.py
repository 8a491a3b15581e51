"""Les pages de la fiche permanente, et ce qui lui manque pour un dossier."""

import re
import unicodedata
from typing import NamedTuple

from django.utils import timezone

from comptes.models import Organisme


class Page(NamedTuple):
    code: str
    titre: str
    gabarit: str


class Manque(NamedTuple):
    page: str
    champ: str
    phrase: str


IDENTITE = Page("identite", "Identité et registres", "comptes/fiche/identite.html")
ADRESSES = Page("adresses", "Adresses et contacts", "comptes/fiche/adresses.html")
PERSONNES = Page("personnes", "Personnes", "comptes/fiche/personnes.html")
ADMINISTRATION = Page("administration", "Relations avec l’administration", "comptes/fiche/administration.html")
RESEAU = Page("reseau", "Réseau et adhérents", "comptes/fiche/reseau.html")
MOYENS = Page("moyens", "Moyens humains", "comptes/fiche/moyens.html")
BANQUE = Page("banque", "Compte bancaire", "comptes/fiche/banque.html")

TYPES = Organisme.Type


def pages_de(organisme):
    """Les pages que cette structure remplit : une commune n'a ni agrément, ni réseau associatif."""
    pages = [IDENTITE, ADRESSES, PERSONNES]
    if organisme.souscrit_cer:
        pages.append(ADMINISTRATION)
    if organisme.type == TYPES.ASSOCIATION:
        pages.append(RESEAU)
    return [*pages, MOYENS, BANQUE]


OBLIGATOIRES = (
    ("identite", "nom", "Donnez le nom complet de la structure."),
    ("identite", "siret", "Indiquez le numéro SIRET."),
    ("adresses", "adresse", "Indiquez l’adresse du siège."),
    ("adresses", "code_postal", "Indiquez le code postal du siège."),
    ("adresses", "ville", "Indiquez la commune du siège."),
    ("personnes", "representant_nom", "Donnez le nom du représentant légal."),
    ("personnes", "representant_fonction", "Donnez la fonction du représentant légal."),
    ("personnes", "representant_telephone", "Indiquez le téléphone du représentant légal."),
    ("personnes", "representant_courriel", "Indiquez le courriel du représentant légal."),
)
EFFECTIFS = (
    ("nb_benevoles", "Indiquez le nombre de bénévoles, zéro compris."),
    ("nb_salaries", "Indiquez le nombre de salariés, zéro compris."),
    ("nb_adherents", "Indiquez le nombre d’adhérents."),
)
COMPTE = (
    ("iban", "Indiquez l’IBAN du compte : on ne peut pas vous payer sans lui."),
    ("titulaire_compte", "Dites au nom de qui est le compte."),
)


def manques_de_fiche(organisme, jour=None):
    """Ce qu'un dossier réclame et que la fiche n'a pas encore, dans l'ordre des pages ; sans requête."""
    manques = [Manque(*ligne) for ligne in OBLIGATOIRES if getattr(organisme, ligne[1]) in (None, "")]
    if organisme.type == TYPES.ASSOCIATION:
        if not (organisme.rna or organisme.registre_local):
            manques.append(Manque("identite", "rna", "Indiquez le numéro RNA, ou le registre en Alsace-Moselle."))
        manques += _manques_d_effectifs(organisme, jour or timezone.localdate())
    if organisme.utilite_publique and organisme.utilite_publique_le is None and organisme.souscrit_cer:
        manques.append(Manque("administration", "utilite_publique_le", "Datez la reconnaissance d’utilité publique."))
    manques += [Manque("banque", champ, phrase) for champ, phrase in COMPTE if not getattr(organisme, champ)]
    rangs = {page.code: rang for rang, page in enumerate(pages_de(organisme))}
    return sorted(manques, key=lambda manque: rangs[manque.page])


def _manques_d_effectifs(organisme, jour):
    """Le Cerfa demande les effectifs au 31 décembre de l'année écoulée."""
    manques = [Manque("moyens", champ, phrase) for champ, phrase in EFFECTIFS if getattr(organisme, champ) is None]
    annee = organisme.effectifs_annee
    if not manques and (annee is None or annee < jour.year - 1):
        depuis = f"datent du 31 décembre {annee}" if annee else "n’ont pas d’année"
        manques.append(
            Manque("moyens", "effectifs_annee", f"Vos effectifs {depuis} : mettez-les à jour à fin {jour.year - 1}.")
        )
    return manques


# Ce que tant de noms partagent qu'il ne distingue personne.
MOTS_VIDES = {
    "ASSOCIATION", "ASSOC", "ASSO", "ASS", "LE", "LA", "LES", "L", "D", "DE", "DES", "DU", "ET", "A", "AU", "AUX", "EN",
    "POUR", "CLUB", "COMITE", "UNION", "CENTRE",
}  # fmt: skip


def _mots(nom):
    sans_accent = "".join(c for c in unicodedata.normalize("NFD", nom) if unicodedata.category(c) != "Mn")
    mots = re.findall(r"[A-Z0-9]+", sans_accent.upper())
    return {mot for mot in mots if mot not in MOTS_VIDES} or set(mots)


def titulaire_differe(titulaire, nom, sigle=""):
    """Vrai quand le titulaire du compte n'a aucun mot en commun avec l'organisme, sigle compris."""
    if not titulaire:
        return False
    initiales = "".join(mot[0] for mot in re.findall(r"\w+", nom.upper()))
    return not _mots(titulaire) & (_mots(nom) | _mots(sigle) | {initiales})
