"""Les règles du budget : les vecteurs du métier, puis des propriétés sur des budgets tirés au hasard."""

import importlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from dossiers.budget import COMPTES, Budget, Demande, Ligne, euros, pourcentage, repartir, totaliser, totaux_du_dossier
from dossiers.completude import constats
from dossiers.forms import MontantField
from dossiers.models import Financement, HeuresBenevoles, LigneBudget, LigneStructure
from dossiers.plan_comptable import PAIRES, SOUS_COMPTES
from dossiers.regles_budget import VERIFICATIONS, Reglages, permis_public, verifier
from tests.fabriques_dossiers import DossierFactory

MONTANTS = st.decimals(min_value=0, max_value=9_999_999, places=2)
LIGNES = st.lists(
    st.one_of(
        st.builds(Ligne, st.just("C"), st.sampled_from(sorted(COMPTES["C"])), MONTANTS),
        st.builds(Ligne, st.just("P"), st.sampled_from(sorted(COMPTES["P"])), MONTANTS, st.booleans()),
    ),
    max_size=30,
).map(lambda lignes: tuple(ligne._replace(rang=rang) for rang, ligne in enumerate(lignes)))
DEMANDES = st.lists(
    st.builds(Demande, st.integers(1, 50), MONTANTS, st.booleans(), st.just("Ville")), max_size=5,
    unique_by=lambda demande: demande.financeur,
).map(tuple)  # fmt: skip
BUDGETS = st.builds(Budget, LIGNES, DEMANDES)
TAUX = st.decimals(min_value=0, max_value=100, places=2)
REGLAGES = st.builds(
    Reglages,
    taux_max_public=TAUX,
    benevolat_dans_assiette=st.booleans(),
    montant_min=st.sampled_from([Decimal(0), Decimal(500)]),
    montant_max=st.sampled_from([None, Decimal(500_000)]),
    benevolat=st.booleans(),
    heures=st.one_of(st.none(), MONTANTS),
    montant_minimum=st.one_of(st.none(), MONTANTS),
)


def regles(budget, **reglages):
    return {constat.regle for constat in verifier(budget, Reglages(**reglages))}


def budget(charges=0, propres=0, demande=0, c86=0, p87=0, publique=True):
    return Budget(
        (
            Ligne("C", "60", Decimal(charges)),
            Ligne("C", "864", Decimal(c86)),
            Ligne("P", "870", Decimal(p87)),
            Ligne("P", "756", Decimal(propres)),
        ),
        (Demande(1, Decimal(demande), publique, "Ville"),),
    )


@pytest.mark.parametrize(
    ("charges", "produits", "c86", "p87", "attendues"),
    [
        (12000, 12000, 0, 0, set()),
        (12000, 11999, 0, 0, {"B1"}),
        (12000, 12001, 0, 0, {"B1"}),
        (12000, 12000, 600, 500, {"B2"}),
        (12000, 12000, 600, 600, set()),
    ],
)
def test_equilibre(charges, produits, c86, p87, attendues):
    assert regles(budget(charges, produits - 1000, 1000, c86, p87)) == attendues


@pytest.mark.parametrize(
    ("cout", "benevolat", "dans_assiette", "public", "permis"),
    [
        (3000, 0, False, "2400", True),
        (3000, 0, False, "2400.01", False),
        (3000, 600, True, "2880", True),
        (3000, 600, True, "2880.01", False),
        (3000, 600, False, "2400.01", False),
        (10000, 0, False, "8000", True),
        (10000, 0, False, "8001", False),
        (10000, 0, False, "8000.01", False),
    ],
)
def test_part_publique_de_quatre_vingts_pour_cent(cout, benevolat, dans_assiette, public, permis):
    propres = max(Decimal(cout) - Decimal(public), Decimal(0))
    saisi = budget(cout, propres, public, benevolat, benevolat)
    assert ("B5" not in regles(saisi, benevolat_dans_assiette=dans_assiette)) == permis


