"""Le procès-verbal et le compte rendu prêts à signer : rien de vide, rien de coupé au mauvais endroit."""

import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader

from documents import compte_rendu, emargement, proces_verbal
from tests.documents import exemples
from tests.documents.test_documents import defauts, dit, elements, texte

PIED = re.compile(r"version 2|^page \d|^\d+$")
LONGUE = (
    "Claude Exemple, adjoint au maire chargé de la politique de la ville, de la rénovation urbaine et de la vie locale"
)


def pages(octets):
    return [re.sub(r"\s+", " ", feuille.extract_text()) for feuille in PdfReader(io.BytesIO(octets)).pages]


def grand(nombre=40):
    """Une séance de `nombre` dossiers, dont des titres qui tiennent sur trois lignes."""
    modele = exemples.pv_de_seance()
    dossiers = tuple(
        replace(
            modele.dossiers[rang % 6],
            numero=f"2027-BLB-{rang + 1:04d}",
            action="Médiation santé " * (1 + 9 * (rang % 2)),
        )
        for rang in range(nombre)
    )
    return replace(modele, dossiers=dossiers)


def test_la_seance_se_lit_dans_l_ordre_et_en_entier():
    lu = dit(proces_verbal.composer(exemples.pv_de_seance())).replace("\u00a0", " ")
    position = 0
    for morceau in (
        "Procès-verbal", "Séance du mercredi 13 janvier 2027 de 0 h 30 à 2 h 30, salle des mariages.",
        "Présidence : Nadia Wattrelos. Secrétariat : Denis Caron.", "Présents :", "Excusés :",
        "Absents : Élue sans structure.", "Quorum", "Nadia W., dossier 2027-BLB-0003 : membre du bureau.",
        "ont quitté la séance", "6 dossiers à l’ordre du jour", "un dossier, retiré par son porteur, n’y compte pas",
        "enveloppe indicative", "1. 2027-BLB-0001", "obtenu l’an passé", "Avis : favorable.",
        "Examiné de 14 h 32 à 14 h 51.", "quitte la séance à 14 h 32 et la rejoint à 14 h 51.", "Premier vote",
        "Évaluation modifiée après lecture des autres notes : Marc L.", "Habitants : 8 réponses", "Observations :",
        "Adopté sans débat à 14 h 20.", "Réserves : Ouvrir le samedi.", "Associer le collège.",
        "Avis : retiré par le porteur.", "Avis : non rendu.", "3. Récapitulatif", "Sans avis : 1 · Retiré : 1",
        "dépassent l’enveloppe de tout l’appel de 4 000,00 €", "Par financeur", "4. Points divers", "Signatures",
        "un exemplaire original. Version 2, éditée le 13 janvier 2027 à 0 h 30 ; elle remplace les précédentes. "
        "En annexe : les entrées et sorties.",
        "Nadia Wattrelos", "Date et signature :", "Denis Caron", "Annexe. Entrées et sorties", "Camille Durand-8",
        "Arrive",
    ):  # fmt: skip
        assert morceau in lu.replace("\u202f", " ")[position:], morceau
        position = lu.replace("\u202f", " ").index(morceau, position)
    assert "None" not in lu


def test_sans_la_salle_rien_de_vide_ne_s_imprime():
    lu = dit(proces_verbal.composer(exemples.pv_sur_papier())).replace("\u00a0", " ")
    assert "Présents : les signataires de la feuille d’émargement, jointe en annexe." in lu
    assert "En annexe : la feuille d’émargement signée." in lu
    assert "relève des élus réunis." in lu
    assert "Un dossier à l’ordre du jour" in lu
    assert "Déclarations d’intérêts et déports Aucune." in lu
    assert "Nom :" in lu
    for absent in (
        "None", "Excusés", "Absents", "Conseils citoyens", "Quorum", "Examiné", "Habitants", "Observations", "Réserves",
        "Points divers", "Entrées et sorties", "Par financeur", "enveloppe", "Présidence :", "· ·", "remplace", "..",
    ):  # fmt: skip
        assert absent not in lu, absent


