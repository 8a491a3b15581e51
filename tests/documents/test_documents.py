"""Chaque document est conforme, complet, identique à la relance, et refuse les trous."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import page
import pytest
from pypdf import PdfReader

from documents import balisage, nombres, notification_attribution, notification_refus
from documents.champs import ChampManquant
from tests.documents import exemples

PROFILS = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A)


def defauts(octets):
    return [
        (profil, faute.rule_id, faute.message)
        for profil in PROFILS
        for faute in page.validate_pdf_bytes(octets, profile=profil).failures
    ]


def texte(octets):
    brut = " ".join(feuille.extract_text() for feuille in PdfReader(io.BytesIO(octets)).pages)
    return re.sub(r"\s+", " ", brut)


def dit(octets):
    """Ce qu'une synthèse vocale lit : les textes de remplacement de l'arbre, dans l'ordre."""
    racine = PdfReader(io.BytesIO(octets)).trailer["/Root"]["/StructTreeRoot"]

    def lire(noeud):
        noeud = noeud.get_object()
        if "/ActualText" in noeud:
            yield str(noeud["/ActualText"])
        enfants = noeud.get("/K", [])
        for enfant in enfants if isinstance(enfants, list) else [enfants]:
            if hasattr(enfant.get_object(), "get") and enfant.get_object().get("/Type") != "/MCR":
                yield from lire(enfant)

    return re.sub(r"\s+", " ", " ".join(lire(racine)))


@pytest.mark.parametrize("nom", exemples.TOUS)
def test_le_document_est_accessible_et_archivable(nom):
    module, exemple = exemples.TOUS[nom]
    assert defauts(module.composer(exemple())) == []


@pytest.mark.parametrize("nom", exemples.TOUS)
def test_la_relance_redonne_les_memes_octets(nom):
    module, exemple = exemples.TOUS[nom]
    assert module.composer(exemple()) == module.composer(exemple())


@pytest.mark.parametrize("nombre", [0, 1, 120])
def test_un_tableau_tient_sur_autant_de_pages_qu_il_faut_et_repete_son_entete(nombre):
    octets = exemples.TOUS["tableau"][0].composer(exemples.tableau(nombre))
    assert defauts(octets) == []
    pages = PdfReader(io.BytesIO(octets)).pages
    assert (len(pages) > 1) is (nombre == 120)
    if nombre == 120:
        assert all("Porteur et action" in feuille.extract_text() for feuille in pages)
        assert f"page 2 / {len(pages)}" in re.sub(r"\s+", " ", pages[1].extract_text())


def test_un_proces_verbal_long_reste_conforme():
    module, exemple = exemples.TOUS["proces-verbal"]
    assert defauts(module.composer(exemple(nombre=60))) == []


def test_l_accuse_dit_ce_que_le_code_exige():
    """CRPA, art. R. 112-11-1 : date, service et contacts, rejet implicite et sa date, voies de recours."""
    lu = dit(exemples.TOUS["accuse"][0].composer(exemples.accuse()))
    for morceau in (
        "mercredi 13 janvier 2027 à 0 h 30",
        "2027-BLB-0001",
        "Service Politique de la Ville",
        "03 00 00 00 00",
        "service@essai.test",
        "samedi 13 mars 2027",
        "tribunal administratif de Lille",
        "Jardins & Compagnie <du Coron>",
    ):
        assert morceau in lu
    assert "None" not in lu


def test_l_attribution_dit_le_montant_en_lettres_et_se_passe_des_phrases_vides():
    lu = dit(notification_attribution.composer(exemples.attribution()))
    assert "5 500,00 €" in lu
    assert "cinq mille cinq cents euros" in lu
    for absent in ("None", "réserves", "convention,", "se terminant par"):
        assert absent not in lu
    avec = dit(
        notification_attribution.composer(
            exemples.attribution(reserves="Ouvrir le samedi", convention=True, iban_fin="2606")
        )
    )
    assert "réserves suivantes : Ouvrir le samedi." in avec
    assert "se terminant par 2606" in avec


@pytest.mark.parametrize("trou", ["", None, "{{ action_intitule }}"])
@pytest.mark.parametrize("nom", ["accuse", "attribution", "refus", "irrecevabilite"])
def test_un_trou_refuse_la_lettre(nom, trou):
    module, exemple = exemples.TOUS[nom]
    with pytest.raises(ChampManquant):
        module.composer(exemple(action=trou))


