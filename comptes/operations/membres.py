"""Inviter, accueillir, changer de rôle, retirer : qui écrit au nom d'un organisme."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from comptes.models import Invitation, Membre, Organisme
from comptes.operations.refus import OperationRefusee
from journal.publication import publier

DUREE_INVITATION = timedelta(days=14)
# Une adresse mal tapée ne doit pas devenir une machine à courriels.
INVITATIONS_MAX = 20
ENTRE_DEUX_ENVOIS = timedelta(minutes=2)


def empreinte(jeton):
    return hashlib.sha256(jeton.encode()).hexdigest()


def _ouvrir_aux_representants(organisme_id, par):
    """L'organisme, verrouillé : deux gestes sur ses membres passent l'un après l'autre."""
    organisme = Organisme.objects.select_for_update().get(pk=organisme_id)
    if not par.represente(organisme.pk):
        raise OperationRefusee("Seul un représentant de l’organisme gère ses membres.")
    return organisme


def _tirer_un_jeton(invitation):
    invitation.graine = secrets.token_hex(16)
    invitation.empreinte = empreinte(invitation.jeton())
    invitation.expire_le = timezone.now() + DUREE_INVITATION


@transaction.atomic
def inviter(organisme, *, par, courriel, role):
    """Invite une adresse, inscrite ou non ; le courriel qui suit porte le lien."""
    organisme = _ouvrir_aux_representants(organisme.pk, par)
    courriel = courriel.strip().lower()
    if organisme.membres.filter(utilisateur__email__iexact=courriel).exists():
        raise OperationRefusee("Cette personne est déjà membre de l’organisme.")
    en_attente = organisme.invitations.en_attente()
    if deja := en_attente.filter(courriel=courriel).first():
        if not deja.est_expiree:
            raise OperationRefusee("Une invitation attend déjà cette personne. Vous pouvez la renvoyer ou l’annuler.")
        deja.role, deja.invitee_par = role, par
        return _envoyer(deja, par)
    if en_attente.filter(expire_le__gt=timezone.now()).count() >= INVITATIONS_MAX:
        raise OperationRefusee(
            f"{INVITATIONS_MAX} invitations attendent déjà une réponse. Annulez-en une avant d’inviter quelqu’un."
        )
    return _envoyer(Invitation(organisme=organisme, courriel=courriel, role=role, invitee_par=par), par)


def _envoyer(invitation, par):
    _tirer_un_jeton(invitation)
    invitation.save()
    # Ni l'adresse ni le jeton : le journal ne s'efface pas.
    publier("organisme.inviter", invitation.organisme, par=par, invitation_id=invitation.pk, role=invitation.role)
    return invitation


@transaction.atomic
def renvoyer_invitation(invitation, *, par):
    """Un nouveau lien part ; l'ancien ne vaut plus rien."""
    _ouvrir_aux_representants(invitation.organisme_id, par)
    invitation = Invitation.objects.select_related("organisme").get(pk=invitation.pk)
    if invitation.acceptee_le or invitation.annulee_le:
        raise OperationRefusee("Cette invitation n’attend plus de réponse.")
    partie_le = invitation.expire_le - DUREE_INVITATION
    if timezone.now() - partie_le < ENTRE_DEUX_ENVOIS:
        raise OperationRefusee("Le courriel vient de partir. Attendez quelques minutes avant de le renvoyer.")
    return _envoyer(invitation, par)


@transaction.atomic
def annuler_invitation(invitation, *, par):
    """Le lien ne vaut plus rien. Annuler deux fois ne change rien."""
    organisme = _ouvrir_aux_representants(invitation.organisme_id, par)
    invitation = Invitation.objects.get(pk=invitation.pk)
    if invitation.acceptee_le:
        raise OperationRefusee("Cette invitation est déjà acceptée : retirez plutôt la personne des membres.")
    if invitation.annulee_le is None:
        invitation.annulee_le = timezone.now()
        invitation.save(update_fields=["annulee_le"])
        publier("organisme.annuler_invitation", organisme, par=par, invitation_id=invitation.pk)
    return invitation


@transaction.atomic
def accepter_invitation(invitation, *, par):
    """La personne invitée, et elle seule, devient membre ; accepter deux fois ne change rien."""
    organisme = Organisme.objects.select_for_update().get(pk=invitation.organisme_id)
    invitation = Invitation.objects.get(pk=invitation.pk)
    if invitation.courriel not in par.adresses_confirmees:
        raise OperationRefusee("Cette invitation est adressée à une autre adresse que les vôtres.")
    if invitation.annulee_le:
        raise OperationRefusee("Cette invitation a été annulée. Demandez-en une nouvelle à l’organisme.")
    membre = Membre.objects.filter(utilisateur=par, organisme=organisme).first()
    if invitation.acceptee_le is None:
        if invitation.est_expiree:
            raise OperationRefusee("Cette invitation a expiré. Demandez à l’organisme de vous la renvoyer.")
        invitation.acceptee_le = timezone.now()
        invitation.save(update_fields=["acceptee_le"])
        if membre is None:
            membre = Membre.objects.create(utilisateur=par, organisme=organisme, role=invitation.role)
            publier("organisme.rejoindre", organisme, par=par, invitation_id=invitation.pk, role=invitation.role)
    if membre is None:
        raise OperationRefusee("Cette invitation a déjà servi. Demandez-en une nouvelle à l’organisme.")
    par.oublier_les_roles()
    return membre


@transaction.atomic
def changer_role(membre, *, par, role):
    """Donne ou retire le droit d'engager l'organisme ; il garde toujours un représentant."""
    organisme = _ouvrir_aux_representants(membre.organisme_id, par)
    membre = Membre.objects.get(pk=membre.pk)
    if membre.role == role:
        return membre
    _garder_un_representant(membre, role)
    membre.role = role
    membre.save(update_fields=["role"])
    publier("organisme.changer_role", organisme, par=par, membre_id=membre.utilisateur_id, role=role)
    return membre


@transaction.atomic
def retirer_membre(membre, *, par):
    """Retire un membre, ou soi-même ; jamais le dernier représentant."""
    organisme = Organisme.objects.select_for_update().get(pk=membre.organisme_id)
    if membre.utilisateur_id != par.pk and not par.represente(organisme.pk):
        raise OperationRefusee("Seul un représentant de l’organisme retire des membres.")
    _garder_un_representant(membre, None)
    publier("organisme.retirer_membre", organisme, par=par, membre_id=membre.utilisateur_id)
    membre.delete()
    par.oublier_les_roles()


def _garder_un_representant(membre, nouveau_role):
    perd_la_representation = membre.role == Membre.Role.REPRESENTANT and nouveau_role != Membre.Role.REPRESENTANT
    autres = Membre.objects.filter(organisme=membre.organisme_id, role=Membre.Role.REPRESENTANT).exclude(pk=membre.pk)
    if perd_la_representation and not autres.exists():
        raise OperationRefusee("L’organisme garde au moins un représentant. Désignez-en un autre d’abord.")
