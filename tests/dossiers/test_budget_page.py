"""La page du budget : deux colonnes, des réparations qu'on voit avant et qu'on annule, des lignes qui se fondent."""

import html
import re
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptes.acces import ENTETE_CHAMPS
from comptes.models import Membre
from dossiers.models import HeuresBenevoles, LigneBudget
from programmation.models import Decision
from tests.fabriques import MembreFactory, UtilisateurFactory
from tests.fabriques_dossiers import DossierFactory
from tests.fabriques_programmation import DeliberationFactory

pytestmark = pytest.mark.django_db
CHAMP = {ENTETE_CHAMPS: "champ"}


@pytest.fixture
def dossier():
    return DossierFactory(intitule="Jardin")


@pytest.fixture
def alice(dossier, client):
    personne = MembreFactory(organisme=dossier.organisme, role=Membre.Role.REPRESENTANT).utilisateur
    client.force_login(personne)
    return personne


def url(dossier, nom="budget"):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


def texte(reponse):
    return re.sub(r"\s+", " ", html.unescape(reponse.content.decode()).replace("\u202f", " ").replace("\u00a0", " "))


def temoin(reponse):
    return html.unescape(re.search(r'name="version" value="([^"]*)"', reponse.content.decode())[1])


def boutons(reponse):
    """Les réparations offertes par la page : {nom: code}."""
    codes = re.findall(r'name="reparer" value="([^"]+)"', reponse.content.decode())
    return {code.partition(".")[0]: code for code in codes}


def saisie(client, dossier, **champs):
    """La page telle qu'un navigateur sans script la renvoie, avec ces champs changés."""
    page = client.get(url(dossier))
    corps = page.content.decode()
    envoi = {}
    for balise in re.findall(r"<input[^>]+>", corps):
        nom, valeur = re.search(r'name="([^"]+)"', balise), re.search(r'value="([^"]*)"', balise)
        if nom and "checkbox" not in balise and nom[1] != "csrfmiddlewaretoken":
            envoi[nom[1]] = html.unescape(valeur[1]) if valeur else ""
    return envoi | champs


def envoyer(client, dossier, lu, **champs):
    donnees = {"version": lu, "champs": list(champs), **champs}
    reponse = client.post(url(dossier), donnees, headers=CHAMP)
    return reponse.status_code, reponse.json()


def montants(dossier):
    lignes = {f"{li.sens}{li.compte}-{li.rang}": li.montant for li in dossier.lignes_budget.all()}
    return lignes | {"demande": sum(f.montant_demande for f in dossier.financements.all())}


def remplir(client, dossier, **champs):
    financeur = dossier.appel.financeurs.first()
    base = {"C60-0-montant": "2600", "C64-0-montant": "2400", "P756-0-montant": "1800"}
    return client.post(url(dossier), saisie(client, dossier, **{**base, f"F-{financeur.pk}-montant": "2000", **champs}))


# --- Réparer.


def test_une_reparation_se_voit_s_applique_et_s_annule(client, alice, dossier):
    remplir(client, dossier)
    page = client.get(url(dossier))
    assert "Il manque 1 200,00 € de produits." in texte(page)
    assert 'Ressources propres affectées à l’action</th><td class="n"><span class="doux">0,00 €' in texte(page)
    assert len(boutons(page)) == 3
    reponse = client.post(url(dossier), saisie(client, dossier, reparer=boutons(page)["autofinancer"]))
    assert reponse.url == f"{url(dossier)}#equilibre"
    assert montants(dossier)["PPRO-0"] == 1200
    page = client.get(url(dossier))
    assert "Le budget est équilibré." in texte(page)
    assert "Réparé : Ajouter de l’autofinancement." in texte(page).replace("</strong>", "")
    reponse = client.post(url(dossier), saisie(client, dossier, reparer="annuler"), follow=True)
    assert "Réparation annulée" in texte(reponse)
    assert "PPRO-0" not in montants(dossier)
    assert boutons(reponse).keys() == {
        f"demander-{dossier.appel.financeurs.first().pk}",
        "autofinancer",
        "reduire",
    }


@pytest.mark.parametrize("rang", [0, 1, 2])
def test_chaque_reparation_montree_equilibre_d_un_clic(client, alice, dossier, rang):
    remplir(client, dossier)
    code = list(boutons(client.get(url(dossier))).values())[rang]
    client.post(url(dossier), saisie(client, dossier, reparer=code))
    assert "Le budget est équilibré." in texte(client.get(url(dossier)))


