"""Conduire la séance : les phases, la porte, le quorum, le minuteur, deux animateurs, le bloc, le journal."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.etats import Etat
from evaluation import operations
from evaluation.models import Avis, Mouvement, PassageDossier, Seance, Vote
from evaluation.operations import OperationRefusee, QuorumNonAtteint, SeanceAvancee
from evaluation.seance import journal_de_seance
from journal.models import Evenement
from tests.evaluation.conftest import personne
from tests.evaluation.salle import (
    Phase,
    deporter,
    mener,
    mouvements,
    ouvrir,
    ouvrir_dossier,
    passer,
    relire,
    version,
    voter,
)
from tests.fabriques import MembreFactory
from tests.fabriques_evaluation import PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db


def test_la_seance_s_ouvre_une_fois(seance):
    operations.ouvrir_seance(seance.reunion, par=seance.denis)
    operations.ouvrir_seance(seance.reunion, par=seance.denis)
    assert Seance.objects.count() == 1
    assert Evenement.objects.filter(type="seance.ouvrir").count() == 1


@pytest.mark.parametrize("qui", ["eva", "gisele"])
def test_seul_un_agent_de_la_collectivite_conduit(seance, qui):
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        operations.ouvrir_seance(seance.reunion, par=getattr(seance, qui))
    ouvrir(seance)
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        operations.ouvrir_dossier(seance.reunion, seance.passage, par=getattr(seance, qui), version=version(seance))


def test_un_groupe_de_travail_n_a_pas_de_seance(seance):
    reunion = ReunionFactory(sans_dossiers=True, collectivite=seance.reunion.collectivite)
    with pytest.raises(OperationRefusee, match="n’examine pas de dossiers"):
        operations.ouvrir_seance(reunion, par=seance.denis)


def test_rien_ne_se_conduit_avant_l_ouverture(seance):
    with pytest.raises(OperationRefusee, match="pas encore ouverte"):
        operations.ouvrir_dossier(seance.reunion, seance.passage, par=seance.denis, version=1)


def test_d_un_bout_a_l_autre(seance):
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_2)
    passer(seance, Phase.AVIS)
    operations.conclure(
        seance.reunion, par=seance.denis, version=version(seance), sens="reserves", reserves="Ouvrir le samedi.",
        montants=seance.demandes(),
    )  # fmt: skip
    avis = Avis.objects.get(dossier=seance.dossier)
    assert (avis.sens, avis.reserves) == ("reserves", "Ouvrir le samedi.")
    assert seance.dossier.etat == Etat.EVALUE
    assert (relire(seance).phase, relire(seance).passage) == (Phase.ATTENTE, None)
    passage = PassageDossier.objects.get(pk=seance.passage.pk)
    assert passage.ouvert_le < passage.ferme_le
    operations.lever_seance(seance.reunion, par=seance.denis, version=version(seance))
    assert relire(seance).levee_le
    operations.ouvrir_seance(seance.reunion, par=seance.denis)
    assert relire(seance).levee_le is None


@pytest.mark.parametrize(
    ("depuis", "vers"),
    [
        (Phase.PRESENTATION, Phase.RESULTAT_1),
        (Phase.PRESENTATION, Phase.TOUR_2),
        (Phase.TOUR_1, Phase.TOUR_2),
        (Phase.TOUR_1, Phase.AVIS),
        (Phase.RESULTAT_1, Phase.TOUR_1),
        (Phase.RESULTAT_2, Phase.TOUR_2),
        (Phase.PRESENTATION, Phase.ATTENTE),
        (Phase.PRESENTATION, "n’importe quoi"),
    ],
)
def test_les_phases_ne_se_sautent_ni_ne_se_rejouent(seance, depuis, vers):
    ouvrir(seance)
    mener(seance, depuis)
    with pytest.raises(OperationRefusee, match="pas possible"):
        passer(seance, vers)


def test_on_ne_devoile_pas_un_vote_vide(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    with pytest.raises(OperationRefusee, match="Personne n’a encore voté"):
        passer(seance, Phase.RESULTAT_1)


def test_un_tour_devoile_ne_se_revote_pas_meme_apres_avoir_rouvert_le_dossier(seance):
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    ouvrir_dossier(seance)
    with pytest.raises(OperationRefusee, match="pas possible"):
        passer(seance, Phase.TOUR_1)
    passer(seance, Phase.RESULTAT_1)
    assert Vote.objects.count() == 2


def test_ouvrir_un_autre_dossier_referme_le_premier_hors_ordre_compris(seance):
    second, troisieme = PassageFactory(reunion=seance.reunion), PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    ouvrir_dossier(seance, troisieme)
    ouvrir_dossier(seance, second)
    assert PassageDossier.objects.get(pk=troisieme.pk).ferme_le
    assert relire(seance).passage == second


def test_le_dossier_d_une_autre_reunion_ou_deja_examine_ne_s_ouvre_pas(seance):
    ailleurs = PassageFactory(reunion=ReunionFactory(appel=seance.appel))
    ouvrir(seance)
    with pytest.raises(OperationRefusee, match="plus à l’ordre du jour"):
        ouvrir_dossier(seance, ailleurs)
    seance.rendre()
    with pytest.raises(OperationRefusee, match="plus en évaluation"):
        ouvrir_dossier(seance)


def test_un_dossier_qui_quitte_l_evaluation_se_referme_seulement(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    seance.rendre()
    with pytest.raises(OperationRefusee, match="plus en évaluation"):
        passer(seance, Phase.PRESENTATION)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))


def test_une_reunion_close_refuse_tout_geste(seance):
    ouvrir(seance)
    ancienne = version(seance)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    for geste in (
        lambda: operations.ouvrir_seance(seance.reunion, par=seance.denis),
        lambda: operations.ouvrir_dossier(seance.reunion, seance.passage, par=seance.denis, version=ancienne),
        lambda: operations.lever_seance(seance.reunion, par=seance.denis, version=ancienne),
        lambda: operations.regler_minuteur(seance.reunion, "demarrer", par=seance.denis),
        lambda: operations.se_declarer_present(seance.reunion, par=seance.eva),
        lambda: operations.pointer(seance.membre(seance.eva), "sortie", par=seance.denis),
        lambda: operations.demander_un_debat(seance.reunion, par=seance.eva, passage_id=seance.passage.pk),
    ):
        with pytest.raises(OperationRefusee, match="close"):
            geste()


def test_la_seance_ne_se_leve_pas_sur_un_dossier_ouvert(seance):
    ouvrir(seance)
    ouvrir_dossier(seance)
    with pytest.raises(OperationRefusee, match="encore ouvert"):
        operations.lever_seance(seance.reunion, par=seance.denis, version=version(seance))


def test_deux_animateurs_le_second_voit_ce_que_le_premier_vient_de_faire(seance):
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    vue = version(seance)
    passer(seance, Phase.TOUR_2)
    with pytest.raises(SeanceAvancee, match=r"^Denis vient de passer au second vote\."):
        operations.passer(seance.reunion, Phase.AVIS, par=colette, version=vue)
    with pytest.raises(SeanceAvancee, match=r"^Vous venez déjà de passer au second vote\."):
        operations.passer(seance.reunion, Phase.TOUR_2, par=seance.denis, version=vue)
    assert relire(seance).phase == Phase.TOUR_2


# La porte


def test_le_deporte_sort_a_l_ouverture_et_rentre_a_la_fermeture(seance):
    PassageFactory(reunion=seance.reunion)
    deporter(seance, seance.eva)
    ouvrir(seance)
    ouvrir_dossier(seance)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert mouvements(seance)[2:] == [("Éva", "sortie", 1), ("Éva", "entree", 1)]


def test_deux_dossiers_de_suite_une_seule_sortie(seance):
    second = PassageFactory(reunion=seance.reunion)
    PassageFactory(reunion=seance.reunion)
    deporter(seance, seance.eva)
    deporter(seance, seance.eva, second)
    ouvrir(seance)
    ouvrir_dossier(seance)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert mouvements(seance)[2:] == [("Éva", "sortie", 1)]
    ouvrir_dossier(seance, second)
    assert mouvements(seance)[2:] == [("Éva", "sortie", 1)]
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert mouvements(seance)[3:] == [("Éva", "entree", 1)]


def test_un_deport_declare_pendant_l_examen_fait_sortir_a_cette_heure(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 2000)
    voter(seance, seance.farid, 1000)
    deport = operations.declarer_deport(seance.dossier, par=seance.eva, motif="Ma sœur préside l’association.")
    passer(seance, Phase.RESULTAT_1)
    sortie = Mouvement.objects.get(sens="sortie")
    assert (sortie.utilisateur, sortie.le) == (seance.eva, deport.declare_le)
    (examen,) = journal_de_seance(seance.reunion).examens
    assert [(t.nombre, t.mediane) for t in examen.tours] == [(1, Decimal(1000))]


def test_l_absent_deporte_ne_sort_pas_d_une_salle_ou_il_n_est_pas(seance):
    deporter(seance, seance.eva)
    ouvrir(seance, seance.farid)
    ouvrir_dossier(seance)
    assert mouvements(seance) == [("Farid", "entree", None)]
    for geste in (
        lambda: operations.se_declarer_present(seance.reunion, par=seance.eva),
        lambda: operations.pointer(seance.membre(seance.eva), "present", par=seance.denis),
    ):
        with pytest.raises(OperationRefusee, match="s’est déportée du dossier en cours"):
            geste()


def test_qui_est_sorti_de_lui_meme_rentre_de_lui_meme(seance):
    ouvrir(seance)
    operations.pointer(seance.membre(seance.eva), "sortie", par=seance.denis)
    ouvrir_dossier(seance)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert mouvements(seance)[2:] == [("Éva", "sortie", None)]
    operations.se_declarer_present(seance.reunion, par=seance.eva)
    assert mouvements(seance)[3:] == [("Éva", "entree", None)]
    operations.se_declarer_present(seance.reunion, par=seance.eva)
    assert len(mouvements(seance)) == 4


def test_l_agent_deporte_ne_conduit_pas_ce_dossier(seance):
    deporter(seance, seance.denis)
    second = PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    with pytest.raises(OperationRefusee, match="un autre agent"):
        ouvrir_dossier(seance)
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    operations.ouvrir_dossier(seance.reunion, seance.passage, par=colette, version=version(seance))
    for geste in (
        lambda: passer(seance, Phase.TOUR_1),
        lambda: ouvrir_dossier(seance, second),
        lambda: operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance)),
        lambda: operations.regler_minuteur(seance.reunion, "demarrer", par=seance.denis),
    ):
        with pytest.raises(OperationRefusee, match="un autre agent"):
            geste()


# Le quorum


def test_sous_le_quorum_on_previent_puis_on_note(seance):
    seance.reunion.quorum = 2
    seance.reunion.save()
    deporter(seance, seance.eva)
    ouvrir(seance)
    with pytest.raises(QuorumNonAtteint, match=r"1 membre dans la salle pour ce dossier, 2 exigés"):
        ouvrir_dossier(seance)
    assert relire(seance).phase == Phase.ATTENTE
    ouvrir_dossier(seance, sans_quorum=True)
    # C'est dit une fois pour ce dossier, tant que la salle ne change pas.
    passer(seance, Phase.TOUR_1)
    assert journal_de_seance(seance.reunion).reserves == [
        f"Dossier {seance.dossier.numero} : examiné sans le quorum (1 dans la salle, 2 exigés)."
    ]


def test_le_conseil_citoyen_et_les_sortis_ne_font_pas_le_quorum(seance):
    seance.reunion.quorum = 2
    seance.reunion.save()
    ouvrir(seance, seance.eva, seance.gisele)
    with pytest.raises(QuorumNonAtteint):
        ouvrir_dossier(seance)
    operations.se_declarer_present(seance.reunion, par=seance.farid)
    ouvrir_dossier(seance)
    operations.pointer(seance.membre(seance.farid), "sortie", par=seance.denis)
    with pytest.raises(QuorumNonAtteint):
        passer(seance, Phase.TOUR_1)


# Présences


def test_une_presence_ne_bouscule_pas_l_animateur(seance):
    ouvrir(seance, seance.eva)
    vue = version(seance)
    operations.se_declarer_present(seance.reunion, par=seance.farid)
    operations.ouvrir_dossier(seance.reunion, seance.passage, par=seance.denis, version=vue)


def test_l_excuse_qui_arrive_est_present(seance):
    ouvrir(seance, seance.farid)
    operations.pointer(seance.membre(seance.eva), "excuse", par=seance.denis)
    assert seance.membre(seance.eva).presence == "excuse"
    operations.se_declarer_present(seance.reunion, par=seance.eva)
    assert seance.membre(seance.eva).presence == "present"


@pytest.mark.parametrize(("geste", "motif"), [("sortie", "pas dans la salle"), ("envol", "n’existe pas")])
def test_une_presence_impossible_est_refusee(seance, geste, motif):
    ouvrir(seance, seance.farid)
    with pytest.raises(OperationRefusee, match=motif):
        operations.pointer(seance.membre(seance.eva), geste, par=seance.denis)


def test_on_n_est_present_que_convie_et_la_seance_ouverte(seance):
    with pytest.raises(OperationRefusee, match="pas encore ouverte"):
        operations.se_declarer_present(seance.reunion, par=seance.eva)
    ouvrir(seance)
    with pytest.raises(OperationRefusee, match="pas convié"):
        operations.se_declarer_present(seance.reunion, par=seance.denis)


# Le minuteur


def test_le_minuteur_vit_sur_le_serveur(seance):
    ouvrir(seance)
    with pytest.raises(OperationRefusee, match="pendant l’examen"):
        operations.regler_minuteur(seance.reunion, "demarrer", par=seance.denis)
    ouvrir_dossier(seance)
    vue, debut = version(seance), timezone.now()
    with time_machine.travel(debut, tick=False):
        assert operations.regler_minuteur(
            seance.reunion, "demarrer", par=seance.denis
        ).minuteur_fin == debut + timedelta(minutes=6)
        operations.regler_minuteur(seance.reunion, "ajouter", par=seance.denis)
    with time_machine.travel(debut + timedelta(minutes=2), tick=False):
        assert operations.regler_minuteur(seance.reunion, "pause", par=seance.denis).minuteur_reste_s == 300
        assert operations.regler_minuteur(seance.reunion, "ajouter", par=seance.denis).minuteur_reste_s == 360
    with time_machine.travel(debut + timedelta(minutes=20), tick=False):
        reprise = operations.regler_minuteur(seance.reunion, "demarrer", par=seance.denis)
        assert reprise.minuteur_fin == timezone.now() + timedelta(minutes=6)
    with pytest.raises(OperationRefusee, match="se démarre"):
        operations.regler_minuteur(seance.reunion, "exploser", par=seance.denis)
    assert version(seance) == vue


# Le bloc sans débat


@pytest.fixture
def bloc(seance):
    passages = [PassageFactory(reunion=seance.reunion, sans_debat=True) for _ in range(3)]
    ouvrir(seance)
    return passages


def adopter(seance, passages):
    return operations.adopter_sans_debat(
        seance.reunion, par=seance.denis, version=version(seance), passages=[p.pk for p in passages]
    )


def test_le_bloc_s_adopte_d_un_geste_un_avis_par_dossier(seance, bloc):
    assert adopter(seance, bloc) == bloc
    assert Avis.objects.filter(sens="favorable").count() == 3
    for passage in bloc:
        demandes = {f.financeur_id: f.montant_demande for f in passage.dossier.financements.all()}
        assert {m.financeur_id: m.montant for m in passage.dossier.avis.montants.all()} == demandes
    with pytest.raises(OperationRefusee, match="Aucun dossier"):
        adopter(seance, bloc)
    assert seance.dossier.etat == Etat.EN_EVALUATION


def test_un_membre_sort_un_dossier_du_bloc_et_l_agent_le_voit_avant_d_adopter(seance, bloc):
    for _ in range(2):
        operations.demander_un_debat(seance.reunion, par=seance.gisele, passage_id=bloc[0].pk)
    assert Evenement.objects.filter(type="seance.demander_un_debat").count() == 1
    with pytest.raises(OperationRefusee, match="vient de changer"):
        adopter(seance, bloc)
    assert not Avis.objects.exists()
    assert len(adopter(seance, bloc[1:])) == 2
    with pytest.raises(OperationRefusee, match="déjà rendu"):
        operations.demander_un_debat(seance.reunion, par=seance.eva, passage_id=bloc[1].pk)


def test_un_dossier_retire_sort_du_bloc(seance, bloc):
    dossier = bloc[0].dossier
    dossiers.retirer(dossier, par=MembreFactory(organisme=dossier.organisme).utilisateur, motif="Report.")
    assert len(adopter(seance, bloc[1:])) == 2


def test_le_deporte_du_bloc_sort_et_rentre_l_agent_deporte_laisse_le_sien(seance, bloc):
    deporter(seance, seance.eva, bloc[0])
    deporter(seance, seance.denis, bloc[2])
    adopter(seance, bloc[:2])
    assert mouvements(seance)[2:] == [("Éva", "sortie", 2), ("Éva", "entree", 2)]
    assert not Avis.objects.filter(dossier=bloc[2].dossier).exists()


def test_le_deporte_ne_demande_pas_le_debat_d_un_dossier_qu_il_ne_voit_pas(seance, bloc):
    deporter(seance, seance.eva, bloc[0])
    for passage_id in (bloc[0].pk, 0):
        with pytest.raises(OperationRefusee, match="pas dans le bloc"):
            operations.demander_un_debat(seance.reunion, par=seance.eva, passage_id=passage_id)


def test_on_ne_demande_pas_le_debat_d_un_dossier_deja_debattu(seance, bloc):
    with pytest.raises(OperationRefusee, match="sera débattu"):
        operations.demander_un_debat(seance.reunion, par=seance.eva, passage_id=seance.passage.pk)


# Le journal


def test_pas_de_seance_pas_de_journal(seance):
    assert journal_de_seance(seance.reunion) is None


def test_le_journal_dit_tout_sauf_qui_a_vote_quoi(seance):
    second = PassageFactory(reunion=seance.reunion)
    deporter(seance, seance.eva, second)
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1, montants=(2000, 1000))
    ouvrir_dossier(seance, second)
    passer(seance, Phase.TOUR_1)
    voter(seance, seance.farid, 500, passage=second)
    journal = journal_de_seance(seance.reunion)
    assert [(v.nom, v.note, v.depart is None) for v in journal.presents] == [
        ("Farid Benali", True, True),
        ("Éva Roux", True, False),
    ]
    premier, deuxieme = journal.examens
    assert [(t.tour, t.nombre, t.mediane, t.mini, t.maxi) for t in premier.tours] == [(1, 2, 1500, 1000, 2000)]
    # Un tour que la salle n'a pas lu n'est pas au journal.
    assert deuxieme.tours == []
    assert (deuxieme.sortis, [m.sens for m in deuxieme.mouvements]) == (["Éva Roux"], ["sortie"])
    assert journal.levee_le is None
    assert journal.reserves == []


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_journal_tient_en_un_nombre_constant_de_requetes(seance, lignes, django_assert_num_queries):
    for _ in range(lignes - 1):
        PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    with django_assert_num_queries(8):
        journal_de_seance(seance.reunion)
