"""L'action, ses objectifs et la structure qui la porte."""

import pytest

from appels.models import Constat, Indicateur
from dossiers import operations
from dossiers.completude import manques
from dossiers.models import Cible
from tests.dossiers.test_a_plusieurs import envoyer, membre, temoin, url
from tests.dossiers.test_public import texte
from tests.fabriques import ObjectifFactory, QuartierFactory, UtilisateurFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def alice(dossier):
    return membre(dossier, "Alice")


def couples(dossier):
    return [(objectif, quartier) for objectif in dossier.appel.objectifs.all() for quartier in objectif.quartiers.all()]


def cle(objectif, quartier):
    return f"{objectif.pk}-{quartier.pk}"


# L'action


def test_rien_n_est_coupe_et_un_intitule_trop_long_s_explique(alice, dossier):
    page = texte(alice.get(url(dossier)))
    assert "maxlength" not in page
    assert 'data-repere="3000"' in page
    lu = temoin(alice, dossier)
    code, reponse = envoyer(alice, dossier, lu, intitule="x" * 203, description="y" * 10_000)
    assert code == 422
    assert "160 signes au plus ; ce texte en compte 203" in reponse["erreurs"]["intitule"][0]
    dossier.refresh_from_db()
    assert (dossier.intitule, len(dossier.description)) == ("", 10_000)


@pytest.mark.parametrize("champ", ["intitule", "objectifs_action", "description", "lieux"])
def test_un_caractere_nul_est_refuse_partout(alice, dossier, champ):
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier), **{champ: "a\x00b"})
    assert (code, list(reponse["erreurs"])) == (422, [champ])


# La structure


def test_la_structure_dit_ce_qui_manque_pour_deposer(alice, dossier):
    organisme = dossier.organisme
    organisme.adresse = ""
    organisme.representant_courriel = ""
    organisme.save()
    page = texte(alice.get(url(dossier, "structure")))
    assert "Il manque à la fiche, pour pouvoir déposer" in page
    assert page.index("Indiquez l’adresse du siège.") < page.index("sans que cela empêche de déposer")
    assert page.index("sans que cela empêche de déposer") < page.index("Indiquez le courriel du représentant légal.")
    bloquants = [manque.champ for manque in manques(dossier) if manque.etape == "structure"]
    assert bloquants == ["adresse"]


# Les objectifs


def test_le_portrait_des_quartiers_est_en_regard_de_l_arbre(alice, dossier):
    objectif, quartier = couples(dossier)[0]
    quartier.population = 5300
    quartier.save()
    Constat.objects.create(quartier=quartier, genre="irritant", titre="Peu de médecins")
    Constat.objects.create(quartier=quartier, genre="opportunite", titre="Un stade refait")
    Indicateur.objects.create(
        quartier=quartier, code="emploi", libelle="Taux d’emploi", valeur="40.7", unite="%", reference="58.8",
        perimetre="agglo",
    )  # fmt: skip
    Cible.objects.create(dossier=dossier, objectif=objectif, quartier=quartier)
    page = texte(alice.get(url(dossier, "objectifs")))
    for attendu in ("5 300 habitants", "Peu de médecins", "Un stade refait", "40,7 %", "contre 58,8 % (agglomération)"):
        assert attendu in page
    assert f'data-portrait="{quartier.pk}" open' in page
    assert f'name="principal" value="{objectif.pk}" id="principal-{objectif.pk}" checked' in page


def test_on_ne_vise_un_quartier_que_la_ou_la_convention_le_retient(alice, dossier):
    personne = dossier.organisme.membres.get().utilisateur
    objectif = couples(dossier)[0][0]
    ailleurs = QuartierFactory(convention=dossier.appel.convention)
    with pytest.raises(operations.OperationRefusee):
        operations.viser(dossier, [(objectif, ailleurs)], par=personne)
    code, reponse = envoyer(
        alice, dossier, temoin(alice, dossier, "objectifs"), "objectifs", cibles=[cle(objectif, ailleurs)]
    )
    assert (code, list(reponse["erreurs"])) == (422, ["cibles"])
    assert not dossier.cibles.exists()


def test_un_objectif_que_la_convention_ne_situe_pas_vaut_partout(alice, dossier):
    partout = ObjectifFactory(convention=dossier.appel.convention)
    dossier.appel.objectifs.add(partout)
    quartier = QuartierFactory(convention=dossier.appel.convention)
    operations.viser(dossier, [(partout, quartier)], par=dossier.organisme.membres.get().utilisateur)
    assert dossier.cibles.get().quartier == quartier


def test_ce_que_l_appel_ne_propose_plus_mais_que_le_dossier_vise_reste_permis(alice, dossier):
    objectif, quartier = couples(dossier)[0]
    Cible.objects.create(dossier=dossier, objectif=objectif, quartier=quartier)
    dossier.appel.objectifs.remove(objectif)
    autre = next((o, q) for o, q in couples(dossier) if o != objectif)
    code, _ = envoyer(
        alice, dossier, temoin(alice, dossier, "objectifs"), "objectifs",
        cibles=[cle(objectif, quartier), cle(*autre)],
    )  # fmt: skip
    assert code == 200
    assert [(c.objectif, c.quartier) for c in dossier.cibles.all()] == [(objectif, quartier), autre]


@pytest.mark.parametrize("avant", [0, 1])
def test_cocher_ou_decocher_tient_en_huit_requetes(alice, dossier, avant, django_assert_max_num_queries):
    objectif, quartier = couples(dossier)[0]
    if avant:
        Cible.objects.create(dossier=dossier, objectif=objectif, quartier=quartier)
    lu = temoin(alice, dossier, "objectifs")
    with django_assert_max_num_queries(8):
        code, _ = envoyer(alice, dossier, lu, "objectifs", cibles=[] if avant else [cle(objectif, quartier)])
    assert (code, dossier.cibles.count()) == (200, 1 - avant)


def test_choisir_le_principal_tient_en_huit_requetes(alice, dossier, django_assert_max_num_queries):
    (premier, quartier), (second, autre) = couples(dossier)[0], couples(dossier)[-1]
    Cible.objects.create(dossier=dossier, objectif=premier, quartier=quartier, ordre=0)
    Cible.objects.create(dossier=dossier, objectif=second, quartier=autre, ordre=1)
    lu = temoin(alice, dossier, "objectifs")
    with django_assert_max_num_queries(8):
        code, _ = envoyer(alice, dossier, lu, "objectifs", principal=str(second.pk))
    assert code == 200
    assert [cible.objectif for cible in dossier.cibles.all()] == [second, premier]


def test_decocher_tout_l_objectif_principal_laisse_la_place_au_suivant(alice, dossier):
    (premier, quartier), (second, autre) = couples(dossier)[0], couples(dossier)[-1]
    Cible.objects.create(dossier=dossier, objectif=premier, quartier=quartier, ordre=0)
    Cible.objects.create(dossier=dossier, objectif=second, quartier=autre, ordre=1)
    code, _ = envoyer(alice, dossier, temoin(alice, dossier, "objectifs"), "objectifs", cibles=[cle(second, autre)])
    assert (code, [cible.objectif for cible in dossier.cibles.all()]) == (200, [second])
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier, "objectifs"), "objectifs", principal=str(premier.pk))
    assert "Cochez au moins un quartier" in reponse["erreurs"]["principal"][0]


def test_une_inconnue_ne_lit_aucune_etape(client, dossier):
    client.force_login(UtilisateurFactory())
    for etape in ("structure", "action", "objectifs", "public", "moyens", "resultats"):
        assert client.get(url(dossier, etape)).status_code in {403, 404}
