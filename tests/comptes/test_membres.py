"""Inviter, accepter, renvoyer, annuler, changer de rôle, retirer."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from comptes import operations
from comptes.models import Invitation, Membre
from journal.models import Evenement
from notifications.models import Envoi
from notifications.travail import vider
from tests.fabriques import InvitationFactory, MembreFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    alice = MembreFactory()
    client.force_login(alice.utilisateur)
    return alice


@pytest.fixture
def membres(alice):
    return f"/organisme/{alice.organisme_id}/membres/"


def inviter(client, membres, courriel="bruno@exemple.test", role="redacteur"):
    return client.post(membres, {"courriel": courriel, "role": role})


def lien_recu(settings):
    """Le chemin du lien, lu dans le dernier courriel parti."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    vider()
    corps = mail.outbox[-1].body
    return re.search(r"/invitations/[0-9a-f]+/", corps)[0]


def test_de_l_invitation_a_l_acceptation(client, alice, membres, settings):
    bruno = UtilisateurFactory(email="bruno@exemple.test")
    assert inviter(client, membres, "Bruno@Exemple.test").url == membres
    assert not bruno.appartenances.exists(), "une personne inscrite n’est pas ajoutée sans le savoir"
    lien = lien_recu(settings)
    assert mail.outbox[-1].to == ["bruno@exemple.test"]
    client.logout()
    page = client.get(lien).content.decode()
    assert "me connecter" in page
    assert "Créer mon compte" in page
    client.force_login(bruno)
    page = client.get(lien).content.decode()
    accepter = re.search(r'action="(/invitations/\d+/accepter/)"', page)[1]
    for _ in range(2):  # double clic
        assert client.post(accepter).url == f"/organisme/{alice.organisme_id}/"
    assert bruno.appartenances.get().role == Membre.Role.REDACTEUR
    assert Evenement.objects.filter(type="organisme.rejoindre").count() == 1


def test_le_jeton_n_est_ecrit_nulle_part(client, alice, membres, settings):
    inviter(client, membres)
    jeton = lien_recu(settings).split("/")[2]
    invitation = Invitation.objects.get()
    assert invitation.empreinte == operations.empreinte(jeton)
    assert jeton not in str(Invitation.objects.values())
    assert jeton not in str(Evenement.objects.values())
    assert "bruno" not in str(Evenement.objects.values())
    assert jeton not in str(Envoi.objects.values())
    assert jeton in mail.outbox[-1].alternatives[0][0]


def test_sans_compte_l_invitation_attend_sur_l_accueil(client, alice, membres):
    inviter(client, membres, "nouvelle@exemple.test")
    nouvelle = UtilisateurFactory(email="Nouvelle@exemple.test")
    client.force_login(nouvelle)
    assert "vous invite à le rejoindre" in client.get("/").content.decode()
    assert "vous invite." in client.get("/organisme/").content.decode()


def test_une_adresse_non_confirmee_n_ouvre_rien(client, alice):
    invitation = InvitationFactory(organisme=alice.organisme, courriel="bruno@exemple.test")
    bruno = UtilisateurFactory(email="bruno@exemple.test", adresse_verifiee=False)
    client.force_login(bruno)
    assert client.post(f"/invitations/{invitation.pk}/accepter/").status_code == 404
    with pytest.raises(operations.OperationRefusee, match="autre adresse"):
        operations.accepter_invitation(invitation, par=bruno)
    assert not bruno.appartenances.exists()


def test_l_invitation_d_un_autre_dit_a_qui_elle_est(client, alice):
    invitation = InvitationFactory(organisme=alice.organisme)
    client.force_login(UtilisateurFactory())
    page = client.get(f"/invitations/{invitation.jeton()}/").content.decode()
    assert f"adressée à {invitation.courriel}" in page
    assert client.post(f"/invitations/{invitation.pk}/accepter/").status_code == 404


@pytest.mark.parametrize(
    ("champ", "phrase"),
    [("annulee_le", "a été annulée"), ("acceptee_le", "a déjà servi"), ("expire_le", "a expiré le")],
)
def test_une_invitation_qui_ne_vaut_plus_le_dit(client, alice, champ, phrase):
    bruno = UtilisateurFactory(email="bruno@exemple.test")
    passee = {champ: timezone.now() - timedelta(days=1)}
    invitation = InvitationFactory(organisme=alice.organisme, courriel=bruno.email, **passee)
    client.force_login(bruno)
    reponse = client.get(f"/invitations/{invitation.jeton()}/")
    assert reponse.status_code == 410
    assert phrase in reponse.content.decode()
    page = client.post(f"/invitations/{invitation.pk}/accepter/", follow=True).content.decode()
    assert "Demandez" in page
    assert not bruno.appartenances.exists()


def test_un_jeton_invente_n_existe_pas(client):
    assert client.get("/invitations/0123456789abcdef/").status_code == 404


