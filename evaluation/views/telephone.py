"""La séance sur le téléphone d'un membre : sa présence, le dossier en cours, son vote."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from evaluation import operations
from evaluation.forms.seance import VoteForm
from evaluation.models import Reunion
from evaluation.operations import MontantRefuse, VoteDejaDonne
from evaluation.salle import TELEPHONE, Salle, empreinte
from evaluation.views.communs import LECTEURS, REFUS, entier
from evaluation.views.ecrans import en_partie, fragment, montrer


def _reunion(request, pk):
    """Seules les personnes conviées ont une place dans la salle ; l'agent, lui, conduit."""
    reunion = get_object_or_404(Reunion.objects.filter(membres__utilisateur=request.user), pk=pk)
    if not reunion.est_thematique:
        raise Http404
    return reunion


def _telephone(request, reunion, status=200, **contexte):
    return montrer(request, Salle(reunion, request.user, TELEPHONE), status, **contexte)


@acces(*LECTEURS)
@never_cache
@require_GET
def membre(request, pk):
    return _telephone(request, _reunion(request, pk))


def _agir(request, reunion, action):
    try:
        action()
    except REFUS as refus:
        return _telephone(request, reunion, status=409, refus=str(refus))
    return _telephone(request, reunion) if en_partie(request) else redirect("seance-membre", reunion.pk)


@acces(*LECTEURS)
@never_cache
@require_POST
def present(request, pk):
    reunion = _reunion(request, pk)
    return _agir(request, reunion, lambda: operations.se_declarer_present(reunion, par=request.user))


@acces(*LECTEURS)
@never_cache
@require_POST
def debattre(request, pk):
    reunion, passage = _reunion(request, pk), entier(request, "passage")
    return _agir(request, reunion, lambda: operations.demander_un_debat(reunion, par=request.user, passage_id=passage))


@acces(*LECTEURS)
@never_cache
@require_POST
def voter(request, pk):
    """Le chemin que quarante téléphones prennent ensemble : la réponse ne montre que le vote donné.

    L'opération refuse qui n'est pas convié ; la réunion n'est relue, avec sa porte, que pour dire un refus.
    """
    form = VoteForm(request.POST)
    if not form.is_valid():
        erreur = next(iter(form.errors.get("montant", [])), "Rechargez la page, puis recommencez.")
        saisie = request.POST.get("montant", "")
        return _telephone(request, _reunion(request, pk), status=422, erreur=erreur, saisie=saisie)
    lu, reunion = form.cleaned_data, Reunion(pk=pk)
    try:
        vote = operations.voter(
            reunion,
            par=request.user,
            passage_id=lu["passage"],
            tour=lu["tour"],
            montant=lu["montant"],
            version=lu["version"] or 0,
        )
    except VoteDejaDonne as deja:
        return _telephone(request, _reunion(request, pk), status=409, deja=deja)
    except MontantRefuse as refus:
        saisie = request.POST["montant"]
        return _telephone(request, _reunion(request, pk), status=422, erreur=str(refus), saisie=saisie)
    except REFUS as refus:
        return _telephone(request, _reunion(request, pk), status=409, refus=str(refus))
    if not en_partie(request):
        return redirect("seance-membre", pk)
    contexte = {
        "vote": vote,
        "reunion": reunion,
        "passage_id": vote.passage_id,
        "tour": vote.tour,
        "plafond": vote.plafond,
    }
    reponse = fragment(request, "evaluation/seance/_mon_vote.html", contexte)
    # La page connaît déjà ce changement-là : elle ne se recharge pas pour lui.
    reponse["Parvis-Version"] = empreinte(pk, request.user.pk, TELEPHONE)
    return reponse
