"""Reprendre un formulaire interrompu par la fin de la session."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from comptes import reprise
from comptes.acces import connecte


@require_GET
@never_cache
@connecte
def reprendre(request):
    saisie = reprise.lire(request)
    if saisie is None:
        return redirect("accueil")
    return render(request, "reprise.html", {"saisie": saisie})
