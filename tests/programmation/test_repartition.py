from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmation.convention import convention_requise
from programmation.repartition import parts_egales, repartir

montants = st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2)


@given(montants, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_les_parts_rendent_exactement_le_montant(montant, poids):
    parts = repartir(montant, poids)
    assert sum(parts) == montant
    assert all(part >= 0 for part in parts)
    assert all(abs(part - montant * p / sum(poids)) < Decimal("0.01") for part, p in zip(parts, poids, strict=True))


@given(montants, st.integers(1, 12))
def test_les_parts_egales_ne_different_que_d_un_centime(montant, nombre):
    parts = parts_egales(montant, nombre)
    assert sum(parts) == montant
    assert max(parts) - min(parts) <= Decimal("0.01")


def test_cent_euros_entre_trois_quartiers():
    assert parts_egales(Decimal("100"), 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


@pytest.mark.parametrize(("montant", "poids"), [("1.005", [1]), ("1", []), ("1", [0, 0]), ("1", [-1, 2])])
def test_un_partage_impossible_est_refuse(montant, poids):
    with pytest.raises(ValueError):
        repartir(Decimal(montant), poids)


@pytest.mark.parametrize(("cumul", "requise"), [("22999.99", False), ("23000", False), ("23000.01", True)])
def test_la_convention_est_requise_au_dela_de_23000_euros(cumul, requise):
    assert convention_requise(Decimal(cumul)) is requise
