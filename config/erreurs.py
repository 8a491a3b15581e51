"""Les pages d'erreur, dans le même habit que les autres."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def requete(request, exception=None):
    return render(request, "400.html", status=400)


def interdit(request, exception=None):
    return render(request, "403.html", status=403)


def introuvable(request, exception=None):
    return render(request, "404.html", status=404)


def csrf(request, reason=""):
    """Session expirée au milieu d'un formulaire, le plus souvent."""
    return render(request, "csrf.html", status=403)


def panne(request):
    # Sans contexte ni base : la panne peut venir d'eux.
    return HttpResponseServerError(render_to_string("500.html"))
