"""La réunion : la préparer, convier, marquer les présences, clore, rouvrir."""

from django.contrib import messages
from django.db.models import Prefetch, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Cible
from evaluation import lecture, operations
from evaluation.bloquants import bloquants_de
from evaluation.classeur import etat_du_classeur
from evaluation.forms import MembreForm, MotifForm, PresenceForm, ReunionForm
from evaluation.habitants import avis_des_habitants
from evaluation.models import Avis, MembreReunion
from evaluation.operations.convocation import a_annoncer
from evaluation.questions import questions_des_lecteurs
from evaluation.views import sans_dossiers
from evaluation.views.communs import CONVIES, REFUS, reunion_conduite, reunion_visible, tenter


@acces(Role.AGENT)
def nouvelle(request):
    form = ReunionForm(request.POST or None, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        reunion = operations.creer_reunion(par=request.user, **form.cleaned_data)
        messages.success(request, "La réunion est créée. Conviez ses membres, puis inscrivez les dossiers.")
        return redirect("reunions-detail", reunion.pk)
    return render(request, "evaluation/reunion_form.html", {"form": form, "reunion": None})


@acces(Role.AGENT)
def modifier(request, pk):
    reunion = reunion_conduite(request, pk)
    if not reunion.est_thematique:
        return sans_dossiers.modifier(request, reunion)
    form = ReunionForm(request.POST or None, instance=reunion, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_reunion(reunion, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est enregistrée.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/reunion_form.html", {"form": form, "reunion": reunion})


def _lisible(passage, utilisateur, agent, deports):
    """Ni titre, ni porteur, ni montants pour qui s'est déporté ; ni dossier retiré pour les partenaires."""
    dossier = passage.dossier
    passage.deporte = utilisateur.pk in deports[dossier.pk]
    passage.retire = dossier.etat == Etat.RETIRE
    return not passage.deporte and (agent or not passage.retire)


@acces(*CONVIES)
@require_GET
def detail(request, pk):
    reunion = reunion_visible(request, pk)
    if not reunion.est_thematique:
        return sans_dossiers.detail(request, reunion)
    agent = lecture.conduit(request.user, reunion)
    passages = list(
        reunion.passages.select_related("dossier__organisme", "dossier__avis")
        .prefetch_related(Prefetch("dossier__cibles", Cible.objects.select_related("quartier")))
        .annotate(demande=Sum("dossier__financements__montant_demande"))
        .annotate(**questions_des_lecteurs(request.user) if agent else {})
        .order_by("rang", "pk")
    )
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    dossiers = [passage.dossier for passage in passages]
    deports, designes = lecture.deports_et_lecteurs(dossiers)
    evaluations = lecture.evaluations_envoyees(dossiers, deports)
    attendus = lecture.attendus(reunion, dossiers, deports, membres, designes)
    je_note = any(m.utilisateur_id == request.user.pk and m.evalue for m in membres)
    for passage in passages:
        dossier, passage.reunion = passage.dossier, reunion
        envoyees = evaluations[dossier.pk]
        passage.ferme = not _lisible(passage, request.user, agent, deports)
        passage.envoyees, passage.attendues = (
            len(envoyees),
            len(attendus[dossier.pk] | {e.evaluateur_id for e in envoyees}),
        )
        passage.mienne = any(e.evaluateur_id == request.user.pk for e in envoyees)
        passage.revele = lecture.est_revele(passage, attendus[dossier.pk], envoyees)
        # Qui doit encore noter ne lit pas la moyenne des autres.
        lit_les_notes = passage.revele and (passage.mienne or not je_note or reunion.est_close)
        passage.moyenne = lecture.synthese_des_notes(envoyees).moyenne if lit_les_notes else None
        passage.lisible = lit_les_notes and not passage.ferme
        passage.a_un_avis = dossier.etat != Etat.EN_EVALUATION and hasattr(dossier, "avis")
        passage.attend_un_avis = dossier.etat == Etat.EN_EVALUATION
        passage.ajourne = passage.a_un_avis and dossier.avis.sens == Avis.Sens.AJOURNE
    ouverts = [p for p in passages if not p.ferme]
    paroles = avis_des_habitants([p.dossier_id for p in ouverts if agent or p.lisible])
    alertes = bloquants_de([p.dossier_id for p in ouverts if p.lisible and p.envoyees])
    for avant, passage in zip([None, *passages], passages, strict=False):
        passage.habitants = paroles.get(passage.dossier_id)
        passage.bloquants = alertes.get(passage.dossier_id, []) if passage.lisible else []
        # Le bloc sans débat reste à la fin : on ne monte ni ne descend d'un côté à l'autre.
        passage.monte = avant is not None and avant.sans_debat == passage.sans_debat
        if avant is not None:
            avant.descend = passage.monte
    contexte = {
        "reunion": reunion,
        "agent": agent,
        "passages": passages,
        "membres": membres,
        "je_note": je_note,
        "paroles": bool(paroles),
        "mes_deports": any(p.deporte for p in passages),
        "bilan": {
            "dossiers": len(passages),
            "envoyees": sum(p.envoyees for p in ouverts),
            "attendues": sum(p.attendues for p in ouverts),
            "avis": sum(p.a_un_avis for p in passages),
            "sans_avis": sum(p.attend_un_avis for p in passages),
            "demande": sum(p.demande or 0 for p in ouverts),
        },
        "invites": list(reunion.invites.all()),
        "ecrit": agent and not reunion.est_close,
        "classeur": etat_du_classeur(reunion, request.user, sum(not p.ferme and not p.retire for p in passages)),
        "a_annoncer": agent and a_annoncer(reunion),
        "presences": MembreReunion.Presence.choices,
        "proces_verbaux": list(reunion.proces_verbaux.all()) if agent and not any(p.deporte for p in passages) else [],
    }
    return render(request, "evaluation/reunion.html", contexte)


@acces(Role.AGENT)
@require_POST
def membres(request, pk):
    reunion = reunion_conduite(request, pk)
    form = MembreForm(request.POST, reunion=reunion)
    if form.is_valid():
        donnees = form.cleaned_data
        tenter(
            request,
            lambda: operations.convier(
                reunion,
                donnees["utilisateur"],
                par=request.user,
                structure=donnees["structure"],
                evalue=donnees["evalue"],
            ),
            f"{donnees['utilisateur']} fait maintenant partie de la réunion.",
        )
    else:
        messages.error(request, "Choisissez une personne de la liste.")
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def retirer_membre(request, pk, membre_pk):
    reunion = reunion_conduite(request, pk)
    membre = get_object_or_404(reunion.membres.select_related("utilisateur", "reunion"), pk=membre_pk)
    tenter(
        request,
        lambda: operations.retirer_membre(membre, par=request.user),
        f"{membre.utilisateur} ne fait plus partie de la réunion.",
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def presence(request, pk, membre_pk):
    reunion = reunion_conduite(request, pk)
    membre = get_object_or_404(reunion.membres.select_related("utilisateur", "reunion"), pk=membre_pk)
    form = PresenceForm(request.POST)
    if form.is_valid():
        tenter(
            request,
            lambda: operations.marquer_presence(membre, form.cleaned_data["presence"], par=request.user),
            f"Présence de {membre.utilisateur} enregistrée.",
        )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def clore(request, pk):
    reunion = reunion_conduite(request, pk)
    tenter(request, lambda: operations.clore_reunion(reunion, par=request.user), "La réunion est close.")
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
def rouvrir_reunion(request, pk):
    reunion = reunion_conduite(request, pk)
    form = MotifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.rouvrir_reunion(reunion, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est rouverte. Clôturez-la de nouveau après la correction.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/rouvrir.html", {"form": form, "reunion": reunion})
