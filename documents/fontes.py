"""Les caractères de la charte, enregistrés une seule fois par processus."""

from functools import cache
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

NORMAL, DEMI_GRAS, ITALIQUE = "SourceSans3", "SourceSans3-SemiBold", "SourceSans3-Italic"
DOSSIER = Path(__file__).parent / "fontes"

# Le codage ASCII85 grossit les fichiers et coûte du temps, sans rien apporter.
rl_config.useA85 = 0


@cache
def enregistrer():
    for nom, fichier in ((NORMAL, "Regular"), (DEMI_GRAS, "SemiBold"), (ITALIQUE, "Italic")):
        pdfmetrics.registerFont(TTFont(nom, DOSSIER / f"SourceSans3-{fichier}.ttf"))
    for gras, italique, nom in ((0, 0, NORMAL), (1, 0, DEMI_GRAS), (0, 1, ITALIQUE), (1, 1, DEMI_GRAS)):
        addMapping(NORMAL, gras, italique, nom)


@cache
def dessinables():
    """Les signes que les trois fontes savent dessiner."""
    enregistrer()
    return frozenset(map(chr, pdfmetrics.getFont(NORMAL).face.charToGlyph))
