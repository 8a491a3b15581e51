"""Repartir de l'appel de l'an passé : tout est repris, décalé d'un an, une seule fois."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from appels import operations
from appels.models import Appel
from appels.operations.duplication import decaler_annees, un_an_apres
from journal.models import Evenement
from programmation.models import Enveloppe
from tests.fabriques import AppelFactory, ObjectifFactory, PieceDemandeeFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def paris(*valeurs):
    return datetime(*valeurs, tzinfo=PARIS)


@pytest.fixture
def passe(ville):
    appel = AppelFactory(
        collectivite=ville,
        code="BLB",
        intitule="Appel à projets 2027 du contrat de ville",
        ouvre_le=paris(2026, 10, 5, 9),
        cloture_le=paris(2026, 11, 30, 23, 59, 59),
        sections=["ages"],
        seuil_simplifie=1500,
        montant_min=500,
        taux_max_public=70,
        periode_decision="en mars 2027",
    )
    PieceDemandeeFactory(appel=appel, libelle="Bilan", modele=ContentFile(b"modele", name="modele.pdf"))
    appel.regles.create(type="part_qpv", question="Part ?", explication="x", parametres={"min": 50})
    Enveloppe.objects.create(appel=appel, financeur=appel.financeurs.first(), montant=1000)
    return appel


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        (paris(2026, 10, 5, 9), paris(2027, 10, 4, 9)),  # lundi, lundi
        (paris(2026, 11, 30, 23, 59), paris(2027, 11, 30, 23, 59)),  # fin de mois
        (paris(2028, 2, 29, 12), paris(2029, 2, 28, 12)),
        (paris(2027, 2, 28, 12), paris(2028, 2, 29, 12)),
        (paris(2027, 1, 1, 8), paris(2028, 1, 7, 8)),  # vendredi, vendredi, sans reculer d'une année
        (paris(2026, 10, 25, 2, 30), paris(2027, 10, 24, 2, 30)),  # la nuit du changement d'heure
    ],
)
def test_une_date_se_decale_d_un_an(avant, apres):
    assert un_an_apres(avant) == apres


def test_les_annees_d_un_texte_avancent():
    assert decaler_annees("Appel 2026-2027, 12000 habitants, 20 quartiers") == (
        "Appel 2027-2028, 12000 habitants, 20 quartiers"
    )


def test_la_copie_reprend_tout_sauf_les_enveloppes(passe, denis):
    copie = operations.dupliquer_appel(passe, par=denis)
    assert (copie.annee, copie.code, copie.publie_le, copie.copie_de) == (2028, "BLB", None, passe)
    assert copie.intitule == "Appel à projets 2028 du contrat de ville"
    assert copie.periode_decision == "en mars 2028"
    assert (copie.sections, copie.seuil_simplifie, copie.taux_max_public) == (["ages"], 1500, 70)
    assert set(copie.financeurs.all()) == set(passe.financeurs.all())
    assert set(copie.objectifs.all()) == set(passe.objectifs.all())
    for relation, champs in (
        ("criteres", ("libelle", "aide", "poids", "niveaux")),
        ("regles", ("type", "question", "parametres", "bloquante")),
        ("pieces_demandees", ("libelle", "obligation", "nature", "confidentielle")),
    ):
        assert list(getattr(copie, relation).values_list(*champs)) == list(
            getattr(passe, relation).values_list(*champs)
        )
    ancien, nouveau = passe.pieces_demandees.get().modele, copie.pieces_demandees.get().modele
    assert ancien.name != nouveau.name
    with nouveau.open() as fichier:
        assert fichier.read() == b"modele"
    assert not Enveloppe.objects.filter(appel=copie).exists()
    assert Evenement.objects.filter(type="appel.dupliquer").count() == 1


def test_deux_clics_ne_font_qu_une_copie(client, passe, denis):
    client.force_login(denis)
    url = reverse("appels-dupliquer", args=[passe.slug])
    texte = client.get(url).content.decode()
    assert 'value="2027-10-04T09:00"' in texte
    assert Appel.objects.count() == 1
    saisie = {
        "intitule": "Appel 2028",
        "annee": "2028",
        "code": "blb",
        "ouvre_le": "2027-10-04T09:00",
        "cloture_le": "2027-11-30T23:59",
    }
    reponses = [client.post(url, saisie) for _ in range(2)]
    assert {reponse.url for reponse in reponses} == {reverse("appels-modifier", args=["appel-2028"])}
    assert Appel.objects.count() == 2
    assert Appel.objects.get(annee=2028).cloture_le == paris(2027, 11, 30, 23, 59, 59)


def test_une_copie_fausse_garde_la_saisie(client, passe, denis):
    client.force_login(denis)
    url = reverse("appels-dupliquer", args=[passe.slug])
    saisie = {
        "intitule": "Ma copie",
        "annee": "2028",
        "code": "BLB",
        "ouvre_le": "2027-12-04T09:00",
        "cloture_le": "2027-11-30T23:59",
    }
    for faux, phrase in (
        ({}, "La clôture vient après l’ouverture."),
        ({"cloture_le": "demain"}, "resume-erreurs"),
        ({"annee": "2027", "cloture_le": "2027-12-30T23:59"}, "une autre année ou un autre code"),
        ({"annee": "9999", "cloture_le": "2027-12-30T23:59"}, "2100"),
    ):
        reponse = client.post(url, saisie | faux)
        assert reponse.status_code == 422
        assert phrase in reponse.content.decode()
        assert 'value="Ma copie"' in reponse.content.decode()
    assert Appel.objects.count() == 1


def test_un_objectif_sorti_de_la_convention_est_dit(client, passe, denis):
    perdu = ObjectifFactory(texte="Objectif d’une autre convention")
    passe.objectifs.add(perdu)
    client.force_login(denis)
    texte = client.get(reverse("appels-dupliquer", args=[passe.slug])).content.decode()
    assert "Objectif d’une autre convention" in texte
    assert perdu not in operations.dupliquer_appel(passe, par=denis).objectifs.all()


def test_l_appel_passe_est_propose_d_abord(client, passe, denis, chloe):
    client.force_login(denis)
    texte = client.get(reverse("appels-nouveau")).content.decode()
    assert texte.index(reverse("appels-dupliquer", args=[passe.slug])) < texte.index('name="intitule"')
    client.force_login(chloe)
    with pytest.raises(operations.OperationRefusee):
        operations.dupliquer_appel(passe, par=chloe)


@pytest.mark.parametrize("combien", [1, 3])
def test_la_page_de_copie_coute_un_nombre_constant_de_requetes(
    client, passe, denis, combien, django_assert_num_queries
):
    PieceDemandeeFactory.create_batch(combien, appel=passe)
    client.force_login(denis)
    with django_assert_num_queries(REQUETES_DE_LA_COPIE):
        client.get(reverse("appels-dupliquer", args=[passe.slug]))


REQUETES_DE_LA_COPIE = 9
