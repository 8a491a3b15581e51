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
def duree(minutes):
    """« 1 minute », « 45 minutes », « 1 h 05 »."""
    if minutes < 60:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{minutes // 60}{INSECABLE}h{INSECABLE}{minutes % 60:02}"


@register.filter
def date_longue(valeur):
    """vendredi 15 janvier 2027, vendredi 1er janvier 2027"""
    if not valeur:
        return ""
    if hasattr(valeur, "tzinfo"):
        valeur = timezone.localtime(valeur)
    return date_format(valeur, r"l j\e\r F Y" if valeur.day == 1 else "l j F Y")


@register.filter
def heure(valeur):
    """22 h 41"""
    return f"{timezone.localtime(valeur):%-H}{INSECABLE}h{INSECABLE}{timezone.localtime(valeur):%M}" if valeur else ""


@register.filter
def date_heure(valeur):
    return f"{date_longue(valeur)} à {heure(valeur)}" if valeur else ""


def _grouper(valeur, *tailles):
    morceaux, rang = [], 0
    for taille in tailles:
        morceaux.append(valeur[rang : rang + taille])
        rang += taille
    return INSECABLE.join(morceaux)


@register.filter
def siret(valeur):
    """732 829 320 00074"""
    return _grouper(valeur, 3, 3, 3, 5) if len(valeur or "") == 14 else valeur


@register.filter
def telephone(valeur):
    """03 21 00 00 00"""
    return _grouper(valeur, 2, 2, 2, 2, 2) if len(valeur or "") == 10 else valeur


# L'ordre compte : Edge se dit aussi Chrome, et Chrome se dit aussi Safari.
NAVIGATEURS = [("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrome", "Chrome"), ("Safari", "Safari")]
SYSTEMES = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
]


@register.filter
def navigateur(agent):
    """« Firefox sur Windows », lu dans ce que le navigateur annonce."""
    nom = next((nom for signe, nom in NAVIGATEURS if signe in agent), "Navigateur inconnu")
    systeme = next((nom for signe, nom in SYSTEMES if signe in agent), "")
    return f"{nom} sur {systeme}" if systeme else nom


# Tracés dessinés pour Parvis, sur une grille de 20 ; toujours à côté d'un mot.
ICONES = {
    "ajouter": "M10 4v12M4 10h12",
    "alerte": "M10 3l8 14H2zM10 8v4M10 14.5v.5",
    "calendrier": "M3 5h14v12H3zM3 9h14M7 3v4M13 3v4",
    "cadenas": "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
    "coche": "M4 10.5l4 4 8-9",
    "document": "M5 2h7l4 4v12H5zM12 2v4h4M8 10h5M8 13h5",
    "envoyer": "M2 10l16-7-6 15-3-6z",
    "fleche": "M4 10h12M11 5l5 5-5 5",
    "imprimer": "M6 8V3h8v5M4 8h12v6H4zM6 12h8v5H6z",
    "modifier": "M3 17l1-4L14 3l3 3L7 16z",
    "personne": "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 18c.5-4 3-6 7-6s6.5 2 7 6",
    "rechercher": "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5L18 18",
    "telecharger": "M10 3v10M6 9l4 4 4-4M3 17h14",
}


@register.simple_tag
def icone(nom):
    """Un dessin en ligne, muet pour les lecteurs d'écran."""
    return format_html(
        '<svg class="icone" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        ICONES[nom],
    )


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
