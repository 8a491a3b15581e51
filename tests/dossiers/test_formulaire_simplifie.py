"""Le formulaire proportionné : une page sous le seuil, le complet au-delà, et rien ne se perd entre les deux."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from appels.apercu import apercu_de
from dossiers import operations
from dossiers.completude import manques
from dossiers.etats import Formulaire
from dossiers.models import Dossier, LigneBudget
from tests.fabriques import AppelFactory, MembreFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def url(nom, dossier):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


@pytest.fixture
def appel():
    return AppelFactory(seuil_simplifie=3000)


@pytest.fixture
def dossier(appel):
    return DossierFactory(appel=appel, formulaire=Formulaire.SIMPLIFIE)


@pytest.fixture
def alice(dossier):
    return MembreFactory(organisme=dossier.organisme).utilisateur


def saisie(client, dossier, **champs):
    """Ce que la page envoie : les témoins lus, puis ce que la personne a tapé."""
    page = client.get(url("page-unique", dossier)).content.decode()
    versions = dict(re.findall(r'name="(version-\w+)" value="([^"]*)"', page))
    return {nom: valeur.replace("&quot;", '"') for nom, valeur in versions.items()} | champs


def complete(appel):
    objectif = appel.objectifs.first()
    financeur = appel.financeurs.first()
    return {
        "intitule": "Atelier vélo", "description": "Réparer ensemble.", "resultats_attendus": "Trente vélos roulent.",
        "cibles": f"{objectif.pk}-{objectif.quartiers.first().pk}", "public": "Familles", "nb_beneficiaires": "30",
        "part_qpv": "80", "debut": "2027-02-01", "fin": "2027-06-30", "C60-0-montant": "1 000",
        "C64-0-montant": "1 500", "PPRO-0-montant": "500", f"F-{financeur.pk}-montant": "2 000",
    }  # fmt: skip


def test_le_choix_se_fait_sur_le_montant_avec_une_duree_expliquee(client, appel):
    client.force_login(MembreFactory().utilisateur)
    page = texte(client.post(reverse("dossiers-commencer", args=[appel.slug])))
    assert not Dossier.objects.exists()
    assert "Combien pensez-vous demander\u00a0?" in page
    assert "Jusqu’à 3\u202f000\u00a0€" in page
    estime = apercu_de(appel)
    # La page de l'appel, où l'on se décide, dit les mêmes durées que celle où l'on choisit son formulaire.
    lue_avant = texte(client.get(reverse("appels-detail", args=[appel.slug])))
    for duree in (estime.simplifie.duree, estime.complet.duree):
        assert duree in page
        assert duree in lue_avant
    organisme = re.search(r'name="organisme" value="(\d+)"', page)[1]
    client.post(reverse("dossiers-commencer", args=[appel.slug]), {"organisme": organisme, "formulaire": "simplifie"})
    assert Dossier.objects.get().est_simplifie


def test_la_page_demande_nettement_moins_de_temps(appel):
    estime = apercu_de(appel)
    assert estime.simplifie.minutes <= 60
    assert estime.complet.minutes >= 2 * estime.simplifie.minutes


def test_sans_seuil_aucune_question_de_montant(client):
    appel = AppelFactory()
    client.force_login(MembreFactory().utilisateur)
    assert "Combien pensez-vous demander" not in texte(client.get(reverse("dossiers-commencer", args=[appel.slug])))


def test_une_page_suffit_a_completer_le_dossier(client, appel, dossier, alice):
    client.force_login(alice)
    reponse = client.post(url("page-unique", dossier), saisie(client, dossier, **complete(appel)))
    assert reponse.status_code == 302, texte(reponse)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert [m.message for m in manques(dossier) if m.etape == "page-unique"] == []
    assert dossier.financements.get().montant_demande == 2000
    assert dossier.cibles.count() == 1


def test_ce_qui_est_refuse_reste_tape_et_le_reste_est_enregistre(client, appel, dossier, alice):
    client.force_login(alice)
    donnees = saisie(client, dossier, **(complete(appel) | {"part_qpv": "800", "C60-0-montant": "mille"}))
    reponse = client.post(url("page-unique", dossier), donnees)
    assert reponse.status_code == 422
    page = texte(reponse)
    assert 'value="800"' in page
    assert 'value="mille"' in page
    dossier.refresh_from_db()
    assert dossier.intitule == "Atelier vélo"
    assert dossier.part_qpv is None


def test_deux_personnes_sur_la_page_ne_s_ecrasent_pas(client, appel, dossier, alice):
    client.force_login(alice)
    lue = saisie(client, dossier, **complete(appel))
    bruno = MembreFactory(organisme=dossier.organisme).utilisateur
    operations.enregistrer(dossier, par=bruno, description="Le texte de Bruno.")
    reponse = client.post(url("page-unique", dossier), lue)
    assert reponse.status_code == 409
    assert "Le texte de Bruno." in texte(reponse)
    assert "Réparer ensemble." in texte(reponse)
    assert Dossier.objects.get(pk=dossier.pk).description == "Le texte de Bruno."


def test_au_dela_du_seuil_on_passe_au_complet_en_un_clic_sans_rien_perdre(client, appel, dossier, alice):
    client.force_login(alice)
    financeur = appel.financeurs.first()
    trop = complete(appel) | {f"F-{financeur.pk}-montant": "4 000"}
    client.post(url("page-unique", dossier), saisie(client, dossier, **trop))
    assert "La demande dépasse 3\u202f000\u00a0€" in texte(client.get(url("page-unique", dossier)))
    assert any("formulaire complet" in m.message for m in manques(Dossier.objects.get(pk=dossier.pk)))
    assert client.post(url("formulaire", dossier), {"formulaire": "complet"}).url == url("action", dossier)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert not dossier.est_simplifie
    assert (dossier.intitule, dossier.financements.get().montant_demande) == ("Atelier vélo", 4000)
    client.post(url("formulaire", dossier), {"formulaire": "simplifie"})
    dossier.refresh_from_db()
    assert not dossier.est_simplifie


def test_revenir_a_la_page_garde_les_lignes_qu_elle_ne_montre_pas(client, appel, dossier, alice):
    Dossier.objects.filter(pk=dossier.pk).update(formulaire="complet", moyens="Deux animateurs")
    LigneBudget.objects.create(dossier=dossier, sens="C", compte="63", montant=Decimal("120"))
    client.force_login(alice)
    assert client.post(url("formulaire", dossier), {"formulaire": "simplifie"}).url == url("page-unique", dossier)
    assert "1 ligne du formulaire complet" in texte(client.get(url("page-unique", dossier)))
    client.post(url("page-unique", dossier), saisie(client, dossier, **complete(appel)))
    dossier.refresh_from_db()
    assert dossier.moyens == "Deux animateurs"
    assert dossier.lignes_budget.get(compte="63").montant == 120


def test_la_page_unique_n_existe_que_pour_le_formulaire_d_une_page(client, appel, alice, dossier):
    Dossier.objects.filter(pk=dossier.pk).update(formulaire="complet")
    client.force_login(alice)
    assert client.get(url("page-unique", dossier)).status_code == 404
