"""Les pages des appels : ce que chacun voit, ce qui est refusé, et combien de requêtes cela coûte."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appels.models import Appel, ObjectifOperationnel
from appels.referentiel import charger
from comptes import taches
from comptes.taches import Tache, taches_de
from tests.appels.conftest import REFERENTIEL
from tests.fabriques import (
    AppelFactory,
    ConventionFactory,
    DossierFactory,
    FinanceurFactory,
    ObjectifFactory,
    QuartierFactory,
)

pytestmark = pytest.mark.django_db
AGENT = [
    "modifier", "regles", "financeurs", "objectifs", "regles-eligibilite", "formulaire", "pieces", "grille", "publier",
    "dupliquer",
]  # fmt: skip


def requetes(client, url):
    with CaptureQueriesContext(connection) as capture:
        assert client.get(url).status_code == 200
    return len(capture)


def page(client, nom, *args, statut=200):
    reponse = client.get(reverse(nom, args=args))
    assert reponse.status_code == statut
    return reponse.content.decode()


# L'accueil.


def test_l_accueil_sans_appel_ouvert_dit_quand_vient_le_prochain(client):
    assert "Aucun appel à projets n’est ouvert" in page(client, "accueil")
    appel = AppelFactory(a_venir=True)
    texte = page(client, "accueil")
    assert "Le prochain ouvre le" in texte
    assert appel.intitule in texte


def test_l_accueil_montre_l_appel_ouvert_ses_quartiers_et_ses_jours(client):
    convention = charger(REFERENTIEL).convention
    cloture = timezone.now() + timedelta(days=23)
    appel = AppelFactory(
        collectivite=convention.collectivite,
        convention=convention,
        cloture_le=cloture,
        objectifs=_objectifs(convention),
    )
    texte = page(client, "accueil")
    assert "<b>23</b>" in texte
    assert texte.count('class="zone ') == 3
    assert "Terrasses Basly" in texte
    assert "Des quartiers attentifs aux habitants des plus fragiles" in texte
    assert reverse("dossiers-commencer", args=[appel.slug]) in texte
    assert "Enjeu 2" in texte


def _objectifs(convention):
    return ObjectifOperationnel.objects.filter(strategique__enjeu__convention=convention)


def test_plusieurs_appels_ouverts_font_une_liste(client):
    premier, second = AppelFactory(), AppelFactory()
    AppelFactory(en_preparation=True, intitule="Secret")
    texte = page(client, "accueil")
    assert "2 appels ouverts" in texte
    assert premier.intitule in texte
    assert second.intitule in texte
    assert "Secret" not in texte


def test_la_cloture_passee_d_une_seconde_retire_l_appel_de_l_accueil(client):
    appel = AppelFactory()
    with time_machine.travel(appel.cloture_le, tick=False):
        assert appel.intitule in page(client, "accueil")
        assert "Dernier jour" in page(client, "accueil")
    with time_machine.travel(appel.cloture_le + timedelta(seconds=1), tick=False):
        assert appel.intitule not in page(client, "accueil")
        assert "Le dépôt est clos depuis" in page(client, "appels-detail", appel.slug)


@pytest.mark.parametrize(("combien", "attendues"), [(1, 4), (3, 2)])
def test_l_accueil_public_compte_ses_requetes(client, combien, attendues):
    AppelFactory.create_batch(combien)
    assert requetes(client, "/") == attendues


def test_une_personne_connectee_voit_ce_qui_l_attend_par_date(client, alice, monkeypatch):
    aujourdhui = timezone.localdate()
    monkeypatch.setattr(taches, "_fonctions", [])
    taches.enregistrer(
        lambda u: [Tache("Sans date.", "/c/"), Tache("Plus tard.", "/b/", timezone.now() + timedelta(30))]
    )
    taches.enregistrer(lambda u: [Tache(f"Demain, {u.prenom}.", "/a/", aujourdhui + timedelta(days=1))])
    assert [t.texte for t in taches_de(alice)] == ["Demain, Alice.", "Plus tard.", "Sans date."]
    client.force_login(alice)
    texte = page(client, "accueil")
    assert "3 choses vous attendent" in texte
    assert texte.index("Demain, Alice.") < texte.index("Plus tard.") < texte.index("Sans date.")


def test_rien_a_faire_se_dit_aussi(client, alice, monkeypatch):
    monkeypatch.setattr(taches, "_fonctions", [])
    client.force_login(alice)
    assert "Rien ne vous attend." in page(client, "accueil")


# La liste et la page d'un appel.


def test_la_liste_filtre_dans_l_adresse(client):
    ouvert = AppelFactory(intitule="Ouvert ici")
    AppelFactory(intitule="Bientôt", a_venir=True)
    AppelFactory(intitule="Passé", clos=True, annee=2026)
    assert all(nom in page(client, "appels-liste") for nom in ("Ouvert ici", "Bientôt", "Passé"))
    for question, attendu in (
        ("etat=ouvert", "Ouvert ici"),
        ("etat=a-venir", "Bientôt"),
        ("etat=clos", "Passé"),
        ("annee=2026", "Passé"),
        (f"collectivite={ouvert.collectivite_id}", "Ouvert ici"),
    ):
        texte = client.get(f"/appels/?{question}").content.decode()
        assert [nom for nom in ("Ouvert ici", "Bientôt", "Passé") if nom in texte] == [attendu]
    vide = client.get("/appels/?annee=1999").content.decode()
    assert "Aucun appel ne correspond" in vide
    assert client.get("/appels/?etat=x&annee=é&collectivite=-1&page=z").status_code == 200
    assert client.get("/appels/?annee=99999999999&collectivite=99999999999999999999").status_code == 200


@pytest.mark.parametrize("combien", [1, 3])
def test_la_liste_compte_ses_requetes(client, combien):
    AppelFactory.create_batch(combien)
    assert requetes(client, "/appels/") == 4


def _appel_de_bruay():
    convention = charger(REFERENTIEL).convention
    return AppelFactory(
        collectivite=convention.collectivite, convention=convention, objectifs=_objectifs(convention), slug="bruay"
    )


def test_la_page_d_un_appel_tient_en_six_requetes(client):
    _appel_de_bruay()
    assert requetes(client, "/appels/bruay/") == 6
    AppelFactory.create_batch(2)
    QuartierFactory.create_batch(2, convention=Appel.objects.get(slug="bruay").convention)
    assert requetes(client, "/appels/bruay/") == 6


def test_la_page_d_un_appel_dit_tout(client):
    appel = _appel_de_bruay()
    appel.pieces_demandees.create(libelle="Relevé d’identité bancaire", obligation="association")
    texte = page(client, "appels-detail", appel.slug)
    for attendu in (
        "Rénover et adapter l’habitat, lutter contre l’habitat indigne",
        "habitants",
        "42,6\u00a0%",
        "29,7\u00a0%",
        "Relevé d’identité bancaire",
        "En plus, pour une association",
        "Pertinence au regard des enjeux",
        "80\u00a0%",
        "État",
    ):
        assert attendu in texte, attendu
    assert texte.count('class="oui"') == 33
    assert "Page manquante" not in texte


def test_un_appel_en_preparation_n_existe_que_pour_ses_agents(client, denis, chloe, alice, ville):
    appel = AppelFactory(collectivite=ville, en_preparation=True)
    page(client, "appels-detail", appel.slug, statut=404)
    for personne in (chloe, alice):
        client.force_login(personne)
        page(client, "appels-detail", appel.slug, statut=404)
        assert appel.intitule not in page(client, "appels-liste")
    client.force_login(denis)
    assert "en préparation" in page(client, "appels-detail", appel.slug)
    assert appel.intitule in client.get("/appels/?etat=preparation").content.decode()


def test_les_pages_de_la_maison_disent_ce_que_la_loi_demande(client, ville):
    AppelFactory(collectivite=ville)
    declaration = page(client, "accessibilite")
    for attendu in ("partiellement conforme", "aucun organisme tiers", "Défenseur des droits", ville.nom):
        assert attendu in declaration
    notice = page(client, "donnees-personnelles")
    for attendu in ("mission d’intérêt public", "CNIL", ville.duree_conservation, "chiffré"):
        assert attendu in notice


# La préparation par l'agent.


@pytest.mark.parametrize("nom", AGENT)
def test_l_appel_d_une_autre_collectivite_n_existe_pas(client, chloe, alice, ville, nom):
    appel = AppelFactory(collectivite=ville)
    url = reverse(f"appels-{nom}", args=[appel.slug])
    assert client.get(url).status_code == 302
    client.force_login(alice)
    assert client.get(url).status_code == 403
    client.force_login(chloe)
    assert client.get(url).status_code == 404
    assert client.post(url, {}).status_code == 404


@pytest.mark.parametrize("nom", AGENT)
def test_chaque_page_de_preparation_reste_sobre(client, denis, ville, nom):
    appel = AppelFactory(collectivite=ville, en_preparation=True)
    client.force_login(denis)
    assert requetes(client, reverse(f"appels-{nom}", args=[appel.slug])) <= 15


SAISIE = {
    "intitule": "Appel à projets 2027 du contrat de ville",
    "annee": "2027",
    "code": "blb",
    "presentation": "Bienvenue.",
    "ouvre_le": "2026-12-01T09:00",
    "cloture_le": "2027-01-15T23:59",
}
REGLES = {
    "montant_min": "500",
    "montant_max": "23 500,50",
    "taux_max_public": "80",
    "taux_horaire_benevolat": "13",
    "pluriannuel_max": "3",
}


@time_machine.travel("2026-11-20T10:00:00Z", tick=False)
def test_l_agent_cree_regle_et_publie_son_appel(client, denis, convention):
    quartier = QuartierFactory(convention=convention)
    ObjectifFactory(convention=convention, quartiers=[quartier])
    financeur = FinanceurFactory(collectivite=convention.collectivite)
    client.force_login(denis)
    assert "Préparer un appel" in page(client, "appels-nouveau")
    reponse = client.post(reverse("appels-nouveau"), SAISIE | {"convention": convention.pk})
    appel = Appel.objects.get()
    assert reponse.url == reverse("appels-regles", args=[appel.slug])
    assert client.post(reponse.url, REGLES).url == reverse("appels-financeurs", args=[appel.slug])
    appel.refresh_from_db()
    assert (appel.code, str(appel.montant_max)) == ("BLB", "23500.50")
    # 23 h 59 à Paris en hiver : 22 h 59 en temps universel, et la minute entière est offerte.
    assert appel.cloture_le.isoformat() == "2027-01-15T22:59:59+00:00"
    refus = client.post(reverse("appels-publier", args=[appel.slug]))
    assert refus.status_code == 422
    assert "Aucun financeur" in refus.content.decode()
    client.post(reverse("appels-financeurs", args=[appel.slug]), {"financeurs": [financeur.pk]})
    reponse = client.post(reverse("appels-publier", args=[appel.slug]), follow=True)
    assert "L’appel à projets est publié." in reponse.content.decode()
    client.logout()
    page(client, "appels-detail", appel.slug)


def test_des_dates_a_l_envers_gardent_la_saisie_et_ne_changent_rien(client, denis, convention):
    client.force_login(denis)
    saisie = SAISIE | {"convention": convention.pk, "cloture_le": "2026-11-01T23:59", "annee": "bientôt"}
    reponse = client.post(reverse("appels-nouveau"), saisie)
    texte = reponse.content.decode()
    assert reponse.status_code == 422
    assert 'value="bientôt"' in texte
    assert "resume-erreurs" in texte
    saisie["annee"] = "2027"
    texte = client.post(reverse("appels-nouveau"), saisie).content.decode()
    assert "La clôture vient après l’ouverture." in texte
    assert 'value="Appel à projets 2027 du contrat de ville"' in texte
    assert not Appel.objects.exists()


def test_la_convention_d_une_autre_collectivite_ne_se_choisit_pas(client, denis, convention):
    client.force_login(denis)
    etrangere = ConventionFactory()
    assert client.post(reverse("appels-nouveau"), SAISIE | {"convention": etrangere.pk}).status_code == 422
    assert not Appel.objects.exists()


def test_sans_convention_la_page_dit_quoi_faire(client, denis):
    client.force_login(denis)
    assert "pas encore de convention" in page(client, "appels-nouveau")


def _lignes(appel, **plus):
    """Ce que le navigateur renvoie de la page des pièces."""
    donnees = {"lignes-INITIAL_FORMS": appel.pieces_demandees.count()}
    for n, piece in enumerate(appel.pieces_demandees.all()):
        donnees |= {f"lignes-{n}-id": piece.pk, f"lignes-{n}-libelle": piece.libelle, f"lignes-{n}-aide": piece.aide}
        donnees[f"lignes-{n}-obligation"] = piece.obligation
    return donnees | {"lignes-TOTAL_FORMS": donnees["lignes-INITIAL_FORMS"] + 3} | plus


def test_on_ajoute_et_on_retire_une_piece_sans_javascript(client, denis, ville):
    appel = AppelFactory(collectivite=ville)
    rib = appel.pieces_demandees.create(libelle="RIB")
    appel.pieces_demandees.create(libelle="Statuts", ordre=1)
    client.force_login(denis)
    url = reverse("appels-pieces", args=[appel.slug])
    vides = {f"lignes-{n}-obligation": "toujours" for n in (2, 3, 4)}
    ajout = {"lignes-3-libelle": "Devis", "lignes-3-obligation": "jamais", "lignes-0-retirer": "on"}
    reponse = client.post(url, _lignes(appel, **vides | ajout, rester="1"))
    assert reponse.url == url
    assert [(p.libelle, p.obligation) for p in appel.pieces_demandees.all()] == [
        ("Statuts", "toujours"),
        ("Devis", "jamais"),
    ]
    assert not appel.pieces_demandees.filter(pk=rib.pk).exists()


def test_une_ligne_fausse_est_rendue_telle_quelle(client, denis, ville):
    appel = AppelFactory(collectivite=ville)
    appel.pieces_demandees.create(libelle="RIB")
    client.force_login(denis)
    faux = {"lignes-1-libelle": "rib", "lignes-1-obligation": "toujours"}
    reponse = client.post(reverse("appels-pieces", args=[appel.slug]), _lignes(appel, **faux))
    assert reponse.status_code == 422
    assert "Ce libellé est déjà dans la liste." in reponse.content.decode()
    assert appel.pieces_demandees.count() == 1


def test_la_grille_se_reprend_et_refuse_des_niveaux_a_moitie_decrits(client, denis, ville):
    appel = AppelFactory(collectivite=ville, grille=[])
    client.force_login(denis)
    url = reverse("appels-grille", args=[appel.slug])
    base = {"lignes-TOTAL_FORMS": 3, "lignes-INITIAL_FORMS": 0}
    saisie = base | {"lignes-0-libelle": "Utilité", "lignes-0-poids": "100"}
    demi = client.post(url, saisie | {"lignes-0-niveau_0": "Nul"})
    assert demi.status_code == 422
    assert "Décrivez les six niveaux" in demi.content.decode()
    assert client.post(url, saisie).status_code == 302
    assert [(c.libelle, c.poids, c.niveaux) for c in appel.criteres.all()] == [("Utilité", 100, [])]


def test_depublier_par_la_page(client, denis, ville):
    appel = AppelFactory(collectivite=ville)
    client.force_login(denis)
    url = reverse("appels-depublier", args=[appel.slug])
    assert client.get(url).status_code == 405
    client.post(url)
    appel.refresh_from_db()
    assert appel.publie_le is None
    appel.publie_le = timezone.now()
    appel.save()
    DossierFactory(appel=appel)
    assert "l’appel reste publié" in client.post(url, follow=True).content.decode()
