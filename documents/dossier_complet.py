"""Le dossier complet : ce qu'un organisme a déposé, selon les rubriques du formulaire Cerfa 12156*06.

Les rubriques arrivent toutes faites, en blocs de quelques genres : la page de relecture montre les mêmes à l'écran.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import ClassVar

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Spacer

from documents import fontes
from documents.balisage import (
    CORPS,
    DOUCE,
    ENCRE,
    FILET,
    FOND,
    PETIT,
    SOUS_TITRE,
    TAILLE_PIED,
    TITRE,
    Bloc,
    Debut,
    Embleme,
    Fiche,
    Fin,
    Grille,
    Pose,
    Puce,
    Trait,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import ChampManquant, imprimable, sur

MARGES = (16 * mm, 20 * mm, 22 * mm, 20 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
COTE_EMBLEME = 13.5 * mm
LARGEUR_LIBELLE = 58 * mm
LARGEUR_MONTANT = 24 * mm
# Un titre ne reste pas seul au bas d'une page : il lui faut la place de son début de tableau.
PLACE_D_UN_TABLEAU = 32 * mm
PLACE_D_UNE_RUBRIQUE = 52 * mm
PLACE_D_UN_BUDGET = 2.6 * PLACE_D_UN_TABLEAU
VIDE = "Non renseigné"


@dataclass(frozen=True)
class Renseignements:
    """Des couples (libellé, valeur), courts ; une valeur vide s'écrit « Non renseigné »."""

    genre: ClassVar = "renseignements"
    lignes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Recit:
    """Un texte écrit par la personne, aussi long qu'elle veut ; les lignes vides séparent des paragraphes."""

    genre: ClassVar = "recit"
    titre: str
    texte: str


@dataclass(frozen=True)
class Phrase:
    """Une phrase du formulaire, complétée par le dossier."""

    genre: ClassVar = "phrase"
    texte: str


@dataclass(frozen=True)
class Cases:
    """Des cases, cochées ou non."""

    genre: ClassVar = "cases"
    titre: str
    lignes: tuple[tuple[bool, str], ...]


@dataclass(frozen=True)
class Tableau:
    """`a_droite` : les colonnes de chiffres. `vide` : ce qu'on lit quand il n'y a aucune ligne."""

    genre: ClassVar = "tableau"
    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    a_droite: tuple[int, ...] = ()
    total: tuple[str, ...] = ()
    vide: str = "Aucun."
    poids: tuple[float, ...] = ()


@dataclass(frozen=True)
class Poste:
    """Une ligne d'un côté du budget. `nature` : « ligne », « detail » ou « total »."""

    libelle: str
    montant: str
    nature: str = "ligne"


@dataclass(frozen=True)
class Budget:
    """Les charges à gauche, les produits à droite."""

    genre: ClassVar = "budget"
    titre: str
    charges: tuple[Poste, ...]
    produits: tuple[Poste, ...]
    total_charges: str
    total_produits: str
    emplois: tuple[Poste, ...] = ()
    ressources: tuple[Poste, ...] = ()
    total_emplois: str = ""
    total_ressources: str = ""


@dataclass(frozen=True)
class Partie:
    """Une partie d'une rubrique. `section` : l'étape du formulaire où elle s'écrit."""

    section: str
    titre: str
    blocs: tuple


@dataclass(frozen=True)
class Rubrique:
    titre: str
    parties: tuple[Partie, ...]


@dataclass(frozen=True)
class DossierComplet:
    """`etabli_le` : heure de Paris. `mention` dit ce que c'est : une copie déposée, ou une épreuve.

    `empreinte` : le SHA-256 des données dont la copie est tirée ; une épreuve n'en a pas.
    """

    collectivite: str
    service: str
    numero: str
    intitule: str
    organisme: str
    appel: str
    mention: str
    etabli_le: datetime
    resume: tuple[tuple[str, str], ...]
    rubriques: tuple[Rubrique, ...]
    couleur: str = "#0b5563"
    empreinte: str = ""
    adresse_verification: str = ""
    epreuve: bool = False


