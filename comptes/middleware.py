"""Le second facteur, quand la collectivité l'exige de ses agents."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect

from comptes.models import Role

ROLES_EXIGEANTS = {Role.AGENT, Role.ADMIN}
# Ce qui reste ouvert à qui doit encore l'activer.
CHEMINS_LIBRES = (
    "/compte/",
    "/connexion/",
    "/deconnexion/",
    "/static/",
    "/sante/",
    "/accessibilite/",
    "/donnees-personnelles/",
)


class SecondFacteurMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SECOND_FACTEUR_AGENTS and self._doit_l_activer(request):
            messages.warning(
                request, "Votre rôle demande un second facteur. Activez-le : la suite de Parvis s’ouvre juste après."
            )
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _doit_l_activer(self, request):
        utilisateur = request.user
        return (
            utilisateur.is_authenticated
            and not request.path.startswith(CHEMINS_LIBRES)
            and bool(utilisateur.roles & ROLES_EXIGEANTS)
            and not is_mfa_enabled(utilisateur, [Authenticator.Type.TOTP])
        )