def test_la_reparation_porte_sur_ce_qui_a_ete_montre(client, alice, dossier):
    remplir(client, dossier)
    code = boutons(client.get(url(dossier)))["autofinancer"]
    reponse = client.post(url(dossier), saisie(client, dossier, reparer=code, **{"C60-0-montant": "9000"}), follow=True)
    assert "Le budget a changé depuis cette proposition" in texte(reponse)
    # La saisie est entrée, sans la réparation.
    assert montants(dossier)["C60-0"] == 9000
    assert "PPRO-0" not in montants(dossier)


def test_annuler_garde_ce_qu_on_a_ecrit_apres(client, alice, dossier):
    remplir(client, dossier)
    client.post(url(dossier), saisie(client, dossier, reparer=boutons(client.get(url(dossier)))["autofinancer"]))
    client.post(url(dossier), saisie(client, dossier, **{"C62-0-montant": "77"}))
    client.post(url(dossier), saisie(client, dossier, reparer="annuler"))
    assert (montants(dossier).get("PPRO-0"), montants(dossier)["C62-0"]) == (None, 77)


def test_on_n_annule_pas_une_ligne_retouchee_depuis(client, alice, dossier):
    remplir(client, dossier)
    client.post(url(dossier), saisie(client, dossier, reparer=boutons(client.get(url(dossier)))["autofinancer"]))
    client.post(url(dossier), saisie(client, dossier, **{"PPRO-0-montant": "1300"}))
    assert "Réparé :" not in texte(client.get(url(dossier)))
    client.post(url(dossier), saisie(client, dossier, reparer="annuler"))
    assert montants(dossier)["PPRO-0"] == 1300


@pytest.mark.parametrize("forge", ["", "annuler", "autofinancer", "reduire.00000000", "<script>"])
def test_une_reparation_forgee_n_ecrit_rien_d_autre_que_la_saisie(client, alice, dossier, forge):
    remplir(client, dossier)
    avant = montants(dossier)
    assert client.post(url(dossier), saisie(client, dossier, reparer=forge)).status_code == 302
    assert montants(dossier) == avant


def test_un_champ_illisible_suspend_la_reparation_et_reste(client, alice, dossier):
    remplir(client, dossier)
    code = boutons(client.get(url(dossier)))["autofinancer"]
    reponse = client.post(url(dossier), saisie(client, dossier, reparer=code, **{"C62-0-montant": "12e3"}))
    assert reponse.status_code == 422
    assert 'value="12e3"' in texte(reponse)
    assert "PPRO-0" not in montants(dossier)


def test_les_regles_se_rafraichissent_seules(client, alice, dossier, django_assert_num_queries):
    remplir(client, dossier)
    with django_assert_num_queries(REGLES):
        page = texte(client.get(url(dossier, "budget-regles")))
    assert 'id="liste-regles" hx-swap-oob="true"' in page
    assert 'id="plan-financement" hx-swap-oob="true"' in page
    assert 'name="reparer" value="autofinancer.' in page
    assert "<html" not in page


REGLES = 13


@pytest.mark.parametrize("lignes", [1, 3])
def test_les_regles_coutent_autant_pour_une_ligne_que_pour_trois(
    client, alice, dossier, lignes, django_assert_num_queries
):
    remplir(client, dossier, **{f"P74-{rang}-montant": "10" for rang in range(lignes)})
    with django_assert_num_queries(REGLES):
        client.get(url(dossier, "budget-regles"))


# --- Bénévolat, cofinancements, montant minimal.


def test_les_heures_de_benevolat_se_portent_des_deux_cotes(client, alice, dossier):
    reponse = client.post(
        url(dossier),
        saisie(client, dossier, **{"H-0-tache": "Jardin", "H-0-heures": "10,5", "H-1-heures": "2", "H-1-taux": "20"}),
        follow=True,
    )
    taux = dossier.appel.taux_horaire_benevolat
    assert [(h.tache, h.heures, h.taux, h.ordre) for h in HeuresBenevoles.objects.all()] == [
        ("Jardin", Decimal("10.50"), taux, 0),
        ("", 2, 20, 1),
    ]
    page = client.get(url(dossier))
    assert "Ces heures valent <strong data-heures>176,50 €" in texte(page)
    assert reponse.status_code == 200
    client.post(url(dossier), saisie(client, dossier, reparer=boutons(page)["benevolat"]))
    assert (montants(dossier)["C864-0"], montants(dossier)["P870-0"]) == (Decimal("176.50"), Decimal("176.50"))
    page = client.get(url(dossier))
    assert "Elles sont inscrites des deux côtés" in texte(page)
    assert "benevolat" not in boutons(page)
    client.post(url(dossier), saisie(client, dossier, **{"H-0-tache": "", "H-0-heures": "", "H-0-taux": ""}))
    assert HeuresBenevoles.objects.get().ordre == 1


