"""Donner et retirer des rôles, régler ce qu'une collectivité écrit ; jamais chez une autre."""

import pytest
from django.urls import reverse

from comptes import operations
from comptes.forms import contraste_sur_blanc
from comptes.models import Affectation, Partenaire, Role
from journal.models import Evenement
from tests.fabriques import AffectationFactory, CollectiviteFactory, PartenaireFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    affectation = AffectationFactory(role=Role.ADMIN)
    client.force_login(affectation.utilisateur)
    return affectation


def adresse(collectivite):
    return reverse("administration-roles", args=[collectivite.pk])


def test_donner_un_role_au_nom_d_un_partenaire(client, admin):
    chloe = UtilisateurFactory(email="chloe@exemple.test")
    caf = PartenaireFactory(collectivite=admin.collectivite)

    client.post(
        adresse(admin.collectivite), {"courriel": chloe.email, "role": Role.FINANCEUR.value, "partenaire": caf.pk}
    )

    donnee = chloe.affectations.get()
    assert (donnee.role, donnee.collectivite, donnee.partenaire) == (Role.FINANCEUR, admin.collectivite, caf)
    assert Evenement.objects.get().type == "collectivite.affecter"


def test_donner_un_role_au_nom_d_un_partenaire_nouveau(client, admin):
    chloe = UtilisateurFactory()
    client.post(
        adresse(admin.collectivite),
        {
            "courriel": chloe.email,
            "role": Role.CITOYEN.value,
            "nouveau_partenaire": "Conseil citoyen du Centre",
            "type_partenaire": Partenaire.Type.CONSEIL_CITOYEN.value,
        },
    )
    assert chloe.affectations.get().partenaire.get_type_display() == "Conseil citoyen"


@pytest.mark.parametrize(
    ("saisie", "message"),
    [
        ({"role": "financeur"}, "parle au nom d’un partenaire"),
        ({"courriel": "personne@exemple.test", "role": "agent"}, "Aucun compte ne porte cette adresse"),
        ({"role": "agent"}, "tient déjà ce rôle"),
        ({"role": "porteur"}, "porteur"),
    ],
)
def test_un_role_impossible_est_explique_et_ne_change_rien(client, admin, saisie, message):
    denis = AffectationFactory(collectivite=admin.collectivite).utilisateur

    reponse = client.post(adresse(admin.collectivite), {"courriel": denis.email} | saisie)

    assert reponse.status_code == 422
    assert message in reponse.content.decode()
    assert Affectation.objects.count() == 2
    assert not Evenement.objects.exists()


def test_le_partenaire_d_une_autre_collectivite_est_refuse(client, admin):
    ailleurs = PartenaireFactory()
    reponse = client.post(
        adresse(admin.collectivite),
        {"courriel": UtilisateurFactory().email, "role": "financeur", "partenaire": ailleurs.pk},
    )
    assert reponse.status_code == 422
    assert Affectation.objects.count() == 1


def test_retirer_un_role(client, admin):
    denis = AffectationFactory(collectivite=admin.collectivite)
    client.post(reverse("administration-retirer-role", args=[admin.collectivite_id, denis.pk]))
    assert not Affectation.objects.filter(pk=denis.pk).exists()
    assert Evenement.objects.get().donnees == {"personne_id": denis.utilisateur_id, "role": "agent"}


def test_le_dernier_administrateur_reste(client, admin):
    page = client.post(
        reverse("administration-retirer-role", args=[admin.collectivite_id, admin.pk]), follow=True
    ).content.decode()
    assert "garde au moins un administrateur" in page
    assert Affectation.objects.filter(pk=admin.pk).exists()


