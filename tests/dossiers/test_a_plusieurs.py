"""Deux personnes d'une association écrivent le même dossier ; aucune n'écrase l'autre, et rien ne se perd."""

import html
import json
import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptes.models import Membre
from dossiers import operations
from tests.fabriques import MembreFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db
CHAMP = {"Parvis-Enregistrement": "champ"}


@pytest.fixture
def dossier():
    return DossierFactory(intitule="Jardin", description="Un jardin.", lieux="La place")


def membre(dossier, prenom):
    personne = MembreFactory(organisme=dossier.organisme, role=Membre.Role.REDACTEUR).utilisateur
    personne.prenom, personne.nom = prenom, "Martin"
    personne.save()
    client = Client()
    client.force_login(personne)
    return client


def url(dossier, etape="action"):
    return reverse(f"dossiers-{etape}", args=[dossier.numero])


def temoin(client, dossier, etape="action"):
    page = client.get(url(dossier, etape)).content.decode()
    return html.unescape(re.search(r'name="version" value="([^"]*)"', page)[1])


def envoyer(client, dossier, lu, etape="action", garder=(), **champs):
    donnees = {"version": lu, "champs": list(champs), "garder": list(garder), **champs}
    reponse = client.post(url(dossier, etape), donnees, headers=CHAMP)
    return reponse.status_code, reponse.json()


def test_un_champ_s_enregistre_seul_et_dit_l_heure(dossier):
    alice = membre(dossier, "Alice")
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier), intitule="Jardin partagé")
    dossier.refresh_from_db()
    assert (code, dossier.intitule, dossier.description) == (200, "Jardin partagé", "Un jardin.")
    assert reponse["ecrits"] == ["intitule"]
    assert re.fullmatch(r"\d+\sh\s\d\d", reponse["enregistre"])
    assert (reponse["conflits"], reponse["erreurs"], reponse["recus"]) == ({}, {}, {})


def test_deux_champs_differents_se_fondent_et_chacune_recoit_celui_de_l_autre(dossier):
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu_alice, lu_bruno = temoin(alice, dossier), temoin(bruno, dossier)
    envoyer(alice, dossier, lu_alice, intitule="Jardin partagé")
    code, reponse = envoyer(bruno, dossier, lu_bruno, lieux="Le parc")
    dossier.refresh_from_db()
    assert (code, dossier.intitule, dossier.lieux) == (200, "Jardin partagé", "Le parc")
    assert reponse["recus"]["intitule"]["valeurs"] == ["Jardin partagé"]
    assert reponse["recus"]["intitule"]["par"] == "Alice Martin"


def test_le_meme_champ_n_est_pas_ecrase_et_la_fusion_se_lit(dossier):
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu_alice, lu_bruno = temoin(alice, dossier), temoin(bruno, dossier)
    envoyer(alice, dossier, lu_alice, intitule="Jardin d’Alice")
    code, reponse = envoyer(bruno, dossier, lu_bruno, intitule="Jardin de Bruno")
    dossier.refresh_from_db()
    assert (code, dossier.intitule) == (409, "Jardin d’Alice")
    assert reponse["conflits"]["intitule"]["lisible"] == "Jardin d’Alice"
    assert reponse["conflits"]["intitule"]["par"] == "Alice Martin"
    code, _ = envoyer(bruno, dossier, lu_bruno, intitule="Jardin de Bruno", garder=["intitule"])
    dossier.refresh_from_db()
    assert (code, dossier.intitule) == (200, "Jardin de Bruno")


def test_sans_javascript_la_page_entiere_se_fond_aussi(dossier):
    """Bruno a la page ouverte depuis longtemps ; il ne change que le lieu : le titre d'Alice reste."""
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu = temoin(bruno, dossier)
    envoyer(alice, dossier, temoin(alice, dossier), intitule="Jardin d’Alice")
    page = {"version": lu, "intitule": "Jardin", "description": "Un jardin.", "lieux": "Le parc"}
    assert bruno.post(url(dossier), page).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.intitule, dossier.lieux) == ("Jardin d’Alice", "Le parc")


def test_sans_javascript_un_conflit_garde_la_saisie_et_montre_l_autre(dossier):
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu = temoin(bruno, dossier)
    envoyer(alice, dossier, temoin(alice, dossier), intitule="Jardin d’Alice", description="Celle d’Alice")
    page = {"version": lu, "intitule": "Jardin de Bruno", "description": "Un jardin.", "lieux": "Le parc"}
    reponse = bruno.post(url(dossier), page)
    texte = html.unescape(reponse.content.decode())
    assert reponse.status_code == 409
    assert 'value="Jardin de Bruno"' in texte
    assert "Jardin d’Alice" in texte
    # Ce qu'il n'a pas touché revient tel qu'Alice l'a écrit, et le reste est déjà entré.
    assert "Celle d’Alice" in texte
    dossier.refresh_from_db()
    assert (dossier.intitule, dossier.description, dossier.lieux) == ("Jardin d’Alice", "Celle d’Alice", "Le parc")
    lu = html.unescape(re.search(r'name="version" value="([^"]*)"', reponse.content.decode())[1])
    page |= {"version": lu, "description": "Celle d’Alice"}
    assert bruno.post(url(dossier), page).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.intitule, dossier.description) == ("Jardin de Bruno", "Celle d’Alice")


def test_la_meme_valeur_des_deux_cotes_n_est_pas_un_conflit(dossier):
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu_alice, lu_bruno = temoin(alice, dossier), temoin(bruno, dossier)
    envoyer(alice, dossier, lu_alice, intitule="Jardin partagé")
    code, reponse = envoyer(bruno, dossier, lu_bruno, intitule="Jardin partagé")
    assert (code, reponse["conflits"], reponse["ecrits"]) == (200, {}, [])


