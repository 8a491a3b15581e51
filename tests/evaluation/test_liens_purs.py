"""Rapprocher une personne d'un organisme : les noms, les domaines, les structures ; et le temps que cela prend."""

import random
import time

import pytest

from evaluation.liens import GRAND_PUBLIC, Contact, Fiche, Personne, domaine, domaine_du_site, normaliser, rapprocher

PERSONNES, ORGANISMES, SECONDES_AU_PLUS = 40, 500, 0.2


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ("Hélène Lœvenbruck", "LOEVENBRUCK Helene"),
        ("Jean-Luc Le Gall", "Le Gall, Jean Luc"),
        ("Zoë D’Hondt", "zoe d'hondt"),
        ("Éva  Roux", "roux éva"),
    ],
)
def test_un_nom_se_reconnait_sans_accents_casse_traits_d_union_ni_ordre(un, autre):
    assert normaliser(un) == normaliser(autre)


@pytest.mark.parametrize(("un", "autre"), [("Éva Roux", "Éva Leroux"), ("Jean Martin", "Jean-Luc Martin"), ("", "Éva")])
def test_deux_noms_differents_le_restent(un, autre):
    assert normaliser(un) != normaliser(autre)


@pytest.mark.parametrize(
    ("courriel", "attendu"),
    [
        ("eva@Maisons-du-Bassin.fr", "maisons-du-bassin.fr"),
        ("eva.roux@gmail.com", ""),
        ("eva@LaPoste.net", ""),
        ("eva@wanadoo.fr", ""),
        ("", ""),
        ("sans-arobase", ""),
        ("eva@localhost", ""),
        ("eva@demo.test", ""),
    ],
)
def test_le_domaine_d_une_adresse_sauf_chez_un_fournisseur_grand_public(courriel, attendu):
    assert domaine(courriel) == attendu


@pytest.mark.parametrize(
    ("site", "attendu"),
    [
        ("https://www.ateliers-du-coron.fr/contact", "ateliers-du-coron.fr"),
        ("ateliers-du-coron.fr", "ateliers-du-coron.fr"),
        ("http://asso.free.fr:80", "asso.free.fr"),
        ("https://free.fr", ""),
        ("", ""),
    ],
)
def test_le_domaine_d_un_site(site, attendu):
    assert domaine_du_site(site) == attendu


def test_les_fournisseurs_grand_public_sont_des_domaines():
    assert all(nom == nom.lower() and "." in nom for nom in GRAND_PUBLIC)
    assert {"gmail.com", "orange.fr", "free.fr", "laposte.net", "hotmail.fr", "nordnet.fr"} <= GRAND_PUBLIC


def fiche(cle=1, **champs):
    return Fiche(cle, **({"noms": ("Les Ateliers du Coron", "LAC")} | champs))


def codes(personne, *fiches):
    trouves = rapprocher([personne], fiches).get(personne.cle, {})
    return {cle: [indice.code for indice in indices] for cle, indices in trouves.items()}


def test_le_meme_nom_qu_un_dirigeant_ou_un_contact():
    une = fiche(contacts=(Contact("la personne qui le représente", "ROUX Eva"), Contact("un membre", "Éva Roux")))
    assert codes(Personne(7, "Éva Roux"), une) == {1: ["nom"]}
    [[indice]] = rapprocher([Personne(7, "Éva Roux")], [une])[7].values()
    assert indice.phrase == "même nom que la personne qui le représente"
    assert codes(Personne(7, "Éva Leroux"), une) == {}


def test_un_seul_mot_ne_suffit_pas():
    """Un compte sans prénom, ou sans nom : trop de monde porte « Martin »."""
    assert codes(Personne(7, "Martin"), fiche(contacts=(Contact("un membre", "Martin"),))) == {}
    assert codes(Personne(7, ""), fiche(contacts=(Contact("un membre", " "),), noms=("", ""))) == {}


def test_le_meme_domaine_par_l_adresse_un_contact_ou_le_site():
    eva = Personne(7, "Éva Roux", "eva@coron.fr")
    assert codes(eva, fiche(courriels=("contact@coron.fr",))) == {1: ["domaine"]}
    assert codes(eva, fiche(contacts=(Contact("un membre", "X Y", "x@coron.fr"),))) == {1: ["domaine"]}
    assert codes(eva, fiche(site="https://www.coron.fr/")) == {1: ["domaine"]}
    assert codes(Personne(7, "Éva Roux", "eva@gmail.com"), fiche(courriels=("coron@gmail.com",))) == {}


def test_la_meme_structure_et_plusieurs_indices_a_la_fois():
    eva = Personne(7, "Éva Roux", "eva@coron.fr", ("les ateliers du CORON",))
    une = fiche(contacts=(Contact("un membre", "Éva Roux"),), courriels=("contact@coron.fr",))
    assert codes(eva, une, fiche(2, noms=("Autre", ""))) == {1: ["nom", "domaine", "structure"]}


def test_quarante_personnes_et_cinq_cents_organismes_en_peu_de_temps():
    hasard = random.Random(4)
    prenoms = [f"Prénom-{n} É" for n in range(60)]

    def nom():
        return f"{hasard.choice(prenoms)} Nom{hasard.randrange(90)}"

    personnes = [Personne(n, nom(), f"p{n}@service{n}.fr", (f"Structure {n}",)) for n in range(PERSONNES)]
    fiches = [
        Fiche(
            n,
            (f"Association {n}", f"A{n}"),
            tuple(Contact("un contact", nom(), f"c{n}@asso{n}.fr") for _ in range(4)),
            (f"contact@service{n}.fr",),
            f"https://asso{n}.fr",
        )
        for n in range(ORGANISMES)
    ]
    debut = time.process_time()
    trouves = rapprocher(personnes, fiches)
    assert time.process_time() - debut < SECONDES_AU_PLUS
    assert len(trouves) == PERSONNES
