"""L'avis de la réunion : un sens, des montants dans la demande, une fois, et corrigé par le chemin prévu."""

import re
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import Avis, MontantPropose
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from tests.fabriques import AffectationFactory, CollectiviteFactory, DossierFactory, FinanceurFactory, agent_de

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def etat(seance):
    """Le seul financeur sollicité : 3 000 €."""
    return seance.dossier.financements.get().financeur


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def adresse(seance):
    return reverse("evaluation-avis", args=[seance.dossier.numero])


@pytest.mark.parametrize("sens", Avis.Sens.values)
def test_chaque_sens_se_rend_avec_ses_montants(seance, etat, sens):
    propose = D(0) if sens == "defavorable" else D("2500.50")
    avis = seance.rendre(sens, montants={etat: propose}, reserves="Sous condition", observations=" Utile ")
    assert seance.dossier.etat == Etat.EVALUE
    assert (avis.sens, avis.observations) == (sens, "Utile")
    assert avis.reserves == ("Sous condition" if sens == "reserves" else "")
    assert [(m.financeur, m.montant) for m in avis.montants.all()] == [(etat, propose)]
    assert Evenement.objects.get(type="dossier.constater_avis").donnees["sens"] == sens


def test_un_financeur_oublie_recoit_zero(seance, etat):
    assert [m.montant for m in seance.rendre(montants={}).montants.all()] == [0]


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"montants": D("3000.01")}, r"va de zéro au montant demandé \(3\s000\s€\)"),
        ({"montants": D("-1")}, "va de zéro"),
        ({"sens": "defavorable", "montants": D(1)}, "Un avis défavorable ne propose aucun montant"),
        ({"sens": "reserves", "reserves": "  "}, "dit lesquelles"),
        ({"sens": "formidable"}, "Choisissez le sens"),
        ({"sens": ""}, "Choisissez le sens"),
    ],
)
def test_un_avis_faux_est_refuse_et_n_ecrit_rien(seance, etat, champs, message):
    montant = champs.pop("montants", D(0))
    with pytest.raises(OperationRefusee, match=message):
        seance.rendre(champs.pop("sens", "favorable"), montants={etat: montant}, **champs)
    assert seance.dossier.etat == Etat.EN_EVALUATION
    assert not Avis.objects.exists()
    assert not MontantPropose.objects.exists()
    assert not Evenement.objects.exists()


def test_on_ne_propose_rien_a_un_financeur_non_sollicite(seance, etat):
    ville = seance.appel.financeurs.exclude(pk=etat.pk).get()
    for financeur in (ville, FinanceurFactory()):
        with pytest.raises(OperationRefusee, match="Rien n’est demandé à"):
            seance.rendre(montants={etat: D(1), financeur: D(1)})
    assert not Avis.objects.exists()


def test_un_avis_se_corrige_quand_le_dossier_revient_en_evaluation(seance, etat):
    premier = seance.rendre("reserves", reserves="Sous condition", montants={etat: D(1000)})
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Erreur de saisie")
    assert seance.dossier.etat == Etat.EN_EVALUATION
    corrige = seance.rendre("favorable", montants={etat: D(2000)})
    assert (corrige.pk, corrige.sens, corrige.reserves) == (premier.pk, "favorable", "")
    assert [m.montant for m in MontantPropose.objects.all()] == [D(2000)]
    assert seance.dossier.etat == Etat.EVALUE
    assert Evenement.objects.filter(type="dossier.constater_avis").count() == 2


