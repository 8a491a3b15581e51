"""Les verbes de l'argent : ce qu'ils écrivent, ce qu'ils refusent, et ce que fait un double clic."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat, Issue
from dossiers.operations import EcritureConcurrente, OperationRefusee
from journal.models import Evenement
from programmation import operations
from programmation.models import Decision, Deliberation, LigneProgrammation
from tests.fabriques import (
    AppelFactory,
    DeliberationFactory,
    EnveloppeFactory,
    FinanceurFactory,
    agent_de,
    dossier_chiffre,
    financeur_de,
)

pytestmark = pytest.mark.django_db
D = Decimal
MOTIF = [{"code": "BUDGET", "precision": "Le poste 64 n’est pas détaillé."}]


@pytest.fixture
def appel():
    return AppelFactory()


@pytest.fixture
def financeurs(appel):
    return list(appel.financeurs.all())


@pytest.fixture
def denis(appel):
    return agent_de(appel.collectivite, utilisateur__prenom="Denis")


@pytest.fixture
def deliberation(appel):
    return DeliberationFactory(appel=appel, numero="2027-034", date=date(2026, 11, 20))


def test_fixer_les_enveloppes_laisse_un_fait(appel, financeurs, denis):
    etat, ville = financeurs
    operations.fixer_enveloppes(appel, {etat: D(1000), ville: None}, par=denis)
    operations.fixer_enveloppes(appel, {etat: D(1000)}, par=denis)  # rien ne change : pas de second fait
    assert [e.montant for e in appel.enveloppes.all()] == [D(1000)]
    assert Evenement.objects.filter(type="appel.fixer_enveloppes").count() == 1
    operations.fixer_enveloppes(appel, {etat: None}, par=denis)
    assert not appel.enveloppes.exists()


def test_une_enveloppe_fausse_est_refusee(appel, financeurs, denis):
    for montant in (D(-1), D("1e11"), D("0.001")):
        with pytest.raises(OperationRefusee):
            operations.fixer_enveloppes(appel, {financeurs[0]: montant}, par=denis)
    with pytest.raises(OperationRefusee, match="ne finance pas"):
        operations.fixer_enveloppes(appel, {FinanceurFactory(): D(1)}, par=denis)
    with pytest.raises(TransitionInterdite):
        operations.fixer_enveloppes(appel, {financeurs[0]: D(1)}, par=agent_de(AppelFactory().collectivite))
    assert not appel.enveloppes.exists()


def test_programmer_reprend_les_montants_proposes(appel, financeurs, denis):
    etat, ville = financeurs
    evalue = dossier_chiffre(appel, {etat: D(3000), ville: D(500)}, etat=Etat.EVALUE, propose={etat: D(2500)})
    recevable = dossier_chiffre(appel, {etat: D(1)}, etat=Etat.RECEVABLE)
    assert [d.pk for d in operations.programmer_les_evalues(appel, par=denis)] == [evalue.pk]
    evalue.refresh_from_db()
    recevable.refresh_from_db()
    assert (evalue.etat, recevable.etat) == (Etat.PROGRAMME, Etat.RECEVABLE)
    assert [(li.financeur, li.montant) for li in evalue.lignes_programmation.all()] == [(etat, D(2500))]
    assert operations.programmer_les_evalues(appel, par=denis) == []


def test_reprogrammer_garde_ce_qui_etait_fixe(appel, financeurs, denis):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)}, etat=Etat.EVALUE)
    LigneProgrammation.objects.create(dossier=dossier, financeur=financeurs[0], montant=D(7), version=4)
    operations.programmer_les_evalues(appel, par=denis)
    assert dossier.lignes_programmation.get().montant == D(7)


def test_fixer_un_montant_ecrit_une_fois(appel, financeurs, denis):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    operations.fixer_montant(dossier, financeurs[0], D(2000), par=denis, version=1)
    # Le double clic repart avec l'ancienne version et le même montant : il ne se passe rien de plus.
    operations.fixer_montant(dossier, financeurs[0], D(2000), par=denis, version=1)
    ligne = dossier.lignes_programmation.get()
    assert (ligne.montant, ligne.version, ligne.modifie_par) == (D(2000), 2, denis)
    fait = Evenement.objects.get(type="dossier.fixer_montant")
    assert (fait.donnees["avant"], fait.donnees["apres"]) == ("3000.00", "2000")


def test_deux_agents_ne_s_ecrasent_pas(appel, financeurs, denis):
    etat, ville = financeurs
    dossier = dossier_chiffre(appel, {etat: D(3000)})
    operations.fixer_montant(dossier, etat, D(2000), par=denis, version=1)
    with pytest.raises(EcritureConcurrente, match="2\u202f000"):
        operations.fixer_montant(dossier, etat, D(1000), par=agent_de(appel.collectivite), version=1)
    # Deux créations croisées : la seconde voit qu'un montant existe.
    operations.fixer_montant(dossier, ville, D(10), par=denis, version=0)
    with pytest.raises(EcritureConcurrente):
        operations.fixer_montant(dossier, ville, D(20), par=denis, version=0)
    assert sorted(li.montant for li in dossier.lignes_programmation.all()) == [D(10), D(2000)]


def test_un_financeur_n_ecrit_que_sa_colonne(appel, financeurs):
    etat, ville = financeurs
    representant = financeur_de(etat)
    dossier = dossier_chiffre(appel, {etat: D(3000), ville: D(1000)})
    operations.fixer_montant(dossier, etat, D(1), par=representant)
    with pytest.raises(TransitionInterdite):
        operations.fixer_montant(dossier, ville, D(1), par=representant)
    with pytest.raises(TransitionInterdite):
        operations.fixer_montant(dossier, etat, D(1), par=agent_de(AppelFactory().collectivite))
    assert dossier.lignes_programmation.get(financeur=ville).montant == D(1000)


@pytest.mark.parametrize("montant", [D(-1), D("1e11"), D("1.234")])
def test_un_montant_faux_ne_change_rien(appel, financeurs, denis, montant):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    with pytest.raises(OperationRefusee):
        operations.fixer_montant(dossier, financeurs[0], montant, par=denis)
    assert dossier.lignes_programmation.get().montant == D(3000)


def test_un_montant_ne_change_plus_apres_la_decision(appel, financeurs, denis):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)}, etat=Etat.DECIDE)
    with pytest.raises(OperationRefusee, match="décidé"):
        operations.fixer_montant(dossier, financeurs[0], D(1), par=denis)
    with pytest.raises(OperationRefusee, match="ne finance pas"):
        operations.fixer_montant(dossier, FinanceurFactory(), D(1), par=denis)


def test_plus_que_demande_avertit_sans_interdire():
    assert operations.avertissement(D(20), D(10)).startswith("C’est plus que")
    assert operations.avertissement(D(20), None) == "Ce financeur n’a pas été sollicité par le porteur."
    assert operations.avertissement(D(10), D(10)) == operations.avertissement(D(0), None) == ""


def test_enregistrer_une_deliberation(appel, denis):
    jour = timezone.localdate()
    premiere = operations.enregistrer_deliberation(appel, " 2027-1 ", jour, jour, par=denis)
    assert (premiere.numero, premiere.organe) == ("2027-1", appel.collectivite.organe_deliberant)
    assert operations.enregistrer_deliberation(appel, "2027-1", jour, par=denis) == premiere
    for numero, date_, transmise in (
        ("2027-1", jour - timedelta(days=1), None),
        ("", jour, None),
        ("2027-2", jour + timedelta(days=1), None),
        ("2027-2", jour, jour - timedelta(days=1)),
    ):
        with pytest.raises(OperationRefusee):
            operations.enregistrer_deliberation(appel, numero, date_, transmise, par=denis)
    assert Deliberation.objects.count() == 1
    assert Evenement.objects.filter(type="appel.enregistrer_deliberation").count() == 1


def test_decider_suit_les_montants_et_recopie_ce_que_dira_la_lettre(appel, financeurs, denis, deliberation):
    etat, ville = financeurs
    accorde = dossier_chiffre(appel, {etat: D(3000), ville: D(1000)}, prevu={etat: D("2500.50"), ville: D(0)})
    refuse = dossier_chiffre(appel, {ville: D(800)}, prevu={})
    decides = operations.decider(appel, [accorde, refuse], deliberation, par=denis, motifs={refuse.pk: MOTIF})
    assert [(d.etat, d.issue) for d in decides] == [(Etat.DECIDE, Issue.ACCORDE), (Etat.DECIDE, Issue.REFUSE)]
    assert list(accorde.decisions.values_list("sens", "montant")) == [("accorde", D("2500.50")), ("refuse", D(0))]
    assert list(refuse.decisions.values_list("sens", "motifs")) == [("refuse", MOTIF)]
    donnees = Evenement.objects.get(type="dossier.decider", objet_id=accorde.pk).donnees
    seance = timezone.localtime(accorde.avis.reunion.debut).date().isoformat()
    assert {cle: donnees[cle] for cle in donnees if cle not in ("avant", "apres")} == {
        "deliberation": {"numero": "2027-034", "date": "2026-11-20", "organe": "le conseil municipal"},
        "decisions": [
            {"financeur_id": etat.pk, "financeur": "État", "sigle": "État", "sens": "accorde", "montant": "2500.50"},
            {"financeur_id": ville.pk, "financeur": "Ville", "sigle": "Ville", "sens": "refuse", "montant": "0.00"},
        ],
        "montant_accorde": "2500.50",
        "cout_total": "10000.00",
        "montant_sollicite": "4000.00",
        "motifs": [],
        "rang": 1,
        "reserves": "",
        "instance_libelle": "Réunion thématique",
        "instance_date": seance,
    }
    assert Evenement.objects.get(type="dossier.decider", objet_id=refuse.pk).donnees["motifs"] == MOTIF


def test_decider_deux_fois_ne_decide_qu_une(appel, financeurs, denis, deliberation):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    operations.decider(appel, [dossier], deliberation, par=denis)
    with pytest.raises(OperationRefusee, match="ne sont plus à décider"):
        operations.decider(appel, [dossier], deliberation, par=agent_de(appel.collectivite))
    assert Decision.objects.count() == 1
    assert Evenement.objects.filter(type="dossier.decider").count() == 1


def test_un_refus_sans_motif_ne_decide_personne(appel, financeurs, denis, deliberation):
    accorde = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    refuse = dossier_chiffre(appel, {financeurs[0]: D(800)}, prevu={})
    for motifs in ({}, {refuse.pk: []}, {refuse.pk: [{"code": "INVENTE"}]}, {refuse.pk: MOTIF * 2}):
        with pytest.raises(operations.MotifManquant) as refus:
            operations.decider(appel, [accorde, refuse], deliberation, par=denis, motifs=motifs)
        assert list(refus.value.dossiers) == [refuse.pk]
    assert not Decision.objects.exists()
    accorde.refresh_from_db()
    assert accorde.etat == Etat.PROGRAMME


def test_l_enveloppe_ne_suffit_comme_motif_que_pour_un_dossier_classe(appel, financeurs, denis, deliberation):
    seul = [{"code": "ENVELOPPE", "precision": ""}]
    classe = dossier_chiffre(appel, {financeurs[0]: D(800)}, prevu={})
    assert operations.decider(appel, [classe], deliberation, par=denis, motifs={classe.pk: seul})
    sans_note = dossier_chiffre(appel, {financeurs[0]: D(800)}, prevu={})
    sans_note.evaluations.all().update(envoyee_le=None)
    with pytest.raises(operations.MotifManquant):
        operations.decider(appel, [sans_note], deliberation, par=denis, motifs={sans_note.pk: seul})
    assert operations.decider(appel, [sans_note], deliberation, par=denis, motifs={sans_note.pk: seul + MOTIF})


def test_depasser_une_enveloppe_demande_une_explication_ecrite(appel, financeurs, denis, deliberation):
    EnveloppeFactory(appel=appel, financeur=financeurs[0], montant=D(5000))
    premier = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    second = dossier_chiffre(appel, {financeurs[0]: D("2000.01")})
    operations.decider(appel, [premier], deliberation, par=denis)
    for confirmation in ("", "  oui  "):
        with pytest.raises(operations.EnveloppeDepassee) as refus:
            operations.decider(appel, [second], deliberation, par=denis, confirmation_depassement=confirmation)
        assert refus.value.depassements == [("État", D("0.01"))]
    operations.decider(
        appel, [second], deliberation, par=denis, confirmation_depassement="L’État abonde de 500 € (courrier du 3)."
    )
    fait = Evenement.objects.filter(type="appel.decider").last()
    assert fait.donnees["depassements"] == [["État", "0.01"]]
    assert fait.donnees["confirmation"].startswith("L’État abonde")


def test_seul_un_agent_de_la_collectivite_decide(appel, financeurs, denis, deliberation):
    dossier = dossier_chiffre(appel, {financeurs[0]: D(3000)})
    for intrus in (financeur_de(financeurs[0]), agent_de(AppelFactory().collectivite)):
        with pytest.raises(TransitionInterdite):
            operations.decider(appel, [dossier], deliberation, par=intrus)
    with pytest.raises(OperationRefusee, match="autre appel"):
        operations.decider(appel, [dossier], DeliberationFactory(), par=denis)
    with pytest.raises(OperationRefusee, match="au moins un"):
        operations.decider(appel, [], deliberation, par=denis)


def test_programmer_et_decider_coutent_la_porte_et_rien_de_plus(appel, financeurs, denis, deliberation):
    """La porte du cycle de vie coûte cinq requêtes par dossier ; le reste ne dépend pas du nombre de dossiers."""

    def cout(geste):
        with CaptureQueriesContext(connection) as requetes:
            geste()
        return len(requetes)

    assert denis.roles
    dossiers = [dossier_chiffre(appel, {f: D(10) for f in financeurs}, etat=Etat.EVALUE) for _ in range(2)]
    programmer_2 = cout(lambda: operations.programmer_les_evalues(appel, par=denis))
    decider_2 = cout(lambda: operations.decider(appel, dossiers, deliberation, par=denis))
    dossiers = [dossier_chiffre(appel, {f: D(10) for f in financeurs}, etat=Etat.EVALUE) for _ in range(5)]
    programmer_5 = cout(lambda: operations.programmer_les_evalues(appel, par=denis))
    decider_5 = cout(lambda: operations.decider(appel, dossiers, deliberation, par=denis))
    assert (programmer_5 - programmer_2, decider_5 - decider_2) == (3 * 5, 3 * 5)
