"""L'ordre proposé, par propriétés : le plus discuté d'abord, le bloc à la fin, le moins de sorties possible."""

import time
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.agenda import ECART_FAIBLE, Examen, est_consensuel, proposer
from evaluation.contigus import ranger, sorties

D = Decimal
ACCORD = (D(80), D(80))
note = st.integers(0, 100).map(D)
qui = st.frozensets(st.sampled_from("ABCDE"), max_size=3)


@st.composite
def des_examens(draw, au_plus=8):
    return [
        Examen(
            cle,
            D(draw(st.integers(0, 50_000))),
            draw(st.none() | st.lists(note, max_size=4).map(tuple)),
            draw(qui),
            draw(st.booleans()),
        )
        for cle in range(draw(st.integers(0, au_plus)))
    ]


def examen(cle, montant=1000, notes=ACCORD, absents="", bloquant=False):
    return Examen(cle, D(montant), notes, frozenset(absents), bloquant)


def cles(places):
    return "".join(place.cle for place in places)


@given(des_examens(), st.integers(0, 4))
def test_chaque_dossier_passe_une_fois_et_le_bloc_finit(examens, voulues):
    ordre = proposer(examens, voulues)
    assert sorted(place.cle for place in ordre.places) == [e.cle for e in examens]
    assert [p.sans_debat for p in ordre.places] == sorted(p.sans_debat for p in ordre.places)
    assert {p.cle for p in ordre.bloc} == {e.cle for e in examens if est_consensuel(e, voulues)}


@given(des_examens())
def test_sans_conflit_le_desaccord_fois_le_montant_ordonne(examens):
    sans = [e._replace(absents=frozenset()) for e in examens]
    debats = [sans[place.cle] for place in proposer(sans).debats]
    complets = [e for e in debats if e.notes]
    assert debats[: len(complets)] == complets
    enjeux = [e.ecart * e.montant for e in complets]
    assert enjeux == sorted(enjeux, reverse=True)
    montants = [e.montant for e in debats[len(complets) :]]
    assert montants == sorted(montants, reverse=True)


def test_des_notes_incompletes_ne_pesent_pas_dans_l_ordre():
    """Deux ordres identiques, que la note secrète soit haute ou basse : elle n'entre pas dans le calcul."""
    ordre = proposer([examen("a", 500, None), examen("b", 9000, None), examen("c", 100, (D(10), D(90)))])
    assert cles(ordre.places) == "cba"
    assert [p.raison for p in ordre.places] == ["desaccord", "incompletes", "incompletes"]
    assert [p.ecart for p in ordre.places] == [80, None, None]


def test_le_bloc_demande_un_ecart_faible_et_assez_de_notes():
    juste = (D(60), D(60 + ECART_FAIBLE))
    assert est_consensuel(examen("a", notes=juste))
    assert not est_consensuel(examen("a", notes=(D(60), D(61 + ECART_FAIBLE))))
    assert not est_consensuel(examen("a", notes=(D(60),)))
    assert not est_consensuel(examen("a", notes=()))
    assert not est_consensuel(examen("a", notes=None))
    # D'accord pour une note basse : le bloc s'adopte favorable, ce dossier n'y est pas.
    assert not est_consensuel(examen("a", notes=(D(40), D(45))))
    assert not est_consensuel(examen("a", notes=juste), notes_voulues=3)
    assert not est_consensuel(examen("a", notes=juste, bloquant=True))
    raisons = proposer(
        [
            examen("a", notes=juste, bloquant=True),
            examen("b", notes=(D(60),)),
            examen("c", notes=()),
            examen("d", notes=(D(40),) * 2),
        ]
    )
    assert {p.cle: p.raison for p in raisons.places} == {
        "a": "bloquant",
        "b": "peu_de_notes",
        "c": "aucune",
        "d": "note_basse",
    }


def test_les_dossiers_d_une_meme_personne_se_suivent():
    fort, moyen, faible = (D(0), D(100)), (D(0), D(60)), (D(0), D(30))
    ordre = proposer(
        [examen("a", notes=fort, absents="E"), examen("b", notes=moyen), examen("c", notes=faible, absents="E")]
    )
    assert cles(ordre.places) == "acb"
    assert ordre.sorties == {"E": 1}
    assert [p.groupe for p in ordre.places] == [False, True, False]


def test_qui_se_deporte_dans_le_bloc_sort_juste_avant():
    fort, moyen = (D(0), D(100)), (D(0), D(60))
    ordre = proposer([examen("a", notes=fort, absents="E"), examen("b", notes=moyen), examen("c", absents="E")])
    assert cles(ordre.places) == "bac"
    assert ordre.sorties == {"E": 1}


def minimum(elements, groupes, dernier):
    queue = [] if dernier is None else [dernier]
    return min(sum(sorties([*essai, *queue], groupes)) for essai in permutations(elements))


groupes_de_six = st.lists(st.frozensets(st.integers(0, 6), min_size=2, max_size=4), max_size=5)


@settings(max_examples=150)
@given(st.integers(1, 6), groupes_de_six, st.booleans())
def test_le_nombre_de_sorties_est_le_plus_petit_possible(nombre, groupes, avec_queue):
    """Contre tous les ordres possibles, essayés un à un."""
    elements, dernier = list(range(nombre)), 6 if avec_queue else None
    presents = {*elements, *([6] if avec_queue else [])}
    groupes = [groupe & presents for groupe in groupes if groupe & presents]
    suite = ranger(elements, groupes, dernier)
    assert sorted(suite) == sorted(presents)
    assert dernier is None or suite[-1] == dernier
    assert sum(sorties(suite, groupes)) == minimum(elements, groupes, dernier)


@given(st.permutations(range(20)), st.lists(st.tuples(st.integers(0, 18), st.integers(2, 8)), max_size=12))
def test_quand_chacun_peut_ne_sortir_qu_une_fois_il_ne_sort_qu_une_fois(secret, morceaux):
    """Des intervalles d'un ordre caché : il en existe donc un, et on le retrouve."""
    groupes = [frozenset(secret[debut : debut + taille]) for debut, taille in morceaux]
    suite = ranger(sorted(secret), groupes)
    assert set(sorties(suite, groupes)) <= {1}


@given(des_examens())
def test_les_sorties_annoncees_sont_celles_qui_auront_lieu(examens):
    ordre = proposer(examens)
    absents = {e.cle: e.absents for e in examens}
    suite = [absents[p.cle] for p in ordre.debats]
    suite.append(frozenset().union(*(absents[p.cle] for p in ordre.bloc)))
    for personne, nombre in ordre.sorties.items():
        assert nombre == sum(personne in a and (n == 0 or personne not in suite[n - 1]) for n, a in enumerate(suite))


def test_quarante_dossiers_et_douze_membres_en_moins_d_une_demi_seconde():
    """Tous les membres déportés de plusieurs dossiers qui se contredisent : le pire cas."""
    examens = [
        examen(n, 1000 + 37 * n, (D(n % 7 * 10), D(90)), {m for m in range(12) if (n * (m + 3)) % 11 == 0})
        for n in range(40)
    ]
    debut = time.process_time()
    ordre = proposer(examens)
    assert time.process_time() - debut < 0.5
    assert len(ordre.places) == 40
