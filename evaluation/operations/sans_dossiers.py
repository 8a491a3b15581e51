"""Préparer un groupe de travail ou un pilotage communal : la réunion, et qui y est convié d'habitude."""

from django.db import transaction

from evaluation import suites
from evaluation.models import Invite, MembreReunion, Reunion
from evaluation.operations.communs import OperationRefusee
from evaluation.operations.reunions import creer_reunion

# La convention les invite au pilotage communal (fiche métier, § 1.4).
INVITES_DU_PILOTAGE = {
    "ctg": ("Convention territoriale globale (CTG)", "Coordination"),
    "cite": ("Cité éducative", "Chefferie de projet"),
    "pre": ("Programme de réussite éducative (PRE)", "Coordination"),
}


@transaction.atomic
def preparer(*, par, nature, collectivite, comme_avant=False, invitations=(), **champs):
    """Crée la réunion. `comme_avant` : convie les mêmes personnes que la précédente de même nature et de même enjeu."""
    enjeu = champs.get("enjeu_prioritaire")
    if nature not in (Reunion.Nature.GROUPE_TRAVAIL, Reunion.Nature.PILOTAGE):
        raise OperationRefusee("Une réunion thématique se prépare depuis son appel à projets.")
    if nature == Reunion.Nature.GROUPE_TRAVAIL and enjeu is None:
        raise OperationRefusee("Un groupe de travail porte sur un enjeu prioritaire : choisissez-le.")
    if enjeu and enjeu.convention.collectivite_id != collectivite.pk:
        raise OperationRefusee("Cet enjeu prioritaire est celui d’une autre collectivité.")
    reunion = creer_reunion(par=par, nature=nature, collectivite=collectivite, **champs)
    avant = suites.precedente(reunion) if comme_avant else None
    if avant:
        _convier_comme(reunion, avant)
    _inviter(
        reunion, [Invite(structure=INVITES_DU_PILOTAGE[cle][0], nom=INVITES_DU_PILOTAGE[cle][1]) for cle in invitations]
    )
    return reunion


def _convier_comme(reunion, avant):
    """Sans courriel : ils partiront tous avec les convocations. Qui n'a plus de rôle ici n'est pas repris."""
    places = avant.membres.filter(
        utilisateur__is_active=True, utilisateur__affectations__collectivite=reunion.collectivite_id
    ).distinct()
    MembreReunion.objects.bulk_create(
        MembreReunion(reunion=reunion, utilisateur_id=place.utilisateur_id, structure=place.structure, evalue=False)
        for place in places
    )
    _inviter(
        reunion,
        [
            Invite(nom=ancien.nom, qualite=ancien.qualite, structure=ancien.structure, courriel=ancien.courriel)
            for ancien in avant.invites.all()
        ],
    )


def _inviter(reunion, invites):
    deja = {(invite.nom, invite.structure) for invite in reunion.invites.all()}
    for invite in invites:
        if (invite.nom, invite.structure) not in deja:
            invite.reunion = reunion
            invite.save()
