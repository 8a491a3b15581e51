"""Ce que les pages de la réunion partagent : trouver la réunion, tenter un verbe."""

from django.contrib import messages
from django.shortcuts import get_object_or_404

from comptes.models import Role
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.operations import OperationRefusee
from evaluation.models import Reunion
from evaluation.operations.convocation import avec_l_annonce

LECTEURS = (Role.EVALUATEUR, Role.CITOYEN, Role.AGENT)
# Aux groupes de travail et aux pilotages siègent aussi les financeurs.
CONVIES = (*LECTEURS, Role.FINANCEUR)
REFUS = (OperationRefusee, TransitionInterdite)


def reunion_visible(request, pk):
    return get_object_or_404(
        avec_l_annonce(Reunion.objects.visibles_par(request.user)).select_related(
            "appel", "collectivite", "enjeu", "enjeu_prioritaire"
        ),
        pk=pk,
    )


def reunion_conduite(request, pk):
    return get_object_or_404(
        Reunion.objects.conduites_par(request.user).select_related(
            "appel__convention", "collectivite", "enjeu", "enjeu_prioritaire"
        ),
        pk=pk,
    )


def reunion_thematique(request, pk):
    """Celle qui examine des dossiers : les autres n'ont ni lecteurs ni ordre de passage."""
    return get_object_or_404(
        Reunion.objects.conduites_par(request.user)
        .filter(appel__isnull=False)
        .select_related("appel__convention", "collectivite", "enjeu"),
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


def entier(request, nom):
    """Un identifiant envoyé ; 0, que rien ne porte, quand ce n'en est pas un."""
    valeur = request.POST.get(nom, "")
    return int(valeur) if valeur.isdecimal() and len(valeur) < 19 else 0
