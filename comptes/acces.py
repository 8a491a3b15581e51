"""Qui entre où : chaque vue déclare son accès, une vérification système échoue quand l'une l'oublie."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from rest_framework.permissions import BasePermission

from comptes import reprise


def public(vue):
    """Ouverte à tout le monde, connecté ou non."""
    vue.acces = "public"
    return vue


def declarer(vue, acces):
    """Inscrit l'accès d'une vue d'une autre bibliothèque, qui garde elle-même sa porte (« public » ou « connecte »)."""
    vue.acces = acces
    return vue


def connecte(vue):
    """Ouverte à toute personne connectée ; ce qu'elle voit dépend de `visibles_par`."""
    return _garder(vue, ())


def acces(*roles):
    """Ouverte aux personnes qui tiennent l'un de ces rôles, quelque part."""
    return lambda vue: _garder(vue, roles)


# L'en-tête qu'ajoute l'enregistrement champ par champ (static/saisie.js) : il attend du JSON et garde lui-même.
ENTETE_CHAMPS = "Parvis-Enregistrement"


def _demander_la_connexion(request):
    if request.headers.get(ENTETE_CHAMPS):
        return JsonResponse({"connexion": reverse("account_login")}, status=401)
    gardee = request.method == "POST" and reprise.garder(request)
    suite = reverse("reprise") if gardee else request.get_full_path()
    connexion = redirect_to_login(suite)
    if request.headers.get("HX-Request"):
        # Un échange partiel ne doit pas recevoir la page de connexion au milieu de la page.
        return HttpResponse(status=401, headers={"HX-Redirect": connexion.url} if gardee else {"HX-Refresh": "true"})
    return connexion


def exiger(utilisateur, *roles):
    """Refuse qui ne tient aucun de ces rôles, nulle part."""
    if roles and not utilisateur.roles.intersection(roles):
        raise PermissionDenied


def _garder(vue, roles):
    @wraps(vue)
    def gardee(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _demander_la_connexion(request)
        exiger(request.user, *roles)
        return vue(request, *args, **kwargs)

    gardee.acces = roles or "connecte"
    return gardee


class RefusParDefaut(BasePermission):
    """Une vue d'API qui ne dit rien est fermée."""

    def has_permission(self, request, view):
        return False


class Connecte(BasePermission):
    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated)


class AvecRole(BasePermission):
    """Exige l'un des rôles de `view.roles_api`."""

    def has_permission(self, request, view):
        utilisateur = request.user
        return bool(utilisateur and utilisateur.is_authenticated and utilisateur.roles.intersection(view.roles_api))


# Les routes d'autres bibliothèques, par nom complet : elles ne peuvent pas porter notre décorateur.
ACCES_TIERS = {"api-schema": "public"}
