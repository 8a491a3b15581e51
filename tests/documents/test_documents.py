"""Chaque document est conforme, complet, identique à la relance, et refuse les trous."""

import hashlib
import io
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import page
import pytest
from pypdf import PdfReader

from documents import (
    accuse_reception,
    balisage,
    nombres,
    notification_attribution,
    notification_irrecevabilite,
    notification_refus,
)
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


EMPREINTE_DE_L_ACCUSE = """
import hashlib
from tests.documents import exemples
print(hashlib.sha256(exemples.TOUS["accuse"][0].composer(exemples.accuse())).hexdigest())
"""


def test_un_autre_worker_redonne_les_memes_octets():
    """Ni l'heure, ni l'ordre des ensembles d'un processus n'entrent dans le fichier."""
    ici = hashlib.sha256(accuse_reception.composer(exemples.accuse())).hexdigest()
    racine = Path(__file__).parents[2]
    # Le profil de couleur porterait la seconde de sa création : celle-ci n'est plus la même.
    time.sleep(1)
    ailleurs = subprocess.run(
        [sys.executable, "-c", EMPREINTE_DE_L_ACCUSE], cwd=racine, check=True, capture_output=True, text=True
    )
    assert ailleurs.stdout.strip() == ici


def elements(octets, role):
    """Les éléments de structure de ce rôle."""

    def parcourir(noeud):
        noeud = noeud.get_object()
        if noeud.get("/S") == role:
            yield noeud
        enfants = noeud.get("/K", [])
        for enfant in enfants if isinstance(enfants, list) else [enfants]:
            if enfant.get_object().get("/Type") != "/MCR":
                yield from parcourir(enfant)

    return list(parcourir(PdfReader(io.BytesIO(octets)).trailer["/Root"]["/StructTreeRoot"]))


def test_un_tableau_coupe_se_lit_comme_un_seul_et_son_entete_ne_se_redit_pas():
    octets = exemples.TOUS["tableau"][0].composer(exemples.tableau(120, enveloppes=()))
    assert len(PdfReader(io.BytesIO(octets)).pages) == 3
    assert len(elements(octets, "/Table")) == 1
    assert len(elements(octets, "/TR")) == 1 + 1 + 120 + 2
    # Cinq colonnes et le titre du groupe.
    assert len(elements(octets, "/TH")) == 5 + 1


@pytest.mark.parametrize("nombre", [0, 1, 120])
def test_un_tableau_tient_sur_autant_de_pages_qu_il_faut_et_repete_son_entete(nombre):
    octets = exemples.TOUS["tableau"][0].composer(exemples.tableau(nombre))
    assert defauts(octets) == []
    pages = PdfReader(io.BytesIO(octets)).pages
    assert (len(pages) > 1) is (nombre == 120)
    if nombre == 120:
        assert all("Porteur et action" in feuille.extract_text() for feuille in pages)
        assert f"page 2 / {len(pages)}" in re.sub(r"\s+", " ", pages[1].extract_text())


ORDRE = {
    "accuse": (
        "Ville d’Essai", "Service Politique de la Ville", "Nos références : N° AR-2027-0001",
        "Jardins & Compagnie <du Coron>, Amina B., Présidente, 14 rue A, 62700 Ville", "Essai, le 13 janvier 2027",
        "Accusé de réception de votre demande de subvention n° 2027-BLB-0001", "Madame, Monsieur,",
        "Sans réponse de notre part", "salutations distinguées", "Maire", "Claude Exemple", "Vos données",
        "https://parvis.test/verifier/ABCD2345EFGH/ (code ABCD2345EFGH)",
    ),
    "attribution": (
        "délibération n° 2027-031 du 25 mars 2027", "État", "2 500,00 €", "Total", "5 500,00 €",
        "Promouvoir l’activité physique", "15 janvier 2027",
        "Versement", "soixante jours", "Vos engagements", "30 juin 2028", "reversement",
        "Claude Exemple", "Si vous contestez cette décision", "deux mois à compter de sa notification",
    ),
    "refus": (
        "Vous avez sollicité une subvention de 5 500,00 €", "de ne pas y donner une suite favorable",
        "les motifs suivants :", "quartier prioritaire ;", "disproportionné : coût élevé.", "Claude Exemple",
        "Télérecours",
    ),
    "irrecevabilite": (
        "reçue le mercredi 13 janvier 2027", "1er février 2027", "règlement de l’appel à projets", "le motif suivant :",
        "Le public n’habite pas un quartier prioritaire.", "Claude Exemple", "Télérecours",
    ),
    "proces-verbal-long": (
        "Réunion thématique « Santé »", "mercredi 13 janvier 2027", "salle des mariages", "Nadia Wattrelos",
        "Présents :", "Excusés :", "Conseils citoyens", "Nadia W.", "1. Rappel", "2. Examen", "2027-BLB-0001", "74,50",
        "Financeur", "Demandé", "Avis : favorable.",
        "Observations :", "Réserves :", "2027-BLB-0006", "3. Récapitulatif", "8 000,00 €", "4. Points divers",
        "la décision relève du conseil municipal", "Signatures", "Nadia Wattrelos", "Denis Caron",
    ),
    "tableau-complet": (
        "Programmation 2027", "Arrêté par le comité de pilotage du 12 mars 2027", "une seule fois", "Enveloppes",
        "Dossiers", "Enjeu 1", "2027-BLB-0100", "Sous-total", "Enjeu 3", "Total",
    ),
}  # fmt: skip


