"""Les couleurs et les paragraphes communs à tous les documents."""

import re

from reportlab.lib.styles import ParagraphStyle

from documents import fontes

# Un paragraphe lit les fontes dès qu'on l'écrit, avant le rendu.
fontes.enregistrer()

ENCRE, DOUCE, PETROLE, FOND, FILET = "#1d2430", "#4a5362", "#0b5563", "#f1efe8", "#d9d6cd"
CORPS = ParagraphStyle(
    "corps", fontName=fontes.NORMAL, fontSize=10.2, leading=13.8, textColor=ENCRE, spaceAfter=6, splitLongWords=0,
    allowWidows=0, allowOrphans=0, bulletFontName=fontes.NORMAL,
)  # fmt: skip
PUCE = ParagraphStyle("puce", CORPS, leftIndent=12, bulletIndent=2, spaceAfter=3)
PETIT = ParagraphStyle("petit", CORPS, fontSize=8.4, leading=11, textColor=DOUCE, spaceAfter=4)
TITRE = ParagraphStyle(
    "titre", CORPS, fontName=fontes.DEMI_GRAS, fontSize=13.5, leading=17, spaceBefore=4, spaceAfter=10
)
SOUS_TITRE = ParagraphStyle(
    "sous-titre",
    CORPS,
    fontName=fontes.DEMI_GRAS,
    fontSize=11.2,
    leading=15,
    spaceBefore=10,
    spaceAfter=4,
    keepWithNext=1,
)

TAILLE_PIED = 8


def teinte(couleur):
    """La couleur de marque, ou celle de la charte quand la saisie n'en est pas une."""
    return couleur if re.fullmatch("#[0-9a-fA-F]{6}", couleur) else PETROLE
