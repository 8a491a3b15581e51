from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appels.grille import GRILLE_PAR_DEFAUT
from appels.models import CritereEvaluation
from evaluation.notes import NIVEAU_MAX, note_sur_cent, synthese

COUPLES = st.lists(st.tuples(st.integers(1, 100), st.integers(0, NIVEAU_MAX)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("valeurs", "attendue"),
    [
        ([(25, 5), (75, 5)], D("100.00")),
        ([(25, 0), (75, 0)], D("0.00")),
        ([(25, 4), (20, 3), (15, 5)], D("78.33")),
        # Les poids d'une grille qui ne font pas 100 se ramènent à 100.
        ([(1, 5), (2, 0)], D("33.33")),
        ([(1, 5), (1, 5), (1, 0)], D("66.67")),
        ([], None),
    ],
)
def test_la_note_pondere_et_ramene_sur_cent(valeurs, attendue):
    assert note_sur_cent(valeurs) == attendue


def test_un_critere_lourd_pese_plus_qu_un_leger():
    assert note_sur_cent([(90, 5), (10, 0)]) > note_sur_cent([(90, 0), (10, 5)])


def test_la_synthese_donne_moyenne_etendue_et_ecart():
    lue = synthese([D("80.00"), D("60.01"), D("70.00")])
    assert (lue.moyenne, lue.mini, lue.maxi, lue.ecart, lue.nombre) == (
        D("70.00"), D("60.01"), D("80.00"), D("19.99"), 3,
    )  # fmt: skip


def test_la_moyenne_s_arrondit_au_centieme_superieur():
    assert synthese([D("70.00"), D("70.01")]).moyenne == D("70.01")


def test_sans_note_il_n_y_a_ni_moyenne_ni_ecart():
    vide = synthese([None])
    assert (vide.moyenne, vide.ecart, vide.nombre) == (None, None, 0)


def test_le_calcul_et_la_grille_ont_le_meme_niveau_le_plus_haut():
    assert NIVEAU_MAX == CritereEvaluation.NIVEAU_MAX
    assert note_sur_cent([(critere["poids"], NIVEAU_MAX) for critere in GRILLE_PAR_DEFAUT]) == 100


@given(COUPLES)
def test_une_note_va_de_0_a_100_a_deux_decimales(valeurs):
    note = note_sur_cent(valeurs)
    assert 0 <= note <= 100
    assert note.as_tuple().exponent == -2


@given(COUPLES, st.integers(2, 9))
def test_multiplier_tous_les_poids_ne_change_rien(valeurs, facteur):
    assert note_sur_cent(valeurs) == note_sur_cent([(poids * facteur, niveau) for poids, niveau in valeurs])


@given(COUPLES)
def test_monter_un_niveau_ne_baisse_jamais_la_note(valeurs):
    (poids, niveau), *reste = valeurs
    assert note_sur_cent([(poids, min(niveau + 1, NIVEAU_MAX)), *reste]) >= note_sur_cent(valeurs)


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=10))
def test_la_moyenne_reste_entre_la_plus_basse_et_la_plus_haute(notes):
    lue = synthese(notes)
    assert 0 <= lue.mini <= lue.moyenne <= lue.maxi <= 100
    assert lue.ecart == lue.maxi - lue.mini
