"""Deux personnes agissent à la même seconde : l'une l'emporte, l'autre reçoit une explication, rien ne se double."""

import threading

import pytest
from django.db import connection

from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from evaluation import operations
from evaluation.models import Avis, Evaluation, Note, PassageDossier, ProcesVerbal
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from tests.fabriques import DossierFactory, EvaluationFactory
from tests.fabriques_evaluation import PassageFactory

pytestmark = pytest.mark.django_db(transaction=True)
REFUS = (OperationRefusee, TransitionInterdite)


def en_meme_temps(*gestes):
    """Joue les gestes ensemble, chacun sur sa connexion ; rend ce que chacun a reçu."""
    depart = threading.Barrier(len(gestes))
    resultats = []

    def jouer(geste):
        depart.wait()
        try:
            resultats.append(geste())
        except Exception as erreur:
            resultats.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer, args=[geste]) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert len(resultats) == len(gestes)
    # Un interblocage ou une base verrouillée n'est pas une réponse.
    assert all(not isinstance(r, Exception) or isinstance(r, REFUS) for r in resultats), resultats
    return resultats


def refus(resultats):
    return sum(isinstance(r, REFUS) for r in resultats)


def faits(genre):
    return Evenement.objects.filter(type=genre).count()


def test_deux_agents_inscrivent_le_meme_dossier(seance):
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    resultats = en_meme_temps(*[lambda: operations.inscrire(seance.reunion, dossier, par=seance.denis)] * 3)
    assert refus(resultats) == 2
    assert PassageDossier.objects.filter(dossier=dossier).count() == 1
    assert faits("dossier.mettre_en_evaluation") == 1


def test_deux_agents_inscrivent_deux_dossiers_a_des_rangs_differents(seance):
    autres = [DossierFactory(appel=seance.appel, complet=True, recevable=True) for _ in range(2)]
    en_meme_temps(*[lambda d=d: operations.inscrire(seance.reunion, d, par=seance.denis) for d in autres])
    assert sorted(seance.reunion.passages.values_list("rang", flat=True)) == [1, 2, 3]


def test_deux_agents_rendent_deux_avis_contraires(seance):
    resultats = en_meme_temps(
        lambda: seance.rendre("ajourne", montants={}), lambda: seance.rendre("defavorable", montants={})
    )
    assert refus(resultats) == 1
    assert Avis.objects.count() == 1
    assert faits("dossier.constater_avis") == 1


def test_rendre_l_avis_pendant_qu_on_retire_le_dossier(seance):
    """Les deux verrouillent la réunion puis le dossier : pas d'interblocage, un seul gagnant."""
    resultats = en_meme_temps(
        lambda: seance.rendre("ajourne", montants={}),
        lambda: operations.desinscrire(seance.passage, par=seance.denis, motif="Reporté."),
    )
    assert refus(resultats) == 1
    assert (seance.dossier.etat == Etat.EVALUE) is Avis.objects.exists()
    assert (seance.dossier.etat == Etat.RECEVABLE) is not PassageDossier.objects.exists()


def test_un_double_envoi_n_envoie_qu_une_fois(seance):
    resultats = en_meme_temps(*[lambda: seance.envoyer(seance.eva)] * 3)
    assert refus(resultats) == 2
    assert Evaluation.objects.count() == 1
    assert Note.objects.count() == seance.appel.criteres.count()
    assert faits("evaluation.envoyer") == 1


def test_envoyer_pendant_qu_on_est_retire_de_la_reunion(seance):
    resultats = en_meme_temps(
        lambda: seance.envoyer(seance.eva),
        lambda: operations.retirer_membre(seance.membre(seance.eva), par=seance.denis),
    )
    assert refus(resultats) == 1
    assert (
        Evaluation.objects.filter(envoyee_le__isnull=False).exists()
        is seance.reunion.membres.filter(utilisateur=seance.eva).exists()
    )


def test_un_double_clic_ne_demande_qu_un_proces_verbal(seance):
    resultats = en_meme_temps(*[lambda: operations.demander_proces_verbal(seance.reunion, par=seance.denis)] * 3)
    assert refus(resultats) == 0
    assert ProcesVerbal.objects.count() == 1


def test_clore_pendant_qu_on_inscrit_un_dossier(seance):
    """Une réunion close n'a jamais de dossier sans avis."""
    seance.rendre("ajourne", montants={})
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    resultats = en_meme_temps(
        lambda: operations.clore_reunion(seance.reunion, par=seance.denis),
        lambda: operations.inscrire(seance.reunion, dossier, par=seance.denis),
    )
    assert refus(resultats) == 1
    seance.reunion.refresh_from_db()
    assert seance.reunion.est_close is not PassageDossier.objects.filter(dossier=dossier).exists()


def test_deux_deports_simultanes_n_en_font_qu_un(seance):
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.eva)
    PassageFactory(reunion=seance.reunion)
    en_meme_temps(*[lambda: operations.declarer_deport(seance.dossier, par=seance.eva, motif="Lien familial.")] * 2)
    assert seance.dossier.deports.count() == 1
    assert faits("deport.declarer") == 1
    assert not Evaluation.objects.exists()
