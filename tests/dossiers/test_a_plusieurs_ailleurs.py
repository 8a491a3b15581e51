"""Le pré-projet, le réalisé et les réserves s'enregistrent comme le dossier : champ par champ, à deux."""

import html
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.models import PreProjet, Realisation, ReserveReprise
from tests.fabriques import AppelFactory, DossierFactory, MembreFactory
from tests.fabriques_appels import QuartierFactory

pytestmark = pytest.mark.django_db
CHAMP = {"Parvis-Enregistrement": "champ"}


@pytest.fixture
def appel():
    return AppelFactory(pre_projet_delai_jours=10)


@pytest.fixture
def organisme():
    return MembreFactory().organisme


def membre(organisme, prenom):
    personne = MembreFactory(organisme=organisme).utilisateur
    personne.prenom, personne.nom = prenom, "Martin"
    personne.save()
    client = Client()
    client.force_login(personne)
    return client


def lire(client, adresse):
    page = client.get(adresse).content.decode()
    return html.unescape(re.search(r'name="version" value="([^"]*)"', page)[1])


def envoyer(client, adresse, lu, garder=(), **champs):
    reponse = client.post(
        adresse, {"version": lu, "champs": list(champs), "garder": list(garder), **champs}, headers=CHAMP
    )
    return reponse.status_code, reponse.json()


@pytest.fixture
def pre_projet(appel, organisme):
    return PreProjet.objects.create(appel=appel, organisme=organisme, intitule="Vélo", idee="Réparer des vélos.")


@pytest.fixture
def renouvele(organisme):
    ancien = DossierFactory(complet=True, depose=True, organisme=organisme)
    dossier = DossierFactory(organisme=organisme, renouvelle=ancien)
    ReserveReprise.objects.create(dossier=dossier, texte="Un seul quartier.")
    return dossier


# Le pré-projet


def adresse_de(pre_projet):
    return reverse("pre-projets-modifier", args=[pre_projet.pk])


def test_deux_champs_du_pre_projet_se_fondent(pre_projet, organisme):
    alice, bruno = membre(organisme, "Alice"), membre(organisme, "Bruno")
    adresse = adresse_de(pre_projet)
    lu_alice, lu_bruno = lire(alice, adresse), lire(bruno, adresse)
    assert envoyer(alice, adresse, lu_alice, intitule="Atelier vélo")[0] == 200
    code, sort = envoyer(bruno, adresse, lu_bruno, idee="Réparer et prêter.")
    pre_projet.refresh_from_db()
    assert (code, pre_projet.intitule, pre_projet.idee) == (200, "Atelier vélo", "Réparer et prêter.")
    assert (sort["recus"]["intitule"]["par"], sort["recus"]["intitule"]["valeurs"]) == (
        "Alice Martin",
        ["Atelier vélo"],
    )
    assert re.fullmatch(r"\d+\sh\s\d\d", sort["enregistre"])
    assert str(pre_projet.ecrit_par) == "Bruno Martin"


def test_le_meme_champ_du_pre_projet_attend_un_choix(pre_projet, organisme):
    alice, bruno = membre(organisme, "Alice"), membre(organisme, "Bruno")
    adresse = adresse_de(pre_projet)
    lu = lire(bruno, adresse)
    envoyer(alice, adresse, lire(alice, adresse), idee="L’idée d’Alice")
    code, sort = envoyer(bruno, adresse, lu, idee="L’idée de Bruno")
    assert (code, sort["conflits"]["idee"]["lisible"], sort["conflits"]["idee"]["par"]) == (
        409, "L’idée d’Alice", "Alice Martin",
    )  # fmt: skip
    pre_projet.refresh_from_db()
    assert pre_projet.idee == "L’idée d’Alice"
    assert envoyer(bruno, adresse, lu, garder=["idee"], idee="L’idée de Bruno")[0] == 200
    pre_projet.refresh_from_db()
    assert pre_projet.idee == "L’idée de Bruno"


def test_une_faute_dans_le_pre_projet_n_emporte_pas_le_reste(pre_projet, organisme):
    alice, adresse = membre(organisme, "Alice"), adresse_de(pre_projet)
    code, sort = envoyer(alice, adresse, lire(alice, adresse), montant="beaucoup", public="Familles", objectif="999999")
    assert (code, set(sort["erreurs"]), sort["ecrits"]) == (422, {"montant", "objectif"}, ["public"])


def test_le_pre_projet_parti_ou_d_une_autre_ne_s_ecrit_pas(pre_projet, organisme):
    alice, adresse = membre(organisme, "Alice"), adresse_de(pre_projet)
    etrangere = membre(MembreFactory().organisme, "Chloé")
    donnees = {"version": "0", "champs": ["idee"], "idee": "Forgé"}
    assert etrangere.post(adresse, donnees, headers=CHAMP).status_code == 404
    alice.post(adresse, {"version": lire(alice, adresse), "intitule": "Vélo", "idee": "Vélos.", "envoyer": "oui"})
    code, sort = envoyer(alice, adresse, "0", idee="Trop tard")
    assert code == 409
    assert "entre les mains du service" in sort["fige"]
    pre_projet.refresh_from_db()
    assert pre_projet.idee == "Vélos."


