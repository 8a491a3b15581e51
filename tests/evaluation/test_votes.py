"""Voter : une fois par personne et par tour, modifiable jusqu'au résultat, jamais écrasé, chaque refus dit pourquoi."""

from decimal import Decimal

import pytest

from evaluation import operations
from evaluation.models import Reunion, Vote
from evaluation.operations import MontantRefuse, OperationRefusee, VoteDejaDonne
from journal.models import Evenement
from tests.evaluation.salle import Phase, deporter, mener, ouvrir, ouvrir_dossier, passer, version, voter
from tests.fabriques import MembreFactory
from tests.fabriques_evaluation import PassageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def au_vote(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    return seance


def test_un_vote_renvoye_compte_une_fois(au_vote):
    voter(au_vote, au_vote.eva, 2000)
    assert voter(au_vote, au_vote.eva, 2000).version == 1
    assert Vote.objects.get().montant == 2000
    faits = Evenement.objects.filter(type="seance.voter")
    assert [set(f.donnees) for f in faits] == [{"passage_id", "tour"}]


def test_un_second_appareil_n_ecrase_rien_sans_le_savoir(au_vote):
    voter(au_vote, au_vote.eva, 2000)
    with pytest.raises(
        VoteDejaDonne, match=r"déjà proposé 2.000.€ depuis un autre appareil\. Remplacer par 2.500.€ \?"
    ):
        voter(au_vote, au_vote.eva, 2500)
    assert Vote.objects.get().montant == 2000
    assert voter(au_vote, au_vote.eva, 2500, vu=1).version == 2
    # Le premier appareil montre encore la première version.
    with pytest.raises(VoteDejaDonne):
        voter(au_vote, au_vote.eva, 1800, vu=1)
    assert Vote.objects.get().montant == 2500


def test_zero_et_le_total_sont_des_votes(au_vote):
    total = sum(au_vote.demandes().values())
    voter(au_vote, au_vote.eva, Decimal(0))
    voter(au_vote, au_vote.farid, total)
    for hors in (Decimal("-0.01"), total + Decimal("0.01")):
        with pytest.raises(MontantRefuse, match="de zéro à"):
            voter(au_vote, au_vote.eva, hors, vu=1)


def test_une_seconde_trop_tard(au_vote):
    voter(au_vote, au_vote.eva, 2000)
    passer(au_vote, Phase.RESULTAT_1)
    for personne, vu in ((au_vote.farid, 0), (au_vote.eva, 1)):
        with pytest.raises(OperationRefusee, match="premier vote n’est pas ouvert"):
            voter(au_vote, personne, 1000, vu=vu)
    assert Vote.objects.get().montant == 2000


@pytest.mark.parametrize("tour", [0, 2, 3])
def test_un_autre_tour_que_celui_ouvert(au_vote, tour):
    with pytest.raises(OperationRefusee):
        voter(au_vote, au_vote.eva, 2000, tour=tour)


def test_un_autre_dossier_que_celui_en_cours(au_vote):
    second = PassageFactory(reunion=au_vote.reunion)
    ouvrir_dossier(au_vote, second)
    with pytest.raises(OperationRefusee, match="Un autre dossier est en cours"):
        voter(au_vote, au_vote.eva, 2000)


def test_un_dossier_revenu_ou_dont_l_avis_est_rendu(au_vote):
    au_vote.rendre()
    with pytest.raises(OperationRefusee, match="plus en évaluation"):
        voter(au_vote, au_vote.eva, 2000)


def test_un_passage_inconnu_ou_d_ailleurs(au_vote):
    ailleurs = PassageFactory()
    for passage_id in (0, ailleurs.pk):
        with pytest.raises(OperationRefusee, match="plus à l’ordre du jour"):
            operations.voter(au_vote.reunion, par=au_vote.eva, passage_id=passage_id, tour=1, montant=1)


def test_le_deporte_ne_vote_pas(au_vote):
    deporter(au_vote, au_vote.eva)
    with pytest.raises(OperationRefusee, match="déporté"):
        voter(au_vote, au_vote.eva, 2000)


def test_le_conseil_citoyen_ne_vote_pas(au_vote):
    operations.se_declarer_present(au_vote.reunion, par=au_vote.gisele)
    with pytest.raises(OperationRefusee, match="conseil citoyen"):
        voter(au_vote, au_vote.gisele, 2000)


def test_qui_n_est_pas_convie_ne_vote_pas(au_vote):
    with pytest.raises(OperationRefusee, match="pas convié"):
        voter(au_vote, au_vote.denis, 2000)


@pytest.mark.parametrize(
    ("geste", "motif"), [("excuse", "noté excusé"), ("attendu", "Dites d’abord"), ("sortie", "hors de la salle")]
)
def test_l_absent_ne_vote_pas(au_vote, geste, motif):
    operations.pointer(au_vote.membre(au_vote.eva), geste, par=au_vote.denis)
    with pytest.raises(OperationRefusee, match=motif):
        voter(au_vote, au_vote.eva, 2000)


def test_le_membre_de_l_organisme_porteur_ne_vote_pas(au_vote):
    MembreFactory(organisme=au_vote.dossier.organisme, utilisateur=au_vote.eva)
    au_vote.eva.oublier_les_roles()
    with pytest.raises(OperationRefusee, match="conflit d’intérêts"):
        voter(au_vote, au_vote.eva, 2000)


def test_la_seance_levee_ou_close_ne_vote_plus(au_vote):
    operations.fermer_dossier(au_vote.reunion, par=au_vote.denis, version=version(au_vote))
    operations.lever_seance(au_vote.reunion, par=au_vote.denis, version=version(au_vote))
    with pytest.raises(OperationRefusee, match="levée"):
        voter(au_vote, au_vote.eva, 2000)
    Reunion.objects.filter(pk=au_vote.reunion.pk).update(close_le="2027-01-01T00:00Z")
    with pytest.raises(OperationRefusee, match="levée"):
        voter(au_vote, au_vote.eva, 2000)


def test_la_seance_pas_encore_ouverte(seance):
    operations.marquer_presence(seance.membre(seance.eva), "present", par=seance.denis)
    with pytest.raises(OperationRefusee, match="pas encore ouverte"):
        voter(seance, seance.eva, 2000)
