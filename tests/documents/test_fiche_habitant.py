"""La fiche habitant tient sur une page, quoi qu'on y écrive, et se lit dans l'ordre."""

import io
import time

import pytest
from pypdf import PdfReader

from documents import fiche_habitant, suites_citoyennes
from documents.champs import ChampManquant
from tests.documents import exemples
from tests.documents.test_documents import defauts, dit, texte

PHRASE = "Chaque samedi, des habitants cuisinent ensemble un repas de saison et le partagent. "
# Mesuré : 0,2 s au calme ; une machine chargée triple ce temps sans que rien soit à refaire.
BUDGET_CPU_S = 1


def pages(octets):
    return PdfReader(io.BytesIO(octets)).pages


def test_la_fiche_se_lit_dans_l_ordre():
    lu = dit(fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant())))
    position = 0
    for morceau in (
        "Ville d’Essai", "Cafés des habitants & du marché", "Le projet", "Un rendez-vous du samedi", "Qui",
        "Jardins & Compagnie <du Coron>", "Où", "Pour qui", "60 personnes", "Quand", "Combien", "Quoi de neuf",
        "8 000 €", "Votre avis", "1. Est-ce utile ici", "Oui, Un peu, Non, Je ne sais pas", "2. Pour qui",
        "3. Que manque-t-il", "parvis.test/avis-habitant", "A B C D 2 3 4 5 E F G H", "ni votre nom ni votre adresse",
    ):  # fmt: skip
        assert morceau in lu[position:], morceau
        position = lu.index(morceau, position) + len(morceau)


LONGS = {
    "resume": {"resume": PHRASE * 80},
    "sans espace": {"resume": "x" * 4000},
    "tout": {
        "titre": "Un titre bien trop long " * 20, "resume": PHRASE * 80, "qui": "Association " * 60,
        "ou": "Quartier, " * 80, "pour_qui": "Familles & voisins <tous> " * 60, "quand": "Du lundi " * 80,
        "combien": "9 800 € " * 80, "nouveau": ("Une nouveauté. ",) * 60, "conseil": "Conseil citoyen " * 10,
    },
    "alphabets": {"titre": "Атлас 地图 🎉", "resume": "Ça coûte « 3 € » ; déjà ? Œuvre…"},
}  # fmt: skip


@pytest.mark.parametrize("cas", LONGS)
def test_elle_tient_sur_une_page_quoi_qu_on_y_ecrive(cas):
    octets = fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant(**LONGS[cas])))
    assert len(pages(octets)) == 1
    assert defauts(octets) == []
    assert "3. Que manque-t-il" in texte(octets)


def test_un_texte_coupe_finit_une_phrase_et_dit_ou_est_la_suite():
    lu = texte(fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant(resume=PHRASE * 80))))
    assert "partagent. La suite est dans le dossier, que votre conseil citoyen peut lire." in lu
    court = texte(fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant(resume=PHRASE))))
    assert "La suite" not in court


def test_le_haut_ne_recouvre_jamais_les_questions():
    """Le texte le plus bas de la fiche reste au-dessus du titre des questions."""
    octets = fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant(**LONGS["tout"])))
    hauteurs = {}
    pages(octets)[0].extract_text(visitor_text=lambda t, cm, tm, *_: hauteurs.setdefault(t.strip(), tm[5] + cm[5]))
    questions = next(y for t, y in hauteurs.items() if t.startswith("Votre avis"))
    assert next(y for t, y in hauteurs.items() if t.startswith("Une nouveauté")) > questions


def test_une_page_par_fiche_et_un_code_par_page():
    projets = [exemples.projet_habitant(code=f"ABCD2345EFG{n}") for n in "234"]
    lues = pages(fiche_habitant.composer(exemples.fiches_habitant(*projets)))
    assert len(lues) == 3
    for page, projet in zip(lues, projets, strict=True):
        assert fiche_habitant.grouper(projet.code) in page.extract_text()


def test_une_fiche_sans_code_ne_s_imprime_pas():
    with pytest.raises(ChampManquant):
        fiche_habitant.composer(exemples.fiches_habitant(exemples.projet_habitant(code="")))


@pytest.mark.lent
def test_une_reunion_ordinaire_s_imprime_a_la_demande():
    """Douze dossiers, des textes de longueur courante : assez vite pour se passer de tâche de fond."""
    document = exemples.fiches_habitant(*[exemples.projet_habitant(resume=PHRASE * 4)] * 12)
    fiche_habitant.composer(document)
    durees = []
    for _ in range(3):
        debut = time.process_time()
        fiche_habitant.composer(document)
        durees.append(time.process_time() - debut)
    assert min(durees) < BUDGET_CPU_S


def test_ce_qui_a_change_dit_aussi_ce_qui_ne_se_sait_pas_encore():
    lu = dit(suites_citoyennes.composer(exemples.suites()))
    for morceau in (
        "8 oui, 2 un peu, 1 non", "Un coin pour les petits <3", "Et 2 autres remarques", "Le projet reçoit 4 000 €",
        "Vous demandiez le samedi.", "Il n’est pas encore connu.", "Elle n’est pas encore connue.",
        "Le service n’a pas encore écrit sa réponse.",
    ):  # fmt: skip
        assert morceau in lu


def test_ce_qui_a_change_passe_a_la_page_sans_couper_un_projet():
    octets = suites_citoyennes.composer(exemples.suites(12))
    assert len(pages(octets)) > 1
    assert defauts(octets) == []
