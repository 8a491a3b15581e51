"""Les verbes du dossier : ce qu'ils refusent, ce qu'ils laissent, et ce que deux personnes font en même temps."""

import ast
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from comptes.models import Membre, Role
from dossiers import operations
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.engagements import Signature
from dossiers.etats import Etat
from dossiers.models import DemandeComplement, Dossier
from dossiers.operations import delais
from journal.models import Evenement
from tests.fabriques import AffectationFactory, AppelFactory, MembreFactory, OrganismeFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import SIGNE, DossierFactory

pytestmark = pytest.mark.django_db


def representante(dossier):
    return MembreFactory(organisme=dossier.organisme, role=Membre.Role.REPRESENTANT).utilisateur


def agent(dossier):
    return AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.AGENT).utilisateur


def deposer(dossier, par):
    return operations.deposer(dossier, par=par, **SIGNE)


def test_deposer_date_fige_et_atteste():
    dossier = DossierFactory(complet=True)
    alice = representante(dossier)
    depose = deposer(dossier, alice)
    assert depose.etat == Etat.DEPOSE
    assert depose.depose_le == depose.atteste_le == depose.cer_souscrit_le
    assert depose.atteste_par == str(alice)
    fait = Evenement.objects.de(dossier).get(type="dossier.deposer")
    assert (fait.donnees["montant_sollicite"], fait.donnees["cout_total"]) == ("3000.00", "5000.00")


def test_deposer_a_la_derniere_seconde_oui_une_seconde_apres_non():
    cloture = datetime(2027, 1, 15, 22, 59, 59, tzinfo=UTC)
    appel = AppelFactory(
        ouvre_le=cloture - timedelta(days=30), publie_le=cloture - timedelta(days=30), cloture_le=cloture
    )
    a_temps, en_retard = DossierFactory.create_batch(2, appel=appel, complet=True)
    with time_machine.travel(cloture, tick=False):
        assert deposer(a_temps, representante(a_temps)).depose_le == cloture
    with time_machine.travel(cloture + timedelta(seconds=1), tick=False):
        with pytest.raises(operations.DepotImpossible) as refus:
            deposer(en_retard, representante(en_retard))
    # L'heure de Paris, pas celle de la base.
    assert "clos depuis le 15/01/2027 à 23 h 59" in str(refus.value)
    en_retard.refresh_from_db()
    assert (en_retard.etat, en_retard.depose_le, en_retard.version) == (Etat.BROUILLON, None, 0)
    assert not Evenement.objects.de(en_retard).exists()


def test_un_depot_incomplet_dit_tout_ce_qui_manque_dans_l_ordre():
    dossier = DossierFactory()
    PieceDemandeeFactory(appel=dossier.appel, libelle="Statuts")
    with pytest.raises(operations.DepotImpossible) as refus:
        deposer(dossier, representante(dossier))
    etapes = [manque.etape for manque in refus.value.manques]
    assert list(dict.fromkeys(etapes)) == [
        "action",
        "objectifs",
        "public",
        "moyens",
        "resultats",
        "budget",
        "budget-structure",
        "pieces",
    ]
    assert refus.value.manques[-1].message == "Joignez la pièce « Statuts »."


@pytest.mark.parametrize(
    ("coches", "phrase"),
    [
        ({"atteste": False}, "l’attestation sur l’honneur"),
        ({"souscrit_cer": False}, "contrat d’engagement républicain"),
        ({"signature": Signature()}, "plus de 500 000 € d’aides publiques"),
    ],
)
def test_deposer_exige_l_attestation_le_contrat_republicain_et_la_reponse_sur_les_aides(coches, phrase):
    dossier = DossierFactory(complet=True)
    with pytest.raises(operations.DepotImpossible, match=phrase):
        operations.deposer(dossier, par=representante(dossier), **SIGNE | coches)
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.aides_plus_500k) == (Etat.BROUILLON, None)


def test_une_ecole_ne_souscrit_pas_le_contrat_republicain():
    dossier = DossierFactory(complet=True, organisme=OrganismeFactory(type="eple", rna=""))
    depose = operations.deposer(dossier, par=representante(dossier), **SIGNE | {"souscrit_cer": False})
    assert depose.cer_souscrit_le is None


def test_un_redacteur_ne_depose_pas():
    dossier = DossierFactory(complet=True)
    bruno = MembreFactory(organisme=dossier.organisme, role=Membre.Role.REDACTEUR).utilisateur
    with pytest.raises(TransitionInterdite):
        deposer(dossier, bruno)


def test_deposer_deux_fois_ne_depose_qu_une_fois():
    dossier = DossierFactory(complet=True)
    alice = representante(dossier)
    premier = deposer(dossier, alice)
    with pytest.raises(TransitionInterdite):
        deposer(dossier, alice)
    dossier.refresh_from_db()
    assert dossier.depose_le == premier.depose_le
    assert Evenement.objects.filter(type="dossier.deposer").count() == 1


