"""Plusieurs téléphones votent au même instant : rien ne se double, rien ne s'écrase ; un vote coûte peu de requêtes."""

import pytest
from django.urls import reverse

from evaluation import operations
from evaluation.models import Vote
from evaluation.operations import VoteDejaDonne
from tests.evaluation.salle import Phase, mener, ouvrir, relire, version, voter
from tests.evaluation.test_simultane import en_meme_temps, refus

# Session, personne, ses affectations, ses organismes ; le point de sauvegarde, la séance et son verrou, le membre et le
# sien, son vote, les deux écritures, la fin du point de sauvegarde ; l'empreinte.
REQUETES_D_UN_VOTE = 12


@pytest.mark.django_db(transaction=True)
def test_deux_appareils_de_la_meme_personne_au_meme_instant(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    resultats = en_meme_temps(*[lambda montant=m: voter(seance, seance.eva, montant) for m in (1500, 1800, 2000)])
    assert sum(isinstance(r, VoteDejaDonne) for r in resultats) == refus(resultats) == 2
    vote = Vote.objects.get()
    assert vote.version == 1
    assert vote.montant in (1500, 1800, 2000)


@pytest.mark.django_db(transaction=True)
def test_un_vote_pendant_qu_on_devoile_compte_ou_est_refuse(seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 1500)
    lue = version(seance)
    resultats = en_meme_temps(
        lambda: voter(seance, seance.farid, 1800),
        lambda: operations.passer(seance.reunion, Phase.RESULTAT_1, par=seance.denis, version=lue),
    )
    assert relire(seance).phase == Phase.RESULTAT_1
    # Compté, ou refusé à son auteur : jamais compté après le résultat, jamais perdu en silence.
    assert Vote.objects.count() == 2 - refus(resultats)


@pytest.mark.django_db
def test_un_vote_par_la_page_tient_en_peu_de_requetes(client, seance, django_assert_num_queries):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    donnees = {"passage": seance.passage.pk, "tour": 1, "montant": "2000", "version": 0}
    with django_assert_num_queries(REQUETES_D_UN_VOTE):
        reponse = client.post(
            reverse("seance-voter", args=[seance.reunion.pk]), donnees, headers={"Parvis-Fragment": "1"}
        )
    assert reponse.status_code == 200
    assert Vote.objects.get().montant == 2000
