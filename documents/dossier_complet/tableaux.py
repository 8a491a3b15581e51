"""Les blocs en colonnes : renseignements, tableaux, budget à deux faces."""

from itertools import zip_longest

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak

from documents import fontes
from documents.balisage import CORPS, DOUCE, ENCRE, FILET, FOND, Bloc, Grille
from documents.champs import sur
from documents.dossier_complet.styles import (
    CELLULE,
    DETAIL,
    DROITE,
    ENTETE,
    ENTETE_DROITE,
    GRASSE,
    LARGEUR,
    LARGEUR_LIBELLE,
    LARGEUR_MONTANT,
    LEGENDE,
    LIBELLE,
    PLACE_D_UN_TABLEAU,
    VIDE,
)
from documents.dossier_complet.textes import en_lignes


def bloc_renseignements(bloc):
    yield renseignements(bloc)


def renseignements(bloc):
    lignes = [
        [Bloc(sur(libelle), LIBELLE), Bloc(en_lignes(valeur) or VIDE, CELLULE if valeur else LIBELLE)]
        for libelle, valeur in bloc.lignes
    ]
    return Grille(
        lignes,
        entetes=0,
        premiere_colonne=True,
        colWidths=[LARGEUR_LIBELLE, LARGEUR - LARGEUR_LIBELLE],
        spaceAfter=6,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, FILET),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


_STYLE = [
    ("FONT", (0, 0), (-1, -1), fontes.NORMAL, 9.4),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("BACKGROUND", (0, 0), (-1, 0), FOND),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, FILET),
    ("TOPPADDING", (0, 0), (-1, -1), 2.2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]


def tableau(bloc):
    if bloc.titre:
        yield CondPageBreak(PLACE_D_UN_TABLEAU)
        yield Bloc(sur(bloc.titre), ParagraphStyle("legende-tableau", LEGENDE, keepWithNext=0))
    if not bloc.lignes:
        yield Bloc(sur(bloc.vide), CORPS)
        return
    droite = set(bloc.a_droite)
    entete = [Bloc(sur(c), ENTETE_DROITE if rang in droite else ENTETE) for rang, c in enumerate(bloc.colonnes)]
    lignes = [entete]
    lignes += [
        [Bloc(sur(texte) or "–", DROITE if rang in droite else CELLULE) for rang, texte in enumerate(ligne)]
        for ligne in bloc.lignes
    ]
    style = list(_STYLE)
    if bloc.total:
        gras_droite = ParagraphStyle("gras-droite", GRASSE, alignment=2)
        lignes.append(
            [Bloc(sur(texte), gras_droite if rang in droite else GRASSE) for rang, texte in enumerate(bloc.total)]
        )
        style += [("LINEABOVE", (0, -1), (-1, -1), 1, ENCRE), ("NOSPLIT", (0, -2), (-1, -1))]
    poids = bloc.poids or tuple(1.0 if rang in droite else 2.2 for rang in range(len(bloc.colonnes)))
    yield Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[LARGEUR * part / sum(poids) for part in poids],
        style=style,
        spaceBefore=2,
        spaceAfter=8,
    )


def budget(bloc):
    if bloc.titre:
        yield CondPageBreak(2 * PLACE_D_UN_TABLEAU)
        yield Bloc(sur(bloc.titre), ParagraphStyle("legende-budget", LEGENDE, keepWithNext=0))
    montant = Bloc("Montant", ENTETE_DROITE)
    lignes = [[Bloc("Charges", ENTETE), montant, Bloc("Produits", ENTETE), Bloc("Montant", ENTETE_DROITE)]]
    style = [*_STYLE, ("LINEAFTER", (1, 0), (1, -1), 0.6, FILET)]

    def totaliser(gauche, montant_gauche, droite, montant_droite):
        lignes.append([Bloc(gauche, GRASSE), montant_gauche, Bloc(droite, GRASSE), montant_droite])
        rang = len(lignes) - 1
        style.extend(
            [
                ("FONT", (0, rang), (-1, rang), fontes.DEMI_GRAS, 9.4),
                ("LINEABOVE", (0, rang), (-1, rang), 1, ENCRE),
                ("NOSPLIT", (0, rang - 1), (-1, rang)),
            ]
        )

    def ajouter(gauches, droites):
        for charge, produit in zip_longest(gauches, droites):
            lignes.append([*_poste(charge), *_poste(produit)])
            for colonne, poste in ((1, charge), (3, produit)):
                if poste and poste.nature == "detail":
                    place = (colonne, len(lignes) - 1)
                    style.extend([("FONT", place, place, fontes.NORMAL, 8.6), ("TEXTCOLOR", place, place, DOUCE)])

    ajouter(bloc.charges, bloc.produits)
    totaliser("Total des charges", bloc.total_charges, "Total des produits", bloc.total_produits)
    if bloc.emplois or bloc.ressources:
        ajouter(bloc.emplois, bloc.ressources)
        totaliser("Total des emplois", bloc.total_emplois, "Total des ressources", bloc.total_ressources)
    style += [("ALIGN", (1, 1), (1, -1), "RIGHT"), ("ALIGN", (3, 1), (3, -1), "RIGHT")]
    moitie = LARGEUR / 2 - LARGEUR_MONTANT
    yield Grille(
        lignes,
        colWidths=[moitie, LARGEUR_MONTANT, moitie, LARGEUR_MONTANT],
        style=style,
        spaceBefore=2,
        spaceAfter=8,
    )


def _poste(poste):
    if poste is None:
        return "", ""
    return Bloc(sur(poste.libelle), DETAIL if poste.nature == "detail" else CELLULE), poste.montant
