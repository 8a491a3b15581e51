"""Écrire un montant au juste : avec ses centimes quand il en a."""

from django import template

from dossiers.budget import euros

register = template.Library()


@register.filter
def au_juste(montant):
    return "–" if montant is None else euros(montant)
