"""Le compte rendu d'un groupe de travail ou d'un pilotage communal : sans dossiers ni notes, prêt à signer."""

from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether

from documents import fontes, nombres
from documents.balisage import CORPS, DOUCE, PETIT, SOUS_TITRE, Bloc, Fiche, Grille, Trait, rendre
from documents.champs import exiger, sur
from documents.feuille import (
    GRAND_TITRE,
    LARGEUR,
    MARGES,
    SUR_TITRE,
    cartouche,
    decor,
    en_lignes,
    exemplaire,
    pied,
    presences,
    seance,
    signatures,
)


@dataclass(frozen=True)
class Participant:
    nom: str
    structure: str = ""


@dataclass(frozen=True)
class Point:
    """`preparation` ne s'imprime que pour un point non traité ; une suite dit qui, quand."""

    titre: str
    preparation: str = ""
    echanges: str = ""
    decision: str = ""
    responsable: str = ""
    echeance: date | None = None


@dataclass(frozen=True)
class CompteRendu:
    """`genre` : « Groupe de travail », « Pilotage communal ». Les heures sont celles de Paris."""

    collectivite: str
    service: str
    genre: str
    titre: str
    tenu_le: datetime
    edite_le: datetime
    version: int
    presents: tuple[Participant, ...]
    excuses: tuple[Participant, ...]
    points: tuple[Point, ...]
    enjeu: str = ""
    fini_le: datetime | None = None
    lieu: str = ""
    president: str = ""
    secretaire: str = ""
    divers: str = ""
    couleur: str = "#0b5563"
    absents: tuple[Participant, ...] = ()


POINT = ParagraphStyle("point", SOUS_TITRE, fontSize=10.8, spaceBefore=12, spaceAfter=2)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=9.2, leading=12, spaceAfter=0)


def composer(document):
    """Rend le compte rendu en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "genre", "titre", "tenu_le", "edite_le")
    histoire = [
        cartouche(d),
        Bloc("Compte rendu", SUR_TITRE),
        Bloc(f"{sur(d.genre)} « {sur(d.titre)} »", GRAND_TITRE, role="H1"),
        Bloc(f"{sur(d.enjeu)}<br/>{seance(d)}" if d.enjeu else seance(d), CORPS),
        Trait(avant=4, apres=8),
        *presences(d),
        Bloc("Ordre du jour", SOUS_TITRE, role="H2"),
    ]
    for rang, point in enumerate(d.points, 1):
        histoire += _point(rang, point)
    if not d.points:
        histoire.append(Bloc("Aucun point n’était à l’ordre du jour.", CORPS))
    histoire += _fin(d)
    fiche = Fiche(titre=f"Compte rendu · {d.titre}", auteur=d.collectivite, cree_le=d.edite_le, sujet=d.genre)
    bas = pied("Compte rendu", d.titre, f"version {d.version}")
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=decor(d.couleur, bas))


def _lignes(texte):
    return "<br/>".join(sur(ligne) for ligne in texte.strip().splitlines())


def _suite(point):
    morceaux = [sur(point.responsable)] if point.responsable else []
    if point.echeance:
        morceaux.append(f"pour le {nombres.date(point.echeance)}")
    return ", ".join(morceaux)


def _point(rang, point):
    blocs = [Bloc(f"{rang}. {sur(point.titre)}", POINT, role="H3")]
    if point.echanges:
        blocs.append(Bloc(_lignes(point.echanges), CORPS))
    elif not point.decision:
        if point.preparation:
            blocs.append(Bloc(_lignes(point.preparation), PETIT))
        blocs.append(Bloc("Ce point n’a pas été traité en séance.", CORPS))
    if point.decision:
        blocs.append(Bloc(f"<b>Décision :</b> {_lignes(point.decision)}", CORPS))
    if suite := _suite(point):
        blocs.append(Bloc(f"<b>Suite :</b> {suite.rstrip('.')}.", CORPS))
    # Le titre ne reste jamais seul au bas d'une page ; un long échange peut, lui, se couper.
    return [KeepTogether(blocs[:2]), *blocs[2:]]


def _suites(d):
    lignes = [
        [
            Bloc(f"{rang}. {sur(point.titre)}", CELLULE),
            Bloc(sur(point.responsable) or "À désigner", CELLULE),
            Bloc(nombres.date(point.echeance) if point.echeance else "Sans date", CELLULE),
        ]
        for rang, point in enumerate(d.points, 1)
        if point.responsable or point.echeance
    ]
    if not lignes:
        return None
    return Grille(
        [["Suite", "Qui", "Pour quand"], *lignes],
        premiere_colonne=True,
        colWidths=[LARGEUR - 92 * mm, 52 * mm, 40 * mm],
        spaceBefore=2,
        spaceAfter=6,
        style=[
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8.8),
            ("TEXTCOLOR", (0, 0), (-1, 0), DOUCE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, "#d9d6cd"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _fin(d):
    """Le dernier paragraphe accompagne les signatures : elles ne restent pas seules sur leur page."""
    blocs = []
    if suites := _suites(d):
        blocs.append([Bloc("Ce qui reste à faire", SOUS_TITRE, role="H2"), suites])
    if divers := [Bloc(paragraphe, CORPS) for paragraphe in en_lignes(d.divers)]:
        blocs.append([Bloc("Points divers", SOUS_TITRE, role="H2"), divers[0]])
        blocs += [[bloc] for bloc in divers[1:]]
    annexes = () if d.presents else ("la feuille d’émargement signée",)
    # À plat : ReportLab mesure mal un bloc insécable dans un autre.
    *avant, dernier = blocs or [[]]
    yield from map(KeepTogether, avant)
    yield KeepTogether(
        [
            *dernier,
            Bloc("Signatures", SOUS_TITRE, role="H2"),
            Bloc(exemplaire(d, "Compte rendu", annexes), CORPS),
            signatures(d),
        ]
    )
