"""Qui conduit et voit une réunion, ce qui s'inscrit à son ordre du jour, et la clôture qui refuse tout."""

import pytest
from django.utils import timezone

from comptes.models import Role
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import Evaluation, MembreReunion, PassageDossier, Reunion
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from tests.fabriques import (
    AffectationFactory,
    CollectiviteFactory,
    DossierFactory,
    MembreReunionFactory,
    PassageFactory,
    ReunionFactory,
    agent_de,
)

pytestmark = pytest.mark.django_db


def faits(nom):
    return Evenement.objects.filter(type=nom).count()


def recevable(seance, **champs):
    return DossierFactory(appel=champs.pop("appel", seance.appel), complet=True, recevable=True, **champs)


def ordre(reunion):
    return list(reunion.passages.order_by("rang").values_list("rang", "dossier_id"))


def test_on_ne_convie_pas_un_financeur(seance):
    financeur = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.FINANCEUR).utilisateur
    with pytest.raises(OperationRefusee):
        operations.convier(seance.reunion, financeur, par=seance.denis)


def test_un_agent_d_ailleurs_ne_fait_rien_ici(seance):
    intrus = agent_de(CollectiviteFactory())
    dossier = recevable(seance)
    gestes = [
        lambda: operations.creer_reunion(seance.appel, par=intrus, titre="X", debut=timezone.now()),
        lambda: operations.modifier_reunion(seance.reunion, par=intrus, titre="X"),
        lambda: operations.convier(seance.reunion, seance.eva, par=intrus),
        lambda: operations.retirer_membre(seance.membre(seance.eva), par=intrus),
        lambda: operations.marquer_presence(seance.membre(seance.eva), "present", par=intrus),
        lambda: operations.inscrire(seance.reunion, dossier, par=intrus),
        lambda: operations.desinscrire(seance.passage, par=intrus, motif="X"),
        lambda: operations.deplacer(seance.passage, par=intrus, vers=1),
        lambda: operations.rendre_avis(seance.dossier, par=intrus, sens="favorable", montants={}),
        lambda: operations.clore_reunion(seance.reunion, par=intrus),
        lambda: operations.rouvrir_reunion(seance.reunion, par=intrus, motif="X"),
        lambda: operations.demander_proces_verbal(seance.reunion, par=intrus),
    ]
    for geste in gestes:
        with pytest.raises(OperationRefusee, match="Seul un agent"):
            geste()
    # Un évaluateur, même convié, ne conduit pas davantage la réunion.
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        operations.clore_reunion(seance.reunion, par=seance.eva)
    assert not Evenement.objects.exists()


@pytest.mark.parametrize("etat", [e for e in Etat if e != Etat.RECEVABLE])
def test_seul_un_dossier_recevable_s_inscrit(seance, etat):
    dossier = DossierFactory(appel=seance.appel, etat=etat)
    with pytest.raises(TransitionInterdite):
        operations.inscrire(seance.reunion, dossier, par=seance.denis)
    dossier.refresh_from_db()
    assert dossier.etat == etat
    assert seance.reunion.passages.count() == 1


def test_un_dossier_s_inscrit_une_fois_dans_une_seule_reunion(seance):
    autre = ReunionFactory(appel=seance.appel)
    for reunion in (seance.reunion, autre):
        with pytest.raises(TransitionInterdite):
            operations.inscrire(reunion, seance.dossier, par=seance.denis)
    assert PassageDossier.objects.filter(dossier=seance.dossier).count() == 1


def test_desinscrire_rend_le_dossier_recevable_et_efface_les_brouillons(seance):
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille())
    operations.desinscrire(seance.passage, par=seance.denis, motif="Mauvaise réunion")
    assert seance.dossier.etat == Etat.RECEVABLE
    assert not PassageDossier.objects.exists()
    assert not Evaluation.objects.exists()
    assert faits("reunion.desinscrire") == faits("dossier.revenir_a_la_recevabilite") == 1
    operations.inscrire(ReunionFactory(appel=seance.appel), seance.dossier, par=seance.denis)
    assert seance.dossier.etat == Etat.EN_EVALUATION


