"""Ce que les pages de la réunion partagent : trouver la réunion, tenter un verbe."""

from django.contrib import messages
from django.shortcuts import get_object_or_404

from comptes.models import Role
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.operations import OperationRefusee
from evaluation.models import Reunion

LECTEURS = (Role.EVALUATEUR, Role.CITOYEN, Role.AGENT)
REFUS = (OperationRefusee, TransitionInterdite)


def reunion_visible(request, pk):
    return get_object_or_404(
        Reunion.objects.visibles_par(request.user).select_related("appel__collectivite", "enjeu"), pk=pk
    )


def reunion_conduite(request, pk):
    return get_object_or_404(
        Reunion.objects.conduites_par(request.user).select_related("appel__collectivite", "appel__convention", "enjeu"),
        pk=pk,
    )


def tenter(request, action, succes):
    """Exécute un verbe ; dit le succès ou le refus. Rend True si le verbe a eu lieu."""
    try:
        action()
    except REFUS as refus:
        messages.error(request, str(refus))
        return False
    messages.success(request, succes)
    return True
