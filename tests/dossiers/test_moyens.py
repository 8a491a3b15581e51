"""Moyens et partenaires : un tableau qui compte juste, un recrutement, des sections que l'appel montre ou non."""

from decimal import Decimal

import pytest

from dossiers.models import MoyenHumain
from tests.dossiers.test_a_plusieurs import envoyer, membre, temoin, url
from tests.dossiers.test_public import messages, texte
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def alice(dossier):
    return membre(dossier, "Alice")


def noter(client, dossier, **champs):
    return envoyer(client, dossier, temoin(client, dossier, "moyens"), "moyens", **champs)


def test_une_cellule_s_enregistre_seule_puis_s_efface(alice, dossier):
    noter(alice, dossier, **{"moyen-benevoles-nombre": "12", "moyen-benevoles-etpt": "0,5"})
    ligne = dossier.moyens_humains.get()
    assert (ligne.nature, ligne.nombre, ligne.etpt) == ("benevoles", 12, Decimal("0.5"))
    noter(alice, dossier, **{"moyen-benevoles-nombre": ""})
    assert dossier.moyens_humains.get().etpt == Decimal("0.5")
    noter(alice, dossier, **{"moyen-benevoles-etpt": ""})
    assert not dossier.moyens_humains.exists()


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [("moyens", "Une salle"), ("recrutement", "oui"), ("moyen-cdi-nombre", "2"), ("moyen-cdd-etpt", "1,5")],
)
def test_enregistrer_un_champ_tient_en_huit_requetes(alice, dossier, champ, valeur, django_assert_max_num_queries):
    MoyenHumain.objects.create(dossier=dossier, nature="cdi", nombre=1)
    lu = temoin(alice, dossier, "moyens")
    with django_assert_max_num_queries(8):
        code, _ = envoyer(alice, dossier, lu, "moyens", **{champ: valeur})
    assert code == 200


def test_deux_personnes_remplissent_deux_cellules_d_une_ligne(dossier, alice):
    bruno = membre(dossier, "Bruno")
    lu_alice, lu_bruno = temoin(alice, dossier, "moyens"), temoin(bruno, dossier, "moyens")
    envoyer(alice, dossier, lu_alice, "moyens", **{"moyen-cdi-nombre": "2"})
    code, reponse = envoyer(bruno, dossier, lu_bruno, "moyens", **{"moyen-cdi-etpt": "1,5"})
    ligne = dossier.moyens_humains.get()
    assert (code, ligne.nombre, ligne.etpt) == (200, 2, Decimal("1.5"))
    assert reponse["recus"]["moyen-cdi-nombre"]["valeurs"] == ["2"]


def test_les_contrats_comptent_parmi_les_salaries(alice, dossier):
    noter(alice, dossier, **{"moyen-salaries-nombre": "2", "moyen-cdi-nombre": "1"})
    code, reponse = noter(alice, dossier, **{"moyen-cdd-nombre": "2"})
    assert code == 422
    assert "les contrats comptent parmi les salariés" in reponse["erreurs"]["moyen-cdd-nombre"][0]
    code, reponse = noter(alice, dossier, **{"moyen-aides-nombre": "3"})
    assert (code, list(reponse["erreurs"])) == (422, ["moyen-aides-nombre"])
    assert {li.nature: li.nombre for li in dossier.moyens_humains.all()} == {"salaries": 2, "cdi": 1}


def test_plus_de_temps_plein_que_de_personnes_previent_seulement(dossier):
    MoyenHumain.objects.create(dossier=dossier, nature="cdi", nombre=1, etpt=Decimal("1.5"))
    dossier.recrutement = True
    alertes = messages(dossier, "moyens")
    assert "Dont en CDI : 1,5 équivalent temps plein pour 1\u00a0personne" in alertes[0]
    assert "pour combien de temps plein" in alertes[1]


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("moyen-cdi-nombre", "-1", "négatif"),
        ("moyen-cdi-nombre", "1e9", "nombre entier"),
        ("moyen-cdi-nombre", "2147483648", "au plus"),
        ("moyen-cdi-etpt", "NaN", "en chiffres"),
        ("moyen-cdi-etpt", "0,123", "Deux chiffres"),
        ("moyen-cdi-etpt", "100000", "au plus"),
        ("moyen-cdi-etpt", "9" * 10_000, "en chiffres"),
        ("recrutement", "peut-être", "oui ou par non"),
        ("recrutement_etpt", "-0,5", "négatif"),
        ("partenaires", "nul\x00", "nul n"),
    ],
)
def test_une_mauvaise_saisie_est_refusee_clairement(alice, dossier, champ, valeur, message):
    code, reponse = noter(alice, dossier, **{champ: valeur})
    assert code == 422
    assert message in reponse["erreurs"][champ][0]
    page = alice.post(url(dossier, "moyens"), {"version": 0, "moyens": "Une salle", champ: valeur})
    assert (page.status_code, message in texte(page)) == (422, True)
    dossier.refresh_from_db()
    assert dossier.moyens == "Une salle"


def test_oui_non_ou_rien(alice, dossier):
    for reponse, attendu in (("oui", True), ("non", False), ("", None)):
        noter(alice, dossier, recrutement=reponse)
        dossier.refresh_from_db()
        assert dossier.recrutement is attendu


def test_les_sections_retirees_gardent_ce_qui_est_saisi(alice, dossier):
    noter(alice, dossier, **{"droit_commun": "L’école", "moyen-benevoles-nombre": "5", "moyen-benevoles-etpt": "9"})
    dossier.appel.sections = []
    dossier.appel.save()
    page = texte(alice.get(url(dossier, "moyens")))
    assert "droit_commun" not in page
    assert "moyen-benevoles" not in page
    assert "À vérifier" not in page
    envois = {
        "version": temoin(alice, dossier, "moyens"),
        "moyens": "Salle",
        "droit_commun": "",
        "moyen-benevoles-nombre": "",
    }
    assert alice.post(url(dossier, "moyens"), envois).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.droit_commun, dossier.moyens_humains.get().nombre) == ("L’école", 5)