def test_une_fondation_privee_ne_compte_pas_dans_la_part_publique():
    lignes = (Ligne("C", "60", Decimal(1000)), Ligne("P", "74", Decimal(900)))
    assert regles(Budget(lignes, (Demande(1, Decimal(100)),))) == set()


def test_une_subvention_publique_saisie_a_la_main_compte():
    lignes = (Ligne("C", "60", Decimal(1000)), Ligne("P", "74", Decimal(900), est_public=True))
    assert regles(Budget(lignes, (Demande(1, Decimal(100)),))) == {"B5"}


def test_sans_charge_on_ne_parle_pas_de_taux():
    assert regles(budget(demande=100)) == {"B1"}


def test_rien_demande():
    assert regles(budget(10, 10)) == {"B4"}


@pytest.mark.parametrize(
    ("demande", "attendues"), [("499.99", {"B8"}), ("500", set()), ("5000", set()), ("5000.01", {"B8"})]
)
def test_bornes_de_l_appel(demande, attendues):
    saisi = budget(9000, Decimal(9000) - Decimal(demande), demande)
    assert regles(saisi, montant_min=Decimal(500), montant_max=Decimal(5000)) == attendues


@pytest.mark.parametrize(
    ("libelle", "trouve"),
    [
        ("achat d’un minibus", True),
        ("investissement cuisine", True),
        ("Travaux de façade", True),
        ("location d’un minibus", False),
        ("travail de rue", False),
        ("fournitures", False),
    ],
)
def test_un_investissement_se_signale_sans_bloquer(libelle, trouve):
    saisi = budget(1000, 500, 500)
    saisi = replace(saisi, lignes=(saisi.lignes[0]._replace(libelle=libelle), *saisi.lignes[1:]))
    assert [(c.regle, c.bloquant) for c in verifier(saisi, Reglages())] == ([("B8", False)] if trouve else [])


def test_deborder_l_annee_previent_sans_bloquer():
    (constat,) = verifier(budget(100, 50, 50), Reglages(deborde=True))
    assert (constat.regle, constat.bloquant, constat.champs) == ("B7", False, ("debut", "fin"))


def test_le_budget_de_la_structure_recopie_est_une_erreur():
    action = budget(1000, 500, 500)
    recopie = Budget((Ligne("C", "60", Decimal(1000)), Ligne("P", "756", Decimal(500)), Ligne("P", "74", Decimal(500))))
    assert [(c.regle, c.bloquant) for c in verifier(action, Reglages(structure=recopie))] == [("B3", True)]
    plus_petit = Budget((Ligne("C", "60", Decimal(900)),))
    (constat,) = verifier(action, Reglages(structure=plus_petit))
    assert (constat.regle, constat.bloquant, constat.ampleur) == ("B3", False, 100)
    plus_grand = Budget((Ligne("C", "60", Decimal(90000)),))
    assert verifier(action, Reglages(structure=plus_grand)) == verifier(action, Reglages(structure=Budget())) == []


@pytest.mark.parametrize(("heures", "trouve"), [(None, False), ("600", False), ("599.99", True), ("700", True)])
def test_les_heures_de_benevolat_et_le_budget_disent_pareil(heures, trouve):
    reglages = Reglages(heures=None if heures is None else Decimal(heures))
    constats_ = verifier(budget(1000, 500, 500, 600, 600), reglages)
    assert [(c.regle, c.bloquant) for c in constats_] == ([("B9", False)] if trouve else [])


def test_sans_la_section_benevolat_on_ne_parle_ni_de_86_ni_de_87():
    saisi = budget(1000, 500, 500, 600, 0)
    assert regles(saisi, benevolat=False, heures=Decimal(1)) == set()


