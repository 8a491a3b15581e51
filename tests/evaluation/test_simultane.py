"""Deux personnes agissent à la même seconde : l'une l'emporte, l'autre reçoit une explication, rien ne se double."""

import threading

import pytest
from django.db import connection

from comptes.models import Role
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from evaluation import operations
from evaluation.models import Avis, Evaluation, Note, PassageDossier, ProcesVerbal, Reunion, Vote
from evaluation.operations import OperationRefusee, SeanceAvancee, VoteDejaDonne
from journal.models import Evenement
from tests.evaluation.conftest import personne
from tests.evaluation.salle import Phase, mener, ouvrir, passer, relire, version, voter
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


# La séance


@pytest.fixture
def au_vote(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    return seance


def test_une_personne_vote_depuis_deux_appareils_a_la_fois(au_vote):
    """Deux montants différents, aucun n'a vu l'autre : le second est prévenu, le vote ne change pas sous lui."""
    resultats = en_meme_temps(
        lambda: voter(au_vote, au_vote.eva, 2000),
        lambda: voter(au_vote, au_vote.eva, 1000),
        lambda: voter(au_vote, au_vote.eva, 500),
    )
    assert sum(isinstance(r, VoteDejaDonne) for r in resultats) == 2
    (donne,) = [r for r in resultats if isinstance(r, Vote)]
    garde = Vote.objects.get()
    assert (garde.montant, garde.version) == (donne.montant, 1)
    assert faits("seance.voter") == 1


def test_le_meme_vote_envoye_trois_fois_compte_une_fois(au_vote):
    assert refus(en_meme_temps(*[lambda: voter(au_vote, au_vote.eva, 2000)] * 3)) == 0
    assert Vote.objects.get().version == 1
    assert faits("seance.voter") == 1


def test_voter_pendant_que_le_resultat_se_devoile(au_vote):
    """Avant, le vote compte ; après, il est refusé : jamais compté sans avoir été montré."""
    voter(au_vote, au_vote.farid, 1000)
    resultats = en_meme_temps(
        lambda: voter(au_vote, au_vote.eva, 2000), lambda: passer(au_vote, Phase.RESULTAT_1), lambda: None
    )
    assert relire(au_vote).phase == Phase.RESULTAT_1
    assert Vote.objects.count() == 2 - refus(resultats)
    passe = Evenement.objects.get(type="seance.passer", donnees__phase="resultat_1")
    assert not Evenement.objects.filter(type="seance.voter", pk__gt=passe.pk).exists()


def test_deux_animateurs_avancent_a_la_meme_seconde(au_vote):
    colette = personne(au_vote.appel, Role.AGENT, "Colette", "Lemaire")
    voter(au_vote, au_vote.eva, 2000)
    vue = version(au_vote)
    resultats = en_meme_temps(
        lambda: operations.passer(au_vote.reunion, Phase.RESULTAT_1, par=au_vote.denis, version=vue),
        lambda: operations.passer(au_vote.reunion, Phase.PRESENTATION, par=colette, version=vue),
    )
    assert sum(isinstance(r, SeanceAvancee) for r in resultats) == 1
    assert relire(au_vote).version == vue + 1


def test_l_un_avance_pendant_que_l_autre_note_l_avis(seance):
    """L'avis est rendu, ou le dossier refermé ; jamais les deux à moitié, jamais sur le dossier d'à côté."""
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    suivant = PassageFactory(reunion=seance.reunion)
    ouvrir(seance)
    mener(seance, Phase.AVIS)
    vue = version(seance)
    resultats = en_meme_temps(
        lambda: operations.conclure(
            seance.reunion, par=colette, version=vue, sens="favorable", montants=seance.demandes()
        ),
        lambda: operations.ouvrir_dossier(seance.reunion, suivant, par=seance.denis, version=vue),
    )
    assert sum(isinstance(r, SeanceAvancee) for r in resultats) == 1
    assert Avis.objects.exists() is (relire(seance).passage is None)
    assert not Avis.objects.filter(dossier=suivant.dossier).exists()
    assert (seance.dossier.etat == Etat.EVALUE) is Avis.objects.exists()


def test_supprimer_la_reunion_pendant_qu_on_y_inscrit_un_dossier(seance):
    vide = Reunion.objects.create(
        appel=seance.appel, collectivite=seance.reunion.collectivite, titre="Emploi", debut=seance.reunion.debut
    )
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    resultats = en_meme_temps(
        lambda: operations.supprimer_reunion(vide, par=seance.denis),
        lambda: operations.inscrire(vide, dossier, par=seance.denis),
    )
    assert refus(resultats) == 1
    assert Reunion.objects.filter(pk=vide.pk).exists() is PassageDossier.objects.filter(dossier=dossier).exists()


def test_une_reunion_supprimee_entre_temps_se_dit(seance):
    vide = Reunion.objects.create(
        appel=seance.appel, collectivite=seance.reunion.collectivite, titre="Emploi", debut=seance.reunion.debut
    )
    Reunion.objects.filter(pk=vide.pk).delete()
    with pytest.raises(OperationRefusee, match="vient d’être supprimée"):
        operations.convier(vide, seance.eva, par=seance.denis, structure="CAF")
