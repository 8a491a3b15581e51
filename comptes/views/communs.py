"""Ce que partagent les pages d'un organisme : le trouver, se situer."""

from django.shortcuts import get_object_or_404

from comptes.models import Organisme


def le_mien(request, pk):
    """L'organisme dont la personne est membre ; les autres n'existent pas pour elle."""
    return get_object_or_404(Organisme.objects.visibles_par(request.user), pk=pk)