def test_rejouer_un_envoi_ne_change_rien(dossier):
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier)
    envoyer(alice, dossier, lu, intitule="Jardin partagé")
    dossier.refresh_from_db()
    avant = (dossier.version, dossier.ecritures)
    code, reponse = envoyer(alice, dossier, lu, intitule="Jardin partagé")
    dossier.refresh_from_db()
    assert (code, reponse["ecrits"], (dossier.version, dossier.ecritures)) == (200, [], avant)


def test_sa_propre_ecriture_dont_la_reponse_s_est_perdue_n_est_pas_un_conflit(dossier):
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier)
    envoyer(alice, dossier, lu, intitule="Jardin p")
    code, _ = envoyer(alice, dossier, lu, intitule="Jardin partagé")
    dossier.refresh_from_db()
    assert (code, dossier.intitule) == (200, "Jardin partagé")


def test_une_faute_n_emporte_pas_les_autres_champs(dossier):
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier, "public")
    code, reponse = envoyer(alice, dossier, lu, "public", part_qpv="130", public="Les familles")
    dossier.refresh_from_db()
    assert (code, dossier.part_qpv, dossier.public) == (422, None, "Les familles")
    assert list(reponse["erreurs"]) == ["part_qpv"]


@pytest.mark.parametrize("version", ["", "abc", "[]", '{"v": "x"}', '{"v": 1, "c": []}', "-1", "99999999", "null"])
def test_un_temoin_forge_n_ecrase_rien(dossier, version):
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    envoyer(alice, dossier, temoin(alice, dossier), intitule="Jardin d’Alice")
    code, _ = envoyer(bruno, dossier, version, lieux="Le parc")
    dossier.refresh_from_db()
    assert (code, dossier.intitule, dossier.lieux) == (200, "Jardin d’Alice", "Le parc")


def test_un_champ_inconnu_ou_interdit_est_ignore(dossier):
    alice = membre(dossier, "Alice")
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier), etat="decide", issue="accorde", inconnu="x")
    dossier.refresh_from_db()
    assert (code, reponse["ecrits"], dossier.etat) == (200, [], "brouillon")


def test_le_dossier_depose_entre_temps_le_dit(dossier):
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier)
    type(dossier).objects.filter(pk=dossier.pk).update(etat="depose", depose_le="2026-11-01T10:00Z")
    code, reponse = envoyer(alice, dossier, lu, intitule="Trop tard")
    assert code == 409
    assert "il ne se modifie plus" in reponse["fige"]


def test_une_session_finie_repond_401_sans_perdre_la_page(dossier):
    reponse = Client().post(url(dossier), {"champs": "intitule", "intitule": "x"}, headers=CHAMP)
    assert (reponse.status_code, "connexion" in reponse.json()) == (401, True)


def test_enregistrer_un_champ_coute_six_requetes(dossier, django_assert_num_queries):
    """Session, personne, dossier verrouillé, écriture, et les deux bornes de la transaction ; la barre est à huit."""
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier)
    with django_assert_num_queries(6):
        code, _ = envoyer(alice, dossier, lu, intitule="Un autre titre")
    assert code == 200


def test_le_dossier_d_une_autre_association_n_existe_pas(dossier):
    intrus = Client()
    intrus.force_login(MembreFactory().utilisateur)
    reponse = intrus.post(url(dossier), {"champs": "intitule", "intitule": "Piraté"}, headers=CHAMP)
    dossier.refresh_from_db()
    assert (reponse.status_code, dossier.intitule) == (404, "Jardin")


@pytest.mark.django_db(transaction=True)
def test_vingt_ecritures_simultanees_entrent_toutes():
    """Dix fils par personne, un champ chacun : la ligne verrouillée les fait passer l'un après l'autre."""
    dossier = DossierFactory()
    alice, bruno = membre(dossier, "Alice"), membre(dossier, "Bruno")
    lu = {etape: temoin(alice, dossier, etape) for etape in ("action", "public", "moyens", "resultats")}
    envois = [
        (alice, "action", {"intitule": "Titre"}), (bruno, "action", {"lieux": "Lieu"}),
        (alice, "action", {"description": "Texte"}), (bruno, "public", {"public": "Public"}),
        (alice, "public", {"nb_beneficiaires": "12"}), (bruno, "public", {"part_qpv": "60"}),
        (alice, "moyens", {"partenaires": "École"}), (bruno, "moyens", {"moyens": "Salle"}),
        (alice, "resultats", {"participation": "Comité"}), (bruno, "resultats", {"resultats_attendus": "Vingt"}),
    ]  # fmt: skip
    codes = []

    def jouer(client, etape, champs):
        try:
            codes.append(envoyer(client, dossier, lu[etape], etape, **champs)[0])
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer, args=envoi) for envoi in envois]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    dossier.refresh_from_db()
    assert codes == [200] * len(envois)
    attendus = {nom: valeur for _, _, champs in envois for nom, valeur in champs.items()}
    assert {nom: str(getattr(dossier, nom)) for nom in attendus} == attendus


def test_le_verbe_direct_se_voit_aussi_comme_un_changement(dossier):
    alice = membre(dossier, "Alice")
    lu = temoin(alice, dossier)
    bruno = MembreFactory(organisme=dossier.organisme).utilisateur
    operations.enregistrer(dossier, par=bruno, intitule="Par ailleurs")
    code, _ = envoyer(alice, dossier, lu, intitule="Le mien")
    assert code == 409
    assert json.loads(lu)["v"] == 0