def test_un_projet_ne_se_signe_pas():
    octets = proces_verbal.composer(exemples.pv(1, projet=True))
    lu = dit(octets)
    assert lu.startswith("Ville d’Essai Service Politique de la Ville Projet de procès-verbal")
    assert "ce projet n’est pas à signer" in lu
    assert "Signatures" not in lu
    assert "Projet de procès-verbal · Santé · version 1" in texte(octets)


@pytest.mark.parametrize("nombre", [0, 1, 2, 40])
def test_il_tient_sur_autant_de_pages_qu_il_faut_numerotees(nombre):
    octets = proces_verbal.composer(grand(nombre))
    assert defauts(octets) == []
    feuilles = pages(octets)
    for rang, feuille in enumerate(feuilles, 1):
        assert f"page {rang} / {len(feuilles)}" in feuille
    # Le tableau de tous les avis reste un seul élément, même sur trois pages.
    assert len(elements(octets, "/H3")) == nombre


def test_aucun_titre_ne_reste_au_bas_d_une_page():
    titre = re.compile(r"(\d+\. 2027-BLB-\d{4}.*|2\. Examen des dossiers|3\. Récapitulatif|Signatures)")
    for presents in range(10, 40):
        document = replace(grand(2), mouvements=(), presents=exemples.pv_complet().presents[:1] * presents)
        for feuille in PdfReader(io.BytesIO(proces_verbal.composer(document))).pages:
            lignes = [ligne for ligne in feuille.extract_text().splitlines() if ligne.strip()]
            derniere = next(ligne for ligne in reversed(lignes) if not PIED.search(ligne))
            assert not titre.fullmatch(derniere.strip()), (presents, derniere)


def test_le_total_du_tableau_est_la_somme_de_ses_lignes():
    document = exemples.pv_de_seance()
    montants = [d.demande for d in document.dossiers if not d.retire]
    assert document.total_demande == sum(montants)
    lignes = elements(proces_verbal.composer(document), "/TR")
    assert len(lignes) > len(document.dossiers)


def test_une_longue_qualite_ne_recouvre_pas_la_place_de_la_date():
    long = replace(exemples.pv_sur_papier(), president=LONGUE)
    assert defauts(proces_verbal.composer(long)) == []
    for composer, document in (
        (proces_verbal.composer, long),
        (compte_rendu.composer, exemples.rendu(0, president=LONGUE)),
    ):
        hauteurs = {}

        def retenir(contenu, repere, matrice, _police, _taille, hauteurs=hauteurs):
            for mot in ("locale", "Date et signature"):
                if mot in contenu:
                    hauteurs[mot] = repere[5] + matrice[5]

        PdfReader(io.BytesIO(composer(document))).pages[0].extract_text(visitor_text=retenir)
        assert hauteurs["locale"] > hauteurs["Date et signature"] + 10


def test_le_total_propose_d_un_dossier_sans_avis_n_est_pas_zero():
    montants = (proces_verbal.Montants("Ville", Decimal("10"), None),)
    dossier = replace(exemples.pv_sur_papier().dossiers[0], montants=montants, avis="")
    assert dossier.propose is None


def test_le_compte_rendu_dit_les_absents_l_exemplaire_et_ce_qui_y_est_joint():
    lu = dit(compte_rendu.composer(exemples.rendu(1, version=3, absents=(compte_rendu.Participant("Zoé Q."),))))
    assert "Absents : Zoé Q." in lu
    assert "Zoé Q.." not in lu
    assert "Secrétariat : Thomas L. Présents" in lu
    assert "Compte rendu établi en un exemplaire original. Version 3" in lu.replace("\u00a0", " ")
    assert "En annexe" not in lu
    assert "feuille d’émargement signée" in dit(compte_rendu.composer(exemples.rendu(1, presents=())))


def test_le_pied_d_un_long_titre_se_coupe_a_un_mot():
    titre = "Citoyenneté, emploi, cadre de vie et tranquillité publique dans les quartiers prioritaires"
    lu = texte(emargement.composer(exemples.feuille(titre=titre)))
    assert "publique dans les quartiers… page" in lu
