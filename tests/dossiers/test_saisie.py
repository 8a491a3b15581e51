"""Le porteur remplit son dossier, étape par étape ; rien de ce qu'il tape ne se perd."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Membre
from dossiers import operations
from dossiers.models import Dossier
from tests.fabriques import AppelFactory, MembreFactory, UtilisateurFactory
from tests.fabriques_appels import ObjectifFactory, PieceDemandeeFactory
from tests.fabriques_comptes import MOT_DE_PASSE
from tests.fabriques_dossiers import DossierFactory, fichier

pytestmark = pytest.mark.django_db
ETAPES = ("action", "objectifs", "public", "budget", "pieces", "relecture")


def temoin(reponse):
    """Ce que la page emporte de ce qu'elle a montré."""
    return html.unescape(re.search(r'name="version" value="([^"]*)"', reponse.content.decode())[1])


@pytest.fixture
def brouillon():
    return DossierFactory()


@pytest.fixture
def alice(brouillon, client):
    personne = MembreFactory(organisme=brouillon.organisme, role=Membre.Role.REPRESENTANT).utilisateur
    client.force_login(personne)
    return personne


def url(nom, dossier):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


@pytest.mark.parametrize("etape", ETAPES)
def test_chaque_etape_s_affiche_pour_qui_ecrit(client, alice, brouillon, etape):
    page = texte(client.get(url(etape, brouillon)))
    assert "Enregistré à" in page
    assert 'aria-current="step"' in page


@pytest.mark.parametrize("etape", ETAPES)
def test_une_etrangere_ne_trouve_pas_le_dossier(client, brouillon, etape):
    client.force_login(MembreFactory().utilisateur)
    assert client.get(url(etape, brouillon)).status_code == 404
    assert client.post(url(etape, brouillon), {"intitule": "Piraté"}).status_code in {404, 302}
    brouillon.refresh_from_db()
    assert brouillon.intitule == ""


@pytest.mark.parametrize("etape", ETAPES)
def test_un_dossier_depose_ne_se_modifie_plus(client, etape):
    dossier = DossierFactory(depose=True)
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    reponse = client.post(url(etape, dossier), {"intitule": "Trop tard"}, follow=True)
    assert reponse.redirect_chain[0][0] == url("detail", dossier)
    assert "il ne se modifie plus" in texte(reponse)
    dossier.refresh_from_db()
    assert dossier.intitule == ""


def test_enregistrer_sans_tout_remplir_puis_continuer(client, alice, brouillon):
    reponse = client.post(url("action", brouillon), {"intitule": "Jardiner", "version": 0, "suite": "continuer"})
    assert reponse.url == url("objectifs", brouillon)
    brouillon.refresh_from_db()
    assert (brouillon.intitule, brouillon.version) == ("Jardiner", 1)


def test_deux_collegues_la_seconde_garde_sa_saisie_et_lit_celle_de_l_autre(client, alice, brouillon):
    bruno = MembreFactory(organisme=brouillon.organisme).utilisateur
    operations.enregistrer(brouillon, par=bruno, intitule="Le titre de Bruno")
    reponse = client.post(url("action", brouillon), {"intitule": "Le titre d’Alice", "version": 0})
    page = texte(reponse)
    assert reponse.status_code == 409
    assert 'value="Le titre d’Alice"' in page
    assert "<dd>Le titre de Bruno <span" in page
    brouillon.refresh_from_db()
    assert brouillon.intitule == "Le titre de Bruno"
    client.post(url("action", brouillon), {"intitule": "Le titre d’Alice", "version": temoin(reponse)})
    brouillon.refresh_from_db()
    assert brouillon.intitule == "Le titre d’Alice"


def test_des_dates_a_l_envers_sont_expliquees_et_gardees(client, alice, brouillon):
    reponse = client.post(
        url("public", brouillon), {"debut": "2027-06-01", "fin": "2027-05-01", "part_qpv": "130", "version": 0}
    )
    page = texte(reponse)
    assert reponse.status_code == 422
    assert "L’action finit avant d’avoir commencé" in page
    assert 'value="2027-05-01"' in page
    assert 'value="130"' in page
    brouillon.refresh_from_db()
    # Ce qui tient est entré, ce qui ne tient pas attend d'être corrigé.
    assert (brouillon.debut, brouillon.fin, brouillon.part_qpv) == (date(2027, 6, 1), None, None)


