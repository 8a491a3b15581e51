"""La fiche d'un organisme, ses membres, ce que les autres n'en voient pas."""

import pytest
from django.db import connection
from django.urls import reverse

from comptes import operations
from comptes.models import Membre, Organisme
from journal.models import Evenement
from tests.fabriques import AffectationFactory, MembreFactory, OrganismeFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"
SAISIE = {
    "type": "association",
    "nom": "Les Jardins du Terril",
    "siret": "732 829 320 00074",
    "rna": "w623001234",
    "adresse": "3 rue des Mineurs",
    "code_postal": "62700",
    "ville": "Bruay-la-Buissière",
    "telephone": "03 21 00 00 00",
    "courriel": "contact@jardins.test",
    "representant_prenom": "Alice",
    "representant_nom": "Moreau",
    "representant_fonction": "Présidente",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "bic": "agrifrpp",
    "version": "0",
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
    assert (organisme.siret, organisme.rna, organisme.iban, organisme.bic, organisme.telephone) == (
        "73282932000074",
        "W623001234",
        IBAN,
        "AGRIFRPP",
        "0321000000",
    )
    assert organisme.titulaire_compte == "Les Jardins du Terril"
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
        ({"iban": "FR7630006000011234567890188"}, "Cet IBAN n’est pas valable"),
        ({"bic": "AGRI"}, "Ce BIC n’est pas valable"),
        ({"code_postal": "96000"}, "Ce code postal n’existe pas"),
        ({"telephone": "12"}, "numéro de téléphone n’est pas valable"),
    ],
)
def test_une_saisie_fausse_est_expliquee_gardee_et_sans_effet(client, alice, change, message):
    reponse = client.post("/organisme/nouveau/", SAISIE | change)

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
    client.post("/organisme/nouveau/", SAISIE | {"rna": "", "registre_local": "Volume 12, folio 34, Strasbourg"})
    assert Organisme.objects.get().registre_local


def test_une_suite_hors_du_site_est_ignoree(client, alice):
    reponse = client.post("/organisme/nouveau/?suite=https://ailleurs.test/", SAISIE)
    assert reponse.url.startswith("/organisme/")
    autre = SAISIE | {"siret": "35600000000048"}
    assert client.post("/organisme/nouveau/?suite=/appels/", autre).url == "/appels/"


def test_l_iban_est_chiffre_en_base_et_masque_a_l_ecran(client, alice):
    client.post("/organisme/nouveau/", SAISIE)
    organisme = Organisme.objects.get()

    with connection.cursor() as curseur:
        curseur.execute("SELECT iban FROM comptes_organisme")
        [(brut,)] = curseur.fetchall()
    assert IBAN not in brut
    assert brut.startswith("gAAAAA")

    for adresse in (reverse("organismes-detail", args=[organisme.pk]), f"/organisme/{organisme.pk}/modifier/"):
        page = client.get(adresse).content.decode()
        assert IBAN not in page
        assert "0189" in page


def test_modifier_garde_l_iban_quand_le_champ_reste_vide(client, alice):
    client.post("/organisme/nouveau/", SAISIE)
    organisme = Organisme.objects.get()

    client.post(f"/organisme/{organisme.pk}/modifier/", SAISIE | {"iban": "", "ville": "Divion"})

    organisme.refresh_from_db()
    assert (organisme.ville, organisme.iban, organisme.version) == ("Divion", IBAN, 1)
    fait = Evenement.objects.get(type="organisme.modifier")
    assert fait.donnees == {"champs": ["ville"]}


def test_deux_personnes_modifient_la_fiche_en_meme_temps(client, alice):
    client.post("/organisme/nouveau/", SAISIE)
    organisme = Organisme.objects.get()
    adresse = f"/organisme/{organisme.pk}/modifier/"
    client.post(adresse, SAISIE | {"ville": "Divion"})

    page = client.post(adresse, SAISIE | {"ville": "Houdain"}).content.decode()

    assert "Une autre personne a enregistré cette fiche" in page
    assert 'value="Houdain"' in page
    organisme.refresh_from_db()
    assert organisme.ville == "Divion"
    client.post(adresse, SAISIE | {"ville": "Houdain", "version": "1"})
    organisme.refresh_from_db()
    assert organisme.ville == "Houdain"


