"""Voter à l'aveugle sur le montant ; demander le débat d'un dossier du bloc."""

from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Exists, Subquery
from django.utils import timezone

from comptes.models import Membre
from dossiers.budget import euros
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation.models import Deport, MembreReunion, Mouvement, PassageDossier, Reunion, Seance, Vote
from evaluation.operations.communs import OperationRefusee
from journal.publication import publier

TOURS = {Seance.Phase.TOUR_1: 1, Seance.Phase.TOUR_2: 2}
CENTIME = Decimal("0.01")
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


def _verifier_le_membre(membre):
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
    if membre.du_porteur:
        raise OperationRefusee("Vous êtes membre de l’organisme qui porte ce dossier : déclarez un conflit d’intérêts.")


def _verifier_le_tour(seance, passage_id, tour):
    if seance.levee_le or seance.close_le:
        raise OperationRefusee("La séance est levée : on ne vote plus.")
    if seance.passage_id != passage_id:
        if not PassageDossier.objects.filter(reunion=seance.reunion_id, pk=passage_id).exists():
            raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
        raise OperationRefusee("Un autre dossier est en cours : ce vote n’a pas été compté.")
    if TOURS.get(seance.phase) != tour:
        raise OperationRefusee(f"Le {NOM_DU_TOUR[tour]} n’est pas ouvert : ce vote n’a pas été compté.")
    if seance.etat_du_dossier != Etat.EN_EVALUATION:
        raise OperationRefusee("Ce dossier n’est plus en évaluation : on ne vote plus.")


def _seance_partagee(reunion):
    """La séance et son dossier en cours, sous un verrou que les votes partagent et que dévoiler prend seul.

    Avant, le vote compte ; après, non. L'ORM n'écrit pas ce verrou ; SQLite n'a qu'un écrivain à la fois et n'en a pas
    besoin. Une seule requête : quarante téléphones la posent ensemble.
    """
    verrou = "FOR SHARE OF s" if connection.vendor == "postgresql" else ""
    question = f"""
        SELECT s.*, r.close_le, d.id AS dossier_id, d.organisme_id, d.etat AS etat_du_dossier,
          (SELECT SUM(f.montant_demande) FROM dossiers_financement f WHERE f.dossier_id = d.id) AS plafond
        FROM evaluation_seance s
        JOIN evaluation_reunion r ON r.id = s.reunion_id
        LEFT JOIN evaluation_passagedossier p ON p.id = s.passage_id
        LEFT JOIN dossiers_dossier d ON d.id = p.dossier_id
        WHERE s.reunion_id = %s {verrou}
    """
    seance = next(iter(Seance.objects.raw(question, [reunion.pk])), None)
    if seance is None:
        raise OperationRefusee("La séance n’est pas encore ouverte.")
    # SQLite additionne en virgule flottante.
    seance.plafond = Decimal(str(seance.plafond or 0)).quantize(CENTIME)
    return seance


def _membre_verrouille(seance, par):
    """Deux appareils de la même personne passent l'un après l'autre ; deux personnes ne s'attendent pas."""
    derniers = Mouvement.objects.filter(reunion=seance.reunion_id, utilisateur=par).order_by("-pk")
    membres = MembreReunion.objects.select_for_update(of=("self",))
    return (
        membres.filter(reunion=seance.reunion_id, utilisateur=par)
        .annotate(
            deporte=Exists(Deport.objects.filter(dossier=seance.dossier_id, utilisateur=par)),
            du_porteur=Exists(Membre.objects.filter(organisme=seance.organisme_id, utilisateur=par)),
            dernier_sens=Subquery(derniers.values("sens")[:1]),
        )
        .first()
    )


@transaction.atomic
def voter(reunion, *, par, passage_id, tour, montant, version=0):
    """Propose un montant total. Le même envoyé deux fois compte une fois ; jamais un appareil n'en écrase un autre.

    `version` est celle du vote que la page montrait, 0 s'il n'y en avait pas.
    """
    if tour not in Vote.TOURS:
        raise OperationRefusee("Il y a deux votes, pas davantage.")
    seance = _seance_partagee(reunion)
    membre = _membre_verrouille(seance, par)
    _verifier_le_membre(membre)
    _verifier_le_tour(seance, passage_id, tour)
    if not 0 <= montant <= seance.plafond:
        raise MontantRefuse(f"Proposez un montant de zéro à {euros(seance.plafond)}, le total demandé.")
    # Lu après le verrou du membre : l'autre appareil a pu voter pendant qu'on l'attendait.
    vote, nouveau = Vote.objects.filter(passage=passage_id, utilisateur=par, tour=tour).first(), True
    if vote is None:
        vote = Vote.objects.create(passage_id=passage_id, utilisateur=par, tour=tour, montant=montant)
    elif vote.montant != montant and vote.version != version:
        raise VoteDejaDonne(vote, montant)
    elif vote.montant != montant:
        vote.montant, vote.version, vote.exprime_le = montant, vote.version + 1, timezone.now()
        vote.save(update_fields=["montant", "version", "exprime_le"])
    else:
        nouveau = False
    if nouveau:
        # Le fait dit qui a voté, et quand ; jamais quoi.
        publier("seance.voter", reunion, par=par, passage_id=passage_id, tour=tour)
    vote.plafond = seance.plafond
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
