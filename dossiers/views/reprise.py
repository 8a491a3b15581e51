"""Une session qui expire au milieu d'un formulaire ne fait rien perdre : la saisie attend la reconnexion."""

from functools import wraps

from django.contrib import messages
from django.http import QueryDict
from django.utils import timezone

CLE = "saisie_en_attente"
TAILLE_MAX = 200_000
DUREE_S = 3600


def garder_la_saisie(vue):
    """Autour d'une vue gardée : un envoi sans session est mis de côté, le temps de se reconnecter."""

    @wraps(vue)
    def gardee(request, *args, **kwargs):
        if request.method == "POST" and not request.user.is_authenticated:
            donnees = request.POST.copy()
            donnees.pop("csrfmiddlewaretoken", None)
            corps = donnees.urlencode()
            if len(corps) <= TAILLE_MAX:
                request.session[CLE] = {"chemin": request.path, "corps": corps, "a": timezone.now().timestamp()}
                messages.warning(
                    request,
                    "Votre session a expiré. Votre saisie est gardée : connectez-vous, elle reviendra à sa place.",
                )
        return vue(request, *args, **kwargs)

    return gardee


def saisie_retrouvee(request):
    """La saisie mise de côté pour cette page, une seule fois ; None s'il n'y en a pas."""
    attente = request.session.get(CLE)
    if not attente or request.method != "GET" or attente["chemin"] != request.path:
        return None
    del request.session[CLE]
    if timezone.now().timestamp() - attente["a"] > DUREE_S:
        return None
    messages.warning(request, "Votre saisie d’avant la déconnexion est revenue. Elle n’est pas encore enregistrée.")
    return QueryDict(attente["corps"], mutable=True)
