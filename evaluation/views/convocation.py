"""Convoquer, prévenir, annuler, et ce qui s'emporte : l'agenda, la feuille d'émargement, les invités sans compte."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from comptes.models import Role
from evaluation import emargement, invitation_agenda
from evaluation.forms.points import AnnulerForm, InviteForm
from evaluation.models import Invite, Reunion
from evaluation.operations import convocation, invites
from evaluation.views.communs import CONVIES, REFUS, reunion_conduite, reunion_visible, tenter


@acces(Role.AGENT)
@require_POST
def convoquer(request, pk):
    reunion = reunion_conduite(request, pk)
    tenter(
        request,
        lambda: convocation.convoquer(reunion, par=request.user),
        "Les convocations partent : un courriel par personne, avec l’invitation d’agenda.",
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def prevenir(request, pk):
    reunion = reunion_conduite(request, pk)
    tenter(
        request,
        lambda: convocation.prevenir_du_changement(reunion, par=request.user),
        "Les personnes conviées sont prévenues, et leur agenda se met à jour.",
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
def annuler(request, pk):
    reunion = reunion_conduite(request, pk)
    form = AnnulerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            convocation.annuler_reunion(reunion, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est annulée.")
            return redirect("reunions-detail", pk)
    contexte = {"form": form, "reunion": reunion}
    return render(request, "evaluation/annuler.html", contexte, status=422 if form.errors else 200)


@acces(*CONVIES)
@require_GET
def agenda(request, pk):
    """Le fichier à ajouter à son agenda ; il ne dit rien des dossiers."""
    reunion = reunion_visible(request, pk)
    methode = invitation_agenda.ANNULER if reunion.est_annulee else invitation_agenda.PUBLIER
    reponse = HttpResponse(invitation_agenda.composer(reunion, methode), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="reunion-{reunion.pk}.ics"'
    return reponse


@acces(Role.AGENT)
@require_GET
def feuille(request, pk):
    reunion = reunion_conduite(request, pk)
    reponse = HttpResponse(emargement.composer(reunion), content_type="application/pdf")
    reponse["Content-Disposition"] = f'attachment; filename="emargement-{reunion.pk}.pdf"'
    return reponse


@acces(Role.AGENT)
def inviter(request, pk):
    reunion = reunion_conduite(request, pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite = invites.inviter(reunion, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"{invite} est sur la liste des personnes invitées.")
            return redirect("invites-ajouter" if "encore" in request.POST else "reunions-detail", pk)
    return _formulaire(request, form, reunion, None)


def _invite(request, pk):
    reunions = Reunion.objects.conduites_par(request.user)
    return get_object_or_404(Invite.objects.filter(reunion__in=reunions).select_related("reunion"), pk=pk)


@acces(Role.AGENT)
def modifier_invite(request, pk):
    invite = _invite(request, pk)
    form = InviteForm(request.POST or None, instance=invite)
    if request.method == "POST" and form.is_valid():
        try:
            invites.modifier_invite(invite, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "Les coordonnées sont enregistrées.")
            return redirect("reunions-detail", invite.reunion_id)
    return _formulaire(request, form, invite.reunion, invite)


def _formulaire(request, form, reunion, invite):
    contexte = {"form": form, "reunion": reunion, "invite": invite}
    return render(request, "evaluation/invite.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT)
@require_POST
def retirer_invite(request, pk):
    invite = _invite(request, pk)
    nom = invite.nom
    tenter(request, lambda: invites.retirer_invite(invite, par=request.user), f"{nom} n’est plus sur la liste.")
    return redirect("reunions-detail", invite.reunion_id)