def cles(dossier):
    objectif = dossier.appel.objectifs.first()
    return [f"{objectif.pk}-{quartier.pk}" for quartier in objectif.quartiers.all()]


def test_les_objectifs_coches_sont_gardes_le_principal_d_abord(client, alice, brouillon):
    premier, second = brouillon.appel.objectifs.all()
    quartier = premier.quartiers.first()
    client.post(
        url("objectifs", brouillon),
        {
            "cibles": [f"{premier.pk}-{quartier.pk}", f"{second.pk}-{quartier.pk}"],
            "principal": second.pk,
            "version": 0,
        },
    )
    assert [cible.objectif for cible in brouillon.cibles.all()] == [second, premier]


@pytest.mark.parametrize("forge", ["999999-1", "abc", "1"])
def test_un_objectif_forge_est_refuse(client, alice, brouillon, forge):
    reponse = client.post(url("objectifs", brouillon), {"cibles": [cles(brouillon)[0], forge], "version": 0})
    assert reponse.status_code == 422
    assert "ne fait pas partie de l’appel" in texte(reponse)
    assert not brouillon.cibles.exists()


def test_l_objectif_d_une_autre_convention_est_refuse_meme_par_l_operation(client, alice, brouillon):
    ailleurs = ObjectifFactory()
    quartier = brouillon.appel.convention.quartiers.first()
    with pytest.raises(operations.OperationRefusee):
        operations.viser(brouillon, [(ailleurs, quartier)], par=alice)
    reponse = client.post(url("objectifs", brouillon), {"cibles": [f"{ailleurs.pk}-{quartier.pk}"], "version": 0})
    assert reponse.status_code == 422


def budget_saisi(dossier, **plus):
    financeur = dossier.appel.financeurs.first()
    return {
        "version": dossier.version,
        f"F-{financeur.pk}-montant": "3 000",
        "C60-0-montant": "2 000,50",
        "C60-0-libelle": "terre et graines",
        "C64-0-montant": "2999.50 €",
        "P756-0-montant": "1\u202f500",
        "P74-0-montant": "500",
        "P74-0-libelle": "Fondation des Corons",
        **plus,
    }


def test_un_budget_saisi_a_la_francaise(client, alice, brouillon):
    reponse = client.post(url("budget", brouillon), budget_saisi(brouillon))
    assert reponse.status_code == 302
    lignes = {(li.compte, li.montant, li.libelle) for li in brouillon.lignes_budget.all()}
    assert lignes == {
        ("60", Decimal("2000.50"), "terre et graines"),
        ("64", Decimal("2999.50"), ""),
        ("756", Decimal("1500"), ""),
        ("74", Decimal("500"), "Fondation des Corons"),
    }
    assert brouillon.financements.get().montant_demande == Decimal("3000")
    page = texte(client.get(url("budget", brouillon)))
    assert "Le budget est équilibré." in page
    assert 'value="2\u202f000,50"' in page


@pytest.mark.parametrize(
    ("montant", "message"),
    [
        ("douze", "Ce montant n’est pas lisible"),
        ("1e9", "Ce montant n’est pas lisible"),
        ("NaN", "Ce montant n’est pas lisible"),
        ("Infinity", "Ce montant n’est pas lisible"),
        ("-12", "ne peut pas être négatif"),
        ("12,345", "deux chiffres au plus"),
        ("99999999999", "trop grand"),
    ],
)
def test_un_montant_illisible_est_garde_et_explique(client, alice, brouillon, montant, message):
    reponse = client.post(url("budget", brouillon), budget_saisi(brouillon, **{"C60-0-montant": montant}))
    page = texte(reponse)
    assert reponse.status_code == 422
    assert message in page
    assert f'value="{montant}"' in page
    assert 'value="terre et graines"' in page
    # Les autres lignes sont entrées : une faute n'emporte pas le reste.
    assert set(brouillon.lignes_budget.values_list("compte", flat=True)) == {"60", "64", "756", "74"}
    assert brouillon.lignes_budget.get(compte="60").montant == 0


