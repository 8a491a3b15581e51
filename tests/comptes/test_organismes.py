"""Inscrire son organisme, tenir sa fiche, ce que les autres n'en voient pas."""

import pytest
from django.urls import reverse

from comptes import operations
from comptes.models import Membre, Organisme
from journal.models import Evenement
from tests.fabriques import (
    AffectationFactory,
    DocumentFactory,
    InvitationFactory,
    MembreFactory,
    OrganismeFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db

REGISTRE = {
    "registre_date": "1998-03-12",
    "registre_volume": "12",
    "registre_folio": "34",
    "registre_tribunal": "Strasbourg",
}
SAISIE = {
    "type": "association",
    "nom": "Les Jardins du Terril",
    "siret": "732 829 320 00074",
    "rna": "w623001234",
    "adresse": "3 rue des Mineurs",
    "code_postal": "62700",
    "ville": "Bruay-la-Buissière",
    "representant_prenom": "Alice",
    "representant_nom": "Moreau",
    "representant_fonction": "Présidente",
}


@pytest.fixture
def alice(client):
    alice = UtilisateurFactory(prenom="Alice", nom="Moreau")
    client.force_login(alice)
    return alice


def test_inscrire_son_association(client, alice):
    reponse = client.post("/organisme/nouveau/", SAISIE)

    organisme = Organisme.objects.get()
    assert reponse.url == reverse("organismes-detail", args=[organisme.pk])
    assert (organisme.siret, organisme.rna) == ("73282932000074", "W623001234")
    assert Membre.objects.get().role == Membre.Role.REPRESENTANT
    fait = Evenement.objects.get()
    assert (fait.type, fait.objet_id, fait.acteur_id) == ("organisme.creer", organisme.pk, alice.pk)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"siret": "73282932000079"}, "clé de contrôle est fausse"),
        ({"siret": "7328293200007"}, "compte quatorze chiffres"),
        ({"rna": "623001234"}, "commence par W"),
        ({"rna": ""}, "Une association indique son numéro RNA"),
        ({"code_postal": "96000"}, "Ce code postal n’existe pas"),
    ],
)
def test_une_saisie_fausse_est_expliquee_gardee_et_sans_effet(client, alice, change, message):
    reponse = client.post("/organisme/nouveau/", SAISIE | change)

    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert message in page
    assert 'class="resume-erreurs"' in page
    assert 'value="Les Jardins du Terril"' in page
    champ, valeur = next(iter(change.items()))
    assert not valeur or f'value="{valeur}"' in page
    assert f'id="id_{champ}_error"' in page
    assert not Organisme.objects.exists()
    assert not Evenement.objects.exists()


def test_un_siret_deja_inscrit_dit_a_qui_s_adresser(client, alice):
    OrganismeFactory(siret="73282932000074")

    page = client.post("/organisme/nouveau/", SAISIE).content.decode()

    assert "Cet organisme est déjà inscrit. Demandez à son représentant" in page
    assert Organisme.objects.count() == 1
    assert not Membre.objects.exists()


def test_deux_inscriptions_simultanees_du_meme_siret_n_en_font_qu_une(alice):
    """La seconde a passé le formulaire avant que la première soit enregistrée."""
    premiere, seconde = OrganismeFactory.build(siret="73282932000074"), OrganismeFactory.build(siret="73282932000074")
    operations.creer_organisme(premiere, par=alice)
    with pytest.raises(operations.OperationRefusee, match="porte déjà ce numéro SIRET"):
        operations.creer_organisme(seconde, par=UtilisateurFactory())
    assert Membre.objects.count() == 1


def test_une_association_d_alsace_moselle_n_a_pas_de_rna(client, alice):
    client.post("/organisme/nouveau/", SAISIE | {"rna": "", **REGISTRE})
    phrase = "Inscrite le 12/03/1998, volume 12, folio 34, tribunal judiciaire de Strasbourg"
    assert Organisme.objects.get().registre_local == phrase


def test_un_registre_incomplet_dit_ce_qu_il_manque(client, alice):
    reponse = client.post("/organisme/nouveau/", SAISIE | {"rna": "", **REGISTRE, "registre_folio": ""})
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert "Complétez les quatre indications du registre." in page
    assert 'value="Strasbourg"' in page
    assert "Une association indique son numéro RNA" not in page


def test_une_commune_n_a_pas_de_rna(client, alice):
    client.post("/organisme/nouveau/", SAISIE | {"type": "commune"})
    organisme = Organisme.objects.get()
    assert (organisme.rna, organisme.registre_local) == ("", "")
    assert "RNA" not in client.get(f"/organisme/{organisme.pk}/").content.decode()


def test_une_suite_hors_du_site_est_ignoree(client, alice):
    reponse = client.post("/organisme/nouveau/?suite=https://ailleurs.test/", SAISIE)
    assert reponse.url.startswith("/organisme/")
    autre = SAISIE | {"siret": "35600000000048"}
    assert client.post("/organisme/nouveau/?suite=/appels/", autre).url == "/appels/"


@pytest.mark.parametrize(
    ("methode", "chemin"),
    [
        ("get", "/organisme/{o}/"),
        ("get", "/organisme/{o}/modifier/adresses/"),
        ("post", "/organisme/{o}/modifier/adresses/"),
        ("get", "/organisme/{o}/membres/"),
        ("post", "/organisme/{o}/membres/"),
        ("post", "/organisme/{o}/membres/{m}/retirer/"),
        ("post", "/organisme/{o}/membres/{m}/role/"),
        ("post", "/organisme/{o}/invitations/{i}/renvoyer/"),
        ("post", "/organisme/{o}/invitations/{i}/annuler/"),
        ("get", "/organisme/{o}/documents/"),
        ("post", "/organisme/{o}/documents/"),
        ("get", "/documents/{d}/"),
        ("post", "/documents/{d}/dater/"),
        ("post", "/documents/{d}/retirer/"),
    ],
)
def test_chloe_etrangere_et_denis_agent_n_y_trouvent_rien(client, methode, chemin):
    membre = MembreFactory()
    invitation, document = InvitationFactory(organisme=membre.organisme), DocumentFactory(organisme=membre.organisme)
    chemin = chemin.format(o=membre.organisme_id, m=membre.pk, i=invitation.pk, d=document.pk)
    for personne in (MembreFactory().utilisateur, AffectationFactory().utilisateur, UtilisateurFactory()):
        client.force_login(personne)
        assert getattr(client, methode)(chemin, SAISIE).status_code == 404
    assert Membre.objects.filter(pk=membre.pk).exists()
    assert not Evenement.objects.exists()


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_fiche_coute_autant_de_requetes_quel_que_soit_ce_qu_elle_porte(client, nombre, django_assert_num_queries):
    alice = MembreFactory()
    MembreFactory.create_batch(nombre - 1, organisme=alice.organisme)
    DocumentFactory.create_batch(nombre, organisme=alice.organisme)
    client.force_login(alice.utilisateur)
    with django_assert_num_queries(9):
        client.get(f"/organisme/{alice.organisme_id}/")


def test_sans_organisme_la_page_propose_d_en_inscrire_un(client, alice):
    page = client.get("/organisme/").content.decode()
    assert "Vous n’êtes membre d’aucun organisme." in page
    assert 'href="/organisme/nouveau/"' in page