@pytest.mark.parametrize(("vers", "attendu"), [(1, "cab"), (2, "acb"), (3, "abc"), (99, "abc"), (-4, "cab")])
def test_deplacer_un_dossier_decale_les_autres_sans_trou(seance, vers, attendu):
    a, b, c = seance.passage, PassageFactory(reunion=seance.reunion), PassageFactory(reunion=seance.reunion)
    operations.deplacer(c, par=seance.denis, vers=vers)
    noms = {a.dossier_id: "a", b.dossier_id: "b", c.dossier_id: "c"}
    rangs = ordre(seance.reunion)
    assert [rang for rang, _ in rangs] == [1, 2, 3]
    assert "".join(noms[pk] for _, pk in rangs) == attendu


def test_une_reunion_close_refuse_tout(seance):
    autre = recevable(seance)
    hugo = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    seance.envoyer(seance.eva)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    avant = Evenement.objects.count()
    reunion, dossier = seance.reunion, seance.dossier  # `reunion` date d'avant la clôture : le verbe relit
    gestes = [
        lambda: operations.modifier_reunion(reunion, par=seance.denis, titre="X"),
        lambda: operations.convier(reunion, hugo, par=seance.denis),
        lambda: operations.retirer_membre(seance.membre(seance.farid), par=seance.denis),
        lambda: operations.marquer_presence(seance.membre(seance.farid), "present", par=seance.denis),
        lambda: operations.inscrire(reunion, autre, par=seance.denis),
        lambda: operations.desinscrire(seance.passage, par=seance.denis, motif="X"),
        lambda: operations.deplacer(seance.passage, par=seance.denis, vers=1),
        lambda: seance.rendre("defavorable"),
        lambda: operations.clore_reunion(reunion, par=seance.denis),
        lambda: operations.enregistrer_evaluation(dossier, par=seance.farid, notes=seance.grille()),
        lambda: operations.envoyer_evaluation(dossier, par=seance.farid),
        lambda: operations.rouvrir_evaluation(dossier, par=seance.eva),
        lambda: operations.declarer_deport(dossier, par=seance.farid, motif="Cousin"),
    ]
    for geste in gestes:
        with pytest.raises(OperationRefusee, match=r"close|terminée"):
            geste()
    assert Evenement.objects.count() == avant
    assert Dossier.objects.get(pk=autre.pk).etat == Etat.RECEVABLE


def test_marquer_une_presence_deux_fois_ne_laisse_qu_un_fait(seance):
    for _ in range(2):
        operations.marquer_presence(seance.membre(seance.eva), "excuse", par=seance.denis)
    assert seance.membre(seance.eva).presence == "excuse"
    assert faits("reunion.marquer_presence") == 1


def test_modifier_une_reunion_laisse_un_fait(seance):
    operations.modifier_reunion(seance.reunion, par=seance.denis, titre="Emploi", lieu="Salle B")
    seance.reunion.refresh_from_db()
    assert (seance.reunion.titre, seance.reunion.lieu) == ("Emploi", "Salle B")
    assert faits("reunion.modifier") == 1


def test_un_membre_disparu_entre_temps_se_dit(seance):
    membre = seance.membre(seance.eva)
    operations.retirer_membre(MembreReunion.objects.get(pk=membre.pk), par=seance.denis)
    with pytest.raises(OperationRefusee, match="n’est plus conviée"):
        operations.marquer_presence(membre, "present", par=seance.denis)


def test_la_reunion_ne_se_voit_que_de_ses_membres_et_de_ses_agents(seance):
    lointaine = MembreReunionFactory().utilisateur
    voient = {u: list(Reunion.objects.visibles_par(u)) for u in (seance.denis, seance.eva, seance.gisele)}
    assert set(map(tuple, voient.values())) == {(seance.reunion,)}
    assert seance.reunion not in Reunion.objects.visibles_par(lointaine)
    assert list(Reunion.objects.conduites_par(seance.eva)) == []
