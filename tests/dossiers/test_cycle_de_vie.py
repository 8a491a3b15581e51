"""Le cycle de vie, dessiné à la main : si la table change, ce dessin doit changer avec elle, exprès."""

import pytest
from django.db import IntegrityError, connection, transaction

from comptes.models import Membre, Role
from dossiers import cycle_de_vie, operations
from dossiers.cycle_de_vie import TRANSITIONS, TransitionInterdite, franchir, transitions_possibles
from dossiers.etats import Etat, Issue
from dossiers.models import Dossier
from journal.models import Evenement
from tests.fabriques import AffectationFactory, MembreFactory, UtilisateurFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db

ETATS = {
    "brouillon", "depose", "a_completer", "irrecevable", "recevable", "en_evaluation", "evalue", "programme",
    "decide", "notifie", "en_cours", "bilan_rendu", "clos", "retire",
}  # fmt: skip

# (depuis, verbe, vers, qui) : le dessin de la conception, passage par passage.
DESSIN = {
    ("brouillon", "deposer", "depose", "representant"),
    ("depose", "demander_complement", "a_completer", "agent"),
    ("a_completer", "completer", "depose", "membre"),
    ("a_completer", "reprendre_examen", "depose", "agent"),
    ("a_completer", "annuler_complement", "depose", "agent"),
    ("depose", "declarer_recevable", "recevable", "agent"),
    ("depose", "declarer_irrecevable", "irrecevable", "agent"),
    ("recevable", "mettre_en_evaluation", "en_evaluation", "agent"),
    ("en_evaluation", "constater_avis", "evalue", "agent"),
    ("evalue", "programmer", "programme", "agent"),
    ("programme", "decider", "decide", "agent"),
    ("decide", "constater_notification", "notifie", "systeme"),
    ("irrecevable", "constater_notification", "notifie", "systeme"),
    ("notifie", "demarrer", "en_cours", "agent"),
    ("en_cours", "rendre_bilan", "bilan_rendu", "representant"),
    ("notifie", "clore", "clos", "agent"),
    ("bilan_rendu", "clore", "clos", "agent"),
    ("depose", "retirer", "retire", "representant"),
    ("a_completer", "retirer", "retire", "representant"),
    ("recevable", "retirer", "retire", "representant"),
    ("en_evaluation", "retirer", "retire", "representant"),
    ("evalue", "retirer", "retire", "representant"),
    ("programme", "retirer", "retire", "representant"),
    ("recevable", "revenir_au_depot", "depose", "agent"),
    ("en_evaluation", "revenir_a_la_recevabilite", "recevable", "agent"),
    ("evalue", "revenir_en_evaluation", "en_evaluation", "agent"),
    ("programme", "revenir_a_l_avis", "evalue", "agent"),
}
VERBES = {verbe for _, verbe, _, _ in DESSIN}
PERSONNES = ("representant", "redacteur", "etranger", "agent", "agent_ailleurs", "evaluateur", "financeur", "systeme")
PERMIS = {
    "representant": {"representant"},
    "membre": {"representant", "redacteur"},
    "agent": {"agent"},
    "systeme": {"systeme"},
}


@pytest.fixture
def gens():
    """Alice représente, Bruno rédige, Chloé est étrangère, Denis instruit ; chacun les siens ailleurs."""

    def distribuer(dossier):
        ici = dossier.appel.collectivite
        chloe = MembreFactory(role=Membre.Role.REPRESENTANT).utilisateur
        return {
            "representant": MembreFactory(organisme=dossier.organisme, role=Membre.Role.REPRESENTANT).utilisateur,
            "redacteur": MembreFactory(organisme=dossier.organisme, role=Membre.Role.REDACTEUR).utilisateur,
            "etranger": chloe,
            "agent": AffectationFactory(collectivite=ici, role=Role.AGENT).utilisateur,
            "agent_ailleurs": AffectationFactory(role=Role.AGENT).utilisateur,
            "evaluateur": AffectationFactory(collectivite=ici, role=Role.EVALUATEUR).utilisateur,
            "financeur": UtilisateurFactory(),
            "systeme": None,
        }

    return distribuer


