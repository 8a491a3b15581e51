"""Mon classeur d'une réunion : le faire préparer, le télécharger."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from evaluation import operations
from evaluation.classeur import se_lit
from evaluation.models import Classeur
from evaluation.views.communs import LECTEURS, reunion_visible, tenter


@acces(*LECTEURS)
@require_POST
def preparer(request, pk):
    reunion = reunion_visible(request, pk)
    if not reunion.est_thematique:
        raise Http404("Cette réunion n’examine pas de dossiers.")
    tenter(
        request,
        lambda: operations.demander_classeur(reunion, par=request.user),
        "Votre classeur se prépare. Il apparaît ici dans un instant ; rechargez la page.",
    )
    return redirect("reunions-detail", pk)


@acces(*LECTEURS)
@require_GET
def telecharger(request, pk):
    """Le sien seulement, tant que tout ce qu'il contient lui reste ouvert."""
    classeur = get_object_or_404(
        Classeur.objects.visibles_par(request.user)
        .filter(produit_le__isnull=False)
        .select_related("reunion", "utilisateur"),
        pk=pk,
    )
    if not classeur.fichier or not se_lit(classeur):
        raise Http404
    return FileResponse(
        classeur.fichier.open(),
        as_attachment=True,
        filename=f"classeur-{classeur.reunion_id}.pdf",
        content_type="application/pdf",
    )