def en_meme_temps(*gestes):
    """Lance chaque geste dans son fil, derrière une barrière ; rend ce que chacun a obtenu."""
    depart, resultats = threading.Barrier(len(gestes)), []

    def jouer(geste):
        try:
            depart.wait(timeout=10)
            resultats.append(geste())
        except Exception as refus:
            resultats.append(refus)
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer, args=[geste]) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert len(resultats) == len(gestes)
    return resultats


@pytest.mark.django_db(transaction=True)
def test_quatre_depots_simultanes_un_seul_reussit():
    dossier = DossierFactory(complet=True)
    alice = representante(dossier)
    resultats = en_meme_temps(*[lambda: deposer(Dossier.objects.get(pk=dossier.pk), alice)] * 4)
    assert sum(isinstance(resultat, Dossier) for resultat in resultats) == 1, resultats
    assert sum(isinstance(resultat, TransitionInterdite) for resultat in resultats) == 3, resultats
    assert Evenement.objects.filter(type="dossier.deposer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_recevable_et_irrecevable_en_meme_temps_un_seul_l_emporte():
    dossier = DossierFactory(depose=True)
    denis = agent(dossier)
    resultats = en_meme_temps(
        lambda: operations.declarer_recevable(dossier, par=denis),
        lambda: operations.declarer_irrecevable(dossier, par=denis, motif="Hors délai."),
    )
    assert sum(isinstance(resultat, Dossier) for resultat in resultats) == 1, resultats
    assert Evenement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_les_numeros_se_suivent_sans_trou_ni_doublon():
    appel = AppelFactory()
    membres = [MembreFactory() for _ in range(4)]
    resultats = en_meme_temps(
        *[lambda m=membre: operations.commencer(appel, m.organisme, par=m.utilisateur).numero for membre in membres]
    )
    assert sorted(resultats) == [f"{appel.annee}-{appel.code}-{n:04d}" for n in range(1, 5)]


@pytest.mark.django_db(transaction=True)
def test_un_depot_interrompu_ne_laisse_rien(monkeypatch):
    """La panne survient après l'écriture de l'état : tout doit s'effacer, le fait compris."""
    from dossiers import cycle_de_vie

    def panne(*args, **kwargs):
        raise RuntimeError("panne")

    monkeypatch.setattr(cycle_de_vie, "publier", panne)
    dossier = DossierFactory(complet=True)
    with pytest.raises(RuntimeError):
        deposer(dossier, representante(dossier))
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.depose_le) == (Etat.BROUILLON, None)


def test_une_etrangere_n_ecrit_pas():
    dossier = DossierFactory()
    chloe = MembreFactory().utilisateur
    for geste in (
        lambda: operations.enregistrer(dossier, par=chloe, intitule="Piraté"),
        lambda: operations.viser(dossier, [], par=chloe),
        lambda: operations.chiffrer(dossier, [], {}, par=chloe),
        lambda: operations.supprimer_brouillon(dossier, par=chloe),
    ):
        with pytest.raises(TransitionInterdite):
            geste()
    dossier.refresh_from_db()
    assert (dossier.intitule, dossier.version) == ("", 0)


def test_demander_completer_reprendre():
    dossier = DossierFactory(complet=True, depose=True)
    denis, alice = agent(dossier), representante(dossier)
    limite = timezone.localdate() + timedelta(days=15)
    operations.demander_complement(dossier, par=denis, message="  Le RIB, s’il vous plaît. ", limite_le=limite)
    demande = DemandeComplement.objects.get()
    assert (demande.message, demande.repondue_le) == ("Le RIB, s’il vous plaît.", None)
    with pytest.raises(operations.OperationRefusee, match="Le porteur a jusqu’au"):
        operations.reprendre_examen(dossier, par=denis)
    operations.enregistrer(dossier, par=alice, moyens="Davantage")
    assert operations.completer(dossier, par=alice).etat == Etat.DEPOSE
    demande.refresh_from_db()
    assert demande.repondue_le is not None
    # Une seconde demande reste possible, une fois la première close.
    operations.demander_complement(dossier, par=denis, message="Encore.", limite_le=limite)
    with time_machine.travel(timezone.now() + timedelta(days=16)):
        assert operations.reprendre_examen(dossier, par=denis).etat == Etat.DEPOSE
    assert not DemandeComplement.objects.filter(repondue_le=None).exists()


def test_on_ne_renvoie_pas_un_dossier_vide_de_ses_pieces():
    dossier = DossierFactory(complet=True, a_completer=True)
    PieceDemandeeFactory(appel=dossier.appel, libelle="RIB")
    with pytest.raises(operations.DepotImpossible) as refus:
        operations.completer(dossier, par=representante(dossier))
    assert [manque.message for manque in refus.value.manques] == ["Joignez la pièce « RIB »."]
    dossier.refresh_from_db()
    assert dossier.etat == Etat.A_COMPLETER


