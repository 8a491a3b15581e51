"""Ce qui attend un évaluateur ou un agent, sur la page d'accueil."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation import operations
from evaluation.models import Lecteur, Reunion
from evaluation.taches import taches_d_evaluation
from tests.fabriques import DossierFactory
from tests.fabriques_evaluation import PassageFactory

pytestmark = pytest.mark.django_db


def phrases(utilisateur):
    utilisateur.oublier_les_roles()
    return [tache.texte for tache in taches_d_evaluation(utilisateur)]


def test_l_evaluateur_sait_ce_qu_il_reste_a_noter(seance):
    assert phrases(seance.eva) == ["Un dossier attend vos notes avant la réunion « Santé et accès aux droits »."]
    second = PassageFactory(reunion=seance.reunion).dossier
    assert phrases(seance.eva)[0].startswith("2 dossiers attendent vos notes")
    seance.envoyer(seance.eva)
    operations.declarer_deport(second, par=seance.eva, motif="Lien familial.")
    assert phrases(seance.eva) == []
    assert len(phrases(seance.farid)) == 1


def test_un_dossier_confie_a_d_autres_n_attend_pas_mes_notes(seance):
    """L'accueil compte comme la file de lecture : le mien, et ceux que personne n'a reçus."""
    PassageFactory(reunion=seance.reunion)
    confie = PassageFactory(reunion=seance.reunion)
    Lecteur.objects.create(passage=confie, membre=seance.membre(seance.farid))
    assert phrases(seance.eva)[0].startswith("2 dossiers attendent vos notes")
    assert phrases(seance.farid)[0].startswith("3 dossiers attendent vos notes")
    Lecteur.objects.create(passage=confie, membre=seance.membre(seance.eva))
    assert phrases(seance.eva)[0].startswith("3 dossiers attendent vos notes")


def test_l_echeance_est_la_date_de_la_reunion(seance):
    tache = taches_d_evaluation(seance.eva)[0]
    assert (tache.echeance, tache.url) == (seance.reunion.debut, "/evaluation/")


def test_le_conseil_citoyen_n_a_rien_a_noter_mais_trois_questions_l_attendent(seance):
    assert phrases(seance.gisele) == ["Un projet attend votre avis avant la réunion « Santé et accès aux droits »."]


def test_l_agent_sait_quels_avis_enregistrer_une_fois_la_reunion_passee(seance):
    assert phrases(seance.denis) == []
    Reunion.objects.update(debut=timezone.now() - timedelta(hours=3))
    assert phrases(seance.denis) == ["Un avis reste à enregistrer pour la réunion « Santé et accès aux droits »."]
    seance.rendre()
    assert phrases(seance.denis) == []


def test_l_agent_sait_quels_dossiers_n_ont_pas_de_reunion(seance):
    DossierFactory(appel=seance.appel, recevable=True)
    assert phrases(seance.denis) == [f"Un dossier recevable attend d’être inscrit à une réunion ({seance.appel})."]
    DossierFactory(appel=seance.appel, recevable=True)
    assert phrases(seance.denis)[0].startswith("2 dossiers recevables attendent d’être inscrits")


def test_les_taches_coutent_un_nombre_constant_de_requetes(seance, django_assert_num_queries):
    for attendu in (5, 5):
        seance.denis.oublier_les_roles()
        with django_assert_num_queries(attendu):
            taches_d_evaluation(seance.denis)
        PassageFactory(reunion=seance.reunion)
        DossierFactory(appel=seance.appel, recevable=True)
