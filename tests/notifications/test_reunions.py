import pytest
from django.utils import timezone

from comptes.models import Affectation, Role, Utilisateur
from evaluation import operations
from evaluation.models import ProcesVerbal
from notifications.travail import vider

pytestmark = pytest.mark.django_db


@pytest.fixture
def reunion(monde):
    return operations.creer_reunion(
        monde.appel, par=monde.denis, titre="Santé", debut=timezone.now(), lieu="Salle des fêtes"
    )


@pytest.fixture
def eva(monde):
    eva = Utilisateur.objects.create_user("eva@caf.test", prenom="Éva", nom="Roux")
    Affectation.objects.create(utilisateur=eva, collectivite=monde.collectivite, role=Role.EVALUATEUR)
    return eva


def test_la_personne_conviee_recoit_une_convocation_une_seule_fois(monde, boite, reunion, eva, settings):
    operations.convier(reunion, eva, par=monde.denis)
    operations.convier(reunion, eva, par=monde.denis)
    vider()
    courriel = boite.get()
    assert courriel.destinataires == "eva@caf.test"
    assert "Santé" in courriel.objet
    assert "Salle des fêtes" in courriel.texte
    assert "noter" in courriel.texte
    assert f"{settings.URL_PUBLIQUE}/evaluation/reunions/{reunion.pk}/" in courriel.texte


def test_un_conseil_citoyen_n_est_pas_invite_a_noter(monde, boite, reunion, eva):
    operations.convier(reunion, eva, par=monde.denis, evalue=False)
    vider()
    assert "noter" not in boite.get().texte


def test_une_personne_retiree_avant_la_diffusion_ne_recoit_rien(monde, boite, reunion, eva):
    membre = operations.convier(reunion, eva, par=monde.denis)
    operations.retirer_membre(membre, par=monde.denis)
    vider()
    assert not boite.exists()


def test_le_proces_verbal_demande_se_produit(monde, reunion, eva):
    operations.convier(reunion, eva, par=monde.denis)
    operations.demander_proces_verbal(reunion, par=monde.denis)
    assert vider()["procès-verbaux"] == 1
    assert ProcesVerbal.objects.get().fichier.size > 1000