def test_une_precision_sans_montant_est_gardee(client, alice, brouillon):
    client.post(url("budget", brouillon), {"C60-0-libelle": "terre et graines", "version": 0})
    page = texte(client.get(url("budget", brouillon)))
    assert 'name="C60-0-libelle" value="terre et graines"' in page


def test_un_budget_desequilibre_s_enregistre_et_propose_de_se_reparer(client, alice, brouillon):
    client.post(url("budget", brouillon), budget_saisi(brouillon, **{"P756-0-montant": "300"}))
    page = texte(client.get(url("budget", brouillon)))
    assert "Il manque 1\u202f200,00\u00a0€ de produits." in page
    assert "Ajouter de l’autofinancement" in page
    brouillon.refresh_from_db()
    code = re.search(r'value="(autofinancer\.[0-9a-f]+)"', page)[1]
    client.post(url("budget", brouillon), budget_saisi(brouillon, **{"P756-0-montant": "300", "reparer": code}))
    assert brouillon.lignes_budget.get(compte="PRO").montant == Decimal("1200")
    assert "Le budget est équilibré." in texte(client.get(url("budget", brouillon)))


def test_conflit_sur_le_budget(client, alice, brouillon):
    bruno = Client()
    bruno.force_login(MembreFactory(organisme=brouillon.organisme).utilisateur)
    bruno.post(url("budget", brouillon), budget_saisi(brouillon))
    reponse = client.post(url("budget", brouillon), budget_saisi(brouillon, version=0, **{"C60-0-montant": "1"}))
    assert reponse.status_code == 409
    assert "<dd>2\u202f000,50\u00a0€ <span" in texte(reponse)
    assert brouillon.lignes_budget.filter(montant=Decimal("2000.50")).exists()


def test_commencer_avec_un_seul_organisme(client, alice, brouillon):
    appel = AppelFactory()
    adresse = reverse("dossiers-commencer", args=[appel.slug])
    assert "Commencer le dossier" in texte(client.get(adresse))
    reponse = client.post(adresse)
    dossier = Dossier.objects.get(appel=appel)
    assert reponse.url == url("action", dossier)
    assert dossier.numero == f"{appel.annee}-{appel.code}-0001"
    # Un second clic retrouve le même brouillon.
    client.post(adresse, {"organisme": dossier.organisme_id})
    assert Dossier.objects.filter(appel=appel).count() == 1


def test_commencer_propose_d_abord_de_reprendre(client, alice, brouillon):
    adresse = reverse("dossiers-commencer", args=[brouillon.appel.slug])
    Dossier.objects.filter(pk=brouillon.pk).update(intitule="Mon brouillon", version=1)
    assert "Mon brouillon" in texte(client.get(adresse))
    assert client.post(adresse).status_code == 200
    assert Dossier.objects.count() == 1
    client.post(adresse, {"organisme": brouillon.organisme_id})
    assert Dossier.objects.count() == 2


def test_commencer_sans_organisme_mene_a_l_inscription(client):
    client.force_login(UtilisateurFactory())
    appel = AppelFactory()
    adresse = reverse("dossiers-commencer", args=[appel.slug])
    assert client.get(adresse).url == f"/organisme/nouveau/?suite={adresse.replace('/', '%2F')}"


def test_commencer_pour_l_organisme_d_une_autre_est_refuse(client, alice, brouillon):
    appel = AppelFactory()
    reponse = client.post(reverse("dossiers-commencer", args=[appel.slug]), {"organisme": MembreFactory().organisme.pk})
    assert reponse.status_code == 409
    assert not Dossier.objects.filter(appel=appel).exists()


@pytest.mark.parametrize("trait", ["clos", "a_venir"])
def test_commencer_hors_de_la_periode(client, alice, trait):
    appel = AppelFactory(**{trait: True})
    adresse = reverse("dossiers-commencer", args=[appel.slug])
    assert "Le dépôt n’est pas ouvert" in texte(client.get(adresse))
    assert client.post(adresse).status_code == 409
    assert not Dossier.objects.filter(appel=appel).exists()


