"""Les indicateurs : des lignes qui s'ajoutent, se retirent et s'ordonnent, avec ou sans script."""

import pytest

from dossiers.models import IndicateurAction
from dossiers.suggestions import indicateurs_suggeres
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


def page_remplie(client, dossier, *libelles, **plus):
    lignes = {f"indicateur-{rang}-libelle": libelle for rang, libelle in enumerate(libelles)}
    return {"version": temoin(client, dossier, "resultats"), **lignes, **plus}


def libelles(dossier):
    return [(i.rang, i.libelle) for i in IndicateurAction.objects.filter(dossier=dossier)]


def test_une_ligne_de_plus_que_ce_qui_est_ecrit(alice, dossier):
    assert texte(alice.get(url(dossier, "resultats"))).count("<legend>Indicateur") == 2
    alice.post(url(dossier, "resultats"), page_remplie(alice, dossier, "Séances", "Familles", ligne="ajouter"))
    assert texte(alice.get(url(dossier, "resultats"))).count("<legend>Indicateur") == 3
    assert libelles(dossier) == [(0, "Séances"), (1, "Familles")]


@pytest.mark.parametrize(
    ("geste", "attendu"),
    [
        ("monter-1", ["B", "A", "C"]),
        ("descendre-1", ["A", "C", "B"]),
        ("retirer-0", ["B", "C"]),
        ("monter-0", ["A", "B", "C"]),
        ("retirer-9", ["A", "B", "C"]),
        ("x", ["A", "B", "C"]),
    ],
)
def test_les_boutons_ordonnent_et_retirent_sans_script(alice, dossier, geste, attendu):
    alice.post(url(dossier, "resultats"), page_remplie(alice, dossier, "A", "B", "C"))
    reponse = alice.post(url(dossier, "resultats"), page_remplie(alice, dossier, "A", "B", "C", ligne=geste))
    assert reponse.status_code == 302
    assert libelles(dossier) == list(enumerate(attendu))


def test_un_geste_garde_aussi_ce_qui_vient_d_etre_tape(alice, dossier):
    envois = page_remplie(alice, dossier, "A", "B", ligne="monter-1", resultats_attendus="Plus de liens")
    alice.post(url(dossier, "resultats"), {**envois, "indicateur-1-cible": "120"})
    dossier.refresh_from_db()
    premier = dossier.indicateurs.first()
    assert (premier.libelle, premier.cible, dossier.resultats_attendus) == ("B", 120, "Plus de liens")


@pytest.mark.parametrize(("champ", "valeur"), [("participation", "Un comité"), ("indicateur-0-cible", "40")])
def test_enregistrer_un_champ_tient_en_huit_requetes(alice, dossier, champ, valeur, django_assert_max_num_queries):
    IndicateurAction.objects.create(dossier=dossier, libelle="Séances", rang=0)
    lu = temoin(alice, dossier, "resultats")
    with django_assert_max_num_queries(8):
        code, _ = envoyer(alice, dossier, lu, "resultats", **{champ: valeur})
    assert code == 200


def test_deux_personnes_ajoutent_chacune_le_leur(alice, dossier):
    bruno = membre(dossier, "Bruno")
    lu_bruno = temoin(bruno, dossier, "resultats")
    alice.post(url(dossier, "resultats"), page_remplie(alice, dossier, "", "Familles"))
    bruno.post(url(dossier, "resultats"), {"version": lu_bruno, "indicateur-0-libelle": "Séances"})
    assert libelles(dossier) == [(0, "Séances"), (1, "Familles")]


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("indicateur-0-cible", "-1", "négatif"),
        ("indicateur-0-cible", "99999999999", "au plus"),
        ("indicateur-0-cible", "beaucoup", "en chiffres"),
        ("indicateur-0-libelle", "x" * 10_000, "200 signes au plus"),
        ("indicateur-0-unite", "x" * 41, "40 signes au plus"),
        ("indicateur-0-mesure", "nul\x00", "nul n"),
        ("information_complementaire", "nul\x00", "nul n"),
    ],
)
def test_une_mauvaise_saisie_est_refusee_clairement(alice, dossier, champ, valeur, message):
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier, "resultats"), "resultats", **{champ: valeur})
    assert code == 422
    assert message in reponse["erreurs"][champ][0]
    page = alice.post(url(dossier, "resultats"), {"version": 0, "resultats_attendus": "Plus", champ: valeur})
    assert (page.status_code, message in texte(page)) == (422, True)
    dossier.refresh_from_db()
    assert dossier.resultats_attendus == "Plus"


def test_un_neuvieme_indicateur_forge_est_ignore(alice, dossier):
    code, reponse = envoyer(alice, dossier, 0, "resultats", **{"indicateur-8-libelle": "De trop"})
    assert (code, reponse["ecrits"], libelles(dossier)) == (200, [], [])


def test_un_indicateur_sans_cible_ou_sans_nom_previent(dossier):
    IndicateurAction.objects.create(dossier=dossier, libelle="Séances", rang=0)
    IndicateurAction.objects.create(dossier=dossier, cible=3, rang=1)
    assert messages(dossier, "resultats") == [
        "« Séances » n’a pas encore de cible à atteindre.",
        "L’indicateur 2 n’a pas encore de nom.",
    ]


def test_les_sections_retirees_ne_se_montrent_plus(alice, dossier):
    IndicateurAction.objects.create(dossier=dossier, libelle="Séances", rang=0)
    dossier.appel.sections = []
    dossier.appel.save()
    page = texte(alice.get(url(dossier, "resultats")))
    assert "indicateur-0" not in page
    assert 'name="participation"' not in page
    alice.post(url(dossier, "resultats"), {"version": 0, "resultats_attendus": "Plus", "indicateur-0-libelle": ""})
    assert libelles(dossier) == [(0, "Séances")]
    assert messages(dossier, "resultats") == []


def test_les_suggestions_suivent_les_objectifs():
    proposes = indicateurs_suggeres(["Favoriser l’accès aux soins"])
    assert proposes[0] == "Nombre de personnes orientées vers un soin"
    assert len(proposes) == len(set(proposes))
    assert "Nombre de séances tenues" in indicateurs_suggeres([])