@pytest.mark.parametrize(("minimum", "attendues"), [(None, set()), ("500", set()), ("500.01", {"MIN"})])
def test_le_montant_minimal_tient_dans_le_montant_demande(minimum, attendues):
    assert regles(budget(1000, 500, 500), montant_minimum=minimum and Decimal(minimum)) == attendues


def test_le_message_dit_combien_et_ne_juge_pas():
    manque, *_ = verifier(budget("1000.50", 900), Reglages())
    assert manque.message == "Il manque 100,50\u00a0€ de produits pour équilibrer le budget."
    exces, *_ = verifier(budget(1000, 2200), Reglages())
    assert exces.message.startswith("Le total des produits dépasse celui des charges de 1\u202f200\u00a0€.")


def test_le_bilan_peut_ne_verifier_que_l_equilibre():
    saisi = budget(1000, 500, 100, 5, 0)
    assert [c.regle for c in verifier(saisi, Reglages(montant_min=Decimal(500)), ("B1",))] == ["B1"]


def test_chaque_compte_a_son_aide_et_chaque_emploi_sa_ressource():
    assert {compte for plan in COMPTES.values() for compte in plan} == set(SOUS_COMPTES)
    assert set(PAIRES) == {"860", "861", "862", "864"}
    assert set(PAIRES.values()) == {"870", "871", "875"}


# --- Propriétés.


@given(BUDGETS)
def test_les_totaux_sont_les_sommes_au_centime(saisi):
    totaux = saisi.totaux
    demande = sum((d.montant for d in saisi.demandes), Decimal(0))
    tout = sum((ligne.montant for ligne in saisi.lignes), Decimal(0)) + demande
    assert totaux.demande == demande
    assert totaux.charges + totaux.produits + totaux.emplois_volontaires + totaux.ressources_volontaires == tout
    assert totaux.public <= totaux.produits
    assert totaux.ecart == totaux.charges - totaux.produits
    assert sum(saisi.par_compte().values(), Decimal(0)) == tout


@given(BUDGETS, REGLAGES, st.randoms())
def test_l_ordre_des_lignes_ne_change_rien(saisi, reglages, hasard):
    lignes, demandes = list(saisi.lignes), list(saisi.demandes)
    hasard.shuffle(lignes)
    hasard.shuffle(demandes)
    melange = Budget(tuple(lignes), tuple(demandes))
    assert (
        melange.totaux == saisi.totaux == totaliser(lignes, [(d.financeur, d.montant, d.est_public) for d in demandes])
    )
    assert {c.message for c in verifier(melange, reglages)} == {c.message for c in verifier(saisi, reglages)}


@given(BUDGETS, REGLAGES)
def test_les_constats_disent_exactement_ce_qui_est(saisi, reglages):
    totaux = saisi.totaux
    trouvees = {constat.identite for constat in verifier(saisi, reglages)}
    assert ("B1" in trouvees) == bool(totaux.charges and totaux.charges != totaux.produits)
    assert ("B1.vide" in trouvees) == (not totaux.charges)
    assert ("B2" in trouvees) == (reglages.benevolat and totaux.emplois_volontaires != totaux.ressources_volontaires)
    assiette = totaux.charges
    if reglages.benevolat and reglages.benevolat_dans_assiette:
        assiette += totaux.emplois_volontaires
    assert ("B5" in trouvees) == bool(assiette and totaux.public * 100 > reglages.taux_max_public * assiette)
    assert ("B4" in trouvees) == (totaux.demande == 0)
    assert ("B8.max" in trouvees) == (reglages.montant_max is not None and totaux.demande > reglages.montant_max)


@given(BUDGETS, REGLAGES)
def test_un_constat_dit_ou_et_de_combien(saisi, reglages):
    for constat in verifier(saisi, reglages):
        assert constat.regle in VERIFICATIONS
        assert constat.ampleur >= 0
        assert constat.message.endswith(".")
        assert set(constat.champs) <= {*saisi.montants, "C60-0-montant", "PPRO-0-montant", "C864-0-montant",
                                       "P870-0-montant", "montant_minimum", "debut", "fin"}  # fmt: skip