def test_un_cofinancement_dit_qui_et_ou_il_en_est(client, alice, dossier):
    remplir(
        client, dossier,
        **{"P74-0-montant": "500", "P74-0-libelle": "CAF", "P74-0-public": "on", "P74-0-firmete": "acquis",
           "P74-1-montant": "700", "P74-1-libelle": "Fondation des Corons", "P74-1-firmete": "demande"},
    )  # fmt: skip
    caf, fondation = dossier.lignes_budget.filter(compte="74")
    assert (caf.libelle, caf.est_public, caf.firmete, caf.rang) == ("CAF", True, "acquis", 0)
    assert (fondation.est_public, fondation.firmete, fondation.rang) == (False, "demande", 1)
    page = texte(client.get(url(dossier)))
    assert "<strong>500,00 € sont acquis ou accordés</strong>, soit 10,00 % des produits" in page
    assert 'Fondation des Corons <span class="petit doux">aide privée</span>' in page


def test_ce_que_le_financeur_avait_accorde_se_lit_a_cote_de_la_demande(client, alice, dossier):
    ancien = DossierFactory(decide=True, organisme=dossier.organisme, appel=dossier.appel)
    financeur = dossier.appel.financeurs.first()
    Decision.objects.create(
        dossier=ancien,
        financeur=financeur,
        sens=Decision.Sens.ACCORDE,
        montant=Decimal(2800),
        deliberation=DeliberationFactory(appel=dossier.appel),
    )
    type(dossier).objects.filter(pk=dossier.pk).update(renouvelle=ancien)
    assert "l’an dernier : 2 800 € accordés" in texte(client.get(url(dossier)))


def test_le_montant_minimal_se_saisit_et_se_verifie(client, alice, dossier):
    remplir(client, dossier, montant_minimum="2 500")
    dossier.refresh_from_db()
    assert dossier.montant_minimum == 2500
    assert "dépasse de 500 € le montant demandé" in texte(client.get(url(dossier)))


def test_les_sections_masquees_ne_se_saisissent_pas(client, alice, dossier):
    dossier.appel.sections = []
    dossier.appel.save()
    page = texte(client.get(url(dossier)))
    assert "86 = 87" not in page
    assert "montant_minimum" not in page
    client.post(url(dossier), {"version": "0", "H-0-heures": "3", "montant_minimum": "5"})
    dossier.refresh_from_db()
    assert (dossier.montant_minimum, HeuresBenevoles.objects.exists()) == (None, False)


def test_un_financeur_d_un_autre_appel_ne_recoit_rien(client, alice, dossier):
    autre = DossierFactory().appel.financeurs.first()
    code, sort = envoyer(client, dossier, "0", **{f"F-{autre.pk}-montant": "100"})
    assert (code, sort["ecrits"], dossier.financements.exists()) == (200, [], False)


# --- Mauvaise saisie.

MAUVAIS = ["-1", "1e9", "NaN", "Infinity", "12,345", "99999999999", "12\x00", "douze", "--", "1 2 3 x", "."]
CHAMPS = ["C60-0-montant", "P74-0-montant", "F-montant", "PPRO-0-montant", "P870-0-montant", "montant_minimum",
          "H-0-heures", "H-0-taux"]  # fmt: skip


@pytest.mark.parametrize("champ", CHAMPS)
@pytest.mark.parametrize("mauvais", MAUVAIS)
def test_une_mauvaise_saisie_est_refusee_expliquee_et_gardee(client, alice, dossier, champ, mauvais):
    champ = champ.replace("F-", f"F-{dossier.appel.financeurs.first().pk}-")
    code, sort = envoyer(client, dossier, "0", **{champ: mauvais})
    assert (code, list(sort["erreurs"]), sort["ecrits"]) == (422, [champ], [])
    assert not dossier.lignes_budget.exists()
    reponse = client.post(url(dossier), {"version": "0", champ: mauvais, "C62-0-libelle": "gardée"})
    assert reponse.status_code == 422
    assert "gardée" in texte(reponse)
    if "\x00" not in mauvais:
        assert f'value="{mauvais}"' in texte(reponse)


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [("C60-0-libelle", "x" * 161), ("P74-0-libelle", "a\x00b"), ("P74-0-firmete", "promis"), ("H-0-tache", "x" * 161)],
)
def test_un_texte_impossible_est_refuse(client, alice, dossier, champ, valeur):
    code, sort = envoyer(client, dossier, "0", **{champ: valeur})
    assert (code, list(sort["erreurs"])) == (422, [champ])