def issue_pour(etat, verbe):
    """L'issue qui ouvre le passage : on ne clôt un dossier notifié que refusé ou irrecevable."""
    if etat == "notifie":
        return Issue.REFUSE if verbe == "clore" else Issue.ACCORDE
    if etat in {"decide", "en_cours", "bilan_rendu", "clos"}:
        return Issue.ACCORDE
    return Issue.IRRECEVABLE if etat == "irrecevable" else Issue.AUCUNE


CHAMPS = {"decider": {"issue": Issue.ACCORDE}, "declarer_irrecevable": {"issue": Issue.IRRECEVABLE}}


def champs_de(verbe):
    from django.utils import timezone

    return {**CHAMPS.get(verbe, {}), **({"depose_le": timezone.now()} if verbe == "deposer" else {})}


def test_les_quatorze_etats_sont_ceux_du_dessin():
    assert {etat.value for etat in Etat} == ETATS


def test_le_cycle_est_celui_du_dessin():
    table = {(depuis.value, nom, t.vers.value) for nom, t in TRANSITIONS.items() for depuis in t.depuis}
    assert table == {(depuis, verbe, vers) for depuis, verbe, vers, _ in DESSIN}


@pytest.mark.parametrize("etat", sorted(ETATS))
def test_chaque_passage_personne_par_personne(etat, gens):
    """Tous les verbes, tentés par tout le monde, depuis chaque état : seuls les passages dessinés s'ouvrent."""
    dossier = DossierFactory(etat=etat)
    personnes = gens(dossier)
    for verbe in sorted(VERBES):
        Dossier.objects.filter(pk=dossier.pk).update(issue=issue_pour(etat, verbe))
        permis = {(vers, qui) for depuis, v, vers, qui in DESSIN if (depuis, v) == (etat, verbe)}
        for nom in PERSONNES:
            attendu = next((vers for vers, qui in permis if nom in PERMIS[qui]), None)
            point = transaction.savepoint()
            try:
                obtenu = franchir(dossier, verbe, par=personnes[nom], **champs_de(verbe)).etat
            except TransitionInterdite:
                obtenu = None
            transaction.savepoint_rollback(point)
            assert obtenu == attendu, f"{etat} --{verbe}→ par {nom}"


def test_ce_qui_est_propose_est_ce_qui_est_permis(gens):
    for etat in sorted(ETATS):
        dossier = DossierFactory(etat=etat)
        personnes = gens(dossier)
        for nom in PERSONNES:
            dessines = {v for depuis, v, _, qui in DESSIN if depuis == etat and nom in PERMIS[qui]}
            if etat == "notifie":
                dessines -= {"clore"}  # ce dossier est accordé : il démarre, il ne se clôt pas
            assert set(transitions_possibles(dossier, personnes[nom])) == dessines, f"{etat} {nom}"


@pytest.mark.parametrize("issue", [Issue.REFUSE, Issue.IRRECEVABLE])
def test_un_dossier_refuse_ne_demarre_jamais(issue, gens):
    dossier = DossierFactory(notifie=True, issue=issue)
    denis = gens(dossier)["agent"]
    with pytest.raises(TransitionInterdite):
        operations.demarrer(dossier, par=denis)
    assert transitions_possibles(dossier, denis) == ["clore"]


def test_un_dossier_accorde_ne_se_clot_pas_avant_son_bilan(gens):
    dossier = DossierFactory(notifie=True)
    denis = gens(dossier)["agent"]
    with pytest.raises(TransitionInterdite):
        operations.clore(dossier, par=denis)