def test_le_premier_champ_fait_naitre_le_brouillon_et_un_second_envoi_n_en_fait_pas_deux(appel, organisme):
    alice = membre(organisme, "Alice")
    adresse = reverse("pre-projets-nouveau", args=[appel.slug])
    saisie = {"version": lire(alice, adresse), "organisme": organisme.pk, "intitule": "Vélo", "montant": "douze",
              "champs": ["intitule", "montant"]}  # fmt: skip
    sorts = [alice.post(adresse, saisie, headers=CHAMP).json() for _ in range(2)]
    pre_projet = PreProjet.objects.get()
    assert {sort["adresse"] for sort in sorts} == {adresse_de(pre_projet)}
    assert (pre_projet.intitule, list(sorts[0]["erreurs"])) == ("Vélo", ["montant"])
    # Le témoin reçu à la naissance vaut pour la suite.
    assert envoyer(alice, adresse_de(pre_projet), sorts[0]["temoin"], montant="1 200")[0] == 200


def test_rien_d_ecrit_ne_fait_rien_naitre(appel, organisme):
    alice = membre(organisme, "Alice")
    adresse = reverse("pre-projets-nouveau", args=[appel.slug])
    code, sort = envoyer(alice, adresse, lire(alice, adresse), intitule="", organisme=str(organisme.pk))
    assert (code, "__all__" in sort["erreurs"], PreProjet.objects.count()) == (422, True, 0)


@pytest.mark.parametrize("champ", ["idee", "objectif", "quartiers", "montant"])
def test_un_champ_du_pre_projet_coute_huit_requetes_au_plus(
    pre_projet, organisme, champ, django_assert_max_num_queries
):
    alice, adresse = membre(organisme, "Alice"), adresse_de(pre_projet)
    quartier = QuartierFactory(convention=pre_projet.appel.convention)
    valeur = {"idee": "Neuve", "objectif": "", "quartiers": str(quartier.pk), "montant": "1 200"}[champ]
    lu = lire(alice, adresse)
    with django_assert_max_num_queries(8):
        assert envoyer(alice, adresse, lu, **{champ: valeur})[0] == 200


def test_sans_javascript_les_quartiers_se_decochent(pre_projet, organisme):
    alice, adresse = membre(organisme, "Alice"), adresse_de(pre_projet)
    quartier = QuartierFactory(convention=pre_projet.appel.convention)
    saisie = {"intitule": "Vélo", "idee": "Réparer des vélos."}
    alice.post(adresse, saisie | {"version": lire(alice, adresse), "quartiers": quartier.pk})
    assert list(pre_projet.quartiers.all()) == [quartier]
    alice.post(adresse, saisie | {"version": lire(alice, adresse)})
    assert not pre_projet.quartiers.exists()


# Le renouvellement


def test_le_realise_s_enregistre_chiffre_par_chiffre_et_a_deux(renouvele, organisme):
    alice, bruno = membre(organisme, "Alice"), membre(organisme, "Bruno")
    adresse = reverse("dossiers-realise", args=[renouvele.numero])
    cle = "C:60"
    lu = lire(bruno, adresse)
    assert cle in json.loads(lu)["c"]
    assert envoyer(alice, adresse, lire(alice, adresse), **{cle: "1 850,50"})[0] == 200
    code, sort = envoyer(bruno, adresse, lu, **{cle: "1 900"})
    assert (code, sort["conflits"][cle]["par"]) == (409, "Alice Martin")
    assert str(Realisation.objects.get().valeur) == "1850.50"
    assert envoyer(bruno, adresse, lu, garder=[cle], **{cle: "1 900"})[0] == 200
    assert envoyer(bruno, adresse, lire(bruno, adresse), **{cle: ""})[0] == 200
    assert not Realisation.objects.exists()


@pytest.mark.parametrize("cle", ["C:99", "F:999999", "I:0", "intitule", "age_65", "C:60' OR 1=1"])
def test_un_chiffre_que_personne_n_avait_prevu_ne_s_ecrit_pas(renouvele, organisme, cle):
    alice = membre(organisme, "Alice")
    adresse = reverse("dossiers-realise", args=[renouvele.numero])
    code, sort = envoyer(alice, adresse, "0", **{cle: "12"})
    assert (code, sort["ecrits"], Realisation.objects.count()) == (200, [], 0)


def test_les_reserves_s_enregistrent_case_par_case(renouvele, organisme):
    alice, bruno = membre(organisme, "Alice"), membre(organisme, "Bruno")
    adresse = reverse("dossiers-reserves", args=[renouvele.numero])
    reserve = renouvele.reserves_reprises.get()
    case, reponse = f"reserve-{reserve.pk}-traitee", f"reserve-{reserve.pk}-reponse"
    lu = lire(bruno, adresse)
    assert envoyer(alice, adresse, lire(alice, adresse), **{case: "on"})[0] == 200
    code, sort = envoyer(bruno, adresse, lu, **{reponse: "Le Coteau seulement."})
    reserve.refresh_from_db()
    assert (code, reserve.traitee, reserve.reponse) == (200, True, "Le Coteau seulement.")
    assert sort["recus"][case]["valeurs"] == ["on"]


@pytest.mark.parametrize("page", ["realise", "reserves"])
def test_un_champ_du_renouvellement_coute_huit_requetes_au_plus(
    renouvele, organisme, page, django_assert_max_num_queries
):
    alice, adresse = membre(organisme, "Alice"), reverse(f"dossiers-{page}", args=[renouvele.numero])
    reserve = renouvele.reserves_reprises.get()
    champ = {"realise": {"C:60": "12"}, "reserves": {f"reserve-{reserve.pk}-reponse": "Fait."}}[page]
    lu = lire(alice, adresse)
    with django_assert_max_num_queries(8):
        assert envoyer(alice, adresse, lu, **champ)[0] == 200
