"""« Mes liens » : déclarer, répondre, lever ; et rien des dossiers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Role
from evaluation import operations
from evaluation.models import Deport, LienDeclare, LienEcarte
from tests.evaluation.outils_habitants import texte
from tests.fabriques import AffectationFactory, DossierFactory, MembreFactory, OrganismeFactory, UtilisateurFactory
from tests.fabriques_evaluation import PassageFactory

pytestmark = pytest.mark.django_db
MIENS, MOTIF = reverse("liens-miens"), "Membre du bureau."
# Ce que coûte la page, quel que soit le nombre d'organismes et de liens.
MES_LIENS = 12


@pytest.fixture
def coron(seance):
    return OrganismeFactory(
        nom="Les Ateliers du Coron", ville="Bruay", representant_prenom="EVA", representant_nom="ROUX"
    )


def repondre(client, organisme, reponse, motif="", **options):
    donnees = {"organisme": organisme.pk, "reponse": reponse, "motif": motif}
    return client.post(reverse("liens-repondre"), donnees, **options)


def test_qui_evalue_instruit_ou_finance_y_arrive_par_son_profil_et_les_autres_non(client, seance):
    for role in (Role.EVALUATEUR, Role.CITOYEN, Role.FINANCEUR, Role.AGENT):
        client.force_login(AffectationFactory(role=role).utilisateur)
        assert MIENS in texte(client.get(reverse("profil")))
        assert MIENS in texte(client.get(reverse("evaluation-accueil")))
        assert "Vous n’avez déclaré aucun lien." in texte(client.get(MIENS))
    porteuse = MembreFactory().utilisateur
    for personne in (UtilisateurFactory(), porteuse, AffectationFactory(role=Role.ADMIN).utilisateur):
        client.force_login(personne)
        assert MIENS not in texte(client.get(reverse("profil")))
        assert client.get(MIENS).status_code == 403
        for nom in ("declarer", "repondre", "reprendre", "lever"):
            assert client.post(reverse(f"liens-{nom}"), {"organisme": 1, "motif": "x"}).status_code == 403
    assert not LienDeclare.objects.exists()


def test_chercher_puis_declarer_sans_script(client, seance, coron):
    client.force_login(seance.eva)
    lu = texte(client.get(MIENS, {"q": "coron"}))
    assert "Les Ateliers du Coron" in lu
    assert f'name="organisme" value="{coron.pk}"' in lu
    reponse = client.post(reverse("liens-declarer"), {"q": "coron", "organisme": coron.pk, "motif": MOTIF}, follow=True)
    assert reponse.redirect_chain == [(MIENS, 302)]
    assert "est déclaré. Ses dossiers, présents et à venir, vous sont fermés" in texte(reponse)
    assert LienDeclare.objects.get().motif == MOTIF
    # Un double clic, ou le second onglet.
    reponse = client.post(
        reverse("liens-declarer"), {"q": "coron", "organisme": coron.pk, "motif": "Autre"}, follow=True
    )
    assert "Vous aviez déjà déclaré" in texte(reponse)
    assert LienDeclare.objects.get().motif == MOTIF


def test_les_fautes_se_disent_a_leur_champ_et_gardent_la_saisie(client, seance, coron):
    client.force_login(seance.eva)
    for faute, message in (
        ({"motif": "  "}, "Dites en quelques mots quel lien"),
        ({"organisme": ""}, "Choisissez l’organisme"),
        ({"organisme": "999999"}, "n’est pas connu ici"),
        ({"organisme": "x"}, "n’est pas connu ici"),
        ({"organisme": "9" * 40}, "n’est pas connu ici"),
        ({"motif": "x" * 301}, "300"),
    ):
        reponse = client.post(reverse("liens-declarer"), {"q": "coron", "organisme": coron.pk, "motif": MOTIF} | faute)
        assert reponse.status_code == 422, faute
        lu = texte(reponse)
        assert message in lu, faute
        assert "Les Ateliers du Coron" in lu
    assert not LienDeclare.objects.exists()


def test_une_recherche_vide_ou_sans_resultat_le_dit(client, seance, coron):
    client.force_login(seance.eva)
    assert "Aucun organisme ne porte ce nom" in texte(client.get(MIENS, {"q": "inconnue"}))
    assert "Aucun organisme" not in texte(client.get(MIENS, {"q": " "}))
    OrganismeFactory.create_batch(25, nom="Coron bis")
    lu = texte(client.get(MIENS, {"q": "coron"}))
    assert "précisez la recherche" in lu
    assert lu.count('name="organisme" value') == 20 + 1  # et le lien possible


def test_la_page_ne_dit_rien_des_dossiers(client, seance, coron):
    """Ni numéro, ni intitulé, ni même leur existence : avec ou sans dossier, la page est la même."""
    client.force_login(seance.eva)
    jeton = "csrfmiddlewaretoken"

    def lire(**recherche):
        lu = texte(client.get(MIENS, recherche))
        return [morceau for morceau in lu.split("<") if jeton not in morceau and "hx-headers" not in morceau]

    avant = lire(q="coron")
    dossier = PassageFactory(
        reunion=seance.reunion, dossier__organisme=coron, dossier__intitule="Cirque zinzolin"
    ).dossier
    assert lire(q="coron") == avant
    operations.declarer_lien(coron, par=seance.eva, motif=MOTIF)
    lu = texte(client.get(MIENS))
    assert dossier.numero not in lu
    assert "zinzolin" not in lu


def test_c_est_le_cas_demande_lequel(client, seance, coron):
    DossierFactory(organisme=coron)
    client.force_login(seance.eva)
    assert "Est-ce le cas ?" in texte(client.get(MIENS))
    reponse = repondre(client, coron, "oui", "  ")
    assert reponse.status_code == 422
    assert "Dites en quelques mots quel lien" in texte(reponse)
    assert f'href="#motif-{coron.pk}"' in texte(reponse)
    assert repondre(client, coron, "oui", "x" * 301).status_code == 422
    repondre(client, coron, "oui", MOTIF)
    assert Deport.objects.get().motif == MOTIF
    assert "Est-ce le cas ?" not in texte(client.get(MIENS))


def test_chaque_formulaire_de_la_page_s_envoie(client, seance, coron):
    """Le jeton y est, jusque dans les gabarits inclus ; sans lui, tout envoi serait refusé."""
    operations.declarer_lien(OrganismeFactory(), par=seance.eva, motif=MOTIF)
    operations.ecarter_lien(OrganismeFactory(), par=seance.eva, indices=["nom"])
    client.force_login(seance.eva)
    contenu = client.get(MIENS, {"q": "coron"}).content.decode().split("<main", 1)[1]
    envois = contenu.split('<form method="post"')[1:]
    assert len(envois) == 4
    assert all("csrfmiddlewaretoken" in envoi for envoi in envois)


def test_ce_n_est_pas_le_cas_se_garde_et_se_reprend(client, seance, coron):
    client.force_login(seance.eva)
    for _ in range(2):
        assert "C’est noté" in texte(repondre(client, coron, "non", follow=True))
    assert LienEcarte.objects.get().indices == ["nom"]
    lu = texte(client.get(MIENS))
    assert "Est-ce le cas ?" not in lu
    assert "Vous avez répondu « ce n’est pas le cas » (1)" in lu
    for _ in range(2):
        client.post(reverse("liens-reprendre"), {"organisme": coron.pk})
    assert "Est-ce le cas ?" in texte(client.get(MIENS))


def test_repondre_d_un_organisme_que_rien_ne_rapproche_n_ecrit_rien(client, seance):
    client.force_login(seance.eva)
    repondre(client, OrganismeFactory(), "non")
    assert not LienEcarte.objects.exists()
    assert client.post(reverse("liens-repondre"), {"organisme": "x", "reponse": "non"}).status_code == 404


def test_lever_les_siens_seulement(client, seance, coron):
    lien, _ = operations.declarer_lien(coron, par=seance.eva, motif=MOTIF)
    client.force_login(seance.farid)
    assert client.post(reverse("liens-lever"), {"lien": lien.pk}).status_code == 404
    client.force_login(seance.eva)
    assert "Lever ce lien" in texte(client.get(MIENS))
    assert "ceux qu’il a fermés le restent" in texte(
        client.post(reverse("liens-lever"), {"lien": lien.pk}, follow=True)
    )
    assert "Liens levés (1)" in texte(client.get(MIENS))


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(client, seance, coron, lignes):
    for rang in range(lignes):
        operations.declarer_lien(OrganismeFactory(), par=seance.eva, motif=MOTIF)
        operations.lever_lien(
            operations.declarer_lien(OrganismeFactory(), par=seance.eva, motif=MOTIF)[0], par=seance.eva
        )
        operations.ecarter_lien(OrganismeFactory(), par=seance.eva, indices=["nom"])
        OrganismeFactory(nom=f"Coron {rang}", representant_prenom="Éva", representant_nom="Roux")
        MembreFactory(utilisateur=seance.eva)
    client.force_login(seance.eva)
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(MIENS, {"q": "coron"}).status_code == 200
    assert len(requetes) == MES_LIENS + 2, [r["sql"][:140] for r in requetes]
