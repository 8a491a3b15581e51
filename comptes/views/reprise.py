"""Reprendre un formulaire interrompu par la fin de la session, ou se reconnecter sans quitter la page."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from comptes import reprise
from comptes.acces import connecte, public


@require_GET
@never_cache
@connecte
def reprendre(request):
    saisie = reprise.lire(request)
    if saisie is None:
        return redirect("accueil")
    return render(request, "reprise.html", {"saisie": saisie})


@require_GET
@never_cache
@public
def session(request):
    """Qui est connecté dans ce navigateur, et le jeton de ses prochains envois (static/session.js)."""
    connectee = request.user.is_authenticated
    return JsonResponse({"utilisateur": request.user.pk if connectee else None, "jeton": get_token(request)})