def test_un_refus_ne_s_appuie_pas_sur_l_enveloppe_seule_sans_classement():
    enveloppe = (notification_refus.Motif("ENVELOPPE"),)
    with pytest.raises(ChampManquant):
        notification_refus.composer(exemples.refus(motifs=enveloppe))
    assert "rang 12" in dit(notification_refus.composer(exemples.refus(motifs=enveloppe, rang=12)))
    with pytest.raises(ChampManquant):
        notification_refus.composer(exemples.refus(motifs=(notification_refus.Motif("CAPRICE"),)))


def _sans(cle):
    """Un balisage dont on a retiré une précision, pour voir si le garde-fou la réclame."""
    origine = balisage._Balises._attributs

    def attributs(self, tableau, rang, colonne):
        role, complets = origine(self, tableau, rang, colonne)
        if complets:
            complets["A"].dict.pop(cle, None)
        return role, complets

    return attributs


@pytest.mark.parametrize(("cle", "regle"), [("Scope", "TABLE-HEADERS-SCOPE"), ("ColSpan", "COLUMNSPAN")])
def test_le_validateur_reclame_la_portee_et_l_etendue_des_cellules(monkeypatch, cle, regle):
    monkeypatch.setattr(balisage._Balises, "_attributs", _sans(cle))
    fautes = defauts(exemples.TOUS["tableau"][0].composer(exemples.tableau()))
    assert any(regle in faute for _, faute, _ in fautes)


def test_le_validateur_reclame_le_texte_de_l_embleme(monkeypatch):
    ouvrir = balisage.Toile.ouvrir
    monkeypatch.setattr(
        balisage.Toile,
        "ouvrir",
        lambda self, role, **attributs: ouvrir(self, role, **{c: v for c, v in attributs.items() if c != "Alt"}),
    )
    fautes = defauts(exemples.TOUS["accuse"][0].composer(exemples.accuse()))
    assert any("FIGURE-ALTERNATIVE-TEXT" in regle for _, regle, _ in fautes)


def test_le_validateur_reclame_le_profil_et_la_declaration_d_archive(monkeypatch):
    monkeypatch.setattr(balisage.Toile, "_ranger_les_metadonnees", lambda self: None)
    assert {profil for profil, _, _ in defauts(exemples.TOUS["accuse"][0].composer(exemples.accuse()))} == set(PROFILS)


def test_quatre_fils_ecrivent_les_memes_octets():
    module, exemple = exemples.TOUS["accuse"]
    attendu = module.composer(exemple())
    with ThreadPoolExecutor(4) as fils:
        assert set(fils.map(lambda _: module.composer(exemple()), range(60))) == {attendu}


@pytest.mark.lent
def test_cent_lettres_de_trois_pages_en_moins_de_cinq_secondes_de_calcul():
    """Barre de la conception, § 6 : balisées, un QR par page, un seul cœur."""
    longue = exemples.attribution(reserves="Ouvrir l’action le samedi et associer le conseil citoyen. " * 110)
    octets = notification_attribution.composer(longue)
    assert len(PdfReader(io.BytesIO(octets)).pages) == 3
    debut = time.process_time()
    for rang in range(100):
        reference = replace(longue.reference, numero=f"ATT-2027-{rang:04d}", url_verification=f"https://p.test/{rang}")
        notification_attribution.composer(replace(longue, reference=reference))
    assert time.process_time() - debut < 5


@pytest.mark.parametrize(
    ("montant", "lettres"),
    [
        ("0", "zéro euro"),
        ("1", "un euro"),
        ("80", "quatre-vingts euros"),
        ("81", "quatre-vingt-un euros"),
        ("200", "deux cents euros"),
        ("201", "deux cent un euros"),
        ("23500", "vingt-trois mille cinq cents euros"),
        ("80000", "quatre-vingt mille euros"),
        ("1000000", "un million d’euros"),
        ("2000000", "deux millions d’euros"),
        ("1500000", "un million cinq cent mille euros"),
        ("10.37", "dix euros et trente-sept centimes"),
        ("10.01", "dix euros et un centime"),
    ],
)
def test_les_montants_s_ecrivent_en_lettres(montant, lettres):
    assert nombres.montant_en_lettres(Decimal(montant)) == lettres


def test_les_montants_s_ecrivent_a_la_francaise():
    assert nombres.euros(Decimal("23500")) == "23\u202f500,00\u00a0€"
    assert nombres.pourcent(Decimal("36.5")) == "36,5\u00a0%"
    assert nombres.pourcent(Decimal("50.00")) == "50\u00a0%"
