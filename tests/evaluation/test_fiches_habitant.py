"""Les fiches d'une réunion : les préparer, les imprimer, les réserver, recopier le papier, lire la colonne à part."""

import io
import uuid
from decimal import Decimal

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import habitants, operations
from evaluation.models import AvisCitoyen, FicheHabitant
from evaluation.operations import OperationRefusee, citoyens
from journal.models import Evenement
from tests.evaluation.outils_habitants import OUI, adresse, espaces, preparer, repondre, texte
from tests.fabriques import AffectationFactory, PassageFactory, ReunionFactory
from tests.fabriques_evaluation import conseil_citoyen

pytestmark = pytest.mark.django_db
PAGE_DES_FICHES = 8
PAGE_PUBLIQUE = 6
PAGE_DU_CONSEIL = 9
IMPRESSION = 10


@pytest.fixture
def fiche(seance):
    return preparer(seance)


def jeton():
    return str(uuid.uuid4())


def requetes(client, url):
    with CaptureQueriesContext(connection) as lues:
        assert client.get(url).status_code == 200
    return len(lues)


# Préparer


def test_une_fiche_par_dossier_et_par_conseil_sans_doublon(client, seance):
    for nom in ("Conseil citoyen du Centre", "Conseil citoyen du Nord"):
        conseil_citoyen(seance.reunion.collectivite, nom)
    PassageFactory(reunion=seance.reunion)
    client.force_login(seance.denis)
    for _ in range(2):
        assert client.post(adresse("habitants-preparer", seance.reunion.pk)).status_code == 302
    assert FicheHabitant.objects.count() == 4
    assert len(set(FicheHabitant.objects.values_list("code", flat=True))) == 4
    assert Evenement.objects.filter(type="reunion.preparer_fiches").count() == 1
    assert Evenement.objects.filter(type="dossier.preparer_fiche_habitant").count() == 2


def test_sans_conseil_citoyen_ou_sans_dossier_on_explique(seance):
    with pytest.raises(OperationRefusee, match="Aucun conseil citoyen"):
        citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    conseil_citoyen(seance.reunion.collectivite)
    vide = ReunionFactory(appel=seance.appel)
    with pytest.raises(OperationRefusee, match="Inscrivez d’abord"):
        citoyens.preparer_fiches(vide, par=seance.denis)
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        citoyens.preparer_fiches(seance.reunion, par=seance.eva)


def test_un_groupe_de_travail_n_a_pas_de_fiches(seance):
    groupe = ReunionFactory(sans_dossiers=True, collectivite=seance.reunion.collectivite)
    with pytest.raises(OperationRefusee, match="n’examine pas de dossiers"):
        citoyens.preparer_fiches(groupe, par=seance.denis)


def test_un_dossier_qui_change_de_reunion_garde_sa_fiche_et_ses_reponses(seance, fiche):
    repondre(fiche, "oui")
    autre = ReunionFactory(appel=seance.appel)
    seance.passage.reunion = autre
    seance.passage.save()
    citoyens.preparer_fiches(autre, par=seance.denis)
    fiche.refresh_from_db()
    assert fiche.reunion == autre
    assert fiche.avis.count() == 1


# Imprimer


def test_imprimer_une_fiche_un_conseil_ou_toute_la_reunion(client, seance, fiche):
    conseil_citoyen(seance.reunion.collectivite, "Conseil citoyen du Nord")
    PassageFactory(reunion=seance.reunion, dossier__intitule="Bouger à tout âge")
    citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    client.force_login(seance.denis)
    url = adresse("habitants-imprimer", seance.reunion.pk)
    for suite, nombre in (("", 4), (f"?conseil={fiche.conseil_id}", 2), (f"?fiche={fiche.pk}", 1)):
        reponse = client.get(url + suite)
        assert reponse["Content-Type"] == "application/pdf"
        assert "no-store" in reponse["Cache-Control"]
        assert len(pypdf.PdfReader(io.BytesIO(reponse.content)).pages) == nombre
    lu = pypdf.PdfReader(io.BytesIO(reponse.content)).pages[0].extract_text()
    assert fiche.code[:4] in lu
    assert "Jardiner ensemble" in lu


