"""L'éligibilité : au plus cinq questions avant d'écrire, revérifiées avant le dépôt."""

import re
from datetime import date

import pytest
from django.urls import reverse

from appels.models import RegleEligibilite
from dossiers.calendrier import periode_permise
from dossiers.completude import manques
from dossiers.eligibilite import avertissements_d_eligibilite, verifier
from dossiers.models import Dossier
from tests.fabriques import AppelFactory, MembreFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def regle(appel, type_, bloquante=True, **parametres):
    return RegleEligibilite.objects.create(
        appel=appel, type=type_, question=f"Question {type_} ?", parametres=parametres,
        explication=f"Explication {type_}.", bloquante=bloquante,
    )  # fmt: skip


CAS = [
    ("structure", {"types": ["association", "bailleur"]}, "association", "eple"),
    ("part_qpv", {"min": 50}, 50, 49),
    ("periode", {}, ["2027-01-01", "2027-12-31"], ["2026-12-31", "2027-06-30"]),
    ("montant", {}, "500", "499.99"),
    ("oui_non", {"attendu": True}, "oui", "non"),
    ("oui_non", {"attendu": False}, "non", "oui"),
]


@pytest.mark.parametrize(("type_", "parametres", "bonne", "mauvaise"), CAS)
def test_chaque_regle_tenue_ou_non_et_expliquee(type_, parametres, bonne, mauvaise):
    appel = AppelFactory(montant_min=500, montant_max=9000)
    posee = regle(appel, type_, **parametres)
    (tenue,) = verifier([posee], {str(posee.pk): bonne}, appel)
    (rompue,) = verifier([posee], {str(posee.pk): mauvaise}, appel)
    (muette,) = verifier([posee], {}, appel)
    assert (tenue.tenue, rompue.tenue, muette.tenue) == (True, False, None)
    assert rompue.bloque
    assert rompue.explication == f"Explication {type_}."
    assert rompue.que_faire
    assert not tenue.explication


@pytest.mark.parametrize("reponse", ["x", True, [], ["2027-01-01"], {"a": 1}, -3.5])
@pytest.mark.parametrize("type_", ["structure", "periode", "oui_non"])
def test_une_reponse_forgee_vaut_sans_reponse(type_, reponse):
    appel = AppelFactory()
    posee = regle(appel, type_, types=["association"])
    assert verifier([posee], {str(posee.pk): reponse}, appel)[0].tenue is None


def test_l_annee_scolaire_prolonge_la_periode():
    assert periode_permise(AppelFactory(annee=2027)) == (date(2027, 1, 1), date(2027, 12, 31))
    assert periode_permise(AppelFactory(annee=2027), 3).fin == date(2029, 12, 31)
    assert periode_permise(AppelFactory(annee=2027, annee_scolaire=True)) == (date(2027, 1, 1), date(2028, 8, 31))


def test_sans_compte_on_repond_et_on_lit_pourquoi(client):
    appel = AppelFactory()
    qpv, oui = regle(appel, "part_qpv", min=60), regle(appel, "oui_non", bloquante=False)
    adresse = reverse("dossiers-eligibilite-appel", args=[appel.slug])
    assert "2 questions" in texte(client.get(adresse))
    reponse = client.post(adresse, {f"q{qpv.pk}": "20", f"q{oui.pk}": "non"}, follow=True)
    page = texte(reponse)
    assert reponse.redirect_chain[0] == (adresse, 302)
    assert "Explication part_qpv." in page
    assert "60\u00a0% au moins" in page
    assert "à surveiller, sans empêcher le dépôt" in page
    assert "Commencer quand même" in page


def test_une_reponse_illisible_garde_ce_qui_etait_tape(client):
    appel = AppelFactory()
    qpv, oui = regle(appel, "part_qpv", min=60), regle(appel, "oui_non")
    reponse = client.post(
        reverse("dossiers-eligibilite-appel", args=[appel.slug]), {f"q{qpv.pk}": "170", f"q{oui.pk}": "oui"}
    )
    assert reponse.status_code == 422
    assert 'value="170"' in texte(reponse)


def test_jamais_plus_de_cinq_questions(client):
    appel = AppelFactory()
    for _ in range(7):
        regle(appel, "oui_non")
    page = client.get(reverse("dossiers-eligibilite-appel", args=[appel.slug])).content.decode()
    assert page.count("<legend>") == 5


def test_un_appel_sans_regle_n_a_pas_cette_etape(client):
    appel = AppelFactory()
    client.force_login(MembreFactory().utilisateur)
    assert client.get(reverse("dossiers-eligibilite-appel", args=[appel.slug])).status_code == 404
    assert client.get(reverse("dossiers-commencer", args=[appel.slug])).status_code == 200
    assert client.post(reverse("dossiers-commencer", args=[appel.slug])).status_code == 302


def test_commencer_passe_par_les_questions_et_le_dossier_garde_les_reponses(client):
    appel = AppelFactory()
    oui = regle(appel, "oui_non")
    client.force_login(MembreFactory().utilisateur)
    questions = reverse("dossiers-eligibilite-appel", args=[appel.slug])
    assert client.post(reverse("dossiers-commencer", args=[appel.slug])).url == questions
    client.post(questions, {f"q{oui.pk}": "oui"})
    client.post(reverse("dossiers-commencer", args=[appel.slug]))
    assert Dossier.objects.get().eligibilite == {str(oui.pk): "oui"}


def test_les_regles_se_reverifient_contre_le_vrai_dossier():
    appel = AppelFactory()
    regle(appel, "part_qpv", min=90)
    regle(appel, "structure", types=["bailleur"])
    regle(appel, "periode")
    dossier = DossierFactory(appel=appel, complet=True, part_qpv=80, debut=date(2026, 12, 1))
    trouves = {(m.etape, m.message.split(".")[0]) for m in manques(dossier) if m.champ.startswith("eligibilite")}
    assert trouves == {
        ("public", "Explication part_qpv"),
        ("structure", "Explication structure"),
        ("public", "Explication periode"),
    }


def test_une_regle_non_bloquante_previent_sans_empecher():
    appel = AppelFactory()
    regle(appel, "part_qpv", bloquante=False, min=90)
    dossier = DossierFactory(appel=appel, complet=True, part_qpv=80)
    assert not [m for m in manques(dossier) if m.champ.startswith("eligibilite")]
    assert avertissements_d_eligibilite(dossier) == ["Explication part_qpv."]


def test_une_question_sautee_se_retrouve_avant_le_depot_et_se_corrige(client):
    appel = AppelFactory()
    oui = regle(appel, "oui_non")
    dossier = DossierFactory(appel=appel, complet=True)
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    relecture = texte(client.get(reverse("dossiers-relecture", args=[dossier.numero])))
    adresse = reverse("dossiers-eligibilite", args=[dossier.numero])
    assert "Répondez à la question : Question oui_non ?" in relecture
    assert adresse in relecture
    client.post(adresse, {f"q{oui.pk}": "oui"})
    dossier.refresh_from_db()
    assert not [m for m in manques(dossier) if m.champ.startswith("eligibilite")]


def test_une_demande_sur_trois_ans_tient_la_regle_de_periode():
    appel = AppelFactory(annee=2027)
    regle(appel, "periode")
    dossier = DossierFactory(appel=appel, complet=True, fin=date(2029, 6, 30), nb_annees=3)
    assert not [m for m in manques(dossier) if m.champ.startswith("eligibilite")]
