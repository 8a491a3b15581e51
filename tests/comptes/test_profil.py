"""Mon nom, mes jetons, mes connexions."""

import pytest
from django.test import Client
from django.urls import reverse
from knox.auth import TokenAuthentication
from knox.models import AuthToken

from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    alice = UtilisateurFactory(prenom="Alice", nom="Moreau")
    client.force_login(alice)
    return alice


def test_changer_de_nom(client, alice):
    client.post("/profil/", {"prenom": "Alicia", "nom": "Moreau"})
    alice.refresh_from_db()
    assert alice.prenom == "Alicia"
    vide = client.post("/profil/", {"prenom": "", "nom": "Moreau"}).content.decode()
    assert "Ce champ est obligatoire." in vide
    alice.refresh_from_db()
    assert alice.prenom == "Alicia"


def test_un_jeton_ne_se_montre_qu_une_fois_et_se_revoque(client, alice, rf):
    page = client.post(reverse("jetons-creer"))
    jeton = page.context["nouveau_jeton"]
    assert jeton in page.content.decode()
    assert jeton not in client.get("/profil/").content.decode()
    requete = rf.get("/api/v1/", headers={"Authorization": f"Token {jeton}"})
    assert TokenAuthentication().authenticate(requete)[0] == alice

    client.post(reverse("jetons-revoquer", args=[AuthToken.objects.get().token_key]))
    assert not AuthToken.objects.exists()


def test_on_ne_revoque_pas_le_jeton_d_une_autre(client, alice):
    AuthToken.objects.create(user=UtilisateurFactory())
    cle = AuthToken.objects.get().token_key
    assert client.post(reverse("jetons-revoquer", args=[cle])).status_code == 404
    assert AuthToken.objects.exists()


def test_fermer_les_autres_connexions(client):
    alice = UtilisateurFactory()
    ailleurs = Client()
    for navigateur in (ailleurs, client):
        navigateur.post("/connexion/", {"login": alice.email, "password": MOT_DE_PASSE})
    assert ailleurs.get("/profil/").status_code == 200

    client.post(reverse("usersessions_list"))

    assert ailleurs.get("/profil/").status_code == 302
    assert client.get("/profil/").status_code == 200
