"""La notation à l'aveugle et le déport."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from comptes.acces import acces
from comptes.models import Role
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat
from dossiers.models import Cible, Dossier, Financement
from evaluation import lecture, operations
from evaluation.forms import DeportForm, EvaluationForm
from evaluation.models import Evaluation
from evaluation.views.communs import REFUS, tenter


def _dossier_a_lire(request, numero):
    """Un dossier d'une réunion où la personne est conviée ; jamais après un déport, fût-elle agent ou porteuse."""
    dossiers = (
        Dossier.objects.visibles_par(request.user)
        .filter(passages__reunion__membres__utilisateur=request.user)
        .exclude(deports__utilisateur=request.user)
        .select_related("appel", "organisme", "avis")
        .distinct()
    )
    if request.method == "GET":
        dossiers = dossiers.prefetch_related(
            Prefetch("cibles", Cible.objects.select_related("objectif", "quartier")),
            Prefetch("financements", Financement.objects.select_related("financeur")),
            "lignes_budget",
        )
    return get_object_or_404(dossiers, numero=numero)


def _page_de_notation(request, dossier, form=None, status=200):
    passage = dossier.passages.select_related("reunion").get()
    reunion = passage.reunion
    membres = list(reunion.membres.all())
    je_note = any(m.utilisateur_id == request.user.pk and m.evalue for m in membres)
    evaluation = Evaluation.objects.visibles_par(request.user).filter(dossier=dossier).first()
    envoyee = bool(evaluation and evaluation.envoyee_le)
    envoyees, revele = [], False
    if envoyee:
        # Qui n'a pas envoyé ne lit rien des autres : on ne va pas le chercher.
        deports = lecture.deports_de([dossier])
        envoyees = lecture.evaluations_envoyees([dossier], deports)[dossier.pk]
        revele = lecture.est_revele(
            passage, lecture.attendus(reunion, [dossier], deports, membres)[dossier.pk], envoyees
        )
    en_cours = not reunion.est_close and not hasattr(dossier, "avis") and dossier.etat == Etat.EN_EVALUATION
    notes = {n.critere_id: n.valeur for n in evaluation.notes.all()} if evaluation and not envoyee else {}
    if form is None:
        form = EvaluationForm(
            criteres=dossier.appel.criteres.all(), notes=notes, commentaire=evaluation.commentaire if evaluation else ""
        )
    mienne = next((e for e in envoyees if e.evaluateur_id == request.user.pk), None)
    contexte = {
        "dossier": dossier,
        "reunion": reunion,
        "totaux": totaux_du_dossier(dossier),
        "form": form,
        "evaluation": evaluation,
        "notes": len(notes),
        "envoyee": envoyee,
        "mienne": mienne,
        "mes_notes": mienne.notes.select_related("critere").order_by("critere__ordre", "pk") if mienne else [],
        "ouverte": je_note and not envoyee and en_cours,
        "je_note": je_note,
        "revele": revele,
        "reprenable": envoyee and not revele and en_cours,
        "synthese": lecture.synthese_des_notes(envoyees) if revele else None,
        "autres": [e for e in envoyees if e.evaluateur_id != request.user.pk] if revele else [],
        "minutes": lecture.minutes_de_lecture(dossier),
        "form_deport": DeportForm(auto_id="deport-%s"),
    }
    return render(request, "evaluation/noter.html", contexte, status=status)


@acces(Role.EVALUATEUR, Role.CITOYEN)
def noter(request, numero):
    dossier = _dossier_a_lire(request, numero)
    if request.method != "POST":
        return _page_de_notation(request, dossier)
    form = EvaluationForm(request.POST, criteres=dossier.appel.criteres.all())
    if not form.is_valid():
        return _page_de_notation(request, dossier, form, status=422)
    envoyer = "envoyer" in request.POST
    try:
        operations.enregistrer_evaluation(
            dossier, par=request.user, notes=form.notes(), commentaire=form.cleaned_data["commentaire"]
        )
        if envoyer and not form.exiger_toutes_les_notes():
            return _page_de_notation(request, dossier, form, status=422)
        if envoyer:
            operations.envoyer_evaluation(dossier, par=request.user)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page_de_notation(request, dossier, form, status=409)
    if envoyer:
        messages.success(request, f"Vos notes pour le dossier {numero} sont envoyées.")
        return redirect("evaluation-accueil")
    messages.success(request, "Vos notes sont enregistrées. Elles ne sont pas encore envoyées.")
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR)
@require_POST
def rouvrir(request, numero):
    dossier = _dossier_a_lire(request, numero)
    tenter(
        request, lambda: operations.rouvrir_evaluation(dossier, par=request.user), "Vous pouvez reprendre vos notes."
    )
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR, Role.CITOYEN)
@require_POST
def deport(request, numero):
    dossier = _dossier_a_lire(request, numero)
    form = DeportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Dites en quelques mots quel lien vous avez avec le porteur ou l’action.")
        return redirect("evaluation-noter", numero)
    if tenter(
        request,
        lambda: operations.declarer_deport(dossier, par=request.user, motif=form.cleaned_data["motif"]),
        f"Votre déport est enregistré. Le dossier {numero} ne vous est plus accessible.",
    ):
        return redirect("evaluation-accueil")
    return redirect("evaluation-noter", numero)