@pytest.mark.django_db(transaction=True)
def test_deux_agents_rendent_l_avis_en_meme_temps_un_seul_passe(seance):
    collegue = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.AGENT).utilisateur
    dossier, depart, resultats = seance.dossier, threading.Barrier(2), []

    def rendre(par, sens):
        try:
            depart.wait(timeout=10)
            resultats.append(operations.rendre_avis(dossier, par=par, sens=sens, montants={}))
        except Exception as refus:
            resultats.append(refus)
        finally:
            connection.close()

    gestes = [(seance.denis, "favorable"), (collegue, "defavorable")]
    fils = [threading.Thread(target=rendre, args=geste) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert sorted(type(r).__name__ for r in resultats) == ["Avis", "TransitionInterdite"], resultats
    rendu = next(r for r in resultats if isinstance(r, Avis))
    assert Avis.objects.get().sens == rendu.sens
    assert MontantPropose.objects.count() == 1
    assert Evenement.objects.filter(type="dossier.constater_avis").count() == 1


# La page


@pytest.mark.parametrize(
    ("saisie", "message"),
    [
        ({"sens": "favorable", "montant": "3000,01"}, "Le montant demandé est de 3 000 €."),
        ({"sens": "favorable", "montant": "-5"}, None),
        ({"sens": "favorable", "montant": "beaucoup"}, None),
        ({"sens": "favorable", "montant": "99999999999999"}, None),
        ({"sens": "favorable", "montant": "1,234"}, None),
        ({"sens": "defavorable", "montant": "10"}, "Un avis défavorable ne propose aucun montant."),
        ({"sens": "reserves", "reserves": " ", "montant": "10"}, "Un avis favorable avec réserves dit lesquelles."),
        ({"sens": "", "montant": "10"}, None),
        ({"sens": "formidable", "montant": "10"}, None),
    ],
)
def test_une_saisie_fausse_est_expliquee_gardee_et_ne_change_rien(client, seance, etat, saisie, message):
    client.force_login(seance.denis)
    montant = saisie.pop("montant")
    donnees = {**saisie, f"montant-{etat.pk}": montant, "observations": "Mes observations"}
    reponse = client.post(adresse(seance), donnees)
    assert reponse.status_code == 422
    lu = texte(reponse)
    assert "Mes observations" in lu
    assert f'value="{montant}"' in lu
    assert not reponse.context["form"].non_field_errors()  # chaque refus se lit à son champ
    if message:
        assert message in lu
    assert not Avis.objects.exists()
    assert seance.dossier.etat == Etat.EN_EVALUATION


def test_un_avis_deja_rendu_par_un_collegue_se_dit_et_garde_le_sien(client, seance, etat):
    """La page restait ouverte pendant que l'autre enregistrait."""
    client.force_login(seance.denis)
    seance.rendre(observations="Celui du collègue")
    reponse = client.post(adresse(seance), {"sens": "favorable", "observations": "Le mien"})
    assert reponse.status_code == 422
    assert "n’est pas possible" in texte(reponse)
    assert Avis.objects.get().observations == "Celui du collègue"


def test_une_correction_repart_de_ce_qui_etait_saisi(client, seance, etat):
    seance.rendre("reserves", reserves="Sous condition", montants={etat: D("1000.50")})
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Erreur")
    client.force_login(seance.denis)
    lu = texte(client.get(adresse(seance)))
    assert "Sous condition" in lu
    assert re.search(r'value="1[\s.]?000[,.]50"', lu)
    assert "Enregistrer l’avis" in lu


def test_personne_d_autre_n_ouvre_la_page(client, seance):
    agent_d_ailleurs = agent_de(CollectiviteFactory())
    client.force_login(agent_d_ailleurs)
    assert client.get(adresse(seance)).status_code == 404
    assert client.post(adresse(seance), {"sens": "favorable"}).status_code == 404
    for personne in (seance.eva, seance.gisele):
        client.force_login(personne)
        assert client.get(adresse(seance)).status_code == 403
    client.force_login(seance.denis)
    hors_reunion = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    for numero in (hors_reunion.numero, "2027-XXX-9999"):
        assert client.get(reverse("evaluation-avis", args=[numero])).status_code == 404
    assert not Avis.objects.exists()


def test_un_dossier_retire_n_a_plus_de_formulaire(client, seance):
    Dossier.objects.filter(pk=seance.dossier.pk).update(etat=Etat.RETIRE)
    client.force_login(seance.denis)
    assert "Enregistrer l’avis" not in texte(client.get(adresse(seance)))
    with pytest.raises(TransitionInterdite):
        seance.rendre()