@given(BUDGETS, TAUX)
def test_le_plafond_public_ne_depasse_jamais_le_taux(saisi, taux):
    permis = permis_public(saisi.totaux, Reglages(taux_max_public=taux))
    assert permis * 100 <= taux * saisi.totaux.charges
    assert (permis + Decimal("0.01")) * 100 > taux * saisi.totaux.charges


@given(MONTANTS, MONTANTS)
def test_un_pourcentage_ne_divise_jamais_par_zero(part, total):
    assert pourcentage(part, total) >= 0


@given(MONTANTS, st.lists(st.decimals(min_value="0.01", max_value=9_999_999, places=2), min_size=1, max_size=12))
def test_une_repartition_est_exacte_au_centime_et_suit_les_plus_grands_restes(total, poids):
    parts = repartir(total, poids)
    assert sum(parts) == total
    somme = sum(poids)
    for part, poids_ in zip(parts, poids, strict=True):
        assert part == part.quantize(Decimal("0.01"))
        assert abs(part - total * poids_ / somme) < Decimal("0.01")
        if total <= somme:
            assert part <= poids_


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_un_montant_ecrit_se_relit(montant):
    champ = MontantField()
    assert champ.clean(euros(montant)) == montant
    assert champ.clean(champ.prepare_value(montant)) == montant


# --- Depuis un dossier.


@pytest.mark.django_db
def test_une_action_a_cheval_sur_deux_annees_peut_etre_deposee():
    dossier = DossierFactory(complet=True)
    assert constats(dossier) == []
    dossier.fin = date(dossier.appel.annee + 1, 1, 31)
    assert [constat.regle for constat in constats(dossier)] == ["B7"]
    dossier.appel.annee_scolaire = True
    assert constats(dossier) == []


@pytest.mark.django_db
def test_le_dossier_donne_ses_heures_son_minimum_et_le_budget_de_sa_structure():
    dossier = DossierFactory(complet=True, montant_minimum=Decimal(4000))
    HeuresBenevoles.objects.create(dossier=dossier, tache="Jardin", heures=Decimal("10.5"), taux=Decimal("13.33"))
    LigneStructure.objects.filter(budget__organisme=dossier.organisme).update(montant=Decimal(10))
    trouves = {constat.regle: constat for constat in constats(dossier)}
    assert set(trouves) == {"B3", "B9", "MIN"}
    assert "139,97" in trouves["B9"].message
    dossier.appel.sections = []
    assert constats(dossier) == []


@pytest.mark.django_db
def test_les_totaux_d_un_dossier_en_deux_requetes(django_assert_num_queries):
    dossier = DossierFactory(complet=True)
    for financeur in dossier.appel.financeurs.all()[1:]:
        Financement.objects.create(dossier=dossier, financeur=financeur, montant_demande=1)
    with django_assert_num_queries(2):
        totaux_du_dossier(dossier)


@pytest.mark.django_db
def test_les_rangs_d_avant_se_numerotent_par_compte():
    """La migration, jouée sur des lignes rangées n'importe comment : l'ordre se garde, les rangs se suivent."""
    dossier = DossierFactory()
    for compte, rang, montant in (("60", 3, 1), ("60", 7, 2), ("61", 5, 3)):
        LigneBudget.objects.create(dossier=dossier, sens="C", compte=compte, rang=rang, montant=montant)
    migration = importlib.import_module("dossiers.migrations.0007_rangs_du_budget")
    migration.renumeroter(apps.get_model("dossiers", "LigneBudget"), ("sens", "compte"), "rang", ("rang", "pk"))
    assert [(li.compte, li.rang, li.montant) for li in dossier.lignes_budget.all()] == [
        ("60", 0, 1), ("60", 1, 2), ("61", 0, 3),
    ]  # fmt: skip
