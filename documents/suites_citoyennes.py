"""« Ce que votre avis a changé » : ce que le service répond à un conseil citoyen, à afficher ou à remettre."""

from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether

from documents import fontes, nombres
from documents.balisage import (
    CORPS,
    DOUCE,
    TAILLE_PIED,
    Bloc,
    Debut,
    Embleme,
    Fiche,
    Fin,
    Pose,
    Puce,
    Trait,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import exiger, imprimable, sur

MARGES = (13 * mm, 20 * mm, 20 * mm, 20 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
COTE_EMBLEME = 10 * mm
MANQUES_DITS = 4


@dataclass(frozen=True)
class Projet:
    """`habitants` : « 8 oui, 2 un peu ». `avis`, `decision` et `texte` sont vides tant qu'ils ne se disent pas."""

    titre: str
    porteur: str
    habitants: str
    manques: tuple[str, ...] = ()
    avis: str = ""
    decision: str = ""
    texte: str = ""


@dataclass(frozen=True)
class SuitesCitoyennes:
    collectivite: str
    conseil: str
    reunion: str
    tenue_le: datetime
    edite_le: datetime
    projets: tuple[Projet, ...]
    couleur: str = "#0b5563"


LISIBLE = ParagraphStyle("lisible", CORPS, fontSize=11.4, leading=15, spaceAfter=3, splitLongWords=1)
PUCE = ParagraphStyle("puce-lisible", LISIBLE, leftIndent=12, bulletIndent=2, spaceAfter=1)
GRAND = ParagraphStyle("grand", LISIBLE, fontName=fontes.DEMI_GRAS, fontSize=21, leading=25, spaceAfter=3)
NOM = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, fontSize=12.5, leading=15, spaceAfter=0)
DISCRET = ParagraphStyle("discret", CORPS, fontSize=10, leading=12.6, textColor=DOUCE, spaceAfter=0)
AMORCE = ParagraphStyle("amorce", LISIBLE, keepWithNext=1)
PROJET = ParagraphStyle("projet", LISIBLE, fontName=fontes.DEMI_GRAS, fontSize=13.5, leading=17, spaceAfter=0)


def composer(document):
    """Rend le document en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "conseil", "reunion", "tenue_le", "edite_le", "projets")
    couleur, retrait = teinte(d.couleur), COTE_EMBLEME + 4 * mm
    marque = ParagraphStyle("marque", NOM, textColor=couleur)
    histoire = [
        Pose(
            [
                (Embleme(imprimable(d.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME),
                (
                    Bloc(sur(d.collectivite), marque),
                    retrait,
                    -2,
                    LARGEUR - retrait,
                ),
                (Bloc(sur(d.conseil), DISCRET), retrait, 15, LARGEUR - retrait),
            ],
            apres=6 * mm,
        ),
        Bloc("Ce que votre avis a changé", GRAND, role="H1"),
        Bloc(f"Réunion « {sur(d.reunion)} » du {nombres.date_longue(d.tenue_le)}.", LISIBLE),
    ]
    for projet in d.projets:
        histoire += _projet(projet)
    fiche = Fiche(titre=f"Ce que votre avis a changé · {d.reunion}", auteur=d.collectivite, cree_le=d.edite_le)
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=_decor(d))


def _projet(projet):
    tete = [
        Trait(avant=7, apres=6),
        Bloc(sur(projet.titre), PROJET, role="H2"),
        Bloc(sur(projet.porteur), DISCRET),
        Bloc(f"<b>Vous avez dit :</b> {sur(projet.habitants)}.", ParagraphStyle("dit", LISIBLE, spaceBefore=4)),
    ]
    suite = []
    if projet.manques:
        suite += [Bloc("<b>Ce qui manque, selon vous :</b>", AMORCE), Debut("L")]
        suite += [Puce(sur(" ".join(manque.split())), PUCE) for manque in projet.manques[:MANQUES_DITS]]
        suite.append(Fin())
        reste = len(projet.manques) - MANQUES_DITS
        if reste > 0:
            suite.append(Bloc(f"Et {reste} autres remarques." if reste > 1 else "Et une autre remarque.", DISCRET))
    texte = sur(projet.texte or "Le service n’a pas encore écrit sa réponse.").replace("\n", "<br/>")
    suite += [
        Bloc(f"<b>L’avis de la réunion :</b> {sur(projet.avis or 'Il n’est pas encore connu.')}", LISIBLE),
        Bloc(f"<b>La décision :</b> {sur(projet.decision or 'Elle n’est pas encore connue.')}", LISIBLE),
        Bloc(f"<b>Ce que ça change :</b> {texte}", LISIBLE),
    ]
    return [KeepTogether([*tete, *suite])]


def _decor(d):
    largeur, hauteur = A4

    def dessiner(toile, page):
        toile.setFillColor(teinte(d.couleur))
        toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        pied = f"{d.conseil[:80]} · édité le {nombres.date(d.edite_le)}".replace("\u202f", " ")
        toile.drawString(MARGES[3], 9 * mm, imprimable(pied))
        numeroter(toile, page, largeur - MARGES[1], 9 * mm)

    return dessiner