@pytest.mark.parametrize(
    "champs",
    [
        {"etat": "en_cours", "issue": "refuse"},
        {"etat": "en_cours", "issue": "irrecevable"},
        {"etat": "en_cours", "issue": ""},
        {"etat": "bilan_rendu", "issue": "refuse"},
        {"etat": "decide", "issue": ""},
        {"etat": "decide", "issue": "irrecevable"},
        {"etat": "notifie", "issue": ""},
        {"etat": "clos", "issue": ""},
        {"etat": "irrecevable", "issue": ""},
        {"etat": "irrecevable", "issue": "accorde"},
        {"etat": "en_attente"},
        {"issue": "peut-etre"},
        {"etat": "depose", "depose_le": None},
        {"debut": "2027-06-01", "fin": "2027-05-31"},
    ],
)
@pytest.mark.parametrize("par_sql", [False, True], ids=["orm", "sql"])
def test_la_base_elle_meme_refuse_un_dossier_impossible(champs, par_sql):
    dossier = DossierFactory(depose=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        if par_sql:
            affectations = ", ".join(f"{nom} = %s" for nom in champs)
            with connection.cursor() as curseur:
                curseur.execute(
                    f"UPDATE dossiers_dossier SET {affectations} WHERE id = %s", [*champs.values(), dossier.pk]
                )
        else:
            Dossier.objects.filter(pk=dossier.pk).update(**champs)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE


def test_l_etat_ne_se_choisit_pas(gens):
    dossier = DossierFactory(depose=True)
    with pytest.raises(ValueError, match="ne se choisit pas"):
        franchir(dossier, "declarer_recevable", par=gens(dossier)["agent"], etat=Etat.NOTIFIE)


def test_la_saisie_n_ecrit_ni_l_etat_ni_l_issue(gens):
    dossier = DossierFactory()
    alice = gens(dossier)["representant"]
    for champs in ({"etat": Etat.RECEVABLE}, {"issue": Issue.ACCORDE}, {"depose_le": None}, {"organisme_id": 1}):
        with pytest.raises(ValueError, match="ne se saisissent pas"):
            operations.enregistrer(dossier, par=alice, **champs)
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.issue, dossier.version) == (Etat.BROUILLON, "", 0)


def test_chaque_passage_laisse_un_fait_et_un_seul(gens):
    dossier = DossierFactory(depose=True)
    denis = gens(dossier)["agent"]
    operations.declarer_recevable(dossier, par=denis)
    fait = Evenement.objects.de(dossier).get()
    assert (fait.type, fait.acteur_id, fait.donnees) == (
        "dossier.declarer_recevable",
        denis.pk,
        {"avant": "depose", "apres": "recevable"},
    )


def test_un_passage_refuse_ne_laisse_rien(gens):
    dossier = DossierFactory(depose=True)
    with pytest.raises(TransitionInterdite):
        operations.declarer_recevable(dossier, par=gens(dossier)["etranger"])
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.version) == (Etat.DEPOSE, 0)
    assert not Evenement.objects.exists()


def test_chaque_transition_a_son_fait():
    assert set(cycle_de_vie.FAITS.values()) == {f"dossier.{verbe}" for verbe in VERBES}


def test_irrecevable_puis_notifie_puis_clos(gens):
    dossier = DossierFactory(depose=True)
    denis = gens(dossier)["agent"]
    operations.declarer_irrecevable(dossier, par=denis, motif="Hors quartier prioritaire.")
    operations.constater_notification(dossier, acte_id=7, acte_numero="IRR-2027-0001")
    final = operations.clore(dossier, par=denis)
    assert (final.etat, final.issue, final.motif_irrecevabilite) == (
        "clos",
        "irrecevable",
        "Hors quartier prioritaire.",
    )
    assert final.notifie_le is not None
    assert [fait.type for fait in Evenement.objects.de(dossier)] == [
        "dossier.declarer_irrecevable",
        "dossier.constater_notification",
        "dossier.clore",
    ]