@pytest.mark.parametrize("suite", ["?fiche=0", "?fiche=x", "?conseil=99999999999999999999", "?fiche=-1"])
def test_imprimer_ce_qui_n_existe_pas(client, seance, fiche, suite):
    client.force_login(seance.denis)
    assert client.get(adresse("habitants-imprimer", seance.reunion.pk) + suite).status_code == 404


def test_l_agent_deporte_ne_lit_ni_n_imprime_la_fiche(client, seance, fiche):
    AffectationFactory(utilisateur=seance.eva, collectivite=seance.appel.collectivite, role=Role.AGENT)
    autre = PassageFactory(reunion=seance.reunion, dossier__intitule="Bouger à tout âge")
    citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Membre du bureau.")
    client.force_login(seance.eva)
    lu = texte(client.get(adresse("habitants-fiches", seance.reunion.pk)))
    assert autre.dossier.intitule in lu
    assert seance.dossier.numero not in lu
    pages = pypdf.PdfReader(io.BytesIO(client.get(adresse("habitants-imprimer", seance.reunion.pk)).content)).pages
    assert len(pages) == 1
    for nom in ("habitants-papier", "habitants-suite"):
        assert client.get(adresse(nom, fiche.pk)).status_code == 404
    with pytest.raises(OperationRefusee, match="déporté"):
        citoyens.saisir_papier(fiche, par=seance.eva, jeton="x", utile="oui")


# Réserver


def test_reserver_aux_conseils_vaut_aussi_pour_les_fiches_a_venir(client, seance, fiche):
    client.force_login(seance.denis)
    url = adresse("habitants-ouvrir", seance.reunion.pk)
    client.post(url, {"ouvrir": "0"})
    PassageFactory(reunion=seance.reunion)
    citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    assert not FicheHabitant.objects.filter(fermee_le=None).exists()
    assert "Seuls les conseils citoyens répondent" in texte(client.get(adresse("habitants-fiches", seance.reunion.pk)))
    client.post(url, {"ouvrir": "1", "fiche": fiche.pk})
    assert list(FicheHabitant.objects.filter(fermee_le=None)) == [fiche]
    client.post(url, {"ouvrir": "1"})
    assert not FicheHabitant.objects.exclude(fermee_le=None).exists()


def test_reservee_la_fiche_se_recopie_encore_et_le_conseil_repond(seance, fiche):
    citoyens.ouvrir_aux_habitants(seance.reunion, False, par=seance.denis)
    with pytest.raises(OperationRefusee, match="pas ouverte"):
        citoyens.repondre_par_code(fiche, jeton="a", utile="oui")
    citoyens.saisir_papier(fiche, par=seance.denis, jeton="b", utile="oui")
    citoyens.repondre_en_conseil(seance.dossier, par=seance.gisele, utile="non")
    assert espaces(habitants.avis_des_habitants([seance.dossier.pk])[seance.dossier.pk].phrase) == "1 oui, 1 non"


# Recopier


def test_recopier_plusieurs_feuilles_a_la_suite(client, seance, fiche):
    client.force_login(seance.denis)
    url = adresse("habitants-papier", fiche.pk)
    for utile in ("oui", "non"):
        assert client.post(url, OUI | {"utile": utile, "jeton": jeton()}).url == url
    lu = texte(client.get(url))
    assert "2 feuilles recopiées" in lu
    assert "Votre dernière feuille" in lu
    assert set(AvisCitoyen.objects.values_list("origine", "saisi_par")) == {("papier", seance.denis.pk)}


