"""La file d'envoi des agents, la boîte de la démonstration, l'état de santé du service."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comptes.acces import acces, public
from comptes.models import Role
from dossiers.models import Dossier
from journal.models import Evenement
from notifications import envoi as envois
from notifications.actes import figer_fiches
from notifications.courtier import demander
from notifications.models import CourrielRecu, Envoi
from notifications.sante import examiner
from programmation import actes
from programmation.models import Acte

PAR_PAGE = 50
FILTRES = {"": "Tous", "attente": "En attente", "echec": "En échec", "envoye": "Envoyés"}


@require_safe
@acces(Role.AGENT)
def file(request):
    choisi = request.GET.get("etat", "") if request.GET.get("etat", "") in FILTRES else ""
    liste = Envoi.objects.visibles_par(request.user).select_related("collectivite").filtrer(choisi)
    dossiers = Dossier.objects.instruits_par(request.user)
    contexte = {
        "page": Paginator(liste, PAR_PAGE).get_page(request.GET.get("page")),
        "filtres": FILTRES,
        "choisi": choisi,
        "actes": actes_en_echec(request.user).select_related("dossier"),
        "faits": Evenement.objects.en_alerte().filter(
            objet_type="dossiers.dossier", objet_id__in=dossiers.values("pk")
        ),
    }
    return render(request, "notifications/file.html", contexte)


def actes_en_echec(agent):
    return Acte.objects.instruits_par(agent).filter(produit_le=None, essais__gt=0).order_by("pk")


@require_POST
@acces(Role.AGENT)
def relancer_envoi(request, pk):
    envoi = get_object_or_404(Envoi.objects.visibles_par(request.user), pk=pk)
    if envois.relancer(envoi.pk):
        demander("envoyer", envoi.pk)
        messages.success(request, f"Le courriel à {envoi.destinataire} repart.")
    else:
        messages.info(request, "Ce courriel est déjà parti.")
    return redirect("notifications-file")


@require_POST
@acces(Role.AGENT)
def relancer_acte(request, pk):
    acte = get_object_or_404(Acte.objects.instruits_par(request.user).select_related("dossier__appel"), pk=pk)
    if actes.relancer(acte.pk, figer_fiches(acte.dossier)):
        demander("produire_acte", acte.pk)
        messages.success(request, f"L’acte {acte.numero} est de nouveau en production.")
    else:
        messages.info(request, f"L’acte {acte.numero} est déjà produit.")
    return redirect("notifications-file")


def _exiger_la_boite():
    if not settings.BOITE_VISIBLE:
        raise Http404


@require_safe
@public
def boite(request):
    _exiger_la_boite()
    page = Paginator(CourrielRecu.objects.defer("texte", "html"), PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/boite.html", {"page": page})


@require_safe
@public
def lire(request, pk):
    _exiger_la_boite()
    return render(request, "notifications/courriel.html", {"courriel": get_object_or_404(CourrielRecu, pk=pk)})


@never_cache
@require_safe
@public
def sante(request):
    bilan, debout = examiner()
    return JsonResponse(bilan, status=200 if debout else 503)
