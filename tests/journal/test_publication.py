import pytest
from django.db import transaction

from comptes.models import Collectivite
from journal.models import Evenement
from journal.publication import evenement_publie, publier


@pytest.fixture
def objet(transactional_db):
    return Collectivite.objects.create(type="commune", nom="Villefranche", sigle="VF")


@pytest.fixture
def sonnette():
    recus = []

    def noter(sender, evenement_id, **kwargs):
        recus.append(evenement_id)

    evenement_publie.connect(noter)
    yield recus
    evenement_publie.disconnect(noter)


def test_un_retour_en_arriere_de_la_transaction_efface_le_fait(objet, sonnette):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publier("essai.faire", objet)
        raise ZeroDivisionError
    assert not Evenement.objects.exists()
    assert sonnette == []


def test_hors_transaction_rien_ne_se_publie(objet):
    with pytest.raises(RuntimeError):
        publier("essai.faire", objet)
    assert not Evenement.objects.exists()


def test_la_sonnette_attend_la_validation(objet, sonnette):
    with transaction.atomic():
        fait = publier("essai.faire", objet)
        assert sonnette == []
    assert sonnette == [fait.pk]


def test_une_sonnette_cassee_ne_defait_pas_le_fait(objet):
    def casser(sender, **kwargs):
        raise OSError("panne")

    evenement_publie.connect(casser)
    try:
        with transaction.atomic():
            publier("essai.faire", objet)
    finally:
        evenement_publie.disconnect(casser)
    assert Evenement.objects.count() == 1


def test_le_systeme_signe_quand_personne_n_agit(objet):
    with transaction.atomic():
        assert publier("essai.faire", objet).acteur == "Parvis"
