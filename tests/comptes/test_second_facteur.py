"""Le second facteur : de vrais codes, et l'obligation quand le réglage le dit."""

import base64
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core import mail
from django.db import connection
from django.urls import reverse

from comptes.middleware import SecondFacteurMiddleware
from comptes.models import Role
from tests.caches import vider_le_cache
from tests.fabriques import MOT_DE_PASSE, AffectationFactory, MembreFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


def code(cle):
    """Ce qu'afficherait un téléphone."""
    return TOTP(base64.b32decode(cle), 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


def se_connecter(client, personne):
    return client.post("/connexion/", {"login": personne.email, "password": MOT_DE_PASSE})


def activer(client):
    """Rend la clé, une fois le second facteur activé par la page."""
    client.post(reverse("account_reauthenticate"), {"password": MOT_DE_PASSE})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    cle = re.search(r'class="cle">([A-Z2-7]+)<', page)[1]
    reponse = client.post(reverse("mfa_activate_totp"), {"code": code(cle)})
    assert reponse.url == reverse("mfa_view_recovery_codes")
    return cle


@pytest.mark.django_db(transaction=True)
def test_activer_puis_se_connecter_avec_un_code(client):
    denis = UtilisateurFactory(prenom="Denis")
    se_connecter(client, denis)
    cle = activer(client)
    [avis] = mail.outbox
    assert (avis.to, avis.subject) == ([denis.email], "Le second facteur est activé")
    assert "Bonjour Denis," in avis.body
    client.post("/deconnexion/")

    assert se_connecter(client, denis).url.startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    faux = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "Ce code n’est pas le bon" in faux
    # allauth refuse qu'un code serve deux fois : on efface la trace du code d'activation.
    vider_le_cache()
    assert client.post(reverse("mfa_authenticate"), {"code": code(cle)}).url == "/"
    assert client.session["_auth_user_id"] == str(denis.pk)


def test_un_code_de_secours_ouvre_une_fois(client):
    denis = UtilisateurFactory()
    se_connecter(client, denis)
    activer(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    secours = re.findall(r"<li>(\w{8})</li>", page)
    assert len(secours) == 10
    fichier = client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert all(un in fichier for un in secours)

    for attendu in (True, False):
        client.post("/deconnexion/")
        se_connecter(client, denis)
        client.post(reverse("mfa_authenticate"), {"code": secours[0]})
        assert ("_auth_user_id" in client.session) is attendu


def test_la_cle_est_chiffree_en_base(client):
    denis = UtilisateurFactory()
    se_connecter(client, denis)
    cle = activer(client)
    with connection.cursor() as curseur:
        curseur.execute("SELECT data FROM mfa_authenticator")
        brut = " ".join(str(ligne[0]) for ligne in curseur.fetchall())
    assert cle not in brut
    assert "gAAAAA" in brut


def test_desactiver(client):
    denis = UtilisateurFactory()
    se_connecter(client, denis)
    activer(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(type="totp").exists()
    assert mail.outbox[-1].subject == "Le second facteur est désactivé"


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN])
def test_quand_le_reglage_l_exige_un_agent_doit_l_activer(client, settings, role):
    settings.SECOND_FACTEUR_AGENTS = True
    denis = AffectationFactory(role=role).utilisateur
    se_connecter(client, denis)

    assert client.get("/profil/").url == reverse("mfa_activate_totp")
    assert "Votre rôle demande un second facteur" in client.get(reverse("account_reauthenticate")).content.decode()
    assert client.get("/deconnexion/").status_code == 200

    activer(client)
    assert client.get("/profil/").status_code == 200


def test_l_obligation_ne_touche_ni_les_porteurs_ni_les_evaluateurs(client, settings):
    settings.SECOND_FACTEUR_AGENTS = True
    for personne in (MembreFactory().utilisateur, AffectationFactory(role=Role.EVALUATEUR).utilisateur):
        client.force_login(personne)
        assert client.get("/profil/").status_code == 200


def test_sans_le_reglage_l_intergiciel_ne_coute_aucune_requete(rf, django_assert_num_queries):
    requete = rf.get("/profil/")
    requete.user = AffectationFactory().utilisateur
    with django_assert_num_queries(0):
        assert SecondFacteurMiddleware(lambda r: "page")(requete) == "page"
