from decimal import Decimal as D

import pytest

from evaluation.notes import note_sur_cent, synthese


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