def test_l_administratrice_d_une_autre_collectivite_n_y_trouve_rien(client, admin):
    ailleurs = AffectationFactory(role=Role.AGENT)
    chemins = [
        ("get", adresse(ailleurs.collectivite)),
        ("post", adresse(ailleurs.collectivite)),
        ("get", reverse("administration-reglages", args=[ailleurs.collectivite_id])),
        ("post", reverse("administration-reglages", args=[ailleurs.collectivite_id])),
        ("post", reverse("administration-retirer-role", args=[ailleurs.collectivite_id, ailleurs.pk])),
        ("post", reverse("administration-retirer-role", args=[admin.collectivite_id, ailleurs.pk])),
    ]
    for methode, chemin in chemins:
        assert getattr(client, methode)(chemin, {"role": "admin"}).status_code == 404, chemin
    assert Affectation.objects.count() == 2
    assert ailleurs.collectivite.nom not in client.get("/administration/").content.decode()


def test_un_agent_n_administre_pas(client):
    denis = AffectationFactory()
    client.force_login(denis.utilisateur)
    assert client.get("/administration/").status_code == 403
    assert client.get(adresse(denis.collectivite)).status_code == 403
    with pytest.raises(operations.OperationRefusee):
        operations.affecter(
            denis.collectivite, par=denis.utilisateur, courriel=denis.utilisateur.email, role=Role.ADMIN
        )
    assert Affectation.objects.count() == 1


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_des_roles_coute_autant_de_requetes(client, admin, nombre, django_assert_num_queries):
    AffectationFactory.create_batch(nombre - 1, collectivite=admin.collectivite, role=Role.FINANCEUR)
    with django_assert_num_queries(8):
        client.get(adresse(admin.collectivite))


def test_chercher_une_personne(client, admin):
    AffectationFactory(collectivite=admin.collectivite, utilisateur__nom="Wojciechowski")
    page = client.get(adresse(admin.collectivite), {"q": "wojcie"}).content.decode()
    assert "Wojciechowski" in page
    assert admin.utilisateur.email not in page
    assert "Personne ne correspond." in client.get(adresse(admin.collectivite), {"q": "zzz"}).content.decode()


def reglages(collectivite, **change):
    champs = (
        "siret adresse code_postal ville service_nom service_telephone service_courriel signataire_prenom "
        "signataire_nom signataire_qualite organe_deliberant tribunal_nom tribunal_adresse dpo_contact "
        "duree_conservation couleur"
    )
    return {nom: getattr(collectivite, nom) for nom in champs.split()} | change


def test_regler_la_collectivite(client, admin):
    chemin = reverse("administration-reglages", args=[admin.collectivite_id])
    client.post(chemin, reglages(admin.collectivite, signataire_nom="Lemaire", couleur="#a63d26"))
    admin.collectivite.refresh_from_db()
    assert (admin.collectivite.signataire_nom, admin.collectivite.couleur) == ("Lemaire", "#a63d26")
    assert Evenement.objects.get().donnees == {"champs": ["signataire_nom", "couleur"]}


@pytest.mark.parametrize(
    ("couleur", "message"), [("#ffcc00", "trop claire"), ("rouge", "Écrivez la couleur comme #0b5563")]
)
def test_une_couleur_illisible_est_refusee(client, admin, couleur, message):
    chemin = reverse("administration-reglages", args=[admin.collectivite_id])
    page = client.post(chemin, reglages(admin.collectivite, couleur=couleur)).content.decode()
    assert message in page
    assert f'value="{couleur}"' in page
    admin.collectivite.refresh_from_db()
    assert admin.collectivite.couleur == "#0b5563"


@pytest.mark.parametrize(("couleur", "rapport"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54)])
def test_le_contraste_suit_la_formule_du_wcag(couleur, rapport):
    assert contraste_sur_blanc(couleur) == pytest.approx(rapport, abs=0.01)


def test_chaque_collectivite_administree_est_listee(client, admin):
    AffectationFactory(
        utilisateur=admin.utilisateur, collectivite=CollectiviteFactory(nom="Agglomération d’Essai"), role=Role.ADMIN
    )
    page = client.get("/administration/").content.decode()
    assert "Agglomération d’Essai" in page
    assert admin.collectivite.nom in page
