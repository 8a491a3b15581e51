"""Quand une action peut se dérouler, et sur combien d'années elle est demandée."""

from datetime import date
from typing import NamedTuple

# En dehors de ces années, une date est une faute de frappe plutôt qu'un projet.
AVANCE, RETARD = 1, 5
MOIS_DE_RENTREE = 9


class Periode(NamedTuple):
    debut: date
    fin: date

    def contient(self, jour):
        return jour is None or self.debut <= jour <= self.fin


def periode_plausible(appel):
    """Les seules dates qu'on accepte d'écrire pour cet appel."""
    return Periode(date(appel.annee - AVANCE, 1, 1), date(appel.annee + RETARD, 12, 31))


def periode_permise(appel, nb_annees=1):
    """Du 1er janvier de l'appel au 31 décembre de la dernière année demandée, ou à la fin de l'année scolaire."""
    derniere = appel.annee + nb_annees - 1
    fin = date(derniere + 1, MOIS_DE_RENTREE - 1, 31) if appel.annee_scolaire else date(derniere, 12, 31)
    return Periode(date(appel.annee, 1, 1), fin)


def periode_de(dossier):
    return periode_permise(dossier.appel, dossier.nb_annees)


def deborde(dossier):
    """L'action commence-t-elle avant, ou finit-elle après ce que prévoit l'appel (règle B7) ?"""
    periode = periode_de(dossier)
    return not (periode.contient(dossier.debut) and periode.contient(dossier.fin))


def annees_suivantes(appel, nb_annees):
    """Les années d'une demande pluriannuelle qui suivent la première."""
    return list(range(appel.annee + 1, appel.annee + nb_annees))


def demandes_suivantes(dossier):
    """Ce que la demande pluriannuelle prévoit après la première année ; une année retirée ne compte plus."""
    annees = set(annees_suivantes(dossier.appel, dossier.nb_annees))
    if not annees:
        return []
    return [demande for demande in dossier.demandes_annuelles.all() if demande.annee in annees]
