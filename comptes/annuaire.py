"""L'annuaire public des entreprises et associations : remplir une fiche d'après son SIRET, sans jamais en dépendre.

API Recherche d'entreprises (État, sans clé, sept demandes par seconde) : `ANNUAIRE_URL`, vide pour s'en passer.
"""

import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.cache import cache

from comptes.models import Organisme
from comptes.validateurs import RNA

logger = logging.getLogger(__name__)

DELAI_S = 2
TAILLE_MAX = 1_000_000
MORCEAU = 16_384
GARDE_TROUVE_S = 24 * 3600
GARDE_INTROUVABLE_S = 600
# Un annuaire en panne ne fait pas attendre deux secondes chaque personne qui s'inscrit.
GARDE_PANNE_S = 60
CLE_PANNE = "annuaire:panne"
MASQUE = "[NON-DIFFUSIBLE]"
# Nomenclature des catégories juridiques de l'INSEE, niveau III, puis ses deux premiers chiffres.
NATURES = {
    "9300": Organisme.Type.FONDATION,
    "7210": Organisme.Type.COMMUNE,
    "7361": Organisme.Type.COMMUNE,
    "7331": Organisme.Type.EPLE,
}
FAMILLES = {
    "92": Organisme.Type.ASSOCIATION,
    "71": Organisme.Type.ETABLISSEMENT,
    "72": Organisme.Type.ETABLISSEMENT,
    "73": Organisme.Type.ETABLISSEMENT,
    "74": Organisme.Type.ETABLISSEMENT,
    "41": Organisme.Type.ETABLISSEMENT,
}


class AnnuaireMuet(Exception):
    """L'annuaire ne répond pas, ou répond n'importe quoi."""


class Etablissement(NamedTuple):
    """Ce que l'annuaire sait de l'établissement, dans les mots de la fiche ; une chaîne vide quand il l'ignore."""

    siret: str
    type: str
    nom: str
    sigle: str
    rna: str
    adresse: str
    code_postal: str
    ville: str
    ouvert: bool

    def champs(self):
        return {nom: valeur for nom, valeur in self._asdict().items() if nom not in {"siret", "ouvert"} and valeur}


class _SansRenvoi(HTTPRedirectHandler):
    """L'adresse réglée est la seule que l'on joint."""

    def redirect_request(self, *args, **kwargs):
        return None


_ouvreur = build_opener(_SansRenvoi)
# Ni la résolution du nom ni des en-têtes égrenés n'obéissent au délai d'une prise : un fil à part, lui, s'abandonne.
_fils = ThreadPoolExecutor(max_workers=4, thread_name_prefix="annuaire")


def est_regle():
    return bool(settings.ANNUAIRE_URL)


def chercher(siret):
    """L'établissement de ce SIRET, ou None s'il est inconnu. Lève AnnuaireMuet en cas de panne."""
    cle = f"annuaire:{siret}"
    garde = cache.get(cle)
    if garde is not None:
        return Etablissement(*garde) if garde else None
    if cache.get(CLE_PANNE):
        raise AnnuaireMuet
    try:
        trouve = _lire(_fils.submit(_demander, siret).result(DELAI_S), siret)
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError, RecursionError) as panne:
        logger.warning("Annuaire muet : %s", type(panne).__name__)
        cache.set(CLE_PANNE, True, GARDE_PANNE_S)
        raise AnnuaireMuet from panne
    cache.set(cle, tuple(trouve) if trouve else (), GARDE_TROUVE_S if trouve else GARDE_INTROUVABLE_S)
    return trouve


def _demander(siret):
    if urlsplit(settings.ANNUAIRE_URL).scheme not in {"http", "https"}:
        raise ValueError("ANNUAIRE_URL est une adresse http ou https.")
    demande = Request(
        f"{settings.ANNUAIRE_URL}?{urlencode({'q': siret, 'page': 1, 'per_page': 1})}",
        headers={"Accept": "application/json", "User-Agent": "Parvis"},
    )
    fin = time.monotonic() + DELAI_S
    try:
        with _ouvreur.open(demande, timeout=DELAI_S) as reponse:
            return _recevoir(reponse, fin)
    except HTTPError as erreur:
        erreur.close()
        raise


def _recevoir(reponse, fin):
    """Tout le corps, borné en taille et en temps : un serveur qui égrène ses octets ne retient personne."""
    recus = bytearray()
    while morceau := reponse.read1(MORCEAU):
        recus += morceau
        if len(recus) > TAILLE_MAX:
            raise ValueError("Réponse trop longue.")
        if time.monotonic() > fin:
            raise TimeoutError
    return bytes(recus)


def _lire(corps, siret):
    """Le résultat du SIRET demandé ; un autre établissement, même ressemblant, n'est pas le bon."""
    for resultat in json.loads(corps)["results"]:
        etablissements = [resultat.get("siege") or {}, *(resultat.get("matching_etablissements") or [])]
        for etablissement in etablissements:
            if etablissement.get("siret") == siret:
                return _traduire(resultat, etablissement)
    return None


def _traduire(resultat, etablissement):
    complements = resultat.get("complements") or {}
    rna = _texte(complements.get("identifiant_association"), 10)
    code_postal = _texte(etablissement.get("code_postal"), 5)
    return Etablissement(
        siret=etablissement["siret"],
        type=_type(resultat, complements),
        nom=_texte(resultat.get("nom_raison_sociale") or resultat.get("nom_complet"), 255),
        sigle=_texte(resultat.get("sigle"), 50),
        rna=rna if RNA.fullmatch(rna) else "",
        adresse=_voie(etablissement, code_postal),
        code_postal=code_postal,
        ville=_texte(etablissement.get("libelle_commune"), 100),
        ouvert=etablissement.get("etat_administratif", "A") == "A" and resultat.get("etat_administratif", "A") == "A",
    )


def _type(resultat, complements):
    nature = str(resultat.get("nature_juridique") or "")
    if complements.get("est_association"):
        return Organisme.Type.ASSOCIATION
    return str(NATURES.get(nature) or FAMILLES.get(nature[:2]) or "")


def _voie(etablissement, code_postal):
    """La rue seule : l'annuaire écrit « 3 RUE DES MINEURS 62700 BRUAY-LA-BUISSIERE »."""
    morceaux = [etablissement.get(nom) for nom in ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")]
    if etablissement.get("libelle_voie"):
        return _texte(" ".join(filter(None, morceaux)), 200)
    adresse = _texte(etablissement.get("adresse"), 300)
    return re.split(rf"\s*\b{re.escape(code_postal)}\b", adresse)[0][:200] if code_postal else adresse[:200]


def _texte(valeur, longueur):
    """Une ligne sans caractère de contrôle ; ce que l'INSEE masque est laissé vide."""
    if not isinstance(valeur, str) or MASQUE in valeur:
        return ""
    return " ".join(valeur.split())[:longueur]
