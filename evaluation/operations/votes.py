"""Voter à l'aveugle sur le montant ; demander le débat d'un dossier du bloc."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers.budget import euros
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation.models import Deport, MembreReunion, Mouvement, PassageDossier, Reunion, Seance, Vote
from evaluation.operations.communs import OperationRefusee
from journal.publication import publier

TOURS = {Seance.Phase.TOUR_1: 1, Seance.Phase.TOUR_2: 2}
NOM_DU_TOUR = {1: "premier vote", 2: "second vote"}


class MontantRefuse(OperationRefusee):
    """Le montant proposé sort de ce qui est demandé."""


class VoteDejaDonne(OperationRefusee):
    """Un autre appareil de la même personne a déjà voté autre chose : on demande avant de remplacer."""

    def __init__(self, vote, montant):
        self.vote, self.montant = vote, montant
        super().__init__(
            f"Vous avez déjà proposé {euros(vote.montant)} depuis un autre appareil. Remplacer par {euros(montant)} ?"
        )


def _verifier_le_membre(membre, passage, par):
    if membre is None:
        raise OperationRefusee("Vous n’êtes pas convié à cette réunion.")
    if membre.deporte:
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : vous ne votez pas.")
    if not membre.evalue:
        raise OperationRefusee("Seuls les membres qui notent votent. Le conseil citoyen donne son avis à part.")
    if membre.presence == MembreReunion.Presence.EXCUSE:
        raise OperationRefusee("Vous êtes noté excusé. Dites d’abord « Je suis présent ».")
    if membre.presence != MembreReunion.Presence.PRESENT:
        raise OperationRefusee("Dites d’abord « Je suis présent ».")
    if membre.dernier_sens == Mouvement.Sens.SORTIE:
        raise OperationRefusee("Vous êtes noté hors de la salle. Dites d’abord « Je suis présent ».")
    if passage.dossier.organisme_id in par.ids_organismes:
        raise OperationRefusee("Vous êtes membre de l’organisme qui porte ce dossier : déclarez un conflit d’intérêts.")


def _verifier_le_tour(seance, passage, tour):
    if seance is None:
        raise OperationRefusee("La séance n’est pas encore ouverte.")
    if seance.levee_le or seance.reunion.est_close:
        raise OperationRefusee("La séance est levée : on ne vote plus.")
    if seance.passage_id != passage.pk:
        raise OperationRefusee("Un autre dossier est en cours : ce vote n’a pas été compté.")
    if TOURS.get(seance.phase) != tour:
        raise OperationRefusee(f"Le {NOM_DU_TOUR[tour]} n’est pas ouvert : ce vote n’a pas été compté.")
    if passage.dossier.etat != Etat.EN_EVALUATION:
        raise OperationRefusee("Ce dossier n’est plus en évaluation : on ne vote plus.")


@transaction.atomic
def voter(reunion, *, par, passage_id, tour, montant, version=0):
    """Propose un montant total. Le même envoyé deux fois compte une fois ; jamais un appareil n'en écrase un autre.

    `version` est celle du vote que la page montrait, 0 s'il n'y en avait pas.
    """
    if tour not in Vote.TOURS:
        raise OperationRefusee("Il y a deux votes, pas davantage.")
    # Le verrou de la séance sépare le vote du geste qui le dévoile : avant il compte, après il est refusé.
    seance = Seance.objects.select_for_update(of=("self",)).select_related("reunion").filter(reunion=reunion).first()
    passage = (
        PassageDossier.objects.select_related("dossier")
        .annotate(plafond=Coalesce(Sum("dossier__financements__montant_demande"), Decimal(0)))
        .filter(reunion=reunion, pk=passage_id)
        .first()
    )
    if passage is None:
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    derniers = Mouvement.objects.filter(reunion=reunion, utilisateur=par).order_by("-pk")
    membre = (
        MembreReunion.objects.filter(reunion=reunion, utilisateur=par)
        .annotate(
            deporte=Exists(Deport.objects.filter(dossier=passage.dossier_id, utilisateur=par)),
            dernier_sens=Subquery(derniers.values("sens")[:1]),
        )
        .first()
    )
    _verifier_le_membre(membre, passage, par)
    _verifier_le_tour(seance, passage, tour)
    if not 0 <= montant <= passage.plafond:
        raise MontantRefuse(f"Proposez un montant de zéro à {euros(passage.plafond)}, le total demandé.")
    vote, nouveau = Vote.objects.filter(passage=passage, utilisateur=par, tour=tour).first(), True
    if vote is None:
        vote = Vote.objects.create(passage=passage, utilisateur=par, tour=tour, montant=montant)
    elif vote.montant != montant and vote.version != version:
        raise VoteDejaDonne(vote, montant)
    elif vote.montant != montant:
        vote.montant, vote.version, vote.exprime_le = montant, vote.version + 1, timezone.now()
        vote.save(update_fields=["montant", "version", "exprime_le"])
    else:
        nouveau = False
    if nouveau:
        # Le fait dit qui a voté, et quand ; jamais quoi.
        publier("seance.voter", seance.reunion, par=par, passage_id=passage.pk, tour=tour)
    vote.plafond = passage.plafond
    return vote


@transaction.atomic
def demander_un_debat(reunion, *, par, passage_id):
    """Sort un dossier du bloc sans débat ; redemandé, c'est déjà fait."""
    reunion = Reunion.objects.select_for_update(of=("self",)).get(pk=reunion.pk)
    if reunion.est_close:
        raise OperationRefusee("Cette réunion est close : on ne la modifie plus.")
    if not MembreReunion.objects.filter(reunion=reunion, utilisateur=par).exists():
        raise OperationRefusee("Vous n’êtes pas convié à cette réunion.")
    passage = PassageDossier.objects.select_related("dossier").filter(reunion=reunion, pk=passage_id).first()
    if passage is None or Deport.objects.filter(dossier=passage.dossier_id, utilisateur=par).exists():
        raise OperationRefusee("Ce dossier n’est pas dans le bloc sans débat.")
    if verrouiller(passage.dossier).etat != Etat.EN_EVALUATION:
        raise OperationRefusee("L’avis sur ce dossier est déjà rendu.")
    if not passage.sans_debat:
        raise OperationRefusee("Ce dossier sera débattu : il n’est pas dans le bloc sans débat.")
    if passage.sorti_du_bloc_par_id is None:
        passage.sorti_du_bloc_par = par
        passage.save(update_fields=["sorti_du_bloc_par"])
        publier("seance.demander_un_debat", reunion, par=par, passage_id=passage.pk)
    return passage
