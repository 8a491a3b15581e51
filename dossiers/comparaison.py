"""D'une année à l'autre : ce qui a changé dans le texte, et les chiffres prévus et réalisés côte à côte."""

from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from dossiers import budget
from dossiers.jours import decaler

TEXTES = (
    ("L’action", ("intitule", "objectifs_action", "description", "lieux")),
    ("Public et calendrier", ("public", "nb_beneficiaires", "part_qpv", "debut", "fin")),
    ("Moyens et partenaires", ("moyens", "partenaires", "droit_commun")),
    ("Résultats", ("resultats_attendus", "participation")),
)
# L'année d'avance est la règle d'un renouvellement, pas un changement.
CALENDRIER = {"debut", "fin"}
CHIFFRES_DU_PUBLIC = (
    "nb_beneficiaires", "part_qpv", "nb_femmes", "nb_hommes", "age_0_5", "age_6_15", "age_16_25", "age_26_49",
    "age_50_64", "age_65",
)  # fmt: skip


class Difference(NamedTuple):
    section: str
    libelle: str
    avant: str
    apres: str

    @property
    def morceaux(self):
        """[(« », « - » ou « + », texte)] : le texte, mot à mot, avec ce qui est parti et ce qui est venu."""
        avant, apres = self.avant.split(), self.apres.split()
        rendus = []
        for genre, a, b, c, d in SequenceMatcher(None, avant, apres, autojunk=False).get_opcodes():
            if genre == "equal":
                rendus.append(("", " ".join(avant[a:b])))
                continue
            if a < b:
                rendus.append(("-", " ".join(avant[a:b])))
            if c < d:
                rendus.append(("+", " ".join(apres[c:d])))
        return rendus


def differences(ancien, nouveau):
    """Ce qu'un lecteur de l'an passé doit relire, dans l'ordre du dossier."""
    ecart = nouveau.appel.annee - ancien.appel.annee
    liste = []
    for section, champs in TEXTES:
        for champ in champs:
            avant, apres = getattr(ancien, champ), getattr(nouveau, champ)
            if champ in CALENDRIER and decaler(avant, ecart) == apres:
                continue
            libelle = ancien._meta.get_field(champ).verbose_name.capitalize()
            _noter(liste, section, libelle, _lisible(avant), _lisible(apres))
    _noter(liste, "Objectifs et quartiers", "Objectifs et quartiers", _cibles(ancien), _cibles(nouveau))
    for libelle, avant, apres in _montants(ancien, nouveau):
        _noter(liste, "Budget", libelle, budget.euros(avant), budget.euros(apres))
    avant, apres = (", ".join(i.libelle for i in dossier.indicateurs.all()) for dossier in (ancien, nouveau))
    _noter(liste, "Résultats", "Indicateurs", avant, apres)
    return liste


def _noter(liste, section, libelle, avant, apres):
    if avant.strip() != apres.strip():
        liste.append(Difference(section, libelle, avant or "rien", apres or "rien"))


def _lisible(valeur):
    if valeur in (None, ""):
        return ""
    return f"{valeur:%d/%m/%Y}" if hasattr(valeur, "year") else str(valeur)


def _cibles(dossier):
    return " ; ".join(sorted(f"{cible.objectif} ({cible.quartier})" for cible in dossier.cibles.all()))


def _postes(dossier):
    postes = {}
    for ligne in dossier.lignes_budget.all():
        postes[ligne.sens, ligne.compte] = postes.get((ligne.sens, ligne.compte), Decimal(0)) + ligne.montant
    return postes


def _demandes(dossier):
    return {f.financeur: f.montant_demande for f in dossier.financements.all()}


def _montants(ancien, nouveau):
    (avant, apres), (demande_avant, demande_apres) = (
        [_postes(dossier) for dossier in (ancien, nouveau)],
        [_demandes(dossier) for dossier in (ancien, nouveau)],
    )
    zero = Decimal(0)
    for financeur in dict.fromkeys([*demande_avant, *demande_apres]):
        yield f"Demandé à {financeur}", demande_avant.get(financeur, zero), demande_apres.get(financeur, zero)
    for sens, comptes in budget.COMPTES.items():
        for compte, libelle in comptes.items():
            if (sens, compte) in avant or (sens, compte) in apres:
                yield libelle, avant.get((sens, compte), zero), apres.get((sens, compte), zero)


class Ligne(NamedTuple):
    """Un chiffre sur deux ans ; `cle` est celle sous laquelle le réalisé se déclare."""

    section: str
    cle: str
    libelle: str
    prevu: Decimal | int | None
    realise: Decimal | None
    accorde: Decimal | None
    prochain: Decimal | int | None
    en_euros: bool = True


def lignes(ancien, nouveau, accordes=None):
    """Prévu et réalisé de l'an passé, prévu de cette année : budget, public, indicateurs."""
    realise = {r.cle: r.valeur for r in ancien.realisations.all()}
    avant, apres = _postes(ancien), _postes(nouveau)
    rendues = []
    for sens, section in (("C", "Charges"), ("P", "Produits")):
        for compte, libelle in budget.COMPTES[sens].items():
            if (sens, compte) in avant or (sens, compte) in apres:
                cle = f"{sens}:{compte}"
                rendues.append(
                    Ligne(section, cle, libelle, avant.get((sens, compte)), realise.get(cle), None,
                          apres.get((sens, compte)))
                )  # fmt: skip
    demande_avant, demande_apres = _demandes(ancien), _demandes(nouveau)
    for financeur in dict.fromkeys([*demande_avant, *demande_apres]):
        cle = f"F:{financeur.pk}"
        rendues.append(
            Ligne("Financeurs de l’appel", cle, f"Demandé à {financeur}", demande_avant.get(financeur),
                  realise.get(cle), (accordes or {}).get(financeur.pk), demande_apres.get(financeur))
        )  # fmt: skip
    for champ in CHIFFRES_DU_PUBLIC:
        prevu, prochain = getattr(ancien, champ), getattr(nouveau, champ)
        if prevu is not None or prochain is not None:
            libelle = ancien._meta.get_field(champ).verbose_name.capitalize()
            rendues.append(Ligne("Public", champ, libelle, prevu, realise.get(champ), None, prochain, False))
    suivants = {i.libelle.casefold().strip(): i for i in nouveau.indicateurs.all()}
    for indicateur in ancien.indicateurs.all():
        suivant, cle = suivants.pop(indicateur.libelle.casefold().strip(), None), f"I:{indicateur.pk}"
        rendues.append(
            Ligne("Indicateurs", cle, indicateur.libelle, indicateur.cible, realise.get(cle), None,
                  suivant.cible if suivant else None, False)
        )  # fmt: skip
    rendues += [
        Ligne("Indicateurs", "", indicateur.libelle, None, None, None, indicateur.cible, False)
        for indicateur in suivants.values()
    ]
    return rendues
