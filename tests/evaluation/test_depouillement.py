"""Dépouiller : médiane, moyenne, étendue, et des points qui ne se cachent pas."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.depouillement import PAS, axe, depouiller, est_extreme

montants = st.lists(st.decimals(0, 7000, places=2), min_size=1, max_size=40)


def test_personne_n_a_vote():
    assert depouiller([]) is None


@pytest.mark.parametrize(
    ("votes", "mediane", "moyenne"),
    [
        ([2000], "2000.00", "2000.00"),
        ([2000, 3000], "2500.00", "2500.00"),
        ([1, 2, 2], "2.00", "1.67"),
        ([0, 0, 7000], "0.00", "2333.33"),
    ],
)
def test_la_mediane_et_la_moyenne(votes, mediane, moyenne):
    resultat = depouiller([Decimal(v) for v in votes])
    assert (str(resultat.mediane), str(resultat.moyenne)) == (mediane, moyenne)


@given(montants)
def test_la_mediane_tient_dans_l_etendue_et_l_axe_garde_chaque_point(votes):
    resultat = depouiller(votes)
    assert resultat.mini <= resultat.mediane <= resultat.maxi
    dessin = axe(resultat, Decimal(7000))
    assert len(dessin.points) == len(votes)
    assert all(dessin.debut <= p.x <= dessin.fin and 0 < p.y <= dessin.ligne for p in dessin.points)
    # Deux points d'un même étage ne se recouvrent pas.
    for etage in {p.y for p in dessin.points}:
        places = sorted(p.x for p in dessin.points if p.y == etage)
        assert all(suivante - place >= PAS for place, suivante in pairwise(places))


def test_rien_demande_ne_divise_pas_par_zero():
    assert axe(depouiller([Decimal(0)]), Decimal(0)).points[0].x == axe(depouiller([Decimal(0)]), Decimal(0)).debut


def test_seules_les_bornes_sont_invitees_a_parler():
    resultat = depouiller([Decimal(1), Decimal(2), Decimal(3)])
    assert [est_extreme(Decimal(m), resultat) for m in (1, 2, 3)] == ["bas", "", "haut"]
    assert est_extreme(None, resultat) == ""
    assert est_extreme(Decimal(5), depouiller([Decimal(5), Decimal(5)])) == ""
