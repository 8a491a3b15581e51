"""Mon profil : mon nom, ma sécurité, mes jetons d'API."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from comptes.acces import connecte
from comptes.forms import ProfilForm
from comptes.models import Role

JETONS_MAX = 10
# Qui évalue, instruit ou finance déclare ses liens avec les organismes.
DECLARENT_LEURS_LIENS = {Role.EVALUATEUR, Role.CITOYEN, Role.FINANCEUR, Role.AGENT}


def _page(request, form, jeton=None):
    contexte = {
        "form": form,
        "jetons": AuthToken.objects.filter(user=request.user).order_by("-created"),
        "nouveau_jeton": jeton,
        "second_facteur": is_mfa_enabled(request.user),
        "a_des_liens": not DECLARENT_LEURS_LIENS.isdisjoint(request.user.roles),
    }
    return render(request, "comptes/profil.html", contexte)


@never_cache
@connecte
def profil(request):
    form = ProfilForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Votre profil est enregistré.")
        return redirect("profil")
    return _page(request, form)


@require_POST
@never_cache
@connecte
def creer_jeton(request):
    """Le jeton n'est montré qu'une fois : la base n'en garde qu'une empreinte."""
    if AuthToken.objects.filter(user=request.user).count() >= JETONS_MAX:
        messages.error(request, f"Vous avez déjà {JETONS_MAX} jetons. Révoquez-en un d’abord.")
        return redirect("profil")
    _, jeton = AuthToken.objects.create(user=request.user)
    return _page(request, ProfilForm(instance=request.user), jeton)


@require_POST
@connecte
def revoquer_jeton(request, cle):
    get_object_or_404(AuthToken, user=request.user, token_key=cle).delete()
    messages.success(request, "Le jeton est révoqué.")
    return redirect("profil")
