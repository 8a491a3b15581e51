"""Ce que les verbes de la réunion partagent : qui conduit, le verrou, ce qui est déjà lu."""

from django.utils import timezone

from comptes.models import Role
from dossiers import operations as dossiers
from evaluation.lecture import passages_reveles
from evaluation.models import MembreReunion, PassageDossier, Reunion


class OperationRefusee(dossiers.OperationRefusee):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


def conduire(collectivite_id, par):
    if collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul un agent de la collectivité conduit ses réunions.")


def verrouiller_reunion(reunion, par):
    """Toujours la réunion d'abord, le dossier ensuite : deux agents ne s'attendent jamais l'un l'autre."""
    reunion = Reunion.objects.select_for_update(of=("self",)).select_related("appel").filter(pk=reunion.pk).first()
    if reunion is None:
        raise OperationRefusee("Cette réunion vient d’être supprimée : rien n’est enregistré.")
    conduire(reunion.collectivite_id, par)
    return reunion


def ouverte(reunion):
    if reunion.est_close:
        raise OperationRefusee("Cette réunion est close : on ne la modifie plus.")
    return reunion


def figer_les_decouvertes(reunion):
    """À faire avant d'attendre une personne de plus : ce qui a été lu ne redevient pas aveugle."""
    passages = list(reunion.passages.filter(decouvert_le=None).select_related("reunion", "dossier"))
    lus = [passage.pk for passage in passages_reveles(reunion, passages)]
    PassageDossier.objects.filter(pk__in=lus).update(decouvert_le=timezone.now())


def renumeroter(reunion):
    """Des rangs qui se suivent, le bloc sans débat toujours à la fin."""
    passages = list(reunion.passages.order_by("sans_debat", "rang", "pk"))
    for rang, passage in enumerate(passages, 1):
        passage.rang = rang
    PassageDossier.objects.bulk_update(passages, ["rang"])


def relire_membre(membre):
    """Verrouille la ligne du membre : il n'envoie pas de notes pendant qu'on change sa place."""
    verrouille = MembreReunion.objects.select_for_update().filter(pk=membre.pk).first()
    if verrouille is None:
        raise OperationRefusee("Cette personne n’est plus conviée à la réunion.")
    return verrouille
