"""Renouveler avec mémoire : tout est repris, ce qui ne l'est pas se dit, et chacun voit ce qui a changé."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from comptes.models import Role
from dossiers import operations
from dossiers.comparaison import differences
from dossiers.memoire import a_renouveler, memoire
from dossiers.models import Dossier, IndicateurAction, Realisation
from evaluation.models import Avis
from programmation.models import Decision
from tests.fabriques import AffectationFactory, AppelFactory, MembreFactory
from tests.fabriques_appels import FinanceurFactory, ObjectifFactory
from tests.fabriques_dossiers import DossierFactory
from tests.fabriques_evaluation import MembreReunionFactory, PassageFactory, ReunionFactory
from tests.fabriques_programmation import DeliberationFactory

pytestmark = pytest.mark.django_db


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def url(nom, dossier):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


@pytest.fixture
def ancien():
    appel = AppelFactory(annee=2026, clos=True)
    dossier = DossierFactory(appel=appel, complet=True, clos=True, debut=date(2026, 2, 28), fin=date(2026, 11, 30))
    IndicateurAction.objects.create(dossier=dossier, libelle="Séances tenues", cible=12)
    return dossier


@pytest.fixture
def appel(ancien):
    return AppelFactory(
        annee=2027, collectivite=ancien.appel.collectivite, objectifs=list(ancien.appel.objectifs.all())
    )


@pytest.fixture
def alice(ancien):
    return MembreFactory(organisme=ancien.organisme).utilisateur


def avec_avis(ancien, reserves="- Un seul quartier.\n\n• Associer le conseil citoyen."):
    reunion = ReunionFactory(appel=ancien.appel)
    PassageFactory(dossier=ancien, reunion=reunion)
    return Avis.objects.create(dossier=ancien, reunion=reunion, sens="reserves", reserves=reserves)


def test_tout_est_repris_dates_decalees_et_rien_d_accorde_d_avance(ancien, appel, alice):
    dossier, perdus = operations.renouveler(ancien, appel, par=alice)
    assert perdus == []
    assert dossier.renouvelle == ancien
    assert (dossier.intitule, dossier.description, dossier.public) == (
        ancien.intitule, ancien.description, ancien.public,
    )  # fmt: skip
    assert (dossier.debut, dossier.fin) == (date(2027, 2, 28), date(2027, 11, 30))
    assert [(c.objectif, c.quartier) for c in dossier.cibles.all()] == [
        (c.objectif, c.quartier) for c in ancien.cibles.all()
    ]
    assert {(li.sens, li.compte, li.montant) for li in dossier.lignes_budget.all()} == {
        (li.sens, li.compte, li.montant) for li in ancien.lignes_budget.all()
    }
    assert dossier.financements.get().montant_demande == 3000
    assert dossier.indicateurs.get().cible == 12
    assert dossier.pieces.count() == 0
    assert (dossier.etat, dossier.depose_le, dossier.atteste_le) == ("brouillon", None, None)


def test_un_refuse_se_renouvelle_un_brouillon_ou_un_dossier_d_ailleurs_non(ancien, appel, alice):
    refuse = DossierFactory(appel=ancien.appel, organisme=ancien.organisme, clos=True, issue="refuse")
    assert operations.renouveler(refuse, appel, par=alice).dossier.renouvelle == refuse
    brouillon = DossierFactory(appel=ancien.appel, organisme=ancien.organisme)
    for autre, vers, qui in (
        (brouillon, appel, alice),
        (ancien, AppelFactory(), alice),
        (ancien, ancien.appel, alice),
        (ancien, appel, MembreFactory().utilisateur),
    ):
        with pytest.raises(operations.OperationRefusee):
            operations.renouveler(autre, vers, par=qui)


def test_deux_clics_un_seul_dossier(client, ancien, appel, alice):
    client.force_login(alice)
    adresses = {client.post(url("renouveler", ancien), {"appel": appel.slug}).url for _ in range(2)}
    assert adresses == {url("realise", Dossier.objects.get(appel=appel))}


def test_ce_qui_n_existe_plus_se_dit(client, ancien, alice):
    nouveau = AppelFactory(annee=2027, collectivite=ancien.appel.collectivite, objectifs=[
        ObjectifFactory(convention=ancien.appel.convention)], financeurs=[
        FinanceurFactory(collectivite=ancien.appel.collectivite, sigle="CAF", nom="CAF")])  # fmt: skip
    client.force_login(alice)
    page = texte(client.post(url("renouveler", ancien), {"appel": nouveau.slug}, follow=True))
    assert "Cet appel ne propose plus l’objectif" in page
    assert "ne finance pas cet appel" in page
    dossier = Dossier.objects.get(appel=nouveau)
    assert not dossier.cibles.exists()
    assert not dossier.financements.exists()


def test_commencer_propose_d_emblee_l_action_de_l_an_passe(client, ancien, appel, alice):
    client.force_login(alice)
    adresse = reverse("dossiers-commencer", args=[appel.slug])
    assert "Reconduire une action" in texte(client.get(adresse))
    # Le bouton de la page de l'appel propose, il n'ouvre pas un dossier vide par-dessus.
    assert "Reconduire une action" in texte(client.post(adresse))
    operations.renouveler(ancien, appel, par=alice)
    assert list(a_renouveler(alice, appel)) == []


def test_les_reserves_notifiees_deviennent_une_liste_a_cocher(client, ancien, appel, alice):
    avec_avis(ancien)
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    assert [r.texte for r in dossier.reserves_reprises.all()] == ["Un seul quartier.", "Associer le conseil citoyen."]
    premiere = dossier.reserves_reprises.first()
    client.force_login(alice)
    client.post(
        url("reserves", dossier),
        {f"reserve-{premiere.pk}-traitee": "on", f"reserve-{premiere.pk}-reponse": "Le Coteau seulement."},
    )
    premiere.refresh_from_db()
    assert (premiere.traitee, premiere.reponse) == (True, "Le Coteau seulement.")


def test_avant_la_notification_les_reserves_ne_se_disent_pas(ancien, appel, alice):
    avec_avis(ancien)
    Dossier.objects.filter(pk=ancien.pk).update(notifie_le=None)
    ancien.refresh_from_db()
    assert not operations.renouveler(ancien, appel, par=alice).dossier.reserves_reprises.exists()


def test_le_realise_se_declare_se_corrige_et_s_affiche_a_cote_du_prevu(client, ancien, appel, alice):
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    indicateur = ancien.indicateurs.get()
    client.force_login(alice)
    assert "prévu\u00a0: 2\u202f000,00\u00a0€" in texte(client.get(url("realise", dossier)))
    refus = client.post(url("realise", dossier), {"C:60": "beaucoup", f"I:{indicateur.pk}": "9"})
    assert refus.status_code == 422
    assert "beaucoup" in texte(refus)
    # Ce qui se lit est déjà entré ; la faute seule reste à corriger.
    assert [r.cle for r in Realisation.objects.all()] == [f"I:{indicateur.pk}"]
    client.post(url("realise", dossier), {"C:60": "1 850,50", "nb_beneficiaires": "35", f"I:{indicateur.pk}": "9"})
    assert {r.cle: r.valeur for r in ancien.realisations.all()} == {
        "C:60": Decimal("1850.50"), "nb_beneficiaires": 35, f"I:{indicateur.pk}": 9,
    }  # fmt: skip
    page = texte(client.get(url("comparaison", dossier)))
    assert "1\u202f850,50\u00a0€" in page
    client.post(url("realise", dossier), {"C:60": "1 900", "nb_beneficiaires": "", f"I:{indicateur.pk}": ""})
    assert {r.cle: r.valeur for r in ancien.realisations.all()} == {"C:60": 1900}


def test_le_montant_accorde_se_lit_a_cote_du_demande_une_fois_notifie(client, ancien, appel, alice):
    financeur = ancien.financements.get().financeur
    Decision.objects.create(
        dossier=ancien, financeur=financeur, sens="accorde", montant=2200,
        deliberation=DeliberationFactory(appel=ancien.appel),
    )  # fmt: skip
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    client.force_login(alice)
    assert "2\u202f200,00\u00a0€" in texte(client.get(url("comparaison", dossier)))
    Dossier.objects.filter(pk=ancien.pk).update(notifie_le=None)
    assert "2\u202f200,00\u00a0€" not in texte(client.get(url("comparaison", dossier)))


def test_les_differences_disent_ce_qui_change_et_rien_d_autre(ancien, appel, alice):
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    assert differences(ancien, dossier) == []
    operations.enregistrer(dossier, par=alice, description="Un jardin partagé au pied des tours.", nb_beneficiaires=60)
    dossier.lignes_budget.filter(compte="60").update(montant=2500)
    dossier = Dossier.objects.get(pk=dossier.pk)
    trouvees = {d.libelle: d for d in differences(ancien, dossier)}
    assert set(trouvees) == {"Description de l’action", "Nombre de bénéficiaires", "Achats (matières, fournitures)"}
    assert trouvees["Nombre de bénéficiaires"][2:] == ("40", "60")
    assert trouvees["Description de l’action"].morceaux == [
        ("", "Un jardin partagé au pied des"), ("-", "immeubles."), ("+", "tours."),
    ]  # fmt: skip


def test_l_agent_et_l_evaluateur_voient_ce_qui_a_change(client, ancien, appel, alice):
    avec_avis(ancien)
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    reserve = dossier.reserves_reprises.first()
    operations.repondre_aux_reserves(dossier, {reserve.pk: (True, "Le Coteau seulement.")}, par=alice)
    operations.enregistrer(dossier, par=alice, intitule="Jardiner au Coteau")
    Dossier.objects.filter(pk=dossier.pk).update(etat="en_evaluation", depose_le="2027-01-10T10:00Z")
    client.force_login(AffectationFactory(collectivite=appel.collectivite, role=Role.AGENT).utilisateur)
    page = texte(client.get(url("contenu", dossier)))
    assert "Ce qui a changé depuis 2026" in page
    assert "Le Coteau seulement." in page
    reunion = ReunionFactory(appel=appel)
    PassageFactory(dossier=dossier, reunion=reunion)
    evaluateur = AffectationFactory(collectivite=appel.collectivite, role=Role.EVALUATEUR).utilisateur
    MembreReunionFactory(reunion=reunion, utilisateur=evaluateur)
    client.force_login(evaluateur)
    synthese = reverse("evaluation-synthese", args=[dossier.numero])
    assert f'href="{synthese}#avant"' in client.get(reverse("evaluation-noter", args=[dossier.numero])).content.decode()
    page = texte(client.get(synthese))
    assert "Ce qui a changé" in page
    assert "Le Coteau seulement." in page
    assert client.get(url("comparaison", dossier)).status_code == 200


def test_un_etranger_ne_voit_ni_ne_compare(client, ancien, appel, alice):
    dossier = operations.renouveler(ancien, appel, par=alice).dossier
    client.force_login(MembreFactory().utilisateur)
    for nom in ("renouveler", "realise", "reserves", "comparaison"):
        assert client.get(url(nom, dossier)).status_code == 404
    assert client.get(url("renouveler", ancien)).status_code == 404


def test_un_dossier_sans_passe_n_a_ni_memoire_ni_requete(django_assert_num_queries):
    dossier = DossierFactory()
    with django_assert_num_queries(0):
        assert memoire(dossier) is None