@pytest.mark.parametrize(("message", "jours"), [("", 15), ("   ", 15), ("Le RIB", 0), ("Le RIB", -3)])
def test_une_demande_de_complement_bancale_est_refusee(message, jours):
    dossier = DossierFactory(depose=True)
    with pytest.raises(operations.OperationRefusee):
        operations.demander_complement(
            dossier, par=agent(dossier), message=message, limite_le=timezone.localdate() + timedelta(days=jours)
        )
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
    assert not DemandeComplement.objects.exists()


def test_revenir_garde_le_motif_et_efface_la_date_de_recevabilite():
    dossier = DossierFactory(depose=True)
    denis = agent(dossier)
    operations.declarer_recevable(dossier, par=denis)
    for nom, motif in (("revenir_au_depot", " "), ("retirer", "x"), ("deposer", "x"), ("inconnu", "x")):
        with pytest.raises(operations.OperationRefusee):
            operations.revenir(dossier, nom, par=denis, motif=motif)
    revenu = operations.revenir(dossier, "revenir_au_depot", par=denis, motif="Siège mal vérifié.")
    assert (revenu.etat, revenu.recevable_le) == (Etat.DEPOSE, None)
    assert Evenement.objects.de(dossier).last().donnees["motif"] == "Siège mal vérifié."


@pytest.mark.parametrize("etat", ["depose", "a_completer", "recevable", "en_evaluation", "evalue", "programme"])
def test_retirer_avant_la_decision(etat):
    dossier = DossierFactory(etat=etat)
    assert operations.retirer(dossier, par=representante(dossier), motif="Plus de salle").etat == Etat.RETIRE


@pytest.mark.parametrize("etat", ["brouillon", "decide", "notifie", "en_cours", "irrecevable", "clos", "retire"])
def test_retirer_trop_tot_ou_trop_tard(etat):
    dossier = DossierFactory(etat=etat)
    with pytest.raises(TransitionInterdite):
        operations.retirer(dossier, par=representante(dossier))


@pytest.mark.parametrize(
    ("recu", "demandes", "attendu"),
    [
        (datetime(2026, 1, 15, 11, tzinfo=UTC), [], date(2026, 3, 15)),
        (datetime(2025, 12, 31, 11, tzinfo=UTC), [], date(2026, 2, 28)),
        # Déposé le 31 janvier à 0 h 30 à Paris : encore le 30 en temps universel.
        (datetime(2026, 1, 30, 23, 30, tzinfo=UTC), [], date(2026, 3, 31)),
        (datetime(2026, 1, 15, 11, tzinfo=UTC), [((1, 20), (1, 30), (2, 4))], date(2026, 3, 25)),
        # Réponse après la date limite : la suspension s'arrête à la limite.
        (datetime(2026, 1, 15, 11, tzinfo=UTC), [((1, 20), (2, 20), (2, 4))], date(2026, 3, 30)),
        (datetime(2026, 1, 15, 11, tzinfo=UTC), [((1, 20), None, (2, 4))], date(2026, 3, 30)),
    ],
)
def test_la_date_du_rejet_implicite(recu, demandes, attendu):
    lignes = [
        DemandeComplement(
            demandee_le=datetime(2026, *demande, 9, tzinfo=UTC),
            repondue_le=datetime(2026, *reponse, 9, tzinfo=UTC) if reponse else None,
            limite_le=date(2026, *limite),
        )
        for demande, reponse, limite in demandes
    ]
    assert operations.date_rejet_implicite(recu, lignes) == attendu


ECRITURES = {"save", "create", "bulk_create", "update", "delete", "bulk_update", "get_or_create", "update_or_create"}
# Les verbes qui n'écrivent que par franchir(), lui-même atomique.
PAR_LA_PORTE = {"franchir"}


def _appels(noeud):
    for appel in ast.walk(noeud):
        if isinstance(appel, ast.Call):
            yield appel.func.attr if isinstance(appel.func, ast.Attribute) else getattr(appel.func, "id", "")


def test_chaque_verbe_qui_ecrit_est_atomique():
    """Sans la transaction, un fait pourrait survivre à l'écriture qu'il raconte : le test se lit dans le source."""
    # Les délais se calculent, ils n'écrivent rien.
    fichiers = sorted(set(Path(operations.__file__).parent.glob("*.py")) - {Path(delais.__file__)})
    fonctions = {n.name: n for f in fichiers for n in ast.parse(f.read_text()).body if isinstance(n, ast.FunctionDef)}
    oublis = []
    for nom, noeud in fonctions.items():
        appels = list(_appels(noeud))
        ecrit = ECRITURES.intersection(appels) or {"publier", "_marquer_ecriture"} & set(appels)
        plusieurs_verbes = sum(appel in fonctions or appel in PAR_LA_PORTE for appel in appels) > 1
        # En décorateur, ou dans le corps quand un contrôle lent (antivirus) précède la transaction.
        atomique = "transaction.atomic" in ast.unparse(noeud)
        # `lire_…` ne remplit que ce que le dossier garde en mémoire : un dictionnaire s'y met à jour, pas la base.
        if (ecrit or plusieurs_verbes) and not atomique and not nom.startswith(("_", "lire_")):
            oublis.append(nom)
    assert oublis == []
    assert len(fonctions) > 25
