"""Rendre l'avis collectif, demander le procès-verbal."""

from django.db import transaction
from django.utils import timezone

from dossiers import operations as dossiers
from dossiers.budget import euros
from dossiers.cycle_de_vie import verrouiller
from evaluation import compte_rendu, proces_verbal
from evaluation.models import Avis, Deport, MontantPropose, ProcesVerbal, Reunion
from evaluation.operations.communs import OperationRefusee, ouverte, verrouiller_reunion
from journal.publication import publier


@transaction.atomic
def rendre_avis(dossier, *, par, sens, montants, observations="", reserves=""):
    """Enregistre l'avis collectif et les montants proposés ; ou corrige celui d'un dossier revenu en évaluation."""
    reunion = Reunion.objects.filter(passages__dossier=dossier).first()
    if reunion is None:
        raise OperationRefusee("Ce dossier n’est à l’ordre du jour d’aucune réunion.")
    reunion = ouverte(verrouiller_reunion(reunion, par))
    dossier = verrouiller(dossier)
    if not reunion.passages.filter(dossier=dossier).exists():
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour de cette réunion.")
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent enregistre l’avis.")
    if sens not in Avis.Sens.values:
        raise OperationRefusee("Choisissez le sens de l’avis.")
    if sens == Avis.Sens.RESERVES and not reserves.strip():
        raise OperationRefusee("Un avis favorable avec réserves dit lesquelles.")
    demandes = {f.financeur_id: f for f in dossier.financements.select_related("financeur")}
    for financeur, montant in montants.items():
        demande = demandes.get(financeur.pk)
        if demande is None:
            raise OperationRefusee(f"Rien n’est demandé à « {financeur} » dans ce dossier.")
        if not 0 <= montant <= demande.montant_demande:
            plafond = euros(demande.montant_demande)
            raise OperationRefusee(f"Le montant proposé à « {financeur} » va de zéro au montant demandé ({plafond}).")
    if sens == Avis.Sens.DEFAVORABLE and any(montants.values()):
        raise OperationRefusee("Un avis défavorable ne propose aucun montant.")
    dossiers.constater_avis(dossier, par=par, sens=sens, reunion_id=reunion.pk)
    avis, _ = Avis.objects.update_or_create(
        dossier=dossier,
        defaults={
            "reunion": reunion,
            "sens": sens,
            "observations": observations.strip(),
            "reserves": reserves.strip() if sens == Avis.Sens.RESERVES else "",
            "rendu_le": timezone.now(),
        },
    )
    avis.montants.all().delete()
    MontantPropose.objects.bulk_create(
        MontantPropose(avis=avis, financeur_id=pk, montant=next((m for f, m in montants.items() if f.pk == pk), 0))
        for pk in demandes
    )
    return avis


@transaction.atomic
def demander_proces_verbal(reunion, *, par):
    """Fige les données du procès-verbal ; sa composition se fait ensuite, en tâche de fond.

    Un double clic rend la demande déjà en cours.
    """
    reunion = verrouiller_reunion(reunion, par)
    dernier = reunion.proces_verbaux.first()
    if dernier and dernier.produit_le is None:
        return dernier
    version = dernier.version + 1 if dernier else 1
    document = proces_verbal if reunion.est_thematique else compte_rendu
    demande = ProcesVerbal.objects.create(
        reunion=reunion, version=version, donnees=document.donnees_de(reunion, version)
    )
    publier("reunion.demander_proces_verbal", reunion, par=par, proces_verbal_id=demande.pk)
    return demande
