"""Ce que partagent les feuilles d'une réunion : marges, cartouche, signatures, pied de page."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from documents import fontes
from documents.balisage import CORPS, DOUCE, TAILLE_PIED, TITRE, Bloc, Embleme, Pose, numeroter, teinte
from documents.champs import imprimable, sur

MARGES = (16 * mm, 22 * mm, 22 * mm, 24 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
COTE_EMBLEME = 13.5 * mm
SUR_TITRE = ParagraphStyle("sur-titre", CORPS, textColor=DOUCE, fontSize=11.5, spaceAfter=1)
GRAND_TITRE = ParagraphStyle("grand-titre", TITRE, fontSize=17, leading=21, spaceBefore=0, spaceAfter=8)


def cartouche(d):
    """L'emblème, la collectivité et son service : `d` porte `collectivite`, `service` et `couleur`."""
    couleur, retrait = teinte(d.couleur), COTE_EMBLEME + 5 * mm
    nom = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, fontSize=15, leading=18, textColor=couleur)
    service = ParagraphStyle("service", CORPS, textColor=DOUCE)
    places = [
        (Embleme(imprimable(d.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME),
        (Bloc(sur(d.collectivite), nom), retrait, 3, LARGEUR - retrait),
    ]
    if d.service:
        places.append((Bloc(sur(d.service), service), retrait, 22, LARGEUR - retrait))
    return Pose(places, apres=10 * mm)


def signatures(d):
    """Deux places côte à côte, pour signer à la main."""
    moitie = LARGEUR / 2
    return Pose(
        [
            (Bloc(f"La présidence<br/><b>{sur(d.president)}</b>", CORPS), 0, 0, moitie - 12),
            (Bloc(f"Le secrétariat<br/><b>{sur(d.secretaire)}</b>", CORPS), moitie, 0, moitie - 12),
        ]
    )


def decor(couleur, pied):
    """Le bandeau de la première page, et sur chacune un filet, le pied et le numéro."""
    largeur, hauteur = A4

    def dessiner(toile, page):
        if page == 1:
            toile.setFillColor(teinte(couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor("#d9d6cd")
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(MARGES[3], 10 * mm, pied)
        numeroter(toile, page, largeur - MARGES[1], 10 * mm)

    return dessiner
