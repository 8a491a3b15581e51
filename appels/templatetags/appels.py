"""Filtres des pages d'appels : rendre lisible ce que la convention écrit en capitales ou avec des droites."""

import re

from django import template

register = template.Library()
AVANT_DEUX_POINTS = re.compile(r" +([:;!?»])")
APRES_GUILLEMET = re.compile(r"« +")


@register.filter
def lisible(texte):
    """Casse de phrase, apostrophes typographiques, espaces insécables, sans point final ni « etc... »."""
    texte = (texte or "").strip()
    if texte.isupper():
        texte = texte.capitalize()
    texte = texte.replace("'", "’").removesuffix("etc...").rstrip(" .,")
    return APRES_GUILLEMET.sub("«\u00a0", AVANT_DEUX_POINTS.sub("\u00a0\\1", texte))


@register.filter
def typo(texte):
    """Apostrophes et espaces insécables, rien d'autre."""
    texte = (texte or "").replace("'", "’")
    return APRES_GUILLEMET.sub("«\u00a0", AVANT_DEUX_POINTS.sub("\u00a0\\1", texte))


@register.filter
def chiffre(valeur, unite=""):
    """Une valeur du portrait avec son unité : « 40,7 % », « 671 personnes », « 79 »."""
    if valeur is None:
        return "–"
    texte = f"{valeur:,.2f}".rstrip("0").rstrip(".").replace(",", "\u202f").replace(".", ",")
    return texte if unite in ("", "indice") else f"{texte}\u00a0{unite}"
