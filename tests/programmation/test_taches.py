import pytest

from comptes.models import Role
from dossiers.etats import Etat
from programmation.taches import taches_de_programmation
from tests.fabriques import AffectationFactory, AppelFactory, DossierFactory, agent_de

pytestmark = pytest.mark.django_db


def test_l_agent_voit_ce_qui_attend_d_etre_programme_et_decide(django_assert_num_queries):
    appel = AppelFactory(intitule="Appel 2027")
    DossierFactory.create_batch(2, appel=appel, etat=Etat.EVALUE)
    DossierFactory(appel=appel, etat=Etat.PROGRAMME)
    DossierFactory(etat=Etat.EVALUE)  # ailleurs
    agent = agent_de(appel.collectivite)
    with django_assert_num_queries(3):
        taches = taches_de_programmation(agent)
    assert [tache.texte for tache in taches] == [
        "2 dossiers évalués attendent d’être programmés (Appel 2027).",
        "Un dossier programmé attend la décision (Appel 2027).",
    ]
    evaluateur = AffectationFactory(collectivite=appel.collectivite, role=Role.EVALUATEUR).utilisateur
    assert taches_de_programmation(evaluateur) == []
