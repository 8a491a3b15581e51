"""Les invités sans compte, et les présences de toute une réunion en un geste."""

from django.db import transaction

from evaluation.models import Invite, MembreReunion
from evaluation.operations.communs import OperationRefusee, figer_les_decouvertes, ouverte, verrouiller_reunion
from journal.publication import publier

Presence = MembreReunion.Presence


def _verifier(reunion, nom, structure, courriel, sauf=None):
    if not nom.strip():
        raise OperationRefusee("Donnez le nom de la personne invitée.")
    autres = reunion.invites.exclude(pk=sauf)
    if autres.filter(nom__iexact=nom.strip(), structure__iexact=structure.strip()).exists():
        raise OperationRefusee(f"« {nom.strip()} » est déjà sur la liste des personnes invitées.")
    if courriel and reunion.membres.filter(utilisateur__email__iexact=courriel.strip()).exists():
        raise OperationRefusee("Cette adresse est celle d’une personne déjà conviée avec son compte.")


def _champs(nom, qualite, structure, courriel):
    return {
        "nom": nom.strip(),
        "qualite": qualite.strip(),
        "structure": structure.strip(),
        "courriel": courriel.strip().lower(),
    }


@transaction.atomic
def inviter(reunion, *, par, nom, qualite="", structure="", courriel=""):
    """Ajoute une personne sans compte ; si les convocations sont parties, la sienne part aussitôt."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    _verifier(reunion, nom, structure, courriel)
    invite = Invite.objects.create(reunion=reunion, **_champs(nom, qualite, structure, courriel))
    publier("reunion.inviter", reunion, par=par, invite_id=invite.pk)
    return invite


@transaction.atomic
def modifier_invite(invite, *, par, nom, qualite="", structure="", courriel=""):
    """Corrige un invité ; une adresse nouvelle reçoit la convocation déjà partie aux autres."""
    reunion = ouverte(verrouiller_reunion(invite.reunion, par))
    invite = _relire(reunion, invite)
    _verifier(reunion, nom, structure, courriel, sauf=invite.pk)
    champs = _champs(nom, qualite, structure, courriel)
    joignable = champs["courriel"] and champs["courriel"] != invite.courriel
    for champ, valeur in champs.items():
        setattr(invite, champ, valeur)
    invite.save(update_fields=list(champs))
    publier("reunion.inviter" if joignable else "reunion.modifier_invite", reunion, par=par, invite_id=invite.pk)
    return invite


def _relire(reunion, invite):
    invite = reunion.invites.filter(pk=invite.pk).first()
    if invite is None:
        raise OperationRefusee("Cette personne n’est plus invitée.")
    return invite


@transaction.atomic
def retirer_invite(invite, *, par):
    reunion = ouverte(verrouiller_reunion(invite.reunion, par))
    invite = _relire(reunion, invite)
    publier("reunion.retirer_invite", reunion, par=par, nom=invite.nom, courriel=invite.courriel)
    invite.delete()


@transaction.atomic
def marquer_presences(reunion, *, par, membres=(), invites=()):
    """Toute la feuille de présence : `membres` et `invites` {identifiant: présence} ; un seul fait, ou aucun."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    membres, invites = dict(membres), dict(invites)
    if not {*membres.values(), *invites.values()} <= set(Presence.values):
        raise OperationRefusee("Cette présence n’existe pas.")
    figer_les_decouvertes(reunion)
    changes = _appliquer(reunion.membres, membres) + _appliquer(reunion.invites, invites)
    if changes:
        publier("reunion.marquer_presences", reunion, par=par, changements=changes)
    return changes


def _appliquer(personnes, presences):
    changes = []
    for personne in personnes.select_for_update(of=("self",)).filter(pk__in=presences):
        if personne.presence != presences[personne.pk]:
            personne.presence = Presence(presences[personne.pk])
            changes.append([personne._meta.model_name, personne.pk, personne.presence])
            personne.save(update_fields=["presence"])
    return changes
