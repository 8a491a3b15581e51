"""Les règles du budget : les vecteurs du métier, puis des propriétés sur des budgets tirés au hasard."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.budget import COMPTES, Ligne, euros, pourcentage, totaliser, verifier
from dossiers.completude import constats
from dossiers.models import Financement, LigneBudget
from dossiers.reparations import reparations, reparer
from tests.fabriques import AppelFactory
from tests.fabriques_dossiers import DossierFactory

MONTANTS = st.decimals(min_value=0, max_value=9_999_999, places=2)
LIGNES = st.lists(
    st.one_of(
        st.builds(Ligne, st.just("C"), st.sampled_from(sorted(COMPTES["C"])), MONTANTS),
        st.builds(Ligne, st.just("P"), st.sampled_from(sorted(COMPTES["P"])), MONTANTS, st.booleans()),
    ),
    max_size=30,
)
DEMANDES = st.lists(st.tuples(st.integers(1, 50), MONTANTS, st.booleans()), max_size=5, unique_by=lambda d: d[0])


def regles(totaux, **reglages):
    reglages = {"taux_max_public": Decimal(80), "benevolat_dans_assiette": False, **reglages}
    return {constat.regle for constat in verifier(totaux, **reglages)}


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
    lignes = [
        Ligne("C", "60", Decimal(charges)),
        Ligne("C", "864", Decimal(c86)),
        Ligne("P", "870", Decimal(p87)),
        Ligne("P", "756", Decimal(produits - 1000)),
    ]
    assert regles(totaliser(lignes, [(1, Decimal(1000), True)])) == attendues


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
    lignes = [
        Ligne("C", "64", Decimal(cout)),
        Ligne("C", "864", Decimal(benevolat)),
        Ligne("P", "870", Decimal(benevolat)),
        Ligne("P", "756", max(Decimal(cout) - Decimal(public), Decimal(0))),
    ]
    totaux = totaliser(lignes, [(1, Decimal(public), True)])
    assert ("B5" not in regles(totaux, benevolat_dans_assiette=dans_assiette)) == permis


def test_une_fondation_privee_ne_compte_pas_dans_la_part_publique():
    lignes = [Ligne("C", "60", Decimal(1000)), Ligne("P", "74", Decimal(900))]
    assert regles(totaliser(lignes, [(1, Decimal(100), True)])) == set()


def test_une_subvention_publique_saisie_a_la_main_compte():
    lignes = [Ligne("C", "60", Decimal(1000)), Ligne("P", "74", Decimal(900), est_public=True)]
    assert regles(totaliser(lignes, [(1, Decimal(100), True)])) == {"B5"}


def test_sans_charge_on_ne_parle_pas_de_taux():
    assert regles(totaliser([], [(1, Decimal(100), True)])) == {"B1"}


def test_rien_demande():
    lignes = [Ligne("C", "60", Decimal(10)), Ligne("P", "756", Decimal(10))]
    assert regles(totaliser(lignes, [])) == {"B4"}


@pytest.mark.parametrize(
    ("demande", "attendues"), [("499.99", {"B8"}), ("500", set()), ("5000", set()), ("5000.01", {"B8"})]
)
def test_bornes_de_l_appel(demande, attendues):
    lignes = [Ligne("C", "60", Decimal(9000)), Ligne("P", "756", Decimal(9000) - Decimal(demande))]
    totaux = totaliser(lignes, [(1, Decimal(demande), True)])
    assert regles(totaux, montant_min=Decimal(500), montant_max=Decimal(5000)) == attendues


def test_deborder_l_annee_previent_sans_bloquer():
    lignes = [Ligne("C", "60", Decimal(100)), Ligne("P", "756", Decimal(50))]
    totaux = totaliser(lignes, [(1, Decimal(50), True)])
    constat = verifier(totaux, taux_max_public=Decimal(80), benevolat_dans_assiette=False, hors_annee=True)[0]
    assert (constat.regle, constat.bloquant) == ("B7", False)


@pytest.mark.django_db
def test_une_action_a_cheval_sur_deux_annees_peut_etre_deposee():
    dossier = DossierFactory(complet=True)
    assert constats(dossier) == []
    dossier.fin = date(dossier.appel.annee + 1, 1, 31)
    assert [constat.regle for constat in constats(dossier)] == ["B7"]


def test_le_message_dit_combien_et_ne_juge_pas():
    lignes = [Ligne("C", "60", Decimal("1000.50")), Ligne("P", "756", Decimal(900))]
    messages = [
        constat.message
        for constat in verifier(totaliser(lignes, []), taux_max_public=Decimal(80), benevolat_dans_assiette=False)
    ]
    assert messages[0] == "Il manque 100,50\u00a0€ de produits pour équilibrer le budget."


@given(LIGNES, DEMANDES)
def test_les_totaux_sont_les_sommes_au_centime(lignes, demandes):
    totaux = totaliser(lignes, demandes)
    demande = sum((montant for _, montant, _ in demandes), Decimal(0))
    tout = sum((ligne.montant for ligne in lignes), Decimal(0)) + demande
    assert totaux.demande == demande
    assert totaux.charges + totaux.produits + totaux.emplois_volontaires + totaux.ressources_volontaires == tout
    assert totaux.public <= totaux.produits
    assert totaux.ecart == totaux.charges - totaux.produits
    assert totaux == totaliser(list(reversed(lignes)), list(reversed(demandes)))


@given(LIGNES, DEMANDES)
def test_les_constats_disent_exactement_ce_qui_est(lignes, demandes):
    totaux = totaliser(lignes, demandes)
    trouvees = regles(totaux)
    assert ("B1" in trouvees) == (totaux.charges != totaux.produits or not totaux.charges)
    assert ("B2" in trouvees) == (totaux.emplois_volontaires != totaux.ressources_volontaires)
    assert ("B5" in trouvees) == bool(totaux.charges and totaux.public * 100 > 80 * totaux.charges)
    assert ("B4" in trouvees) == (totaux.demande == 0)


@given(MONTANTS, MONTANTS)
def test_un_pourcentage_ne_divise_jamais_par_zero(part, total):
    assert pourcentage(part, total) >= 0


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_un_montant_ecrit_se_relit(montant):
    from dossiers.forms import MontantField

    champ = MontantField()
    assert champ.clean(euros(montant)) == montant
    assert champ.clean(champ.prepare_value(montant)) == montant


@pytest.mark.django_db
@pytest.mark.parametrize("produits", ["3800", "4999.99", "5100.01"])
def test_chaque_reparation_equilibre_au_centime(produits):
    appel = AppelFactory()
    ville = appel.financeurs.first()

    def saisie():
        return (
            [
                LigneBudget(sens="C", compte="60", montant=Decimal("1000.01")),
                LigneBudget(sens="C", compte="61", montant=Decimal("1999.99")),
                LigneBudget(sens="C", compte="62", montant=Decimal("2000")),
                LigneBudget(sens="P", compte="756", montant=Decimal(produits) - 2000),
            ],
            {ville: Decimal(2000)},
        )

    def totaux_de(lignes, demandes):
        return totaliser(
            [Ligne(li.sens, li.compte, li.montant, li.est_public) for li in lignes],
            [(f.pk, montant, f.est_public) for f, montant in demandes.items()],
        )

    lignes, demandes = saisie()
    propositions = reparations(appel, lignes, demandes, totaux_de(lignes, demandes))
    assert propositions
    for proposition in propositions:
        lignes, demandes = saisie()
        repare = totaux_de(*reparer(proposition.code, appel, lignes, demandes))
        assert repare.ecart == 0, proposition
        assert regles(repare) == set(), proposition


@pytest.mark.django_db
def test_on_ne_propose_pas_de_depasser_la_part_publique():
    appel = AppelFactory()
    lignes = [LigneBudget(sens="C", compte="64", montant=Decimal(1000))]
    demandes = {appel.financeurs.first(): Decimal(700)}
    totaux = totaliser([Ligne("C", "64", Decimal(1000))], [(1, Decimal(700), True)])
    assert [p.code for p in reparations(appel, lignes, demandes, totaux)] == ["autofinancer"]
    assert reparer("demander-1", appel, lignes, demandes) == (lignes, demandes)


@pytest.mark.django_db
def test_les_totaux_d_un_dossier_en_deux_requetes(django_assert_num_queries):
    from dossiers.budget import totaux_du_dossier

    dossier = DossierFactory(complet=True)
    for financeur in dossier.appel.financeurs.all()[1:]:
        Financement.objects.create(dossier=dossier, financeur=financeur, montant_demande=1)
    with django_assert_num_queries(2):
        totaux_du_dossier(dossier)
