"""Une installation neuve reçoit sa collectivité et son administrateur par une commande."""

import pytest
from django.core.management import CommandError, call_command

from comptes.models import Affectation, Collectivite, Role, Utilisateur

pytestmark = pytest.mark.django_db


def ouvrir(**changements):
    arguments = {"nom": "Ville de Lunéa", "sigle": "LUN", "type": "commune", "administrateur": "alice@lunea.test"}
    call_command("ouvrir_collectivite", **(arguments | changements))


def test_la_collectivite_et_son_administratrice_sont_creees():
    ouvrir()
    alice = Utilisateur.objects.get(email="alice@lunea.test")
    assert alice.ids_collectivites(Role.ADMIN) == {Collectivite.objects.get(sigle="LUN").pk}
    assert not alice.has_usable_password()


def test_la_seconde_fois_rien_ne_change():
    ouvrir()
    ouvrir()
    assert (Collectivite.objects.count(), Utilisateur.objects.count(), Affectation.objects.count()) == (1, 1, 1)


def test_la_commune_se_rattache_a_son_agglomeration():
    ouvrir(nom="Agglomération de Lunéa", sigle="AGL", type="epci")
    ouvrir(agglomeration="AGL")
    assert Collectivite.objects.get(sigle="LUN").parent.sigle == "AGL"


@pytest.mark.parametrize(
    ("changement", "message"),
    [
        ({"administrateur": "alice"}, "adresse électronique"),
        ({"agglomeration": "ABSENTE"}, "Aucune intercommunalité"),
    ],
)
def test_une_mauvaise_saisie_ne_cree_rien(changement, message):
    with pytest.raises(CommandError, match=message):
        ouvrir(**changement)
    assert Collectivite.objects.count() == Utilisateur.objects.count() == 0


def test_un_sigle_deja_pris_est_refuse():
    ouvrir()
    with pytest.raises(CommandError, match="déjà celui de « Ville de Lunéa »"):
        ouvrir(nom="Ville de Lunville")
