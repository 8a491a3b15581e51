"""Les notes corrigées de la sévérité : ce que le calcul retrouve, ce qu'il laisse, ce qu'il refuse."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.equite import CorrectionImpossible, corriger, deplacements, phrase, rangs
from evaluation.notes import synthese

QUALITES = {"chorale": 80, "jardin": 60, "atelier": 55, "marche": 30}
SEVERITES = {"eva": 6, "farid": -4, "lea": -2}


def jury(sans=()):
    return {
        (lecteur, dossier): qualite + severite
        for lecteur, severite in SEVERITES.items()
        for dossier, qualite in QUALITES.items()
        if (lecteur, dossier) not in sans
    }


def test_le_modele_retrouve_ce_qui_l_a_fait():
    correction = corriger(jury())
    assert correction.severites == SEVERITES
    assert correction.notes == QUALITES


def test_des_paires_manquent_et_le_resultat_reste():
    correction = corriger(jury(sans=[("eva", "chorale"), ("farid", "marche"), ("lea", "jardin"), ("lea", "marche")]))
    assert correction.severites == SEVERITES
    assert correction.notes == QUALITES


def test_le_severe_qui_ne_lit_que_l_un_ne_le_declasse_plus():
    """Le cas de la vraie vie : le jardin n'a été lu que par la plus sévère et passait derrière l'atelier."""
    notes = jury(sans=[("eva", "jardin"), ("lea", "jardin"), ("farid", "atelier")])
    moyennes = {
        d: sum(n for (_, dossier), n in notes.items() if dossier == d) / sum(k[1] == d for k in notes) for d in QUALITES
    }
    avant, apres = rangs(moyennes), rangs(corriger(notes).notes)
    assert avant["atelier"] < avant["jardin"]
    assert apres["jardin"] < apres["atelier"]
    dit = phrase(deplacements(avant, apres), str)
    assert dit == (
        "Corrigé de la sévérité de chacun, le classement change pour 2 dossiers : "
        "« jardin » passe de la 3e à la 2e place ; « atelier » passe de la 2e à la 3e place."
    )


@given(
    st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=2, max_size=12),
    st.integers(-40, 40),
)
def test_tous_ont_tout_lu_la_moyenne_suffit(lignes, biais):
    """Plan complet : la correction rend les moyennes, à un arrondi près ; un juré plus dur ne change aucun rang."""
    notes = {(j, d): note for d, ligne in enumerate(lignes) for j, note in enumerate(ligne)}
    corrigees = corriger(notes).notes
    for d, ligne in enumerate(lignes):
        assert corrigees[d] == pytest.approx(sum(ligne) / 3, abs=0.006)
    durci = {(j, d): note + (biais if j == 0 else 0) for (j, d), note in notes.items()}
    decalees = corriger(durci).notes
    for d in corrigees:
        assert decalees[d] - corrigees[d] == pytest.approx(biais / 3, abs=0.011)


@given(st.data())
def test_la_severite_d_un_jure_ne_change_jamais_les_ecarts(data):
    """Même avec des trous : ajouter une constante aux notes d'un juré déplace toutes les notes corrigées d'autant."""
    jures, dossiers = data.draw(st.integers(2, 5)), data.draw(st.integers(3, 8))
    paires = [(j, d) for j in range(jures) for d in range(dossiers)]
    gardees = data.draw(st.lists(st.sampled_from(paires), min_size=len(paires) * 2 // 3, unique=True))
    notes = {paire: data.draw(st.integers(0, 100)) for paire in gardees}
    try:
        avant = corriger(notes).notes
    except CorrectionImpossible:
        return
    apres = corriger({(j, d): note + (15 if j == gardees[0][0] else 0) for (j, d), note in notes.items()}).notes
    ecarts = {round(apres[d] - avant[d], 1) for d in avant}
    assert max(ecarts) - min(ecarts) <= 0.2


@pytest.mark.parametrize(
    ("notes", "dit"),
    [
        ({}, "deux évaluateurs"),
        ({("eva", "jardin"): 50, ("eva", "marche"): 60}, "deux évaluateurs"),
        (
            {("eva", "jardin"): 50, ("lea", "jardin"): 55, ("farid", "marche"): 60, ("ugo", "marche"): 60},
            "2 groupes que personne n’a lus en commun",
        ),
        ({("eva", "jardin"): 50, ("farid", "jardin"): 60, ("farid", "marche"): 60}, "Trop peu de dossiers"),
    ],
)
def test_le_refus_est_poli(notes, dit):
    with pytest.raises(CorrectionImpossible, match=dit):
        corriger(notes)


def test_les_ex_aequo_partagent_leur_rang():
    assert rangs({"a": 50, "b": 70, "c": 50, "d": 10}) == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_un_classement_qui_tient_se_dit():
    assert phrase([], str) == "Corrigé de la sévérité de chacun, le classement ne change pas."


def test_deux_mille_dossiers_et_soixante_evaluateurs():
    notes = {
        ((dossier + k * (1 + dossier % 7)) % 60, dossier): (dossier * 7 + k * 13) % 101
        for dossier in range(2000)
        for k in (0, 1, 2)
    }
    debut = time.process_time()
    corriger(notes)
    assert time.process_time() - debut < 1


@given(st.data())
def test_c_est_bien_la_solution_des_moindres_carres(data):
    """Sans refaire le calcul : à l'optimum, les résidus de chaque lecteur et de chaque dossier somment à zéro."""
    jures, dossiers = data.draw(st.integers(2, 6)), data.draw(st.integers(2, 8))
    paires = [(j, d) for j in range(jures) for d in range(dossiers)]
    gardees = data.draw(st.lists(st.sampled_from(paires), min_size=jures + dossiers, unique=True))
    notes = {paire: data.draw(st.integers(0, 100)) for paire in gardees}
    try:
        correction = corriger(notes)
    except CorrectionImpossible:
        return
    residus = {(j, d): note - correction.notes[d] - correction.severites[j] for (j, d), note in notes.items()}
    for rang in (0, 1):
        for qui in {paire[rang] for paire in residus}:
            siens = [residu for paire, residu in residus.items() if paire[rang] == qui]
            # Les notes rendues sont arrondies au centième : chacune y met un demi-centième, deux fois.
            assert sum(siens) == pytest.approx(0, abs=0.011 * len(siens))
    assert sum(correction.severites.values()) == pytest.approx(0, abs=0.006 * len(correction.severites))