def test_inviter_deux_fois_ou_un_membre_est_explique(client, alice, membres):
    inviter(client, membres)
    seconde = inviter(client, membres, "BRUNO@exemple.test")
    assert seconde.status_code == 422
    assert "Une invitation attend déjà cette personne" in seconde.content.decode()
    deja = inviter(client, membres, alice.utilisateur.email.upper())
    assert "est déjà membre" in deja.content.decode()
    assert Invitation.objects.count() == 1
    assert inviter(client, membres, "pas une adresse").status_code == 422


def test_renvoyer_change_le_lien_et_un_double_clic_n_envoie_pas_deux_fois(client, alice, membres):
    inviter(client, membres)
    invitation = Invitation.objects.get()
    ancien = invitation.jeton()
    renvoyer = f"/organisme/{alice.organisme_id}/invitations/{invitation.pk}/renvoyer/"
    assert "vient de partir" in client.post(renvoyer, follow=True).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        client.force_login(alice.utilisateur)
        client.post(renvoyer)
        client.post(renvoyer)
        assert client.get(f"/invitations/{ancien}/").status_code == 404
        invitation.refresh_from_db()
        assert invitation.est_en_attente
        assert client.get(f"/invitations/{invitation.jeton()}/").status_code == 200
    assert Evenement.objects.filter(type="organisme.inviter").count() == 2


def test_reinviter_une_adresse_dont_l_invitation_a_expire(client, alice, membres):
    passee = timezone.now() - timedelta(days=1)
    InvitationFactory(organisme=alice.organisme, courriel="bruno@exemple.test", expire_le=passee)
    assert inviter(client, membres, role="representant").status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.est_en_attente) == ("representant", True)


def test_annuler_rend_le_lien_sans_effet_et_n_envoie_plus_rien(client, alice, membres, settings):
    inviter(client, membres)
    invitation = Invitation.objects.get()
    annuler = f"/organisme/{alice.organisme_id}/invitations/{invitation.pk}/annuler/"
    client.post(annuler)
    client.post(annuler)
    assert Evenement.objects.filter(type="organisme.annuler_invitation").count() == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    vider()
    assert mail.outbox == []
    assert inviter(client, membres).status_code == 302, "une adresse annulée peut être invitée de nouveau"


def test_un_organisme_n_invite_pas_sans_fin(alice):
    InvitationFactory.create_batch(20, organisme=alice.organisme)
    with pytest.raises(operations.OperationRefusee, match="20 invitations"):
        operations.inviter(alice.organisme, par=alice.utilisateur, courriel="b@exemple.test", role="redacteur")


def test_seul_un_representant_gere_les_membres(client, alice, membres):
    bruno = MembreFactory(organisme=alice.organisme, role=Membre.Role.REDACTEUR)
    invitation = InvitationFactory(organisme=alice.organisme)
    client.force_login(bruno.utilisateur)
    page = client.get(membres).content.decode()
    assert invitation.courriel not in page
    assert inviter(client, membres).status_code == 422
    client.post(f"{membres}{alice.pk}/retirer/")
    client.post(f"{membres}{bruno.pk}/role/", {"role": "representant"})
    for verbe in ("renvoyer", "annuler"):
        adresse = f"/organisme/{alice.organisme_id}/invitations/{invitation.pk}/{verbe}/"
        assert client.post(adresse).status_code == 404
    bruno.refresh_from_db()
    assert (bruno.role, Membre.objects.count()) == ("redacteur", 2)
    assert client.post(f"{membres}{bruno.pk}/retirer/").url == "/organisme/"
    assert not Membre.objects.filter(pk=bruno.pk).exists(), "chacun peut quitter l’organisme"


def test_le_role_change_et_le_dernier_representant_reste(client, alice, membres):
    bruno = MembreFactory(organisme=alice.organisme, role=Membre.Role.REDACTEUR)
    for adresse in (f"{membres}{alice.pk}/role/", f"{membres}{alice.pk}/retirer/"):
        page = client.post(adresse, {"role": "redacteur"}, follow=True).content.decode()
        assert "garde au moins un représentant" in page
    client.post(f"{membres}{bruno.pk}/role/", {"role": "representant"})
    assert client.post(f"{membres}{bruno.pk}/role/", {"role": "roi"}).status_code == 302
    client.post(f"{membres}{alice.pk}/role/", {"role": "redacteur"})
    alice.refresh_from_db()
    bruno.refresh_from_db()
    assert (alice.role, bruno.role) == ("redacteur", "representant")


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_des_membres_coute_toujours_autant(client, alice, membres, nombre, django_assert_num_queries):
    MembreFactory.create_batch(nombre, organisme=alice.organisme)
    InvitationFactory.create_batch(nombre, organisme=alice.organisme)
    with django_assert_num_queries(8):
        client.get(membres)
