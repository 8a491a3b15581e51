"""La feuille d'émargement d'une réunion : chacun signe en face de son nom ; elle ne dit rien des dossiers."""

from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from documents import fontes, nombres
from documents.balisage import CORPS, DOUCE, Bloc, Fiche, Grille, rendre
from documents.champs import exiger, sur
from documents.feuille import GRAND_TITRE, LARGEUR, MARGES, SUR_TITRE, cartouche, decor, pied

LIGNES_LIBRES = 6
HAUTEUR = 11.5 * mm
COLONNES = (52 * mm, LARGEUR - 107 * mm, 55 * mm)
MARGE_DE_CELLULE = 12


@dataclass(frozen=True)
class Personne:
    nom: str
    structure: str = ""


@dataclass(frozen=True)
class Emargement:
    """`libres` : les lignes vides, pour les personnes qu'on n'attendait pas. Les heures sont celles de Paris."""

    collectivite: str
    service: str
    genre: str
    titre: str
    tenu_le: datetime
    edite_le: datetime
    personnes: tuple[Personne, ...]
    fini_le: datetime | None = None
    lieu: str = ""
    president: str = ""
    couleur: str = "#0b5563"
    libres: int = LIGNES_LIBRES


NOM = ParagraphStyle("nom-emargement", CORPS, fontSize=10, leading=12.5, spaceAfter=0)
STRUCTURE = ParagraphStyle("structure-emargement", NOM, fontSize=9.2, leading=11.5, textColor=DOUCE)


def composer(document):
    """Rend la feuille en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "genre", "titre", "tenu_le", "edite_le")
    histoire = [
        cartouche(d),
        Bloc("Feuille d’émargement", SUR_TITRE),
        Bloc(f"{sur(d.genre)} « {sur(d.titre)} »", GRAND_TITRE, role="H1"),
        Bloc(_quand(d), CORPS),
        _tableau(d),
    ]
    fiche = Fiche(titre=f"Feuille d’émargement · {d.titre}", auteur=d.collectivite, cree_le=d.edite_le, sujet=d.genre)
    bas = pied("Feuille d’émargement", d.titre)
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=decor(d.couleur, bas))


def _quand(d):
    debut = nombres.heure(d.tenu_le)
    heures = f"de {debut} à {nombres.heure(d.fini_le)}" if d.fini_le else f"à {debut}"
    texte = f"<b>{nombres.date_longue(d.tenu_le).capitalize()}</b> {heures}"
    texte += f", {sur(d.lieu)}." if d.lieu else "."
    return f"{texte}<br/>Présidence : {sur(d.president)}." if d.president else texte


def _tableau(d):
    lignes = [
        [Bloc(sur(p.nom), NOM), Bloc(sur(p.structure), STRUCTURE) if p.structure else "", ""] for p in d.personnes
    ]
    hauteurs = [_hauteur(ligne) for ligne in lignes]
    lignes += [["", "", ""]] * d.libres
    return Grille(
        [["Nom", "Structure", "Signature"], *lignes],
        premiere_colonne=True,
        colWidths=COLONNES,
        rowHeights=[7 * mm, *hauteurs, *[HAUTEUR] * d.libres],
        spaceBefore=6,
        style=[
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8.8),
            ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("GRID", (0, 0), (-1, -1), 0.6, "#767f8c"),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _hauteur(ligne):
    """De quoi signer, ou davantage quand le nom ou la structure s'écrit sur plusieurs lignes."""
    blocs = [(bloc, largeur) for bloc, largeur in zip(ligne, COLONNES, strict=True) if bloc]
    return max(HAUTEUR, *(bloc.wrap(largeur - MARGE_DE_CELLULE, 2000)[1] + 6 for bloc, largeur in blocs))
