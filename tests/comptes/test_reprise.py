"""Une session finie au milieu d'un formulaire ne fait rien perdre et n'enregistre rien."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from comptes.models import Organisme
from tests.comptes.test_organismes import SAISIE
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory

pytestmark = pytest.mark.django_db


def se_connecter(client, personne, suite):
    return client.post("/connexion/", {"login": personne.email, "password": MOT_DE_PASSE, "next": suite})


def test_de_la_session_finie_a_la_saisie_renvoyee(client):
    alice = UtilisateurFactory()

    reponse = client.post("/organisme/nouveau/?suite=/appels/", SAISIE)
    assert reponse.url == "/connexion/?next=/reprise/"
    assert not Organisme.objects.exists()

    assert se_connecter(client, alice, "/reprise/").url == "/reprise/"
    page = client.get("/reprise/")
    contenu = page.content.decode()
    assert "Votre saisie est gardée" in contenu
    assert 'action="/organisme/nouveau/?suite=/appels/"' in contenu
    assert '<input type="hidden" name="nom" value="Les Jardins du Terril">' in contenu

    saisie = page.context["saisie"]
    assert client.post(saisie["adresse"], dict(saisie["champs"])).url == "/appels/"
    assert Organisme.objects.get().nom == "Les Jardins du Terril"


def test_ni_mot_de_passe_ni_jeton_ne_sont_gardes_et_le_reste_est_chiffre(client):
    client.post(
        "/profil/", {"prenom": "Alice", "password": "secret", "csrfmiddlewaretoken": "jeton", "choix": ["1", "2"]}
    )
    brut = str(Session.objects.get().get_decoded())
    assert "Alice" not in brut
    se_connecter(client, UtilisateurFactory(), "/reprise/")
    assert client.get("/reprise/").context["saisie"]["champs"] == [["prenom", "Alice"], ["choix", "1"], ["choix", "2"]]


def test_un_fichier_ne_se_garde_pas_et_la_page_le_dit(client):
    client.post("/profil/", {"prenom": "Alice", "fichier": SimpleUploadedFile("statuts.pdf", b"%PDF-1.7")})
    se_connecter(client, UtilisateurFactory(), "/reprise/")
    assert "Joignez-les de nouveau" in client.get("/reprise/").content.decode()


def test_une_saisie_trop_vieille_ou_enorme_n_est_pas_gardee(client):
    assert client.post("/profil/", {"prenom": "a" * 200_000}).url == "/connexion/?next=/profil/"
    client.post("/profil/", {"prenom": "Alice"})
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        client.force_login(UtilisateurFactory())
        assert client.get("/reprise/").url == reverse("accueil")


def test_un_echange_partiel_va_a_la_connexion_sans_rien_perdre(client):
    reponse = client.post("/profil/", {"prenom": "Alice"}, headers={"HX-Request": "true"})
    assert (reponse.status_code, reponse.headers["HX-Redirect"]) == (401, "/connexion/?next=/reprise/")


def test_sans_saisie_gardee_la_page_renvoie_a_l_accueil(client):
    client.force_login(UtilisateurFactory())
    assert client.get("/reprise/").url == reverse("accueil")