def test_un_cas_resolu_a_la_main():
    """Trois dossiers, deux lecteurs, une paire manquante : q = note - s, et s tient à la seule paire commune double."""
    notes = {("eva", "a"): 60, ("farid", "a"): 50, ("eva", "b"): 80, ("farid", "b"): 74, ("eva", "c"): 70}
    # Éva note 10 et 6 de plus que Farid sur ce qu'ils ont lu tous deux : 8 d'écart, soit +4 et -4.
    correction = corriger(notes)
    assert correction.severites == {"eva": 4, "farid": -4}
    assert correction.notes == {"a": 55, "b": 77, "c": 66}


def test_la_phrase_dit_combien_bougent_et_nomme_les_trois_premiers():
    avant = {nom: rang for rang, nom in enumerate("abcdef", 1)}
    apres = {"a": 4, "b": 1, "c": 2, "d": 3, "e": 6, "f": 5}
    assert phrase(deplacements(avant, apres), str) == (
        "Corrigé de la sévérité de chacun, le classement change pour 6 dossiers : "
        "« a » passe de la 1re à la 4e place ; « b » passe de la 2e à la 1re place ; "
        "« c » passe de la 3e à la 2e place ; 3 autres changent aussi de place."
    )
    assert phrase(deplacements({"a": 1, "b": 1}, {"a": 1, "b": 2}), str) == (
        "Corrigé de la sévérité de chacun, le classement change pour un dossier : « b » passe de la 1re à la 2e place."
    )


@given(
    st.lists(st.lists(st.integers(7700, 7703), min_size=2, max_size=2), min_size=2, max_size=8),
    st.integers(0, 1000),
)
def test_un_arrondi_ne_fait_pas_changer_le_classement(centiemes, biais):
    """Tous ont tout lu : la correction ne peut rien changer, même quand une moyenne tombe sur un demi-centième."""
    lignes = [(Decimal(a) / 100, Decimal(b + biais) / 100) for a, b in centiemes]
    notes = {(j, d): note for d, ligne in enumerate(lignes) for j, note in enumerate(ligne)}
    avant = rangs({d: synthese(list(ligne)).moyenne for d, ligne in enumerate(lignes)})
    assert deplacements(avant, rangs(corriger(notes).notes)) == []
