"""Les pages d'erreur, dans le même habit que les autres."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from comptes.reprise import champs


def requete(request, exception=None):
    return render(request, "400.html", status=400)


def interdit(request, exception=None):
    return render(request, "403.html", status=403)


def introuvable(request, exception=None):
    return render(request, "404.html", status=404)


def csrf(request, reason=""):
    """Un jeton périmé : le plus souvent, la personne s'est reconnectée dans un autre onglet."""
    saisie = None
    # On ne re-propose que ce qui vient de nos pages : un autre site ne doit pas faire envoyer sa saisie à lui.
    if request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}":
        saisie = {"adresse": request.get_full_path(), "champs": champs(request), "fichiers": bool(request.FILES)}
    return render(request, "csrf.html", {"saisie": saisie if saisie and saisie["champs"] else None}, status=403)


def panne(request):
    # Sans contexte ni base : la panne peut venir d'eux.
    return HttpResponseServerError(render_to_string("500.html"))