def test_une_feuille_envoyee_deux_fois_compte_une_fois(client, seance, fiche):
    client.force_login(seance.denis)
    envoi = OUI | {"jeton": jeton()}
    for _ in range(2):
        client.post(adresse("habitants-papier", fiche.pk), envoi)
    assert AvisCitoyen.objects.count() == 1
    assert Evenement.objects.filter(type="habitants.saisir_papier").count() == 1


def test_corriger_puis_supprimer_la_derniere(client, seance, fiche):
    client.force_login(seance.denis)
    url = adresse("habitants-papier", fiche.pk)
    for utile in ("oui", "non"):
        client.post(url, OUI | {"utile": utile, "jeton": jeton()})
    premiere, derniere = AvisCitoyen.objects.order_by("pk")
    client.post(f"{url}?corriger={derniere.pk}", OUI | {"utile": "un_peu", "jeton": jeton()})
    derniere.refresh_from_db()
    assert derniere.utile == "un_peu"
    supprimer = adresse("habitants-papier-supprimer", fiche.pk)
    client.post(supprimer, {"avis": premiere.pk})
    assert AvisCitoyen.objects.count() == 2
    for _ in range(2):  # le second clic ne supprime pas la précédente
        client.post(supprimer, {"avis": derniere.pk})
    assert list(AvisCitoyen.objects.all()) == [premiere]


@pytest.mark.parametrize(
    "donnees", [{}, {"utile": "oui"}, {"utile": "oui", "jeton": "faux"}, {"jeton": str(uuid.uuid4())}]
)
def test_une_feuille_mal_recopiee_ne_s_enregistre_pas(client, seance, fiche, donnees):
    client.force_login(seance.denis)
    reponse = client.post(adresse("habitants-papier", fiche.pk), donnees)
    assert reponse.status_code == 422
    assert not AvisCitoyen.objects.exists()


def test_apres_l_avis_on_ne_recopie_plus(client, seance, fiche):
    seance.rendre()
    client.force_login(seance.denis)
    url = adresse("habitants-papier", fiche.pk)
    assert "on ne recopie plus de feuille" in texte(client.get(url))
    assert client.post(url, OUI | {"jeton": jeton()}).status_code == 409
    assert not AvisCitoyen.objects.exists()


# La colonne à part


def test_une_seule_requete_pour_tous_les_dossiers(seance, fiche, django_assert_num_queries):
    repondre(fiche, "oui", "oui", "un_peu", "ne_sait_pas")
    autre = PassageFactory(reunion=seance.reunion).dossier
    dossier = seance.dossier
    with django_assert_num_queries(1):
        paroles = habitants.avis_des_habitants([dossier, autre])
    assert espaces(paroles[dossier.pk].phrase) == "2 oui, 1 un peu, 1 ne sait pas"
    assert paroles[dossier.pk].manques == [f"Manque {rang}" for rang in range(4)]
    assert not paroles[autre.pk]


def test_l_agent_lit_les_habitants_tout_de_suite(client, seance, fiche):
    repondre(fiche, "oui", "non")
    client.force_login(seance.denis)
    for url in (adresse("reunions-detail", seance.reunion.pk), adresse("evaluation-avis", seance.dossier.numero)):
        assert "1 oui, 1 non" in texte(client.get(url))


def test_l_evaluateur_les_lit_une_fois_les_notes_decouvertes(client, seance, fiche):
    repondre(fiche, "oui", "non")
    client.force_login(seance.eva)
    pages = [adresse("reunions-detail", seance.reunion.pk), adresse("evaluation-noter", seance.dossier.numero)]
    seance.envoyer(seance.eva, 2)
    assert [url for url in pages if "1 oui" in texte(client.get(url))] == []
    seance.envoyer(seance.farid, 5)
    assert [url for url in pages if "1 oui, 1 non" in texte(client.get(url))] == pages


def test_les_habitants_ne_changent_pas_la_moyenne(client, seance, fiche):
    seance.envoyer(seance.eva, 4)
    seance.envoyer(seance.farid, 4)
    avant = operations.demander_proces_verbal(seance.reunion, par=seance.denis).donnees["dossiers"][0]["note"]
    repondre(fiche, "non", "non", "non")
    assert avant == "80.00"
    client.force_login(seance.denis)
    assert "80,0 sur 100" in texte(client.get(adresse("evaluation-avis", seance.dossier.numero)))


