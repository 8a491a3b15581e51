"""Se déporter d'un dossier, ou d'un organisme."""

from django.db import transaction

from dossiers.cycle_de_vie import verrouiller
from evaluation.models import Deport, Evaluation, MembreReunion, PassageDossier
from evaluation.operations.communs import OperationRefusee
from journal.publication import publier


@transaction.atomic
def declarer_deport(dossier, *, par, motif):
    """Se déporte : la personne ne voit plus rien du dossier, et ses notes ne comptent plus (CGCT, art. L. 2131-11)."""
    if not motif.strip():
        raise OperationRefusee("Dites en quelques mots quel lien vous avez avec le porteur.")
    dossier = verrouiller(dossier)
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    if not (passage and MembreReunion.objects.filter(reunion=passage.reunion, utilisateur=par).exists()):
        raise OperationRefusee("Ce dossier n’est pas à l’ordre du jour d’une de vos réunions.")
    if passage.reunion.est_close:
        raise OperationRefusee("Cette réunion est close. Signalez ce lien au service, qui en gardera la trace.")
    deport, cree = Deport.objects.get_or_create(
        dossier=dossier, utilisateur=par, defaults={"motif": motif.strip()[:300]}
    )
    if cree:
        Evaluation.objects.filter(dossier=dossier, evaluateur=par).delete()
        publier("deport.declarer", dossier, par=par, reunion_id=passage.reunion_id)
    return deport
