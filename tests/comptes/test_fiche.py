"""La fiche permanente, page par page : ce qu'elle garde, ce qu'elle refuse, ce qui lui manque."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from comptes import operations, registre
from comptes.fiche import manques_de_fiche, pages_de, titulaire_differe
from comptes.models import Membre, Organisme
from journal.models import Evenement
from tests.fabriques import MembreFactory, OrganismeFactory

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"
ADRESSES = {"adresse": "3 rue des Mineurs", "code_postal": "62700", "ville": "Divion", "telephone": "03.21.00.00.01"}
PERSONNES = {
    "representant_prenom": "Alice",
    "representant_nom": "Moreau",
    "representant_fonction": "Présidente",
    "representant_telephone": "03 21 00 00 00",
    "representant_courriel": "alice@jardins.test",
}
MOYENS = {"effectifs_annee": "2026", "nb_benevoles": "12", "nb_salaries": "3", "nb_adherents": "40"}
SANS_AGREMENT = {"agrements-TOTAL_FORMS": "1", "agrements-INITIAL_FORMS": "0", "agrements-0-type": ""}


@pytest.fixture
def organisme(client):
    alice = MembreFactory()
    client.force_login(alice.utilisateur)
    return alice.organisme


@pytest.fixture(autouse=True)
def en_2027():
    with time_machine.travel("2027-02-01T10:00:00+01:00", tick=False):
        yield


def envoyer(client, organisme, page, **champs):
    organisme.refresh_from_db()
    return client.post(f"/organisme/{organisme.pk}/modifier/{page}/", {"version": organisme.version, **champs})


def test_chaque_page_s_ouvre_et_dit_ou_l_on_est(client, organisme):
    for page in pages_de(organisme):
        lue = client.get(f"/organisme/{organisme.pk}/modifier/{page.code}/")
        assert lue.status_code == 200
        assert f"<h1>{page.titre}</h1>" in lue.content.decode()


def test_une_page_s_enregistre_et_mene_a_la_suivante(client, organisme):
    reponse = envoyer(client, organisme, "adresses", continuer="1", **ADRESSES)
    assert reponse.url == f"/organisme/{organisme.pk}/modifier/personnes/"
    organisme.refresh_from_db()
    assert (organisme.ville, organisme.telephone, organisme.version) == ("Divion", "0321000001", 1)
    fait = Evenement.objects.get()
    assert (fait.type, set(fait.donnees["champs"])) == (
        "organisme.modifier",
        {"adresse", "ville", "telephone", "courriel"},
    )


def test_une_saisie_fausse_reste_a_l_ecran(client, organisme):
    reponse = envoyer(client, organisme, "adresses", **ADRESSES | {"telephone": "12", "code_postal": "96000"})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "numéro de téléphone n’est pas valable" in page
    assert "Ce code postal n’existe pas" in page
    assert 'value="Divion"' in page
    assert not Evenement.objects.exists()


def test_deux_personnes_sur_deux_pages_ne_se_genent_pas(client, organisme):
    lue = organisme.version
    envoyer(client, organisme, "adresses", **ADRESSES)
    reponse = client.post(f"/organisme/{organisme.pk}/modifier/personnes/", {"version": lue, **PERSONNES})
    assert reponse.status_code == 302
    organisme.refresh_from_db()
    assert (organisme.ville, organisme.representant_courriel) == ("Divion", "alice@jardins.test")


def test_deux_personnes_sur_la_meme_page_la_seconde_relit(client, organisme):
    lue = organisme.version
    envoyer(client, organisme, "adresses", **ADRESSES)
    adresse = f"/organisme/{organisme.pk}/modifier/adresses/"
    reponse = client.post(adresse, {"version": lue, **ADRESSES, "ville": "Houdain"})
    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Une autre personne a enregistré cette page" in page
    assert 'value="Houdain"' in page
    assert "« Divion »" in page
    assert 'name="version" value="1"' in page
    assert client.post(adresse, {"version": "1", **ADRESSES, "ville": "Houdain"}).status_code == 302


@pytest.mark.parametrize("version", ["", "-1", "99", "abc", "٣", "1" * 40])
def test_une_version_forgee_fait_relire(client, organisme, version):
    reponse = client.post(f"/organisme/{organisme.pk}/modifier/adresses/", {"version": version, **ADRESSES})
    assert reponse.status_code == 409
    organisme.refresh_from_db()
    assert organisme.ville != "Divion"


def test_l_iban_est_chiffre_en_base_et_masque_a_l_ecran(client, organisme):
    Organisme.objects.update(iban="")
    compte = {"iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "agrifrpp", "titulaire_compte": organisme.nom}
    assert envoyer(client, organisme, "banque", **compte).status_code == 302
    with connection.cursor() as curseur:
        curseur.execute("SELECT iban FROM comptes_organisme")
        [(brut,)] = curseur.fetchall()
    assert IBAN not in brut
    for adresse in ("", "modifier/banque/"):
        page = client.get(f"/organisme/{organisme.pk}/{adresse}").content.decode()
        assert IBAN not in page
        assert "0189" in page


def test_un_iban_laisse_vide_garde_le_compte(client, organisme):
    envoyer(client, organisme, "banque", iban="", bic="", titulaire_compte="Les Ateliers")
    organisme.refresh_from_db()
    assert (organisme.iban, organisme.titulaire_compte) == (IBAN, "Les Ateliers")


@pytest.mark.parametrize(
    ("iban", "phrase"),
    [
        ("FR7630006000011234567890188", "Cet IBAN n’est pas valable"),
        # Clé de l'IBAN juste, clé du RIB fausse : seule la seconde vérification le voit.
        ("FR4930006000011234567890190", "La clé RIB de cet IBAN n’est pas juste"),
    ],
)
def test_un_iban_faux_est_refuse(client, organisme, iban, phrase):
    reponse = envoyer(client, organisme, "banque", iban=iban, bic="AGRIFRPP", titulaire_compte=organisme.nom)
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()


def test_un_titulaire_qui_n_est_pas_l_organisme_se_remarque_sans_bloquer(client, organisme):
    reponse = envoyer(client, organisme, "banque", iban="", bic="", titulaire_compte="M. Jean Dupont")
    assert reponse.status_code == 302
    assert "qui ne ressemble pas à" in client.get(reponse.url).content.decode()


def test_un_redacteur_ne_change_pas_le_compte(client):
    bruno = MembreFactory(role=Membre.Role.REDACTEUR)
    client.force_login(bruno.utilisateur)
    adresse = f"/organisme/{bruno.organisme_id}/modifier/banque/"
    assert 'name="iban"' not in client.get(adresse).content.decode()
    reponse = client.post(adresse, {"version": 0, "iban": "FR1420041010050500013M02606", "titulaire_compte": "Moi"})
    assert reponse.status_code == 409
    bruno.organisme.refresh_from_db()
    assert bruno.organisme.iban == IBAN
    with pytest.raises(operations.OperationRefusee, match="compte bancaire"):
        operations.modifier_organisme(bruno.organisme, par=bruno.utilisateur, version=0, bic="BNPAFRPPXXX")


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"nb_emplois_aides": "4"}, "nb_emplois_aides"),
        ({"nb_salaries": "", "nb_emplois_aides": "1"}, "nb_salaries"),
        ({"nb_benevoles": "-1"}, "nb_benevoles"),
        ({"etpt_salaries": "-0,5"}, "etpt_salaries"),
        ({"nb_adherents": "99999999999"}, "nb_adherents"),
        ({"effectifs_annee": "1999"}, "effectifs_annee"),
    ],
)
def test_des_effectifs_impossibles_sont_expliques(client, organisme, change, champ):
    reponse = envoyer(client, organisme, "moyens", **MOYENS | change)
    assert reponse.status_code == 422
    assert f'id="id_{champ}_error"' in reponse.content.decode()
    organisme.refresh_from_db()
    assert organisme.nb_benevoles is None


def test_plus_d_etpt_que_de_salaries_se_remarque_seulement(client, organisme):
    reponse = envoyer(client, organisme, "moyens", **MOYENS | {"etpt_salaries": "3,5"})
    assert "dépassent le nombre de salariés" in client.get(reponse.url).content.decode()
    organisme.refresh_from_db()
    assert organisme.etpt_salaries == Decimal("3.5")


def test_les_agrements_s_ajoutent_sans_script_et_se_retirent(client, organisme):
    ligne = {"agrements-0-type": "Jeunesse et éducation populaire", "agrements-0-date": "2020-05-04"}
    ajout = envoyer(client, organisme, "administration", ajouter="1", **SANS_AGREMENT | ligne)
    assert ajout.url.endswith("/administration/#agrements")
    page = client.get(ajout.url).content.decode()
    assert 'value="Jeunesse et éducation populaire"' in page
    assert 'name="agrements-1-type"' in page
    deux = {
        "agrements-TOTAL_FORMS": "2",
        "agrements-INITIAL_FORMS": "1",
        **ligne,
        "agrements-0-retirer": "on",
        "agrements-1-type": "Sport",
    }
    envoyer(client, organisme, "administration", **deux)
    assert [str(agrement) for agrement in organisme.agrements.all()] == ["Sport"]
    assert Evenement.objects.last().donnees == {"champs": ["agrements"]}


def test_un_agrement_sans_nom_ou_a_venir_est_explique(client, organisme):
    ligne = {"agrements-0-attribue_par": "La préfecture", "agrements-0-date": "2999-01-01"}
    reponse = envoyer(client, organisme, "administration", **SANS_AGREMENT | ligne)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "Donnez le nom de cet agrément." in page
    assert "Cette date est à venir." in page
    assert 'value="La préfecture"' in page


def test_l_utilite_publique_a_sa_date(client, organisme):
    reponse = envoyer(client, organisme, "administration", utilite_publique="on", **SANS_AGREMENT)
    assert reponse.status_code == 422
    assert "Journal officiel" in reponse.content.decode()


def test_une_commune_ne_voit_ni_agrement_ni_reseau_ni_adherents(client, organisme):
    Organisme.objects.update(type="commune", rna="")
    organisme.refresh_from_db()
    assert [page.code for page in pages_de(organisme)] == ["identite", "adresses", "personnes", "moyens", "banque"]
    for page in ("administration", "reseau", "inconnue"):
        assert client.get(f"/organisme/{organisme.pk}/modifier/{page}/").status_code == 404
    moyens = client.get(f"/organisme/{organisme.pk}/modifier/moyens/").content.decode()
    assert "nb_adherents" not in moyens
    assert "nb_benevoles" not in moyens


def test_l_identite_garde_un_registre_ecrit_autrement(client, organisme):
    Organisme.objects.update(rna="", registre_local="Registre de Metz, vol. 3")
    champs = {"type": "association", "nom": "Nouveau nom", "siret": organisme.siret, "site_web": "jardins.test"}
    assert envoyer(client, organisme, "identite", **champs).status_code == 302
    organisme.refresh_from_db()
    assert (organisme.nom, organisme.registre_local) == ("Nouveau nom", "Registre de Metz, vol. 3")
    assert organisme.site_web == "https://jardins.test"


def test_le_registre_se_relit_tel_qu_il_fut_ecrit():
    ecrit = registre.Registre(date(1998, 3, 12), "XII", "34 bis", "Strasbourg")
    assert registre.lire(str(ecrit)) == ecrit
    assert registre.lire("au tribunal") is None


def _complet(**champs):
    return OrganismeFactory.build(
        representant_telephone="0321000000", representant_courriel="a@b.test", effectifs_annee=2026,
        nb_benevoles=0, nb_salaries=0, nb_adherents=12, **champs,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "attendus"),
    [
        ({}, []),
        ({"rna": ""}, [("identite", "rna")]),
        ({"rna": "", "type": "commune", "nb_benevoles": None, "nb_adherents": None}, []),
        ({"representant_courriel": ""}, [("personnes", "representant_courriel")]),
        ({"nb_salaries": None}, [("moyens", "nb_salaries")]),
        ({"effectifs_annee": 2025}, [("moyens", "effectifs_annee")]),
        ({"utilite_publique": True}, [("administration", "utilite_publique_le")]),
        ({"iban": "", "ville": ""}, [("adresses", "ville"), ("banque", "iban")]),
    ],
)
def test_ce_qui_manque_se_dit_dans_l_ordre_des_pages(change, attendus, django_assert_num_queries):
    organisme = _complet()
    for champ, valeur in change.items():
        setattr(organisme, champ, valeur)
    with django_assert_num_queries(0):
        manques = manques_de_fiche(organisme, date(2027, 2, 1))
    assert [(manque.page, manque.champ) for manque in manques] == attendus


def test_la_fiche_dit_ce_qui_manque_puis_qu_elle_est_complete(client, organisme):
    page = client.get(f"/organisme/{organisme.pk}/").content.decode()
    assert f'href="/organisme/{organisme.pk}/modifier/personnes/#id_representant_telephone"' in page
    envoyer(client, organisme, "personnes", **PERSONNES)
    envoyer(client, organisme, "moyens", **MOYENS)
    assert "Votre fiche est complète." in client.get(f"/organisme/{organisme.pk}/").content.decode()


@pytest.mark.parametrize(
    ("titulaire", "nom", "sigle", "attendu"),
    [
        ("ASSOC LES JARDINS DU TERRIL", "Les Jardins du Terril", "", False),
        ("Jardins Térril", "Les jardins du terril", "", False),
        ("LJDT", "Les Jardins du Terril", "", False),
        ("AJT 62", "Les Jardins du Terril", "AJT", False),
        ("M. Jean Dupont", "Les Jardins du Terril", "", True),
        ("Association des amis", "Association des parents", "", True),
        ("", "Les Jardins du Terril", "", False),
    ],
)
def test_un_titulaire_nettement_different(titulaire, nom, sigle, attendu):
    assert titulaire_differe(titulaire, nom, sigle) is attendu