SUR_TITRE = ParagraphStyle("sur-titre", CORPS, textColor=DOUCE, fontSize=11, spaceAfter=1)
GRAND_TITRE = ParagraphStyle(
    "grand-titre", TITRE, fontSize=20, leading=24, spaceBefore=0, spaceAfter=6, splitLongWords=1
)
RUBRIQUE = ParagraphStyle("rubrique", TITRE, fontSize=14, leading=18, spaceBefore=18, spaceAfter=3, keepWithNext=1)
PARTIE = ParagraphStyle("partie", SOUS_TITRE, fontSize=11.4, spaceBefore=11, spaceAfter=3)
LEGENDE = ParagraphStyle(
    "legende", CORPS, fontName=fontes.DEMI_GRAS, fontSize=9.6, leading=13, textColor=DOUCE, spaceBefore=6, spaceAfter=2,
    keepWithNext=1,
)  # fmt: skip
RECIT = ParagraphStyle("recit", CORPS, splitLongWords=1, spaceAfter=4)
CASE = ParagraphStyle("case", CORPS, leftIndent=17, bulletIndent=0, spaceAfter=2.5)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=9.4, leading=12.2, spaceAfter=0, splitLongWords=1)
LIBELLE = ParagraphStyle("libelle", CELLULE, textColor=DOUCE)
GRASSE = ParagraphStyle("grasse", CELLULE, fontName=fontes.DEMI_GRAS)
ENTETE = ParagraphStyle("entete", GRASSE, fontSize=8.8, leading=11)
ENTETE_DROITE = ParagraphStyle("entete-droite", ENTETE, alignment=2)
DROITE = ParagraphStyle("droite", CELLULE, alignment=2)
DETAIL = ParagraphStyle("detail", CELLULE, fontSize=8.6, leading=10.8, leftIndent=7, textColor=DOUCE)
CLOTURE = ParagraphStyle(
    "cloture", CORPS, fontName=fontes.DEMI_GRAS, backColor=FOND, borderPadding=(6, 8, 7, 8), spaceBefore=12,
    spaceAfter=12, leftIndent=8, rightIndent=8,
)  # fmt: skip


class TitreSigne(Bloc):
    """Un titre qui pose aussi son signet, une fois, là où il commence."""

    def __init__(self, texte, style, role, signet, cle, niveau):
        super().__init__(texte, style, role=role)
        self.signet, self.cle, self.niveau = signet, cle, niveau

    def draw(self):
        if self._origine is self and self._element is None:
            self.canv.bookmarkHorizontal(self.cle, 0, self.height)
            self.canv.addOutlineEntry(self.signet, self.cle, self.niveau)
        super().draw()


class Coche(Puce):
    """Une case dessinée ; à voix haute, « coché » ou « non coché » la remplace."""

    COTE = 8.2

    def __init__(self, texte, cochee):
        super().__init__(texte, CASE, bulletText=None, lu=f"{'Coché' if cochee else 'Non coché'} : {_nu(texte)}")
        self.cochee = cochee

    def draw(self):
        toile, cote = self.canv, self.COTE
        bas = self.height - 11.4
        toile.saveState()
        toile.artefact()
        toile.setStrokeColor(ENCRE)
        toile.setLineWidth(0.8)
        toile.roundRect(0, bas, cote, cote, 1.4, stroke=1, fill=0)
        if self.cochee:
            toile.setLineWidth(1.5)
            trace = toile.beginPath()
            trace.moveTo(1.8, bas + 4)
            trace.lineTo(3.6, bas + 2)
            trace.lineTo(6.8, bas + 6.4)
            toile.drawPath(trace, stroke=1, fill=0)
        toile.fin_artefact()
        toile.restoreState()
        super().draw()


def _nu(texte):
    return texte.replace("<b>", "").replace("</b>", "").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def composer(document):
    """Rend le dossier complet en PDF balisé ; lève ChampManquant."""
    d = document
    _exiger(d, "collectivite", "numero", "organisme", "appel", "mention", "etabli_le", "rubriques")
    histoire = [
        _cartouche(d),
        Bloc("Demande de subvention", SUR_TITRE),
        Bloc(sur(d.intitule or "Sans titre"), GRAND_TITRE, role="H1"),
        Bloc(sur(d.mention), CORPS),
        Trait(couleur=teinte(d.couleur), epaisseur=1.2, avant=4, apres=6),
        _renseignements(Renseignements(d.resume)),
    ]
    for rang, rubrique in enumerate(d.rubriques):
        histoire += _rubrique(rubrique, rang, teinte(d.couleur))
    histoire += _fin(d)
    fiche = Fiche(
        titre=f"{d.numero} · {d.intitule or 'Sans titre'}", auteur=d.organisme, cree_le=d.etabli_le, sujet=d.appel
    )
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=_decor(d))


def _exiger(document, *noms):
    """Ce que Parvis doit au document. Ce que la personne a écrit s'imprime tel quel : « {{ » n'y est pas un trou."""
    for nom in noms:
        if not getattr(document, nom):
            raise ChampManquant(f"DossierComplet : « {nom} » est vide.")
    if document.etabli_le.tzinfo is None:
        raise ChampManquant("« etabli_le » n’a pas de fuseau horaire.")


