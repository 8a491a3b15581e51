"""Épingler un passage du dossier à un critère, l'ôter : d'un clic, ou par copier-coller."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.acces import ENTETE_CHAMPS, acces
from comptes.models import Role
from evaluation import operations
from evaluation.forms import CitationForm
from evaluation.models import Citation
from evaluation.views.communs import REFUS, entier
from evaluation.views.notation import dossier_a_lire, page_de_notation


@acces(Role.EVALUATEUR)
@require_POST
def epingler(request, numero):
    dossier = dossier_a_lire(request, numero)
    form = CitationForm(request.POST, criteres=dossier.appel.criteres.all())
    if not form.is_valid():
        return _refus(request, dossier, form, 422)
    critere = form.cleaned_data["critere"]
    try:
        operations.epingler(dossier, par=request.user, **form.cleaned_data)
    except REFUS as refus:
        form.add_error("texte", str(refus))
        return _refus(request, dossier, form, 409)
    return _rendre(request, dossier, critere, "Le passage est épinglé.")


@acces(Role.EVALUATEUR)
@require_POST
def oter(request, numero):
    dossier = dossier_a_lire(request, numero)
    citation = get_object_or_404(
        Citation.objects.visibles_par(request.user).filter(dossier=dossier).select_related("critere", "dossier"),
        pk=entier(request, "citation"),
    )
    critere = citation.critere
    try:
        operations.oter_citation(citation, par=request.user)
    except REFUS as refus:
        if request.headers.get(ENTETE_CHAMPS):
            return JsonResponse({"refus": str(refus)}, status=409)
        messages.error(request, str(refus))
        return redirect("evaluation-noter", numero)
    return _rendre(request, dossier, critere, "Le passage est ôté.")


def _rendre(request, dossier, critere, phrase):
    """Pour le script, la liste neuve de ce critère ; sinon la page, au critère."""
    if request.headers.get(ENTETE_CHAMPS):
        miennes = Citation.objects.visibles_par(request.user).filter(dossier=dossier, critere=critere)
        return render(request, "evaluation/_citations.html", {"citations": miennes, "critere": critere})
    messages.success(request, phrase)
    return redirect(f"{reverse('evaluation-noter', args=[dossier.numero])}#critere-{critere.pk}")


def _refus(request, dossier, form, status):
    """La phrase au script ; sinon la page, avec le passage recopié et ce qui ne va pas."""
    if request.headers.get(ENTETE_CHAMPS):
        phrases = " ".join(erreur for liste in form.errors.values() for erreur in liste)
        return JsonResponse({"refus": phrases}, status=status)
    return page_de_notation(request, dossier, status=status, form_citation=form)
