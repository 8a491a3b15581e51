"""Passer un dossier d'une réunion à une autre : une erreur d'aiguillage, ou un ajournement."""

from django.db import transaction
from django.db.models import Max

from dossiers import operations as dossiers
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation.models import Avis, Deport, Evaluation, FicheHabitant, Lecteur, Seance
from evaluation.operations.communs import (
    OperationRefusee,
    figer_les_decouvertes,
    ouverte,
    renumeroter,
    verrouiller_reunion,
)
from journal.publication import publier


@transaction.atomic
def changer_de_reunion(passage, vers, *, par, motif=""):
    """Déplace un dossier avec ses lecteurs et ses notes ; refuse si l'un d'eux n'est pas convié à l'autre réunion."""
    if passage.reunion_id == vers.pk:
        raise OperationRefusee("Ce dossier est déjà à l’ordre du jour de cette réunion.")
    # Toujours dans le même ordre : deux déplacements croisés ne s'attendent pas l'un l'autre.
    reunions = {r.pk: verrouiller_reunion(r, par) for r in sorted((passage.reunion, vers), key=lambda r: r.pk)}
    depart, vers = reunions[passage.reunion_id], ouverte(reunions[vers.pk])
    dossier = verrouiller(passage.dossier)
    passage = depart.passages.filter(pk=passage.pk).first()
    if passage is None:
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    if depart.appel_id != vers.appel_id:
        raise OperationRefusee("Cette réunion examine les dossiers d’un autre appel à projets.")
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent le déplace.")
    dossier = _remettre_a_l_examen(depart, dossier, par, motif)
    if Seance.objects.filter(passage=passage).exists():
        raise OperationRefusee("Ce dossier est en cours d’examen : passez au suivant avant de le déplacer.")
    _exiger_les_lecteurs(passage, vers)
    # Ce qui se lit déjà reste lisible, même si l'autre réunion attend d'autres personnes.
    figer_les_decouvertes(depart)
    passage.refresh_from_db(fields=["decouvert_le"])
    _suivre(passage, vers)
    votes = [
        [vote.utilisateur_id, vote.tour, str(vote.montant)] for vote in passage.votes.order_by("tour", "utilisateur")
    ]
    passage.votes.all().delete()
    passage.reunion, passage.rang = vers, (vers.passages.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
    passage.sans_debat, passage.sorti_du_bloc_par, passage.ouvert_le, passage.ferme_le = False, None, None, None
    passage.save()
    renumeroter(vers)
    renumeroter(depart)
    FicheHabitant.objects.filter(dossier=dossier, reunion=depart).update(reunion=vers)
    publier(
        "dossier.changer_de_reunion",
        dossier,
        par=par,
        depuis=depart.pk,
        vers=vers.pk,
        motif=motif.strip(),
        # Les votes de la séance d'avant ne comptent plus, mais ne se perdent pas.
        votes=votes,
    )
    return passage


def _remettre_a_l_examen(depart, dossier, par, motif):
    """Un dossier ajourné revient en évaluation, une fois l'ajournement inscrit à un procès-verbal."""
    if dossier.etat == Etat.EN_EVALUATION:
        ouverte(depart)
        return dossier
    avis = Avis.objects.filter(dossier=dossier).first()
    if dossier.etat != Etat.EVALUE or avis is None or avis.sens != Avis.Sens.AJOURNE:
        raise OperationRefusee("Seul un dossier en évaluation, ou ajourné, passe à une autre réunion.")
    if not depart.proces_verbaux.filter(demande_le__gte=avis.rendu_le).exists():
        raise OperationRefusee(
            "Établissez d’abord le procès-verbal de cette réunion : il garde trace de l’ajournement."
        )
    return dossiers.revenir(
        dossier, "revenir_en_evaluation", par=par, motif=motif.strip() or "Ajourné, examiné à une autre réunion."
    )


def _exiger_les_lecteurs(passage, vers):
    """Ses lecteurs, et qui a commencé à le noter, doivent pouvoir le noter là-bas."""
    commences = Evaluation.objects.filter(dossier=passage.dossier_id).select_related("evaluateur")
    lecteurs = passage.lecteurs.select_related("membre__utilisateur")
    voulus = {e.evaluateur_id: e.evaluateur for e in commences} | {
        lecteur.membre.utilisateur_id: lecteur.membre.utilisateur for lecteur in lecteurs
    }
    convies = set(vers.membres.filter(evalue=True).values_list("utilisateur_id", flat=True))
    if absents := sorted(str(personne) for pk, personne in voulus.items() if pk not in convies):
        raise OperationRefusee(
            f"Conviez d’abord à « {vers.titre} », pour y noter, qui lit ou note ce dossier : {', '.join(absents)}."
        )


def _suivre(passage, vers):
    """Les lecteurs désignés le restent, au titre de leur place dans l'autre réunion."""
    places = {membre.utilisateur_id: membre for membre in vers.membres.filter(evalue=True)}
    lecteurs = list(passage.lecteurs.select_related("membre"))
    for lecteur in lecteurs:
        lecteur.membre = places[lecteur.membre.utilisateur_id]
    Lecteur.objects.bulk_update(lecteurs, ["membre"])


def changer_tous(reunion, vers, *, par, motif=""):
    """Déplace tous les dossiers d'une réunion : tous, ou aucun avec la raison."""
    with transaction.atomic():
        passages = list(reunion.passages.select_related("dossier", "reunion").order_by("rang", "pk"))
        if not passages:
            raise OperationRefusee("Cette réunion n’a plus de dossier à déplacer.")
        for passage in passages:
            try:
                changer_de_reunion(passage, vers, par=par, motif=motif)
            except OperationRefusee as refus:
                raise OperationRefusee(f"Dossier {passage.dossier.numero} : {refus}")
    return len(passages)
