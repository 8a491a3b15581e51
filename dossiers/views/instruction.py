"""Les gestes du service : recevabilité, compléments, retours, démarrage, clôture."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from comptes.acces import acces
from comptes.models import Role
from dossiers import operations
from dossiers.forms import MotifForm, ProlongerForm
from dossiers.models import Dossier
from dossiers.views.communs import REFUS
from dossiers.views.suivi import RETOURS_ICI, dossier_visible, page_de_suivi


def _geste(request, numero, verbe, geste, reussite, form=None):
    """Un verbe et sa réponse : fait, refusé avec la raison (saisie gardée), ou rien quand ce n'est pas un envoi."""
    dossier = get_object_or_404(Dossier.objects.instruits_par(request.user).select_related("appel"), numero=numero)
    if request.method != "POST":
        return redirect("dossiers-detail", numero)
    if form is not None and not form.is_valid():
        return page_de_suivi(request, dossier_visible(request, numero), status=422, verbe=verbe, form=form)
    try:
        geste(dossier)
    except operations.OperationRefusee as refus:
        if form is not None:
            form.add_error(None, str(refus))
            return page_de_suivi(request, dossier_visible(request, numero), status=409, verbe=verbe, form=form)
        messages.error(request, str(refus))
    except REFUS as refus:
        messages.error(request, f"{refus} Rien n’a changé.")
    else:
        messages.success(request, reussite)
    return redirect("dossiers-detail", numero)


@acces(Role.AGENT)
def recevable(request, numero):
    return _geste(
        request,
        numero,
        "declarer_recevable",
        lambda dossier: operations.declarer_recevable(dossier, par=request.user),
        "Le dossier est recevable. Inscrivez-le à une réunion thématique.",
    )


@acces(Role.AGENT)
def irrecevable(request, numero):
    form = MotifForm(request.POST, prefix="irrecevable")
    return _geste(
        request,
        numero,
        "declarer_irrecevable",
        lambda dossier: operations.declarer_irrecevable(dossier, par=request.user, motif=form.cleaned_data["motif"]),
        "Le dossier est irrecevable. La lettre part avec votre motif.",
        form,
    )


@acces(Role.AGENT)
def prolonger_complement(request, numero):
    form = ProlongerForm(request.POST, prefix="prolonger")
    return _geste(
        request,
        numero,
        "prolonger_complement",
        lambda dossier: operations.prolonger_complement(dossier, par=request.user, **form.cleaned_data),
        "La date limite est repoussée. L’organisme en est prévenu.",
        form,
    )


@acces(Role.AGENT)
def annuler_complement(request, numero):
    form = MotifForm(request.POST, prefix="annuler")
    return _geste(
        request,
        numero,
        "annuler_complement",
        lambda dossier: operations.annuler_complement(dossier, par=request.user, motif=form.cleaned_data["motif"]),
        "La demande de compléments est annulée. L’organisme en est prévenu, l’examen reprend.",
        form,
    )


@acces(Role.AGENT)
def reprendre(request, numero):
    return _geste(
        request,
        numero,
        "reprendre_examen",
        lambda dossier: operations.reprendre_examen(dossier, par=request.user),
        "L’examen reprend avec le dossier tel qu’il est.",
    )


@acces(Role.AGENT)
def revenir(request, numero):
    verbe = request.POST.get("retour", "")
    if request.method == "POST" and verbe not in RETOURS_ICI:
        raise Http404
    form = MotifForm(request.POST, prefix=verbe)
    return _geste(
        request,
        numero,
        verbe,
        lambda dossier: operations.revenir(dossier, verbe, par=request.user, motif=form.cleaned_data["motif"]),
        "Le dossier est revenu en arrière. Le motif est gardé dans son historique.",
        form,
    )


@acces(Role.AGENT)
def demarrer(request, numero):
    return _geste(
        request,
        numero,
        "demarrer",
        lambda dossier: operations.demarrer(dossier, par=request.user),
        "Le démarrage de l’action est constaté.",
    )


@acces(Role.AGENT)
def clore(request, numero):
    return _geste(
        request, numero, "clore", lambda dossier: operations.clore(dossier, par=request.user), "Le dossier est clos."
    )
