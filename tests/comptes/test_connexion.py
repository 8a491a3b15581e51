"""Créer un compte, confirmer son adresse, se connecter, retrouver son mot de passe."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from comptes.models import Utilisateur
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory

pytestmark = pytest.mark.django_db

INSCRIPTION = {
    "prenom": "Alice",
    "nom": "Moreau",
    "email": "Alice@exemple.test",
    "password1": "un jardin au pied des tours",
    "password2": "un jardin au pied des tours",
}


def connecte(client):
    return "_auth_user_id" in client.session


def lien_du_courriel(message):
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def test_de_l_inscription_a_la_connexion(client):
    reponse = client.post("/inscription/", INSCRIPTION)

    assert reponse.url == reverse("account_email_verification_sent")
    alice = Utilisateur.objects.get()
    assert (alice.email, alice.prenom, alice.nom) == ("alice@exemple.test", "Alice", "Moreau")
    assert not connecte(client)
    [message] = mail.outbox
    assert message.to == ["alice@exemple.test"]
    assert message.subject == "Bienvenue : confirmez votre adresse"
    assert "Bonjour Alice," in message.body
    lien = lien_du_courriel(message)
    [(html, _)] = message.alternatives
    assert lien in html
    assert 'lang="fr"' in html

    assert client.post("/connexion/", {"login": alice.email, "password": INSCRIPTION["password1"]}).status_code == 302
    assert not connecte(client), "une adresse non confirmée n’ouvre pas le compte"

    page = client.get(lien)
    assert "alice@exemple.test" in page.content.decode()
    assert not EmailAddress.objects.get().verified, "un antivirus qui ouvre le lien ne confirme rien"
    client.post(lien)
    assert EmailAddress.objects.get().verified

    client.logout()
    reponse = client.post("/connexion/", {"login": "ALICE@exemple.test", "password": INSCRIPTION["password1"]})
    assert reponse.url == "/"
    assert connecte(client)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nom": ""}, "Ce champ est obligatoire."),
        ({"email": "alice"}, "adresse e-mail valide"),
        ({"password1": "court", "password2": "court"}, "trop court"),
        ({"password2": "une autre phrase"}, "même mot de passe"),
    ],
)
def test_une_inscription_fautive_garde_ce_qui_est_tape_et_ne_cree_rien(client, change, message):
    page = client.post("/inscription/", INSCRIPTION | change).content.decode()

    assert message in page
    assert 'class="resume-erreurs"' in page
    assert 'value="Alice"' in page
    assert not Utilisateur.objects.exists()
    assert mail.outbox == []


def test_une_adresse_deja_prise_ne_se_devine_pas(client):
    UtilisateurFactory(email="alice@exemple.test")

    reponse = client.post("/inscription/", INSCRIPTION)

    assert reponse.url == reverse("account_email_verification_sent")
    assert Utilisateur.objects.count() == 1
    [message] = mail.outbox
    assert message.subject == "Vous avez déjà un compte"


def test_un_mauvais_mot_de_passe_dit_quoi_faire_et_garde_l_adresse(client):
    alice = UtilisateurFactory()
    page = client.post("/connexion/", {"login": alice.email, "password": "pas le bon"}).content.decode()

    assert "L’adresse ou le mot de passe ne correspond pas" in page
    assert f'value="{alice.email}"' in page
    assert "pas le bon" not in page
    assert not connecte(client)


def test_cinq_echecs_ferment_la_porte_un_moment(client):
    alice = UtilisateurFactory()
    for _ in range(5):
        client.post("/connexion/", {"login": alice.email, "password": "pas le bon"})

    page = client.post("/connexion/", {"login": alice.email, "password": MOT_DE_PASSE}).content.decode()

    assert "Trop d’essais" in page
    assert not connecte(client)


def test_trop_d_inscriptions_a_la_suite_recoivent_une_page_claire(client):
    for rang in range(20):
        client.post("/inscription/", INSCRIPTION | {"email": f"personne{rang}@exemple.test", "password2": "autre"})

    reponse = client.post("/inscription/", INSCRIPTION)

    assert reponse.status_code == 429
    assert "Trop de demandes à la suite" in reponse.content.decode()
    assert not Utilisateur.objects.exists()


def test_retrouver_son_mot_de_passe(client):
    alice = UtilisateurFactory(prenom="Alice")
    client.post(reverse("account_reset_password"), {"email": alice.email})
    [message] = mail.outbox
    assert message.subject == "Choisir un nouveau mot de passe"

    lien = client.get(lien_du_courriel(message)).url
    nouveau = "les jonquilles du terril"
    client.post(lien, {"password1": nouveau, "password2": nouveau})

    alice.refresh_from_db()
    assert alice.check_password(nouveau)
    assert mail.outbox[-1].subject == "Votre mot de passe a changé"
    assert client.post("/connexion/", {"login": alice.email, "password": nouveau}).url == "/"


def test_un_lien_de_mot_de_passe_ne_sert_qu_une_fois(client):
    alice = UtilisateurFactory()
    client.post(reverse("account_reset_password"), {"email": alice.email})
    lien = lien_du_courriel(mail.outbox[0])
    nouveau = "les jonquilles du terril"
    client.post(client.get(lien).url, {"password1": nouveau, "password2": nouveau})

    page = client.get(lien).content.decode()

    assert "Ce lien a déjà servi" in page


def test_une_adresse_inconnue_recoit_un_courriel_qui_l_explique(client):
    reponse = client.post(reverse("account_reset_password"), {"email": "inconnu@exemple.test"})

    assert reponse.url == reverse("account_reset_password_done")
    assert mail.outbox[0].subject == "Aucun compte à cette adresse"


def test_une_messagerie_en_panne_ne_casse_pas_l_inscription(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # personne n'écoute là

    page = client.post("/inscription/", INSCRIPTION, follow=True).content.decode()

    assert "notre messagerie ne répond pas" in page
    assert "Un courriel part vers" not in page
    assert Utilisateur.objects.count() == 1


def test_on_ne_deconnecte_que_par_un_envoi_de_formulaire(client):
    client.force_login(UtilisateurFactory())
    assert client.get("/deconnexion/").status_code == 200
    assert connecte(client)
    client.post("/deconnexion/")
    assert not connecte(client)


def test_la_suite_apres_connexion_reste_sur_le_site(client):
    alice = UtilisateurFactory()
    identifiants = {"login": alice.email, "password": MOT_DE_PASSE}
    assert client.post("/connexion/", identifiants | {"next": "https://ailleurs.test/"}).url == "/"
    client.logout()
    assert client.post("/connexion/", identifiants | {"next": "/profil/"}).url == "/profil/"


def test_une_session_finie_renvoie_a_la_connexion_puis_a_la_page(client):
    assert client.get("/profil/").url == "/connexion/?next=/profil/"
    partiel = client.get("/profil/", headers={"HX-Request": "true"})
    assert (partiel.status_code, partiel.headers["HX-Refresh"]) == (401, "true")


def test_un_compte_desactive_n_entre_pas(client):
    alice = UtilisateurFactory(is_active=False)
    client.post("/connexion/", {"login": alice.email, "password": MOT_DE_PASSE})
    assert not connecte(client)
