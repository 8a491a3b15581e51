"""L'API : mêmes droits que les pages, un schéma vrai, des listes au coût constant."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from knox.models import AuthToken
from openapi_spec_validator import validate
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from comptes.models import Membre, Role
from dossiers.models import Dossier
from tests.fabriques import (
    AffectationFactory,
    AppelFactory,
    DeportFactory,
    DossierFactory,
    EvaluationFactory,
    FinanceurFactory,
    MembreFactory,
    MembreReunionFactory,
    OrganismeFactory,
    PartenaireFactory,
    PassageFactory,
    ReunionFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
DOSSIERS = "/api/v1/dossiers/"


@pytest.fixture
def alice():
    return MembreFactory(utilisateur=UtilisateurFactory(prenom="Alice")).utilisateur


@pytest.fixture
def organisme(alice):
    return Membre.objects.get(utilisateur=alice).organisme


@pytest.fixture
def appel():
    return AppelFactory()


@pytest.fixture
def denis(appel):
    return AffectationFactory(role=Role.AGENT, collectivite=appel.collectivite).utilisateur


def numeros(client, personne, **filtres):
    client.force_login(personne)
    return [d["numero"] for d in client.get(DOSSIERS, filtres).json()["results"]]


# --- Schéma ---


def test_le_schema_servi_est_un_openapi_valide(client):
    schema = client.get("/api/v1/schema/", {"format": "json"})
    assert schema.status_code == 200
    validate(schema.json())
    assert {c for c in schema.json()["paths"] if "programmation" in c} == {"/api/v1/programmation/{slug}/"}
    verbes = {verbe for chemin in schema.json()["paths"].values() for verbe in chemin}
    assert verbes == {"get"}


def test_le_schema_se_produit_sans_avertissement(tmp_path):
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "schema.yaml"))
    assert (tmp_path / "schema.yaml").stat().st_size > 1000


# --- Qui entre ---


def test_un_jeton_cree_sur_la_page_profil_ouvre_l_api_jusqu_a_sa_revocation(client, alice, organisme, appel):
    dossier = DossierFactory(organisme=organisme, appel=appel)
    client.force_login(alice)
    jeton = client.post(reverse("jetons-creer")).context["nouveau_jeton"]
    client.logout()
    entete = {"authorization": f"Token {jeton}"}

    reponse = client.get(DOSSIERS, headers=entete)
    assert [d["numero"] for d in reponse.json()["results"]] == [dossier.numero]

    client.force_login(alice)
    client.post(reverse("jetons-revoquer", args=[AuthToken.objects.get().token_key]))
    client.logout()
    assert client.get(DOSSIERS, headers=entete).status_code == 401


def test_un_jeton_invente_est_refuse(client):
    assert client.get(DOSSIERS, headers={"authorization": "Token parvis_" + "0" * 60}).status_code == 401


@pytest.mark.parametrize("chemin", ["appels/", "appels/x/", "dossiers/", "dossiers/x/", "programmation/x/"])
def test_sans_jeton_ni_session_401(client, chemin):
    reponse = client.get(f"/api/v1/{chemin}")
    assert reponse.status_code == 401
    assert reponse["WWW-Authenticate"] == "Token"


def test_une_vue_qui_ne_dit_rien_est_fermee(alice):
    class Oubliee(APIView):
        def get(self, request):
            return Response("secret")

    requete = APIRequestFactory().get("/")
    assert Oubliee.as_view()(requete).status_code == 401
    _, jeton = AuthToken.objects.create(user=alice)
    requete = APIRequestFactory().get("/", headers={"authorization": f"Token {jeton}"})
    assert Oubliee.as_view()(requete).status_code == 403


@pytest.mark.parametrize("verbe", ["post", "put", "patch", "delete"])
def test_l_api_ne_fait_que_lire(client, denis, appel, verbe):
    dossier = DossierFactory(appel=appel, depose=True)
    client.force_login(denis)
    for chemin in (DOSSIERS, f"{DOSSIERS}{dossier.numero}/", "/api/v1/appels/", f"/api/v1/programmation/{appel.slug}/"):
        assert getattr(client, verbe)(chemin).status_code == 405
    assert Dossier.objects.get().version == dossier.version


# --- Qui voit quoi ---


def test_la_porteuse_voit_les_siens_l_etrangere_aucun(client, alice, organisme, appel):
    brouillon, depose = (DossierFactory(organisme=organisme, appel=appel, depose=d) for d in (False, True))
    chloe = MembreFactory().utilisateur
    assert numeros(client, alice) == [depose.numero, brouillon.numero]
    assert numeros(client, chloe) == []
    assert client.get(f"{DOSSIERS}{depose.numero}/").status_code == 404


def test_l_agent_voit_ceux_de_sa_collectivite_sauf_les_brouillons(client, denis, appel):
    depose = DossierFactory(appel=appel, depose=True)
    DossierFactory(appel=appel)
    ailleurs = DossierFactory(depose=True)
    assert numeros(client, denis) == [depose.numero]
    assert client.get(f"{DOSSIERS}{ailleurs.numero}/").status_code == 404
    voisin = AffectationFactory(role=Role.AGENT, collectivite=ailleurs.appel.collectivite).utilisateur
    assert numeros(client, voisin) == [ailleurs.numero]


def test_l_evaluateur_voit_ceux_de_ses_reunions_sauf_deport(client, appel):
    reunion = ReunionFactory(appel=appel)
    membre = MembreReunionFactory(reunion=reunion)
    lu, ecarte = (PassageFactory(reunion=reunion).dossier for _ in range(2))
    PassageFactory()
    DeportFactory(dossier=ecarte, utilisateur=membre.utilisateur)
    assert numeros(client, membre.utilisateur) == [lu.numero]
    assert client.get(f"{DOSSIERS}{ecarte.numero}/").status_code == 404


def test_le_financeur_voit_ceux_qu_il_finance_une_fois_recevables(client, appel):
    partenaire = PartenaireFactory(collectivite=appel.collectivite)
    appel.financeurs.add(FinanceurFactory(collectivite=appel.collectivite, sigle="CAF", partenaire=partenaire))
    caf = AffectationFactory(role=Role.FINANCEUR, collectivite=appel.collectivite, partenaire=partenaire).utilisateur
    recevable = DossierFactory(appel=appel, recevable=True)
    DossierFactory(appel=appel, depose=True)
    DossierFactory(recevable=True)
    assert numeros(client, caf) == [recevable.numero]
    assert client.get(f"/api/v1/programmation/{appel.slug}/").status_code == 200


def test_le_tableau_de_programmation_est_ferme_a_la_porteuse_et_a_l_autre_collectivite(client, alice, appel):
    client.force_login(alice)
    assert client.get(f"/api/v1/programmation/{appel.slug}/").status_code == 403
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    assert client.get(f"/api/v1/programmation/{appel.slug}/").status_code == 404


def test_les_appels_en_preparation_ne_se_voient_que_de_leurs_agents(client, alice, denis, appel):
    prepare = AppelFactory(collectivite=appel.collectivite, en_preparation=True)

    def slugs(personne):
        client.force_login(personne)
        return {a["slug"] for a in client.get("/api/v1/appels/").json()["results"]}

    assert slugs(alice) == {appel.slug}
    assert slugs(denis) == {appel.slug, prepare.slug}
    client.force_login(alice)
    assert client.get(f"/api/v1/appels/{prepare.slug}/").status_code == 404


# --- Listes ---


def test_la_taille_de_page_se_choisit_jusqu_a_deux_cents(client, denis, appel):
    organisme = OrganismeFactory()
    DossierFactory.create_batch(201, appel=appel, organisme=organisme, depose=True)
    client.force_login(denis)
    assert len(client.get(DOSSIERS).json()["results"]) == 50
    assert len(client.get(DOSSIERS, {"taille": 7}).json()["results"]) == 7
    page = client.get(DOSSIERS, {"taille": 5000}).json()
    assert (page["count"], len(page["results"])) == (201, 200)
    assert client.get(DOSSIERS, {"page": 99}).status_code == 404


def test_l_ordre_est_total_d_une_page_a_l_autre(client, denis, appel):
    """Le même jour de dépôt pour tous : chaque dossier paraît une fois, et une seule."""
    organisme = OrganismeFactory()
    dossiers = DossierFactory.create_batch(7, appel=appel, organisme=organisme, depose=True)
    lus = [n for page in (1, 2, 3, 4) for n in numeros(client, denis, taille=2, page=page)]
    assert lus == [d.numero for d in reversed(dossiers)]


def test_les_filtres(client, denis, appel):
    autre = AppelFactory(collectivite=appel.collectivite, annee=2028)
    depose = DossierFactory(appel=appel, depose=True)
    recevable = DossierFactory(appel=appel, recevable=True)
    suivant = DossierFactory(appel=autre, depose=True)
    assert numeros(client, denis, etat="recevable") == [recevable.numero]
    assert numeros(client, denis, etat=["depose", "recevable"]) == [suivant.numero, recevable.numero, depose.numero]
    assert numeros(client, denis, appel=autre.slug) == [suivant.numero]
    assert numeros(client, denis, annee=2027) == [recevable.numero, depose.numero]
    assert numeros(client, denis, siret=depose.organisme.siret) == [depose.numero]
    assert numeros(client, denis, siret="00000000000000") == []
    assert client.get(DOSSIERS, {"etat": "inconnu"}).status_code == 400
    assert client.get(DOSSIERS, {"annee": "bientot"}).status_code == 400


def test_un_montant_est_une_chaine_decimale(client, denis, appel):
    dossier = DossierFactory(appel=appel, complet=True, recevable=True)
    client.force_login(denis)
    lu = client.get(f"{DOSSIERS}{dossier.numero}/").json()
    assert [f["montant_demande"] for f in lu["financements"]] == ["3000.00"]
    tableau = client.get(f"/api/v1/programmation/{appel.slug}/").json()
    assert tableau["total"]["total_demande"] == "3000.00"
    assert tableau["groupes"][0]["lignes"][0]["valeurs"]["cout"] == "5000.00"
    assert tableau["enveloppes"][0]["consomme"] == "3000.00"


def _charger(appel, combien):
    for _ in range(combien):
        dossier = DossierFactory(appel=appel, complet=True, evalue=True)
        EvaluationFactory(dossier=dossier)


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_dossiers(
    client, denis, appel, lignes, django_assert_num_queries
):
    _charger(appel, lignes)
    client.force_login(denis)
    with django_assert_num_queries(8):
        reponse = client.get(DOSSIERS)
    assert len(reponse.json()["results"]) == lignes


@pytest.mark.parametrize("lignes", [1, 3])
def test_ni_du_nombre_d_appels(client, alice, lignes, django_assert_num_queries):
    AppelFactory.create_batch(lignes)
    client.force_login(alice)
    with django_assert_num_queries(8):
        reponse = client.get("/api/v1/appels/")
    assert len(reponse.json()["results"]) == lignes


@pytest.mark.parametrize("lignes", [1, 3])
def test_ni_du_nombre_de_lignes_du_tableau(client, denis, appel, lignes, django_assert_num_queries):
    _charger(appel, lignes)
    client.force_login(denis)
    with django_assert_num_queries(13):
        reponse = client.get(f"/api/v1/programmation/{appel.slug}/")
    assert reponse.json()["nombre"] == lignes
