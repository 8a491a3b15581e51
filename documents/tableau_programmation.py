"""Le tableau de programmation annuelle, en A3 paysage. Il imprime des totaux donnés : il n'additionne rien."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak

from documents import fontes, nombres
from documents.balisage import (
    CORPS,
    DOUCE,
    PETIT,
    SOUS_TITRE,
    TAILLE_PIED,
    TITRE,
    Bloc,
    Embleme,
    Fiche,
    Grille,
    Pose,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import exiger, imprimable, sur

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


GRAND_TITRE = ParagraphStyle("grand-titre", TITRE, fontSize=17, leading=20, spaceAfter=0, spaceBefore=0)
INTERTITRE = ParagraphStyle("intertitre", SOUS_TITRE, spaceBefore=6, keepWithNext=0)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=8, leading=9.6, spaceAfter=0)
CELLULE_GRASSE = ParagraphStyle("cellule-grasse", CELLULE, fontName=fontes.DEMI_GRAS)
ENTETE = ParagraphStyle("entete", CELLULE_GRASSE, fontSize=7.6, leading=9)
ENTETE_DROITE = ParagraphStyle("entete-droite", ENTETE, alignment=2)


def ecrire(colonne, valeur):
    """La valeur telle qu'elle s'imprime : montants sans « € », l'unité est dans la légende."""
    if valeur is None or valeur == "":
        return ""
    if colonne.genre == "montant":
        return _montant(valeur)
    if colonne.genre == "taux":
        return nombres.pourcent(valeur)
    if colonne.genre == "nombre":
        return str(valeur).replace(".", ",")
    return imprimable(valeur)


def composer(document):
    """Rend le tableau en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "titre", "collectivite", "statut", "edite_le", "colonnes", "total")
    histoire = [
        _cartouche(d),
        Bloc(
            f"{sur(d.statut)[:1].upper()}{sur(d.statut)[1:]} · édité le {nombres.date_longue(d.edite_le)} à "
            f"{nombres.heure(d.edite_le)} · montants en euros",
            PETIT,
        ),
    ]
    # En tête, et non sous le tableau : elle ne part pas seule sur une dernière page.
    if d.legende:
        histoire.append(Bloc(sur(d.legende), PETIT))
    if d.enveloppes:
        histoire += [Bloc("Enveloppes", INTERTITRE, role="H2"), _enveloppes(d)]
    # Lié au tableau entier, l’intertitre le pousserait à la page suivante : quelques lignes de place lui suffisent.
    histoire += [CondPageBreak(40 * mm), Bloc("Dossiers", INTERTITRE, role="H2"), _dossiers(d)]
    fiche = Fiche(titre=d.titre, auteur=d.collectivite, cree_le=d.edite_le, sujet=d.statut)
    return rendre(histoire, fiche, format_page=PAGE, marges=MARGES, decor=_decor(d))


def _cartouche(d):
    couleur, cote = teinte(d.couleur), 11 * mm
    nom = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, textColor=couleur, leading=13, spaceAfter=0)
    reste = LARGEUR - cote - 4 * mm
    return Pose(
        [
            (Embleme(imprimable(d.collectivite), couleur, cote), 0, 0, cote),
            (Bloc(sur(d.collectivite), nom), cote + 4 * mm, 0, reste),
            (Bloc(sur(d.titre), GRAND_TITRE, role="H1"), cote + 4 * mm, 13, reste),
        ],
        apres=5,
    )


def _enveloppes(d):
    """Une colonne par financeur : l'œil compare d'une ligne à l'autre sans descendre la page."""
    lignes = [["Financeur", *[Bloc(sur(e.financeur), ENTETE_DROITE) for e in d.enveloppes]]]
    for libelle, champ in (("Enveloppe", "montant"), ("Consommé", "consomme"), ("Reste", "reste")):
        lignes.append([libelle, *[_montant(getattr(e, champ)) for e in d.enveloppes]])
    depassees = [rang for rang, e in enumerate(d.enveloppes, 1) if e.reste < 0]
    for rang in depassees:
        lignes[3][rang] = f"! {lignes[3][rang]}"
    largeur = min(38 * mm, (LARGEUR - 26 * mm) / len(d.enveloppes))
    return Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[26 * mm, *[largeur] * len(d.enveloppes)],
        hAlign="LEFT",
        spaceAfter=6,
        style=[
            *_STYLE,
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("FONT", (0, 0), (0, 0), fontes.DEMI_GRAS, 7.6),
            ("FONT", (0, 3), (-1, 3), fontes.DEMI_GRAS, 8),
            *[("TEXTCOLOR", (rang, 3), (rang, 3), "#a63d26") for rang in depassees],
        ],
    )


def _montant(valeur):
    return nombres.chiffres(valeur).removesuffix(",00").replace("-", "−")


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
                ("NOSPLIT", (0, rang), (-1, rang + 1)),
            ]
        for ligne in groupe.lignes:
            ajouter(ligne, CELLULE)
        if groupe.sous_total:
            rang = ajouter(groupe.sous_total, CELLULE_GRASSE)
            style += [
                ("FONT", (0, rang), (-1, rang), fontes.DEMI_GRAS, 8),
                ("LINEABOVE", (0, rang), (-1, rang), 0.6, "#767f8c"),
                ("NOSPLIT", (0, rang - 1), (-1, rang)),
            ]
    rang = ajouter(d.total, CELLULE_GRASSE)
    style += [
        ("FONT", (0, rang), (-1, rang), fontes.DEMI_GRAS, 8.4),
        ("LINEABOVE", (0, rang), (-1, rang), 1.2, "#1d2430"),
        ("NOSPLIT", (0, rang - 1), (-1, rang)),
    ]
    poids = sum(c.poids for c in d.colonnes)
    return Grille(lignes, colWidths=[LARGEUR * c.poids / poids for c in d.colonnes], style=style)


def _decor(d):
    def dessiner(toile, page):
        if page == 1:
            toile.setFillColor(teinte(d.couleur))
            toile.rect(0, PAGE[1] - 2.4 * mm, PAGE[0], 2.4 * mm, stroke=0, fill=1)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(MARGES[3], 9 * mm, imprimable(f"{d.titre} · {d.statut}"))
        numeroter(toile, page, PAGE[0] - MARGES[1], 9 * mm)

    return dessiner