def test_un_appel_en_preparation_n_existe_pas(client, alice):
    appel = AppelFactory(en_preparation=True)
    assert client.get(reverse("dossiers-commencer", args=[appel.slug])).status_code == 404


@pytest.mark.parametrize("etape", ["action", "public", "budget", "objectifs"])
def test_une_session_expiree_rend_la_saisie_apres_reconnexion(client, alice, brouillon, etape):
    """Sans JavaScript : le formulaire part, la session n'est plus là ; après la connexion, on renvoie tout."""
    saisies = {
        "action": {"intitule": "Écrit trop tard", "version": "0"},
        "public": {"public": "Familles", "version": "0"},
        "budget": {"C60-0-montant": "1 234,50", "C60-0-libelle": "terre", "version": "0"},
        "objectifs": {"cibles": cles(brouillon), "version": "0"},
    }
    client.logout()
    reponse = client.post(url(etape, brouillon), saisies[etape])
    assert reponse.url.startswith("/connexion/")
    brouillon.refresh_from_db()
    assert brouillon.version == 0
    apres = client.post(reponse.url, {"login": alice.email, "password": MOT_DE_PASSE}, follow=True)
    page = texte(apres)
    assert f'action="{url(etape, brouillon)}"' in page
    renvoi = {}
    for nom, valeur in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        renvoi.setdefault(nom, []).append(valeur)
    assert client.post(url(etape, brouillon), renvoi).status_code == 302
    brouillon.refresh_from_db()
    assert brouillon.version == 1


def test_supprimer_un_brouillon_mais_pas_un_dossier_depose(client, alice, brouillon):
    depose = DossierFactory(depose=True, organisme=brouillon.organisme)
    client.post(url("supprimer", depose))
    client.post(url("supprimer", brouillon))
    assert list(Dossier.objects.all()) == [depose]


def test_joindre_remplacer_retirer(client, alice, brouillon, django_capture_on_commit_callbacks):
    demandee = PieceDemandeeFactory(appel=brouillon.appel, libelle="Statuts")
    client.post(url("pieces", brouillon), {"demandee": demandee.pk, "fichier": fichier("statuts.pdf")})
    premiere = brouillon.pieces.get()
    assert (premiere.nom, premiere.demandee, premiere.jointe_par) == ("statuts.pdf", demandee, alice)
    nouveau = fichier("statuts-2.pdf", b"%PDF-1.7\nautre\n%%EOF")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("pieces", brouillon), {"demandee": demandee.pk, "remplace": premiere.pk, "fichier": nouveau})
    assert [piece.nom for piece in brouillon.pieces.all()] == ["statuts-2.pdf"]
    assert not premiere.fichier.storage.exists(premiere.fichier.name)
    client.post(reverse("pieces-enlever", args=[brouillon.pieces.get().pk]))
    assert not brouillon.pieces.exists()


def test_une_piece_refusee_laisse_l_ancienne(client, alice, brouillon):
    demandee = PieceDemandeeFactory(appel=brouillon.appel)
    client.post(url("pieces", brouillon), {"demandee": demandee.pk, "fichier": fichier()})
    ancienne = brouillon.pieces.get()
    reponse = client.post(
        url("pieces", brouillon),
        {"demandee": demandee.pk, "remplace": ancienne.pk, "fichier": fichier("faux.pdf", b"MZ executable")},
    )
    assert reponse.status_code == 422
    assert "n’est pas celui d’un fichier PDF" in texte(reponse)
    assert list(brouillon.pieces.all()) == [ancienne]


def test_une_piece_demandee_forgee_n_existe_pas(client, alice, brouillon):
    ailleurs = PieceDemandeeFactory()
    reponse = client.post(url("pieces", brouillon), {"demandee": ailleurs.pk, "fichier": fichier()})
    assert reponse.status_code == 404
    assert not brouillon.pieces.exists()


def test_les_formulaires_lisent_les_numeros_inconnus_comme_absents(client, alice):
    assert client.get("/dossiers/2027-XXX-9999/").status_code == 404
    assert client.get("/pieces/999999/").status_code == 404
