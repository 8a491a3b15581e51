"""Les données d'essai : cohérentes, reproductibles, aux contraintes tenues."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Sum

from appels.models import Appel
from comptes.models import Collectivite, Organisme
from comptes.validateurs import valider_siret
from config.peuplement import DOSSIERS_PAR_REUNION, GraineDejaServie, peupler
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat, Issue
from dossiers.models import Cible, Dossier, Financement
from evaluation.models import Evaluation, Note, PassageDossier
from programmation.models import Decision, LigneProgrammation
from programmation.tableau import ENTRENT, Fermete, Filtres, lire

pytestmark = pytest.mark.django_db


def portrait():
    """Tout ce qui fait la campagne, sans les clés de la base."""
    dossiers = Dossier.objects.order_by("numero")
    return (
        list(dossiers.values_list("numero", "intitule", "etat", "issue", "depose_le", "organisme__siret")),
        list(
            Financement.objects.order_by("dossier__numero", "financeur__ordre").values_list(
                "dossier__numero", "financeur__sigle", "montant_demande"
            )
        ),
        list(Cible.objects.order_by("dossier__numero", "ordre").values_list("objectif__code", "quartier__code_qpv")),
        list(
            Note.objects.order_by(
                "evaluation__dossier__numero", "evaluation__evaluateur__email", "critere__ordre"
            ).values_list("valeur", flat=True)
        ),
    )


def campagne_rejouee(*arguments):
    """Le portrait d'une campagne, puis la base telle qu'avant."""
    with transaction.atomic():
        peupler(*arguments)
        vu = portrait()
        transaction.set_rollback(True)
    return vu


def test_la_meme_graine_rend_les_memes_dossiers():
    une, deux, autre = campagne_rejouee(40, 2, 7), campagne_rejouee(40, 2, 7), campagne_rejouee(40, 2, 8)
    assert len(une[0]) == 40
    assert une == deux
    assert une != autre


def test_une_autre_graine_ouvre_une_autre_collectivite():
    un, deux = peupler(10, 1, 1), peupler(10, 1, 2)
    assert un.collectivite != deux.collectivite
    assert (un.dossiers.count(), deux.dossiers.count()) == (10, 10)
    assert Collectivite.objects.count() == 2
    assert not set(un.dossiers.values_list("numero")) & set(deux.dossiers.values_list("numero"))


def test_une_graine_deja_servie_le_dit_et_n_ecrit_rien():
    call_command("peupler", dossiers=10, evaluations=1, graine=3)
    with pytest.raises(GraineDejaServie):
        peupler(10, 1, 3)
    with pytest.raises(CommandError, match="La graine 3 a déjà servi pour 10 dossiers"):
        call_command("peupler", dossiers=10, evaluations=1, graine=3)
    assert Dossier.objects.count() == 10


@pytest.mark.parametrize(("dossiers", "evaluations"), [(0, 1), (-4, 1), (5, -1)])
def test_un_nombre_absurde_est_refuse(dossiers, evaluations):
    with pytest.raises(CommandError, match="au moins un dossier"):
        call_command("peupler", dossiers=dossiers, evaluations=evaluations)
    assert not Appel.objects.exists()


def test_les_dossiers_sont_coherents():
    appel = peupler(250, 2, 1)
    connection.check_constraints()
    dossiers = list(appel.dossiers.prefetch_related("lignes_budget", "financements", "cibles"))
    for dossier in dossiers:
        totaux = totaux_du_dossier(dossier)
        assert totaux.charges == totaux.produits > 0, dossier
        assert dossier.cibles.all(), dossier
        assert (dossier.depose_le is None) == (dossier.etat == Etat.BROUILLON), dossier
    for siret in Organisme.objects.values_list("siret", flat=True):
        valider_siret(siret)
    etats = Counter(d.etat for d in dossiers)
    assert set(etats) >= {Etat.DEPOSE, Etat.RECEVABLE, Etat.EN_EVALUATION, Etat.EVALUE, Etat.PROGRAMME, Etat.NOTIFIE}

    evaluations = Evaluation.objects.values("dossier").annotate(n=Count("pk")).values_list("n", flat=True)
    assert set(evaluations) == {2}
    assert Evaluation.objects.count() == 2 * PassageDossier.objects.count()
    par_reunion = PassageDossier.objects.values("reunion").annotate(n=Count("pk")).values_list("n", flat=True)
    assert max(par_reunion) <= DOSSIERS_PAR_REUNION
    accordes = set(Decision.objects.filter(sens="accorde").values_list("dossier__issue", flat=True))
    assert accordes == {Issue.ACCORDE}


@pytest.mark.parametrize(
    ("fermete", "jeu", "champ"),
    [
        (Fermete.SOLLICITE, Financement.objects.filter(dossier__etat__in=ENTRENT), "montant_demande"),
        (Fermete.PROGRAMME, LigneProgrammation.objects.all(), "montant"),
        (Fermete.VOTE, Decision.objects.all(), "montant"),
    ],
)
def test_le_tableau_dit_la_meme_somme_que_la_base(fermete, jeu, champ):
    appel = peupler(250, 1, 1)
    tableau = lire(appel, Filtres(fermete=fermete))
    somme = jeu.filter(dossier__appel=appel).aggregate(somme=Sum(champ))["somme"].quantize(Decimal("0.01"))
    assert tableau.pages > 1
    assert tableau.total["total_demande" if fermete == Fermete.SOLLICITE else "total_retenu"] == somme > 0
    assert sum(e.consomme for e in tableau.enveloppes) == somme
