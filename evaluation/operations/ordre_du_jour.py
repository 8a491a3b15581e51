"""Inscrire les dossiers, les retirer, les ordonner."""

from django.db import transaction
from django.db.models import Max, Q

from dossiers import operations as dossiers
from dossiers.cycle_de_vie import verrouiller
from evaluation.models import PassageDossier
from evaluation.operations.communs import OperationRefusee, ouverte, renumeroter, verrouiller_reunion
from evaluation.operations.liens import fermer_aux_lies
from journal.publication import publier


@transaction.atomic
def inscrire(reunion, dossier, *, par):
    """Met un dossier recevable à l'ordre du jour, au dernier rang des débats."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if dossier.appel_id != reunion.appel_id:
        raise OperationRefusee("Ce dossier répond à un autre appel à projets.")
    dossier = dossiers.mettre_en_evaluation(dossier, par=par, reunion_id=reunion.pk, reunion=reunion.titre)
    # Il l'a été à sa création ; un dossier importé en lot n'y est pas passé.
    fermer_aux_lies(dossier)
    dernier = reunion.passages.aggregate(fin=Max("rang"), bloc=Max("rang", filter=Q(sans_debat=True)))
    passage = PassageDossier.objects.create(reunion=reunion, dossier=dossier, rang=(dernier["fin"] or 0) + 1)
    if dernier["bloc"]:
        renumeroter(reunion)
        passage.refresh_from_db()
    return passage


@transaction.atomic
def desinscrire(passage, *, par, motif):
    """Retire un dossier de l'ordre du jour : il redevient recevable."""
    reunion = ouverte(verrouiller_reunion(passage.reunion, par))
    dossier = verrouiller(passage.dossier)
    if not reunion.passages.filter(pk=passage.pk).exists():
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    if dossier.evaluations.filter(envoyee_le__isnull=False).exists():
        raise OperationRefusee("Des notes ont été envoyées sur ce dossier : il reste à l’ordre du jour.")
    dossiers.revenir(dossier, "revenir_a_la_recevabilite", par=par, motif=motif)
    dossier.evaluations.all().delete()
    publier("reunion.desinscrire", reunion, par=par, dossier_id=dossier.pk)
    passage.delete()


@transaction.atomic
def deplacer(passage, *, par, vers):
    """Change le rang d'un dossier (1 : le premier) ; les autres se décalent, le bloc sans débat reste à la fin."""
    reunion = ouverte(verrouiller_reunion(passage.reunion, par))
    passages = list(reunion.passages.order_by("rang", "pk"))
    if passage not in passages:
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    passages.remove(passage)
    passages.insert(max(0, min(vers - 1, len(passages))), passage)
    passages.sort(key=lambda p: p.sans_debat)
    for rang, autre in enumerate(passages, 1):
        autre.rang = rang
    PassageDossier.objects.bulk_update(passages, ["rang"])
    publier("reunion.deplacer", reunion, par=par, dossier_id=passage.dossier_id, rang=passage.rang)
