"""Qui lit quoi, par propriétés : assez de lecteurs, des charges proches, jamais un conflit, les manques dits."""

from hypothesis import given
from hypothesis import strategies as st

from evaluation.repartition import ALire, equitable, par_quartier

PERSONNES = ("Éva", "Farid", "Hugo", "Inès", "Jade")
quelques_uns = st.frozensets(st.sampled_from(PERSONNES))
minutes = st.integers(1, 45)


@st.composite
def dossiers_empeches(draw):
    lus = []
    for cle in range(draw(st.integers(0, 12))):
        candidats = draw(quelques_uns)
        acquis = draw(quelques_uns) & candidats if draw(st.booleans()) else frozenset()
        lus.append(ALire(cle, draw(minutes), candidats, acquis, tuple(draw(st.sets(st.sampled_from("abc"))))))
    return lus


@given(dossiers_empeches(), st.integers(0, 4))
def test_chaque_dossier_a_assez_de_lecteurs_quand_c_est_possible_sinon_c_est_dit(dossiers, voulus):
    plan = equitable(dossiers, PERSONNES, voulus)
    manques = {manque.cle: manque for manque in plan.manques}
    for dossier in dossiers:
        lecteurs = plan.lecteurs[dossier.cle]
        assert dossier.acquis <= lecteurs <= dossier.candidats | dossier.acquis
        assert len(lecteurs) == max(len(dossier.acquis), min(voulus, len(dossier.candidats)))
        assert (dossier.cle in manques) == (len(dossier.candidats) < voulus)
        if dossier.cle in manques:
            assert manques[dossier.cle][1:] == (len(lecteurs), voulus, len(dossier.candidats))


@given(dossiers_empeches(), st.integers(0, 4), st.dictionaries(st.sampled_from(PERSONNES), st.integers(0, 90)))
def test_les_charges_sont_la_somme_des_minutes_lues(dossiers, voulus, ailleurs):
    plan = equitable(dossiers, PERSONNES, voulus, ailleurs)
    for personne in PERSONNES:
        lu = sum(d.minutes for d in dossiers if personne in plan.lecteurs[d.cle])
        assert plan.charges[personne] == ailleurs.get(personne, 0) + lu


@given(st.lists(minutes, max_size=30), st.integers(1, 5))
def test_sans_empechement_les_charges_sont_egales_a_un_dossier_pres(durees, voulus):
    tous = frozenset(PERSONNES)
    plan = equitable([ALire(n, duree, tous) for n, duree in enumerate(durees)], PERSONNES, voulus)
    assert max(plan.charges.values()) - min(plan.charges.values()) <= max(durees, default=0)


@given(dossiers_empeches(), st.integers(0, 4))
def test_aucun_dossier_deplace_seul_ne_rapprocherait_davantage(dossiers, voulus):
    plan = equitable(dossiers, PERSONNES, voulus)
    for dossier in dossiers:
        tenus = plan.lecteurs[dossier.cle]
        for charge in tenus - dossier.acquis:
            for libre in dossier.candidats - tenus:
                assert plan.charges[charge] - plan.charges[libre] <= dossier.minutes


@given(dossiers_empeches(), st.integers(0, 4))
def test_deux_fois_la_meme_question_deux_fois_la_meme_reponse(dossiers, voulus):
    assert equitable(dossiers, PERSONNES, voulus) == equitable(list(dossiers), PERSONNES, voulus)


@given(dossiers_empeches(), st.dictionaries(st.sampled_from("abc"), quelques_uns), st.integers(0, 4))
def test_par_quartier_ne_donne_qu_aux_personnes_choisies_et_libres(dossiers, choix, voulus):
    plan = par_quartier(dossiers, choix, voulus)
    for dossier in dossiers:
        choisis = set().union(*(choix.get(q, ()) for q in dossier.quartiers))
        assert plan.lecteurs[dossier.cle] == dossier.acquis | (choisis & dossier.candidats)
    assert {m.cle for m in plan.manques} == {d.cle for d in dossiers if len(plan.lecteurs[d.cle]) < voulus}


def test_six_dossiers_pour_trois_personnes_font_quatre_lectures_chacune():
    tous = frozenset(PERSONNES[:3])
    plan = equitable([ALire(n, 5, tous) for n in range(6)], PERSONNES[:3], 2)
    assert plan.charges == dict.fromkeys(PERSONNES[:3], 20)


def test_une_personne_deja_chargee_ailleurs_lit_moins_ici():
    tous = frozenset(PERSONNES[:2])
    plan = equitable([ALire(n, 10, tous) for n in range(3)], PERSONNES[:2], 1, {"Éva": 30})
    assert plan.charges == {"Éva": 30, "Farid": 30}