# Ce que dit la fiche


def test_le_projet_en_mots_courants(seance, fiche):
    dossier = habitants.avec_l_essentiel(Dossier.objects.all()).get(pk=seance.dossier.pk)
    bref = habitants.en_bref(dossier)
    assert bref.qui == f"{dossier.organisme.nom}, une association."
    dit = espaces(" ".join([bref.pour_qui, bref.quand, bref.combien]))
    assert "40 personnes en tout. Environ 32 vivent dans un quartier prioritaire" in dit
    assert "5 000 € en tout. Cela fait environ 125 € par personne." in dit
    assert bref.nouveau == ("C’est un projet nouveau.",)


def test_un_dossier_presque_vide_se_dit_quand_meme(seance, fiche):
    Dossier.objects.filter(pk=seance.dossier.pk).update(
        intitule="", description="", public="", debut=None, fin=None, nb_beneficiaires=None, part_qpv=None
    )
    seance.dossier.lignes_budget.all().delete()
    seance.dossier.cibles.all().delete()
    bref = habitants.en_bref(habitants.avec_l_essentiel(Dossier.objects.all()).get(pk=seance.dossier.pk))
    assert (bref.titre, bref.quand) == ("Projet sans titre", "Les dates ne sont pas encore fixées.")
    assert bref.combien == "Le coût n’est pas indiqué."


def test_ce_qui_est_nouveau_se_compare_a_la_derniere_fois(seance, fiche):
    avant = PassageFactory(reunion=seance.reunion).dossier
    Dossier.objects.filter(pk=avant.pk).update(nb_beneficiaires=30, intitule="Jardin d’avant", issue="refuse")
    Dossier.objects.filter(pk=seance.dossier.pk).update(renouvelle=avant)
    avant.lignes_budget.filter(compte="60").update(montant=Decimal("1000"))
    bref = habitants.en_bref(habitants.avec_l_essentiel(Dossier.objects.all()).get(pk=seance.dossier.pk))
    dit = espaces(" ".join(bref.nouveau))
    assert dit.startswith("Ce projet a déjà été proposé. Avant, il s’appelait « Jardin d’avant ».")
    assert "40 personnes, au lieu de 30." in dit
    assert "Il coûte 5 000 €, au lieu de 4 000 €." in dit


# Combien de requêtes


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_fiches(client, seance, fiche, nombre):
    for _ in range(nombre - 1):
        PassageFactory(reunion=seance.reunion)
    citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    for prete in FicheHabitant.objects.all():
        repondre(prete, *["oui"] * nombre)
    lues = {"publique": requetes(client, adresse("avis-habitant-repondre", fiche.code))}
    client.force_login(seance.denis)
    lues["fiches"] = requetes(client, adresse("habitants-fiches", seance.reunion.pk))
    lues["impression"] = requetes(client, adresse("habitants-imprimer", seance.reunion.pk))
    client.force_login(seance.gisele)
    lues["conseil"] = requetes(client, adresse("conseils-suites", fiche.conseil_id))
    assert lues == {
        "publique": PAGE_PUBLIQUE, "fiches": PAGE_DES_FICHES, "impression": IMPRESSION, "conseil": PAGE_DU_CONSEIL,
    }  # fmt: skip


def test_un_dossier_retire_n_a_plus_de_fiche_a_imprimer(client, seance, fiche):
    Dossier.objects.filter(pk=seance.dossier.pk).update(etat=Etat.RETIRE)
    client.force_login(seance.denis)
    assert client.get(adresse("habitants-imprimer", seance.reunion.pk)).status_code == 404
    assert seance.dossier.intitule not in texte(client.get(adresse("habitants-fiches", seance.reunion.pk)))
