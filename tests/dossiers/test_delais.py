"""L'horloge du silence : deux mois de date à date, suspendus par les demandes de pièces, jamais raccourcis."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.models import DemandeComplement
from dossiers.operations.delais import date_rejet_implicite, horloge, plus_deux_mois

PARIS = ZoneInfo("Europe/Paris")
DEPART = datetime(2026, 1, 1, tzinfo=UTC)

instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))


def demande(debut, limite, reponse=None):
    return DemandeComplement(demandee_le=debut, limite_le=limite, repondue_le=reponse)


@st.composite
def demandes(draw, recu):
    """Des demandes parties après le dépôt, qui se chevauchent ou non, répondues ou non."""
    liste = []
    for _ in range(draw(st.integers(0, 5))):
        debut = recu + timedelta(hours=draw(st.integers(0, 24 * 150)))
        limite = debut.astimezone(PARIS).date() + timedelta(days=draw(st.integers(1, 60)))
        reponse = draw(st.none() | st.integers(0, 24 * 90).map(lambda h, d=debut: d + timedelta(hours=h)))
        liste.append(demande(debut, limite, reponse))
    return liste


cas = instants.flatmap(lambda recu: st.tuples(st.just(recu), demandes(recu)))


@given(cas)
def test_jamais_avant_deux_mois(recu_et_demandes):
    recu, liste = recu_et_demandes
    assert date_rejet_implicite(recu, liste) >= plus_deux_mois(recu.astimezone(PARIS).date())


@given(cas, st.data())
def test_une_demande_de_plus_ne_rapproche_jamais_la_date(recu_et_demandes, data):
    recu, liste = recu_et_demandes
    plus = [*liste, *data.draw(demandes(recu))]
    assert date_rejet_implicite(recu, plus) >= date_rejet_implicite(recu, liste)


@given(cas)
def test_deux_fois_la_meme_demande_ne_compte_qu_une_fois(recu_et_demandes):
    recu, liste = recu_et_demandes
    assert date_rejet_implicite(recu, liste * 2) == date_rejet_implicite(recu, liste)
    assert date_rejet_implicite(recu, liste[::-1]) == date_rejet_implicite(recu, liste)


@given(cas)
def test_la_suspension_ne_depasse_pas_la_somme_des_delais(recu_et_demandes):
    recu, liste = recu_et_demandes
    plafond = sum((d.limite_le - d.demandee_le.astimezone(PARIS).date()).days for d in liste)
    assert 0 <= horloge(recu, liste).jours_suspendus <= plafond


@given(cas, st.integers(1, 60))
def test_prolonger_ne_rapproche_jamais_la_date(recu_et_demandes, jours):
    recu, liste = recu_et_demandes
    avant = date_rejet_implicite(recu, liste)
    for une in liste:
        une.limite_le += timedelta(days=jours)
    assert date_rejet_implicite(recu, liste) >= avant


@pytest.mark.parametrize(
    ("depot", "attendu"),
    [
        (datetime(2026, 12, 31, 12, tzinfo=PARIS), date(2027, 2, 28)),
        (datetime(2027, 12, 31, 12, tzinfo=PARIS), date(2028, 2, 29)),
        (datetime(2027, 12, 30, 12, tzinfo=PARIS), date(2028, 2, 29)),
        (datetime(2027, 6, 30, 12, tzinfo=PARIS), date(2027, 8, 30)),
        # Minuit et demi à Paris, encore la veille en temps universel ; heure d'hiver, puis heure d'été.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2026, 7, 14, 22, 30, tzinfo=UTC), date(2026, 9, 15)),
    ],
)
def test_deux_mois_de_date_a_date_a_l_heure_de_paris(depot, attendu):
    assert date_rejet_implicite(depot) == attendu


def le(mois, jour):
    return datetime(2026, mois, jour, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("liste", "attendu"),
    [
        # Dépôt le 1er janvier : 1er mars sans demande.
        ([((1, 10), (1, 20), None)], date(2026, 3, 11)),
        ([((1, 10), (1, 20), (1, 15))], date(2026, 3, 6)),
        # Deux demandes qui se chevauchent (10-20 et 15-25) : quinze jours, pas vingt.
        ([((1, 10), (1, 20), None), ((1, 15), (1, 25), None)], date(2026, 3, 16)),
        # L'une dans l'autre.
        ([((1, 10), (1, 30), None), ((1, 15), (1, 20), None)], date(2026, 3, 21)),
        # Partie après l'échéance, une demande ne ranime pas un délai écoulé.
        ([((3, 2), (3, 20), None)], date(2026, 3, 1)),
        # Partie le dernier jour, elle le suspend encore.
        ([((3, 1), (3, 11), None)], date(2026, 3, 11)),
        # Partie après deux mois, mais dans le délai qu'une première demande a déjà repoussé.
        ([((1, 10), (1, 20), None), ((3, 5), (3, 10), None)], date(2026, 3, 16)),
    ],
)
def test_les_suspensions_se_reunissent(liste, attendu):
    lignes = [
        demande(le(*debut), date(2026, *limite), le(*reponse) if reponse else None) for debut, limite, reponse in liste
    ]
    assert date_rejet_implicite(DEPART, lignes) == attendu


def test_l_horloge_dit_ou_elle_en_est():
    ouverte = [demande(le(1, 10), date(2026, 1, 20))]
    pendant = horloge(DEPART, ouverte, date(2026, 1, 15))
    assert pendant == (date(2026, 3, 11), date(2026, 1, 20), 10, False)
    apres = horloge(DEPART, ouverte, date(2026, 1, 21))
    assert (apres.suspendu_jusqu_au, apres.expire) == (None, False)
    assert horloge(DEPART, ouverte, date(2026, 3, 11)).expire is False
    assert horloge(DEPART, ouverte, date(2026, 3, 12)).expire is True
    assert horloge(DEPART, [], date(2026, 1, 2)) == (date(2026, 3, 1), None, 0, False)