def test_un_redacteur_modifie_la_fiche_mais_pas_le_compte_bancaire(client):
    bruno = MembreFactory(role=Membre.Role.REDACTEUR)
    client.force_login(bruno.utilisateur)
    organisme = bruno.organisme
    adresse = f"/organisme/{organisme.pk}/modifier/"
    autre_compte = SAISIE | {"siret": organisme.siret, "iban": "FR1420041010050500013M02606", "ville": "Divion"}

    assert 'name="iban"' not in client.get(adresse).content.decode()
    client.post(adresse, autre_compte)

    organisme.refresh_from_db()
    assert (organisme.ville, organisme.iban) == ("Divion", IBAN)
    with pytest.raises(operations.OperationRefusee, match="compte bancaire"):
        operations.modifier_organisme(organisme, par=bruno.utilisateur, version=organisme.version, bic="BNPAFRPPXXX")


@pytest.mark.parametrize(
    ("methode", "chemin"),
    [
        ("get", "/organisme/{o}/"),
        ("get", "/organisme/{o}/modifier/"),
        ("post", "/organisme/{o}/modifier/"),
        ("post", "/organisme/{o}/membres/"),
        ("post", "/organisme/{o}/membres/{m}/retirer/"),
    ],
)
def test_chloe_etrangere_et_denis_agent_n_y_trouvent_rien(client, methode, chemin):
    membre = MembreFactory()
    chemin = chemin.format(o=membre.organisme_id, m=membre.pk)
    for personne in (MembreFactory().utilisateur, AffectationFactory().utilisateur, UtilisateurFactory()):
        client.force_login(personne)
        assert getattr(client, methode)(chemin, SAISIE).status_code == 404
    assert Membre.objects.filter(pk=membre.pk).exists()
    assert not Evenement.objects.exists()


def test_ajouter_une_personne_deja_inscrite(client):
    alice = MembreFactory()
    bruno = UtilisateurFactory(email="bruno@exemple.test")
    client.force_login(alice.utilisateur)
    adresse = f"/organisme/{alice.organisme_id}/membres/"

    inconnu = client.post(adresse, {"courriel": "personne@exemple.test", "role": "redacteur"})
    assert "Aucun compte ne porte cette adresse" in inconnu.content.decode()
    assert 'value="personne@exemple.test"' in inconnu.content.decode()

    client.post(adresse, {"courriel": "Bruno@exemple.test", "role": "redacteur"})
    assert bruno.appartenances.get().role == Membre.Role.REDACTEUR
    deja = client.post(adresse, {"courriel": bruno.email, "role": "redacteur"})
    assert "est déjà membre" in deja.content.decode()
    assert Evenement.objects.filter(type="organisme.ajouter_membre").count() == 1


def test_seul_un_representant_gere_les_membres(client):
    alice = MembreFactory()
    bruno = MembreFactory(organisme=alice.organisme, role=Membre.Role.REDACTEUR)
    client.force_login(bruno.utilisateur)

    client.post(f"/organisme/{alice.organisme_id}/membres/{alice.pk}/retirer/")
    page = client.post(
        f"/organisme/{alice.organisme_id}/membres/", {"courriel": UtilisateurFactory().email, "role": "representant"}
    )

    assert page.status_code == 422
    assert Membre.objects.count() == 2
    client.post(f"/organisme/{alice.organisme_id}/membres/{bruno.pk}/retirer/")
    assert not Membre.objects.filter(pk=bruno.pk).exists(), "chacun peut quitter l’organisme"


def test_le_dernier_representant_reste(client):
    alice = MembreFactory()
    client.force_login(alice.utilisateur)

    page = client.post(f"/organisme/{alice.organisme_id}/membres/{alice.pk}/retirer/", follow=True).content.decode()
    assert "garde au moins un représentant" in page
    assert Membre.objects.filter(pk=alice.pk).exists()

    se_retrograder = {"courriel": alice.utilisateur.email, "role": "redacteur"}
    assert client.post(f"/organisme/{alice.organisme_id}/membres/", se_retrograder).status_code == 422
    alice.refresh_from_db()
    assert alice.role == Membre.Role.REPRESENTANT


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_fiche_coute_autant_de_requetes_quel_que_soit_le_nombre_de_membres(
    client, nombre, django_assert_num_queries
):
    alice = MembreFactory()
    MembreFactory.create_batch(nombre - 1, organisme=alice.organisme)
    client.force_login(alice.utilisateur)
    with django_assert_num_queries(7):
        client.get(f"/organisme/{alice.organisme_id}/")


def test_sans_organisme_la_page_propose_d_en_inscrire_un(client, alice):
    page = client.get("/organisme/").content.decode()
    assert "Vous n’êtes membre d’aucun organisme." in page
    assert 'href="/organisme/nouveau/"' in page
