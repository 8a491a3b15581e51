"""Compter des jours : reporter une échéance au premier jour ouvré, décaler une date d'un an. Rien d'autre."""

import calendar
from datetime import date, timedelta

SAMEDI = 5
# Jours fériés à date fixe (code du travail, art. L. 3133-1).
FERIES_FIXES = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
# Lundi de Pâques, Ascension, lundi de Pentecôte : en jours après le dimanche de Pâques.
APRES_PAQUES = (1, 39, 50)


def paques(annee):
    """Le dimanche de Pâques, calendrier grégorien (algorithme de Meeus)."""
    a, (b, c) = annee % 19, divmod(annee, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    r = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * r) // 451
    mois, jour = divmod(h + r - 7 * m + 114, 31)
    return date(annee, mois, jour + 1)


def est_ouvre(jour):
    if jour.weekday() >= SAMEDI or (jour.month, jour.day) in FERIES_FIXES:
        return False
    return (jour - paques(jour.year)).days not in APRES_PAQUES


def echeance(depart, delai):
    """`delai` jours de calendrier après `depart`, reportés au premier jour ouvré : un samedi devient un lundi."""
    jour = depart + timedelta(days=delai)
    while not est_ouvre(jour):
        jour += timedelta(days=1)
    return jour


def decaler(jour, annees):
    """La même date, des années plus tard ; le 29 février devient le 28, la fin de février reste la fin de février."""
    if jour is None:
        return None
    annee = jour.year + annees
    dernier = calendar.monthrange(annee, jour.month)[1]
    if jour.day == calendar.monthrange(jour.year, jour.month)[1]:
        return jour.replace(year=annee, day=dernier)
    return jour.replace(year=annee, day=min(jour.day, dernier))
