"""La page du dossier complet : ses marges, ses paragraphes."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from documents import fontes
from documents.balisage import CORPS, DOUCE, FOND, SOUS_TITRE, TITRE

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
