"""Les membres d'un organisme : inviter, renvoyer, annuler, changer de rôle, retirer ; accepter une invitation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comptes import operations
from comptes.acces import connecte, public
from comptes.forms import InvitationForm, RoleForm
from comptes.models import Invitation, Membre
from comptes.views.communs import le_mien


@connecte
def liste(request, pk):
    """Les membres, les invitations en attente, et de quoi inviter."""
    organisme = le_mien(request, pk)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = operations.inviter(organisme, par=request.user, **form.cleaned_data)
        except operations.OperationRefusee as refus:
            form.add_error("courriel", str(refus))
        else:
            messages.success(request, f"L’invitation part à {invitation.courriel}. Elle vaut quatorze jours.")
            return redirect("organismes-membres", organisme.pk)
    represente = request.user.represente(organisme.pk)
    contexte = {
        "organisme": organisme,
        "membres": organisme.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"),
        "invitations": organisme.invitations.en_attente() if represente else [],
        "represente": represente,
        "roles": Membre.Role.choices,
        "form": form,
    }
    return render(request, "comptes/membres.html", contexte, status=422 if form.errors else 200)


def _faire(request, pk, verbe, objet, reussite, **champs):
    try:
        verbe(objet, par=request.user, **champs)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, reussite)
    return redirect("organismes-membres", pk)


def _invitation(request, pk, invitation_pk):
    """Celle d'un organisme que l'on représente : un rédacteur n'a pas à connaître ces adresses."""
    organisme = le_mien(request, pk)
    invitations = organisme.invitations.filter(
        organisme__membres__utilisateur=request.user, organisme__membres__role=Membre.Role.REPRESENTANT
    )
    return get_object_or_404(invitations, pk=invitation_pk)


@require_POST
@connecte
def renvoyer(request, pk, invitation_pk):
    invitation = _invitation(request, pk, invitation_pk)
    reussite = f"L’invitation repart à {invitation.courriel}. L’ancien lien ne fonctionne plus."
    return _faire(request, pk, operations.renvoyer_invitation, invitation, reussite)


@require_POST
@connecte
def annuler(request, pk, invitation_pk):
    invitation = _invitation(request, pk, invitation_pk)
    reussite = f"L’invitation de {invitation.courriel} est annulée."
    return _faire(request, pk, operations.annuler_invitation, invitation, reussite)


@require_POST
@connecte
def changer_role(request, pk, membre_pk):
    membre = get_object_or_404(le_mien(request, pk).membres.select_related("utilisateur"), pk=membre_pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un rôle dans la liste.")
        return redirect("organismes-membres", pk)
    role = form.cleaned_data["role"]
    reussite = f"{membre.utilisateur} : {Membre.Role(role).label.lower()}."
    return _faire(request, pk, operations.changer_role, membre, reussite, role=role)


@require_POST
@connecte
def retirer(request, pk, membre_pk):
    organisme = le_mien(request, pk)
    membre = get_object_or_404(organisme.membres.select_related("utilisateur"), pk=membre_pk)
    reussite = f"{membre.utilisateur} n’est plus membre de « {organisme} »."
    reponse = _faire(request, pk, operations.retirer_membre, membre, reussite)
    if organisme.pk not in request.user.ids_organismes:
        return redirect("organismes-liste")
    return reponse


@require_safe
@never_cache
@public
def invitation(request, jeton):
    """La page du lien reçu : qui invite, où, et ce qu'il faut faire ; rien ne change en l'ouvrant."""
    recue = get_object_or_404(
        Invitation.objects.select_related("organisme", "invitee_par"), empreinte=operations.empreinte(jeton)
    )
    adresses = request.user.adresses_confirmees if request.user.is_authenticated else set()
    contexte = {
        "invitation": recue,
        "sienne": recue.courriel in adresses,
        "membre": request.user.is_authenticated and recue.organisme_id in request.user.ids_organismes,
        "suite": reverse("invitations-recevoir", args=[jeton]),
    }
    return render(request, "comptes/invitation.html", contexte, status=200 if recue.est_en_attente else 410)


@require_POST
@connecte
def accepter(request, pk):
    """Accepte une invitation adressée à l'une de ses adresses confirmées ; celle d'un autre n'existe pas."""
    recue = get_object_or_404(
        Invitation.objects.select_related("organisme"), pk=pk, courriel__in=request.user.adresses_confirmees
    )
    try:
        operations.accepter_invitation(recue, par=request.user)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
        return redirect("organismes-liste")
    messages.success(request, f"Vous êtes membre de « {recue.organisme} ».")
    return redirect("organismes-detail", recue.organisme_id)
