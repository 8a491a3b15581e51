"""Le refus des trous : une lettre officielle ne part pas avec une valeur manquante."""

import unicodedata
from dataclasses import fields, is_dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from documents import fontes


class ChampManquant(ValueError):
    """Une valeur obligatoire est vide, ou un repère de modèle est resté dans le texte."""


def exiger(document, *noms):
    """Vérifie que ces champs sont remplis, et qu'aucun texte du document, si profond soit-il, n'est un trou."""
    nature = type(document).__name__
    for nom in noms:
        valeur = getattr(document, nom)
        if valeur is None or valeur in ((), []) or (isinstance(valeur, str) and not valeur.strip()):
            raise ChampManquant(f"{nature} : « {nom} » est vide.")
    for champ in fields(document):
        _refuser_les_trous(f"{nature}.{champ.name}", getattr(document, champ.name))


def _refuser_les_trous(nom, valeur):
    if isinstance(valeur, str):
        if "{{" in valeur:
            raise ChampManquant(f"Repère non résolu dans « {nom} ».")
        if valeur.strip() == "None":
            raise ChampManquant(f"« {nom} » est une valeur absente devenue texte.")
    elif isinstance(valeur, tuple | list):
        for element in valeur:
            _refuser_les_trous(nom, element)
    elif is_dataclass(valeur):
        for champ in fields(valeur):
            _refuser_les_trous(f"{type(valeur).__name__}.{champ.name}", getattr(valeur, champ.name))
    elif isinstance(valeur, datetime) and valeur.tzinfo is None:
        raise ChampManquant(f"« {nom} » n’a pas de fuseau horaire.")


def imprimable(texte):
    """Remplace ce que la fonte ne sait pas dessiner : un caractère vide n'est ni lisible ni archivable."""
    texte = unicodedata.normalize("NFC", str(texte))
    dessinables = fontes.dessinables()
    if dessinables.issuperset(texte):
        return texte
    return "".join(signe if signe in dessinables else _approcher(signe) for signe in texte)


def _approcher(signe):
    if signe.isspace():
        return " "
    if unicodedata.category(signe) in ("Cc", "Cf", "Mn"):
        return ""
    base = "".join(c for c in unicodedata.normalize("NFKD", signe) if c in fontes.dessinables())
    return base or "?"


def sur(texte):
    """Prépare un texte venu d'une personne : dans un bloc, < et & ont un sens."""
    return escape(imprimable(texte).replace("'", "’"))