@pytest.mark.parametrize("champ", ["P74-0-public", "P74-2-firmete", "P74-11-libelle"])
def test_une_ligne_sans_montant_reste(client, alice, dossier, champ):
    valeur = {"public": "on", "firmete": "accorde", "libelle": "CAF"}[champ.rpartition("-")[2]]
    assert envoyer(client, dossier, "0", **{champ: valeur})[0] == 200
    assert dossier.lignes_budget.get().montant == 0
    assert "Le budget est encore vide." in texte(client.get(url(dossier)))


@pytest.mark.parametrize(
    "nom", ["C99-0-montant", "P60-0-montant", "C60-99-montant", "F-999999999-montant", "C60-0-rang", "H-99-heures", "x"]
)
def test_un_champ_forge_est_ignore(client, alice, dossier, nom):
    code, sort = envoyer(client, dossier, "0", **{nom: "5"})
    assert (code, sort["ecrits"], dossier.lignes_budget.count()) == (200, [], 0)


# --- Enregistrer un champ : léger, et sans gêner l'autre.


@pytest.mark.parametrize("existante", [False, True])
@pytest.mark.parametrize(
    ("champ", "valeurs"),
    [
        ("C60-0-montant", ("12", "", "15")),
        ("P74-3-libelle", ("CAF", "", "Région")),
        ("F", ("100", "", "120")),
        ("H-0-heures", ("3", "", "4")),
        ("montant_minimum", ("5", "", "6")),
    ],
)
def test_enregistrer_un_champ_du_budget_tient_en_huit_requetes(
    client, alice, dossier, champ, valeurs, existante, django_assert_max_num_queries
):
    if champ == "F":
        champ = f"F-{dossier.appel.financeurs.first().pk}-montant"
    for rang in range(3 if existante else 0):
        LigneBudget.objects.create(dossier=dossier, sens="C", compte="60", rang=rang, montant=10)
    lu = temoin(client.get(url(dossier)))
    for valeur in valeurs:
        with django_assert_max_num_queries(8):
            code, sort = envoyer(client, dossier, lu, **{champ: valeur})
        assert (code, sort["ecrits"]) == (200, [champ])
        lu = sort["temoin"]


def test_deux_personnes_deux_lignes_du_meme_compte_rien_ne_s_ecrase(client, alice, dossier):
    bruno = Client()
    bruno.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    lu = temoin(client.get(url(dossier)))
    _, sort = envoyer(client, dossier, lu, **{"P74-0-montant": "100"})
    envoyer(bruno, dossier, lu, **{"P74-1-montant": "200"})
    envoyer(client, dossier, sort["temoin"], **{"P74-0-montant": ""})
    # La rangée de Bruno garde sa place quand celle d'Alice se vide.
    ligne = dossier.lignes_budget.get()
    assert (ligne.rang, ligne.montant) == (1, 200)


def test_le_meme_montant_des_deux_cotes_est_un_conflit_qui_se_lit(client, alice, dossier):
    bruno = Client()
    bruno.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    lu = temoin(client.get(url(dossier)))
    envoyer(client, dossier, lu, **{"C60-0-montant": "100"})
    code, sort = envoyer(bruno, dossier, lu, **{"C60-0-montant": "250"})
    assert (code, sort["conflits"]["C60-0-montant"]["lisible"]) == (409, "100\u00a0€")
    assert montants(dossier)["C60-0"] == 100


@pytest.mark.django_db(transaction=True)
def test_deux_fils_ecrivent_dix_lignes_du_meme_budget():
    dossier = DossierFactory()
    gens = [MembreFactory(organisme=dossier.organisme).utilisateur for _ in range(2)]
    clients = [Client() for _ in gens]
    for client, personne in zip(clients, gens, strict=True):
        client.force_login(personne)
    lu = temoin(clients[0].get(url(dossier)))
    codes = []

    def jouer(client, rangs):
        try:
            for rang in rangs:
                codes.append(envoyer(client, dossier, lu, **{f"P74-{rang}-montant": str(10 + rang)})[0])
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer, args=(c, range(i, 10, 2))) for i, c in enumerate(clients)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert codes == [200] * 10
    assert {li.rang: li.montant for li in dossier.lignes_budget.all()} == {rang: 10 + rang for rang in range(10)}


# --- Qui entre.


def test_une_etrangere_ne_trouve_ni_le_budget_ni_ses_regles(client, dossier):
    client.force_login(MembreFactory().utilisateur)
    assert client.get(url(dossier, "budget-regles")).status_code == 404
    assert client.get(url(dossier)).status_code == 404
    client.force_login(UtilisateurFactory())
    assert client.get(url(dossier, "budget-regles")).status_code == 403


def test_un_dossier_depose_ne_montre_plus_ses_reparations(client, alice):
    depose = DossierFactory(depose=True, organisme=alice.appartenances.first().organisme)
    assert client.get(url(depose, "budget-regles")).status_code == 302
