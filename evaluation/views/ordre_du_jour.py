"""L'ordre du jour : inscrire, déplacer, retirer un dossier."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from comptes.acces import acces
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Cible, Dossier
from evaluation import operations
from evaluation.forms import MotifForm
from evaluation.views.communs import REFUS, reunion_conduite, tenter

CANDIDATS_PAR_PAGE = 50
CHIFFRES_MAX = 18  # au-delà, ce n'est l'identifiant de rien


def _candidats(request, reunion, filtre):
    """Les dossiers recevables de l'appel, avec ce qui aide à choisir."""
    candidats = Dossier.objects.instruits_par(request.user).filter(appel=reunion.appel, etat=Etat.RECEVABLE)
    if filtre.isdecimal() and len(filtre) <= CHIFFRES_MAX:
        candidats = candidats.filter(
            pk__in=Cible.objects.filter(objectif__strategique__enjeu=int(filtre)).values("dossier")
        )
    return candidats.pour_liste().order_by("numero")


@acces(Role.AGENT)
def ordre_du_jour(request, pk):
    reunion = reunion_conduite(request, pk)
    d_office = str(reunion.enjeu_id or "") if request.method == "GET" else ""
    filtre = request.GET.get("enjeu", d_office)
    candidats = _candidats(request, reunion, filtre)
    status = 200
    if request.method == "POST":
        numeros = request.POST.getlist("dossiers")
        choisis = list(candidats.filter(numero__in=numeros))
        inscrits = 0
        if choisis and len(choisis) < len(set(numeros)):
            messages.error(request, "Un dossier coché n’est plus à inscrire : un collègue vient de s’en occuper.")
        for dossier in choisis:
            try:
                operations.inscrire(reunion, dossier, par=request.user)
                inscrits += 1
            except REFUS as refus:
                messages.error(request, str(refus))
        if inscrits:
            messages.success(
                request,
                f"{inscrits} dossiers sont inscrits à l’ordre du jour."
                if inscrits > 1
                else "Un dossier est inscrit à l’ordre du jour.",
            )
            return redirect("reunions-detail", pk)
        status = 409 if choisis else 422
        if not choisis:
            messages.error(request, "Cochez au moins un dossier encore recevable.")
    contexte = {
        "reunion": reunion,
        "page": Paginator(candidats, CANDIDATS_PAR_PAGE).get_page(request.GET.get("page")),
        "enjeux": reunion.appel.convention.enjeux.all(),
        "filtre": filtre,
    }
    return render(request, "evaluation/ordre_du_jour.html", contexte, status=status)


def _passage(request, pk, passage_pk):
    reunion = reunion_conduite(request, pk)
    passages = reunion.passages.exclude(dossier__deports__utilisateur=request.user)
    return get_object_or_404(passages.select_related("dossier", "reunion"), pk=passage_pk)


@acces(Role.AGENT)
@require_POST
def deplacer(request, pk, passage_pk):
    passage = _passage(request, pk, passage_pk)
    vers = passage.rang + (1 if request.POST.get("sens") == "bas" else -1)
    tenter(
        request, lambda: operations.deplacer(passage, par=request.user, vers=vers), "L’ordre du jour est enregistré."
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
def desinscrire(request, pk, passage_pk):
    passage = _passage(request, pk, passage_pk)
    form = MotifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        numero = passage.dossier.numero
        try:
            operations.desinscrire(passage, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"Le dossier {numero} n’est plus à l’ordre du jour.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/desinscrire.html", {"form": form, "passage": passage})
