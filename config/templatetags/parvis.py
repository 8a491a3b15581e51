"""Balises et filtres communs à toutes les pages, chargés d'office."""

from decimal import Decimal, InvalidOperation

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

register = template.Library()
FINE, INSECABLE = "\u202f", "\u00a0"

# État → ton et forme : la couleur n'est jamais seule à parler.
TONS = {
    "brouillon": ("neu", "○"),
    "depose": ("info", "●"),
    "a_completer": ("att", "!"),
    "irrecevable": ("non", "○"),
    "recevable": ("ok", "◐"),
    "en_evaluation": ("reu", "◐"),
    "evalue": ("reu", "●"),
    "programme": ("info", "◐"),
    "decide": ("info", "●"),
    "notifie": ("ok", "●"),
    "en_cours": ("ok", "◐"),
    "bilan_rendu": ("ok", "●"),
    "clos": ("neu", "✓"),
    "retire": ("neu", "○"),
}


def _nombre(valeur, decimales):
    return f"{valeur:,.{decimales}f}".replace(",", FINE).replace(".", ",")


@register.filter
def euros(valeur, decimales=2):
    """23 500,00 € ; « – » quand il n'y a pas de montant."""
    if valeur in (None, ""):
        return "–"
    try:
        return f"{_nombre(Decimal(valeur), int(decimales))}{INSECABLE}€"
    except InvalidOperation:
        return "–"


@register.filter
def nombre(valeur, decimales=0):
    return "–" if valeur in (None, "") else _nombre(Decimal(valeur), int(decimales))


@register.filter
def pourcent(valeur, decimales=0):
    return "–" if valeur in (None, "") else f"{_nombre(Decimal(valeur), int(decimales))}{INSECABLE}%"


@register.filter
def date_longue(valeur):
    """vendredi 15 janvier 2027"""
    if not valeur:
        return ""
    if hasattr(valeur, "tzinfo"):
        valeur = timezone.localtime(valeur)
    return date_format(valeur, "l j F Y")


@register.filter
def heure(valeur):
    """22 h 41"""
    return f"{timezone.localtime(valeur):%-H}{INSECABLE}h{INSECABLE}{timezone.localtime(valeur):%M}" if valeur else ""


@register.filter
def date_heure(valeur):
    return f"{date_longue(valeur)} à {heure(valeur)}" if valeur else ""


@register.simple_tag
def etat(dossier):
    """La pastille d'un dossier : une forme, un mot, une couleur."""
    ton, forme = TONS[dossier.etat]
    libelle = dossier.get_etat_display()
    if dossier.etat in {"decide", "notifie"} and dossier.issue == "refuse":
        ton, forme, libelle = "non", "○", f"{libelle} · refusé"
    elif dossier.etat in {"decide", "notifie"} and dossier.issue == "accorde":
        libelle = f"{libelle} · accordé"
    return format_html('<span class="etat {}"><span aria-hidden="true">{}</span> {}</span>', ton, forme, libelle)


@register.simple_tag(takes_context=True)
def parametre(context, **changements):
    """L'adresse courante avec ces paramètres changés (None retire)."""
    parametres = context["request"].GET.copy()
    for nom, valeur in changements.items():
        if valeur in (None, ""):
            parametres.pop(nom, None)
        else:
            parametres[nom] = valeur
    return "?" + parametres.urlencode()
