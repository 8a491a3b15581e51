"""Le tableau de programmation annuelle, en A3 paysage. Il imprime des totaux donnés : il n'additionne rien."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from documents import fontes, nombres
from documents.balisage import (
    CORPS,
    DOUCE,
    PETIT,
    SOUS_TITRE,
    TAILLE_PIED,
    TITRE,
    Bloc,
    Fiche,
    Grille,
    numeroter,
    rendre,
)
from documents.champs import exiger, sur

PAGE = landscape(A3)
MARGES = (14 * mm, 14 * mm, 18 * mm, 14 * mm)
LARGEUR = PAGE[0] - MARGES[1] - MARGES[3]


@dataclass(frozen=True)
class Colonne:
    """`genre` : « texte », « montant », « nombre » ou « taux » ; `poids` : sa part de la largeur."""

    titre: str
    genre: str = "texte"
    poids: float = 1.0


@dataclass(frozen=True)
class Rangee:
    """Une ligne ; les valeurs suivent les colonnes. Un montant absent s'écrit « – »."""

    valeurs: tuple


@dataclass(frozen=True)
class Groupe:
    """Des lignes sous un titre, avec leur sous-total (valeurs vides là où on ne totalise pas)."""

    titre: str
    lignes: tuple[Rangee, ...]
    sous_total: Rangee | None = None


@dataclass(frozen=True)
class LigneEnveloppe:
    financeur: str
    montant: Decimal
    consomme: Decimal
    reste: Decimal


@dataclass(frozen=True)
class TableauProgrammation:
    """`statut` : « projet », « délibéré le … ». `edite_le` : heure de Paris."""

    titre: str
    collectivite: str
    statut: str
    edite_le: datetime
    colonnes: tuple[Colonne, ...]
    groupes: tuple[Groupe, ...]
    total: Rangee
    enveloppes: tuple[LigneEnveloppe, ...] = ()
    legende: str = ""
    couleur: str = "#0b5563"


CELLULE = ParagraphStyle("cellule", CORPS, fontSize=8, leading=9.6, spaceAfter=0)
CELLULE_GRASSE = ParagraphStyle("cellule-grasse", CELLULE, fontName=fontes.DEMI_GRAS)
ENTETE = ParagraphStyle("entete", CELLULE_GRASSE, fontSize=7.6, leading=9)
ENTETE_DROITE = ParagraphStyle("entete-droite", ENTETE, alignment=2)


def ecrire(colonne, valeur):
    """La valeur telle qu'elle s'imprime : montants sans « € », l'unité est dans la légende."""
    if valeur is None or valeur == "":
        return ""
    if colonne.genre == "montant":
        return nombres.chiffres(valeur).removesuffix(",00")
    if colonne.genre == "taux":
        return nombres.pourcent(valeur)
    if colonne.genre == "nombre":
        return str(valeur).replace(".", ",")
    return str(valeur)


def composer(document):
    """Rend le tableau en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "titre", "collectivite", "statut", "edite_le", "colonnes", "total")
    histoire = [
        Bloc(sur(d.titre), TITRE, role="H1"),
        Bloc(
            f"{sur(d.collectivite)} · {sur(d.statut)} · édité le {nombres.date_longue(d.edite_le)} à "
            f"{nombres.heure(d.edite_le)} · montants en euros",
            PETIT,
        ),
    ]
    if d.enveloppes:
        histoire += [_enveloppes(d), Spacer(0, 8)]
    histoire.append(Bloc("Dossiers", SOUS_TITRE, role="H2"))
    histoire.append(_dossiers(d))
    if d.legende:
        histoire += [Spacer(0, 6), Bloc(sur(d.legende), PETIT)]
    fiche = Fiche(titre=d.titre, auteur=d.collectivite, cree_le=d.edite_le, sujet=d.statut)
    return rendre(histoire, fiche, format_page=PAGE, marges=MARGES, decor=_decor(d))


def _enveloppes(d):
    lignes = [["Enveloppe", "Montant", "Consommé", "Reste"]]
    lignes += [
        [
            Bloc(sur(e.financeur), CELLULE),
            *[nombres.chiffres(v).removesuffix(",00") for v in (e.montant, e.consomme, e.reste)],
        ]
        for e in d.enveloppes
    ]
    depassees = [rang for rang, e in enumerate(d.enveloppes, 1) if e.reste < 0]
    return Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[70 * mm, 32 * mm, 32 * mm, 32 * mm],
        hAlign="LEFT",
        style=[
            *_STYLE,
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8),
            *[("TEXTCOLOR", (3, rang), (3, rang), "#a63d26") for rang in depassees],
        ],
    )


_STYLE = [
    ("FONT", (0, 0), (-1, -1), fontes.NORMAL, 8),
    ("TEXTCOLOR", (0, 0), (-1, -1), "#1d2430"),
    ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#d9d6cd"),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
]


def _dossiers(d):
    chiffrees = [rang for rang, c in enumerate(d.colonnes) if c.genre != "texte"]
    lignes = [[Bloc(sur(c.titre), ENTETE_DROITE if c.genre != "texte" else ENTETE) for c in d.colonnes]]
    style = [*_STYLE, *[("ALIGN", (rang, 0), (rang, -1), "RIGHT") for rang in chiffrees]]

    def ajouter(rangee, paragraphe):
        lignes.append(
            [
                Bloc(sur(ecrire(c, v)), paragraphe) if c.genre == "texte" and v not in (None, "") else ecrire(c, v)
                for c, v in zip(d.colonnes, rangee.valeurs, strict=True)
            ]
        )
        return len(lignes) - 1

    for groupe in d.groupes:
        if groupe.titre:
            lignes.append([Bloc(sur(groupe.titre), CELLULE_GRASSE), *[""] * (len(d.colonnes) - 1)])
            rang = len(lignes) - 1
            style += [
                ("SPAN", (0, rang), (-1, rang)),
                ("BACKGROUND", (0, rang), (-1, rang), "#f7f5ef"),
                ("LINEABOVE", (0, rang), (-1, rang), 0.9, "#767f8c"),
            ]
        for ligne in groupe.lignes:
            ajouter(ligne, CELLULE)
        if groupe.sous_total:
            rang = ajouter(groupe.sous_total, CELLULE_GRASSE)
            style.append(("FONT", (0, rang), (-1, rang), fontes.DEMI_GRAS, 8))
    rang = ajouter(d.total, CELLULE_GRASSE)
    style += [
        ("FONT", (0, rang), (-1, rang), fontes.DEMI_GRAS, 8.4),
        ("LINEABOVE", (0, rang), (-1, rang), 1.2, "#1d2430"),
    ]
    poids = sum(c.poids for c in d.colonnes)
    return Grille(lignes, colWidths=[LARGEUR * c.poids / poids for c in d.colonnes], style=style)


def _decor(d):
    def dessiner(toile, page):
        toile.setFillColor(d.couleur)
        toile.rect(0, PAGE[1] - 3 * mm, PAGE[0], 3 * mm, stroke=0, fill=1)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(MARGES[3], 9 * mm, f"{d.titre} · {d.statut}")
        numeroter(toile, page, PAGE[0] - MARGES[1], 9 * mm)

    return dessiner