@pytest.mark.parametrize("nom", ORDRE)
def test_le_document_se_lit_en_entier_et_dans_l_ordre(nom):
    module, exemple = exemples.TOUS[nom]
    lu = re.sub(r"\s+", " ", dit(module.composer(exemple())))
    position = 0
    for morceau in ORDRE[nom]:
        assert morceau in lu[position:]
        position = lu.index(morceau, position) + len(morceau)
    assert "None" not in lu


def test_le_texte_copie_de_la_page_garde_ses_espaces():
    """Celui d'un lecteur sans balises : `pypdf` lit les signes dessinés, pied de page en dernier."""
    lu = texte(exemples.TOUS["accuse"][0].composer(exemples.accuse()))
    assert "ne préjuge ni de la recevabilité de votre dossier, ni de la décision qui sera prise." in lu
    assert (
        lu.index("Madame, Monsieur") < lu.index("À vérifier sur parvis.test/verifier/ABCD2345EFGH") < lu.index("page 1")
    )


def test_un_montant_ne_se_coupe_jamais_en_fin_de_ligne():
    mot = "12\u202f345\u202f678,00\u00a0€"
    bloc = balisage.Bloc(" ".join([mot] * 30))
    bloc.wrap(200, 800)
    assert {un_mot for _, mots in bloc.blPara.lines for un_mot in mots} == {mot}


def test_un_signe_absent_de_la_fonte_ne_rend_pas_le_document_invalide():
    octets = notification_attribution.composer(exemples.attribution(action="Кухня 🌱 du Coteau, ﬁn\u200b"))
    assert defauts(octets) == []
    assert "« ????? ? du Coteau, fin »" in re.sub(r"\s+", " ", dit(octets))


def test_un_trou_profond_refuse_aussi_la_lettre():
    parts = (notification_attribution.Part("{{ financeur }}", Decimal("1")),)
    with pytest.raises(ChampManquant, match="financeur"):
        notification_attribution.composer(exemples.attribution(parts=parts))
    with pytest.raises(ChampManquant, match="absente"):
        notification_attribution.composer(exemples.attribution(objectif="None"))


def test_l_accuse_exige_le_telephone_du_service_et_les_autres_lettres_s_en_passent():
    muet = replace(exemples.EMETTEUR, telephone="", courriel="")
    with pytest.raises(ChampManquant, match="telephone"):
        accuse_reception.composer(replace(exemples.accuse(), emetteur=muet))
    lu = dit(notification_refus.composer(replace(exemples.refus(), emetteur=muet)))
    assert "Tél." not in lu
    assert "Essai Nos références" in lu


def test_sans_delegue_a_la_protection_des_donnees_le_service_repond():
    accuse = exemples.accuse()
    sans = replace(accuse, protection=replace(accuse.protection, dpo_contact=""))
    assert "auprès de service@essai.test et saisir la CNIL" in dit(accuse_reception.composer(sans))


def test_un_instant_sans_fuseau_est_refuse():
    """Sans fuseau, le fichier porterait l'heure de la machine qui l'a composé."""
    with pytest.raises(ChampManquant, match="fuseau"):
        accuse_reception.composer(exemples.accuse(recu_le=exemples.INSTANT.replace(tzinfo=None)))


def test_l_accuse_d_un_dossier_incomplet_dit_les_pieces_et_la_suspension():
    lu = dit(
        accuse_reception.composer(
            exemples.accuse(
                pieces_manquantes=("Relevé d’identité bancaire", "Comptes 2026"), pieces_avant=date(2027, 2, 1)
            )
        )
    )
    assert "au plus tard le lundi 1er février 2027 : Relevé d’identité bancaire Comptes 2026" in re.sub(r"\s+", " ", lu)
    assert "L. 114-5" in lu
    assert "L. 114-5" not in dit(accuse_reception.composer(exemples.accuse()))


def test_plusieurs_reserves_font_une_liste():
    lu = dit(
        notification_attribution.composer(exemples.attribution(reserves="Ouvrir le samedi.\nAssocier le collège."))
    )
    assert "réserves suivantes : Ouvrir le samedi ; Associer le collège." in lu


def test_l_irrecevabilite_rappelle_les_pieces_demandees():
    lu = dit(
        notification_irrecevabilite.composer(
            exemples.irrecevabilite(pieces_demandees_le=date(2027, 1, 20), pieces_avant=date(2027, 2, 3))
        )
    )
    assert "demandées le 20 janvier 2027, à fournir au plus tard le 3 février 2027" in lu.replace("\u00a0", " ")


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
    origine = balisage.grille._Balises._attributs

    def attributs(self, tableau, rang, colonne):
        role, complets = origine(self, tableau, rang, colonne)
        if complets:
            complets["A"].dict.pop(cle, None)
        return role, complets

    return attributs


@pytest.mark.parametrize(("cle", "regle"), [("Scope", "TABLE-HEADERS-SCOPE"), ("ColSpan", "COLUMNSPAN")])
def test_le_validateur_reclame_la_portee_et_l_etendue_des_cellules(monkeypatch, cle, regle):
    monkeypatch.setattr(balisage.grille._Balises, "_attributs", _sans(cle))
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
    # À l'intervalle par défaut, la course est trop rare pour être vue : on la provoque.
    intervalle = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(4) as fils:
            assert set(fils.map(lambda _: module.composer(exemple()), range(100))) == {attendu}
    finally:
        sys.setswitchinterval(intervalle)


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
