"""Le refus des trous : une lettre officielle ne part pas avec une valeur manquante."""

from dataclasses import fields
from xml.sax.saxutils import escape


class ChampManquant(ValueError):
    """Une valeur obligatoire est vide, ou un repère de modèle est resté dans le texte."""


def exiger(document, *noms):
    """Vérifie que ces champs sont remplis et qu'aucun texte ne porte un repère « {{ »."""
    for nom in noms:
        valeur = getattr(document, nom)
        if valeur is None or (isinstance(valeur, str | tuple | list) and not valeur):
            raise ChampManquant(f"{type(document).__name__} : « {nom} » est vide.")
    for champ in fields(document):
        valeur = getattr(document, champ.name)
        textes = valeur if isinstance(valeur, tuple | list) else (valeur,)
        if any(isinstance(texte, str) and "{{" in texte for texte in textes):
            raise ChampManquant(f"{type(document).__name__} : repère non résolu dans « {champ.name} ».")


def sur(texte):
    """Échappe un texte venu d'une personne : dans un bloc, < et & ont un sens."""
    return escape(str(texte))