def _cartouche(d):
    couleur, retrait = teinte(d.couleur), COTE_EMBLEME + 5 * mm
    nom = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, fontSize=15, leading=18, textColor=couleur)
    service = ParagraphStyle("service", CORPS, textColor=DOUCE)
    places = [
        (Embleme(imprimable(d.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME),
        (Bloc(sur(d.collectivite), nom), retrait, 3, LARGEUR - retrait),
    ]
    if d.service:
        places.append((Bloc(sur(d.service), service), retrait, 22, LARGEUR - retrait))
    return Pose(places, apres=9 * mm)


def _rubrique(rubrique, rang, couleur):
    style = ParagraphStyle("rubrique", RUBRIQUE, textColor=couleur)
    yield CondPageBreak(PLACE_D_UNE_RUBRIQUE)
    yield TitreSigne(sur(rubrique.titre), style, "H2", imprimable(rubrique.titre), f"rubrique-{rang}", 0)
    trait = Trait(couleur=couleur, epaisseur=0.8, apres=5)
    trait.keepWithNext = 1
    yield trait
    for place, partie in enumerate(rubrique.parties):
        if partie.titre:
            cle = f"rubrique-{rang}-{place}"
            # La première suit le titre de sa rubrique, qui a déjà gardé la place ; un budget en veut davantage.
            if place:
                budget = partie.blocs and partie.blocs[0].genre == "budget"
                yield CondPageBreak(PLACE_D_UN_BUDGET if budget else PLACE_D_UN_TABLEAU)
            yield TitreSigne(sur(partie.titre), PARTIE, "H3", imprimable(partie.titre), cle, 1)
        for bloc in partie.blocs:
            yield from _DESSINS[bloc.genre](bloc)


def _bloc_renseignements(bloc):
    yield _renseignements(bloc)


def _renseignements(bloc):
    lignes = [
        [Bloc(sur(libelle), LIBELLE), Bloc(_lignes(valeur) or VIDE, CELLULE if valeur else LIBELLE)]
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


def _lignes(valeur):
    return "<br/>".join(sur(ligne) for ligne in valeur.splitlines())


def _recit(bloc):
    if bloc.titre:
        yield Bloc(sur(bloc.titre), LEGENDE)
    paragraphes = [p for p in bloc.texte.replace("\r\n", "\n").split("\n\n") if p.strip()]
    if not paragraphes:
        yield Bloc(VIDE, ParagraphStyle("vide", RECIT, textColor=DOUCE))
    for paragraphe in paragraphes:
        yield Bloc(_lignes(paragraphe.strip("\n")), RECIT)


def _phrase(bloc):
    yield Bloc(sur(bloc.texte), CLOTURE)


def _cases(bloc):
    if bloc.titre:
        yield Bloc(sur(bloc.titre), LEGENDE)
    yield Debut("L")
    for cochee, texte in bloc.lignes:
        yield Coche(sur(texte), cochee)
    yield Fin()
    yield Spacer(0, 3)


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


def _tableau(bloc):
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


def _budget(bloc):
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


_DESSINS = {
    "renseignements": _bloc_renseignements,
    "recit": _recit,
    "phrase": _phrase,
    "cases": _cases,
    "tableau": _tableau,
    "budget": _budget,
}


def _fin(d):
    yield Trait(avant=12, apres=6)
    if d.epreuve:
        yield Bloc(
            "Épreuve tirée d’un brouillon : ce document n’a pas été déposé et ne vaut pas demande de subvention.", PETIT
        )
    else:
        yield Bloc(
            "Cette copie a été établie au dépôt et ne change plus. Empreinte SHA-256 des données : "
            f"{sur(d.empreinte)}. L’empreinte du fichier figure sur l’accusé de réception"
            + (f" ; elle se vérifie à l’adresse {sur(d.adresse_verification)}." if d.adresse_verification else "."),
            PETIT,
        )
    yield Bloc(
        "Document établi par la collectivité selon les rubriques du formulaire Cerfa n° 12156*06. Il n’est pas le "
        "formulaire officiel.",
        PETIT,
    )


def _decor(d):
    largeur, hauteur = A4

    def dessiner(toile, page):
        if d.epreuve:
            _filigrane(toile)
        if page == 1:
            toile.setFillColor(teinte(d.couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor(FILET)
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        pied = f"{d.numero} · {d.organisme[:60]}" + (" · brouillon" if d.epreuve else "")
        toile.drawString(MARGES[3], 10 * mm, imprimable(pied))
        numeroter(toile, page, largeur - MARGES[1], 10 * mm)

    return dessiner


def _filigrane(toile):
    """Au trait seulement : le texte qu'il traverse se lit toujours."""
    largeur, hauteur = A4
    toile.saveState()
    toile.translate(largeur / 2, hauteur / 2)
    toile.rotate(52)
    toile.setStrokeColor("#cfc9bb")
    toile.setLineWidth(0.9)
    ecrit = toile.beginText()
    ecrit.setFont(fontes.DEMI_GRAS, 120)
    ecrit.setTextRenderMode(1)
    ecrit.setTextOrigin(-toile.stringWidth("brouillon", fontes.DEMI_GRAS, 120) / 2, -35)
    ecrit.textOut("brouillon")
    toile.drawText(ecrit)
    toile.restoreState()
