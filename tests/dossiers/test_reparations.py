"""Une réparation montrée tient sa promesse : elle équilibre, n'abîme rien, et le dit ligne par ligne."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dossiers.budget import Budget, Demande, Ligne
from dossiers.regles_budget import Reglages, verifier
from dossiers.reparations import AU_PLUS, proposees, reparations, valoriser
from tests.dossiers.test_budget import REGLAGES

MONTANTS = st.decimals(min_value=0, max_value=50_000, places=2)
COMPTES = {"C": ["60", "61", "62", "64", "IND", "860", "864"], "P": ["70", "74", "756", "PRO", "870", "871"]}
LIGNES = st.lists(
    st.one_of(
        st.builds(Ligne, st.just("C"), st.sampled_from(COMPTES["C"]), MONTANTS),
        st.builds(Ligne, st.just("P"), st.sampled_from(COMPTES["P"]), MONTANTS, st.booleans()),
    ),
    min_size=1,
    max_size=12,
).map(lambda lignes: tuple(ligne._replace(rang=rang) for rang, ligne in enumerate(lignes)))
DEMANDES = st.lists(
    st.builds(Demande, st.integers(1, 4), MONTANTS, st.booleans(), st.just("Ville")), max_size=3,
    unique_by=lambda demande: demande.financeur,
).map(tuple)  # fmt: skip
BUDGETS = st.builds(Budget, LIGNES, DEMANDES)
FINANCEURS = (Demande(1, Decimal(0), True, "Ville"), Demande(9, Decimal(0), False, "Fondation"))


def constats(budget, reglages):
    return {constat.identite: constat.ampleur for constat in verifier(budget, reglages)}


@settings(max_examples=300)
@given(BUDGETS, REGLAGES)
def test_une_reparation_tient_sa_promesse_et_n_abime_rien(budget, reglages):
    avant = constats(budget, reglages)
    for reparation in proposees(budget, reglages, FINANCEURS).values():
        apres = constats(reparation.resultat, reglages)
        if reparation.nom != "benevolat":
            assert reparation.regle not in {cle.split(".")[0] for cle in apres}
            assert apres.keys() <= avant.keys()
            assert all(apres[cle] <= avant[cle] for cle in apres)
        assert all(montant >= 0 for montant in reparation.resultat.montants.values())
        if reparation.regle == "B1":
            assert reparation.resultat.totaux.ecart == 0
        if reparation.regle == "B2":
            assert reparation.resultat.totaux.ecart_volontaire == 0
        if reparation.regle == "B5":
            assert reparation.resultat.totaux.ecart == budget.totaux.ecart


@given(BUDGETS, REGLAGES)
def test_ce_qui_est_montre_est_ce_qui_change(budget, reglages):
    for reparation in proposees(budget, reglages, FINANCEURS).values():
        montants = dict(budget.montants)
        for changement in reparation.changements:
            assert montants.get(changement.champ, 0) == changement.avant != changement.apres
            montants[changement.champ] = changement.apres
        apres = reparation.resultat.montants
        assert {champ: m for champ, m in montants.items() if m} == {champ: m for champ, m in apres.items() if m}


@given(BUDGETS, REGLAGES)
def test_annuler_rend_le_budget_d_avant(budget, reglages):
    for reparation in proposees(budget, reglages, FINANCEURS).values():
        avant = {changement.champ: changement.avant for changement in reparation.changements}
        postes = [
            poste._replace(montant=avant[poste.champ])
            for poste in (*reparation.resultat.lignes, *reparation.resultat.demandes)
            if poste.champ in avant
        ]
        assert reparation.resultat.avec(postes).totaux == budget.totaux.__class__(
            **{**vars(budget.totaux), "par_financeur": reparation.resultat.avec(postes).totaux.par_financeur}
        )


@given(BUDGETS, REGLAGES)
def test_reparer_deux_fois_ne_change_plus_rien(budget, reglages):
    for reparation in reparations(budget, reglages, FINANCEURS):
        assert reparation.code not in proposees(reparation.resultat, reglages, FINANCEURS)
        assert reparation.regle not in {r.regle for r in reparations(reparation.resultat, reglages, FINANCEURS)}
    if valorisation := valoriser(budget, reglages):
        assert valoriser(valorisation.resultat, reglages) is None


@given(BUDGETS, REGLAGES)
def test_au_plus_trois_toutes_differentes_et_toujours_les_memes(budget, reglages):
    trouvees = reparations(budget, reglages, FINANCEURS)
    assert len(trouvees) <= AU_PLUS
    assert len({r.changements for r in trouvees}) == len({r.code for r in trouvees}) == len(trouvees)
    assert len({r.regle for r in trouvees}) <= 1
    assert [r.code for r in reparations(budget, reglages, FINANCEURS)] == [r.code for r in trouvees]


@given(MONTANTS, MONTANTS)
def test_trop_de_charges_ou_trop_de_produits_il_y_a_toujours_une_issue(charges, produits):
    """Sans plafond ni bornes, un budget qui a des charges se répare toujours."""
    assume(charges and charges != produits)
    budget = Budget((Ligne("C", "64", charges), Ligne("P", "756", produits)))
    assert reparations(budget, Reglages(), ())


def saisi(*lignes, demande=0, publique=True):
    return Budget(
        tuple(Ligne(sens, compte, Decimal(montant)) for sens, compte, montant in lignes),
        (Demande(1, Decimal(demande), publique, "Ville"),),
    )


def gestes(budget, **reglages):
    return [r.nom for r in reparations(budget, Reglages(**reglages), FINANCEURS)]


def test_il_manque_des_produits():
    budget = saisi(("C", "60", 2600), ("C", "61", 1150), ("C", "64", 7250), ("P", "756", 4300), demande=5500)
    demander, autofinancer, reduire = reparations(budget, Reglages(), FINANCEURS)
    assert (demander.titre, demander.changements[0][2:]) == ("Demander 1\u202f200\u00a0€ de plus à Ville", (5500, 6700))
    assert autofinancer.changements == (("PPRO-0-montant", "Ressources propres affectées à l’action", 0, 1200),)
    assert [(c.champ, c.apres) for c in reduire.changements] == [
        ("C60-0-montant", Decimal("1768.00")),
        ("C61-0-montant", Decimal("782.00")),
    ]


def test_on_ne_propose_pas_de_depasser_la_part_publique():
    budget = saisi(("C", "64", 1000), demande=800)
    assert gestes(budget) == ["demander-9", "autofinancer", "participer"]


def test_on_ne_propose_pas_de_depasser_le_maximum_de_l_appel():
    budget = saisi(("C", "60", 10000), ("P", "756", 3000), demande=5000)
    assert "demander-1" in gestes(budget)
    assert not [nom for nom in gestes(budget, montant_max=Decimal(6000)) if nom.startswith("demander")]


def test_il_y_a_trop_de_produits():
    budget = saisi(("C", "60", 1000), ("P", "PRO", 700), demande=500)
    assert gestes(budget) == ["reduire-1", "propres", "indirectes"]
    assert gestes(budget, montant_min=Decimal(500)) == ["propres", "indirectes"]
    assert gestes(budget, montant_minimum=Decimal(400)) == ["propres", "indirectes"]


def test_sans_charge_il_n_y_a_rien_a_equilibrer():
    assert gestes(saisi(("P", "756", 100), demande=100)) == []


def test_le_benevolat_s_equilibre_la_ou_il_manque():
    budget = saisi(
        ("C", "60", 1000), ("P", "756", 500), ("C", "861", 300), ("C", "864", 200), ("P", "870", 200), demande=500
    )
    completer, alleger = reparations(budget, Reglages(), FINANCEURS)
    assert [(c.champ, c.apres) for c in completer.changements] == [("P871-0-montant", 300)]
    assert [(c.champ, c.apres) for c in alleger.changements] == [("C861-0-montant", 120), ("C864-0-montant", 80)]


def test_la_part_publique_redescend_sans_toucher_l_equilibre():
    budget = saisi(("C", "60", 1000), ("P", "756", 100), demande=900)
    plafonner, mecenat, usagers = reparations(budget, Reglages(), FINANCEURS)
    assert [(c.champ, c.avant, c.apres) for c in plafonner.changements] == [
        ("F-1-montant", 900, 800),
        ("PPRO-0-montant", 0, 100),
    ]
    assert (mecenat.changements[1].champ, usagers.changements[1].champ) == ("P758-0-montant", "P70-0-montant")


def test_les_heures_vont_des_deux_cotes():
    budget = saisi(("C", "60", 1000), ("P", "756", 500), ("C", "864", 50), demande=500)
    valorisation = valoriser(budget, Reglages(heures=Decimal("139.97")))
    assert [(c.champ, c.avant, c.apres) for c in valorisation.changements] == [
        ("C864-0-montant", 50, Decimal("139.97")),
        ("P870-0-montant", 0, Decimal("139.97")),
    ]
    assert valoriser(budget, Reglages(heures=None)) is None
    assert valoriser(budget, Reglages(heures=Decimal(1), benevolat=False)) is None


@pytest.mark.parametrize("montant", ["3800", "4999.99", "5100.01"])
def test_les_centimes_ne_se_perdent_pas(montant):
    budget = saisi(
        ("C", "60", "1000.01"), ("C", "61", "1999.99"), ("C", "62", "2000"),
        ("P", "756", Decimal(montant) - 2000), demande=2000,
    )  # fmt: skip
    trouvees = reparations(budget, Reglages(), FINANCEURS)
    assert len(trouvees) == AU_PLUS
    assert [verifier(reparation.resultat, Reglages()) for reparation in trouvees] == [[], [], []]
