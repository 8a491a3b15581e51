"""Filtres des pages d'appels : rendre lisible ce que la convention écrit en capitales ou avec des droites."""

import re
from functools import lru_cache

from django import template
from django.template.loader import render_to_string

register = template.Library()
AVANT_DEUX_POINTS = re.compile(r" +([:;!?»])")
APRES_GUILLEMET = re.compile(r"« +")
# Les libellés d'une convention sont peu nombreux et reviennent à chaque page.
memoriser = lru_cache(maxsize=4096)


@register.filter
@memoriser
def lisible(texte):
    """Casse de phrase, apostrophes typographiques, espaces insécables, sans point final ni « etc... »."""
    texte = (texte or "").strip()
    if texte.isupper():
        texte = texte.capitalize()
    texte = texte.replace("'", "’").removesuffix("etc...").rstrip(" .,")
    return APRES_GUILLEMET.sub("«\u00a0", AVANT_DEUX_POINTS.sub("\u00a0\\1", texte))


@register.filter
@memoriser
def typo(texte):
    """Apostrophes et espaces insécables, rien d'autre."""
    texte = (texte or "").replace("'", "’")
    return APRES_GUILLEMET.sub("«\u00a0", AVANT_DEUX_POINTS.sub("\u00a0\\1", texte))


@register.filter
@memoriser
def chiffre(valeur, unite=""):
    """Une valeur du portrait avec son unité : « 40,7 % », « 671 personnes », « 79 »."""
    if valeur is None:
        return "–"
    texte = f"{valeur:,.2f}".rstrip("0").rstrip(".").replace(",", "\u202f").replace(".", ",")
    return texte if unite in ("", "indice") else f"{texte}\u00a0{unite}"


@register.simple_tag
@memoriser
def portrait(valeur):
    """Le portrait d'un quartier : il ne dépend que de ce qu'il montre, et la page la plus lue en montre plusieurs."""
    return render_to_string("appels/_portrait.html", {"portrait": valeur})
