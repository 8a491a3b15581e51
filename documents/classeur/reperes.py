"""Se repérer dans le classeur : titres qui disent leur page, sommaire qui la lit, en-tête et pied de chaque page."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from documents import fontes, nombres
from documents.balisage import DOUCE, ENCRE, FILET, TAILLE_PIED, Texte, teinte
from documents.champs import imprimable
from documents.dossier_complet.textes import TitreSigne

MARGES = (24 * mm, 20 * mm, 22 * mm, 20 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
TAILLE_DU_SOMMAIRE = 9.4
# La place d'un numéro de page dans le sommaire, de quoi écrire cinq chiffres.
PLACE_DU_NUMERO = 30
POINTS_DE_SUITE = "…"


class TitreDeDossier(TitreSigne):
    """Le titre d'un dossier retient sa page, et l'en-tête des pages qui suivent."""

    def __init__(self, texte, style, signet, cle, entete):
        super().__init__(texte, style, "H2", signet, cle, 0)
        self.entete = entete

    def draw(self):
        if self._element is None:
            _reperes(self.canv).setdefault(self.cle, self.canv.getPageNumber())
            self.canv.entete_du_dossier = self.entete
        super().draw()


class NumeroDePage(Flowable):
    """Le numéro de page d'un dossier, dans le sommaire : connu à la fin, comme le nombre de pages."""

    def __init__(self, cle):
        super().__init__()
        self.cle = cle

    def wrap(self, largeur, _):
        self.largeur = largeur
        return largeur, TAILLE_DU_SOMMAIRE + 3

    def draw(self):
        toile = self.canv
        element = toile.ouvrir("P")
        toile.fermer()
        _attentes(toile)[self.cle] = element
        toile.marquer(element)
        toile.saveState()
        toile.translate(self.largeur, 3)
        toile.doForm(_formulaire(self.cle))
        toile.restoreState()
        toile.fin_marque()


class Reperage(Flowable):
    """Le dernier bloc : tous les titres ont dit leur page, le sommaire peut la lire."""

    def wrap(self, *_):
        return 0, 0

    def draw(self):
        toile, pages = self.canv, _reperes(self.canv)
        for cle, element in _attentes(toile).items():
            toile.beginForm(_formulaire(cle), -PLACE_DU_NUMERO, -4, 1, TAILLE_DU_SOMMAIRE + 4)
            toile.setFont(fontes.NORMAL, TAILLE_DU_SOMMAIRE)
            toile.setFillColor(ENCRE)
            toile.drawRightString(0, 0, str(pages[cle]))
            toile.endForm()
            element.attributs["ActualText"] = Texte(f"page {pages[cle]}")


def _formulaire(cle):
    return f"page-{cle}"


def _reperes(toile):
    return toile.__dict__.setdefault("pages_des_titres", {})


def _attentes(toile):
    return toile.__dict__.setdefault("pages_attendues", {})


def decor(d):
    """L'en-tête dit le dossier, le pied la page sur le total et à qui est le classeur."""
    largeur, hauteur = A4
    a_qui = imprimable(f"Classeur de {d.personne} · {nombres.date(d.etabli_le)}")

    def dessiner(toile, page):
        if page == 1:
            toile.setFillColor(teinte(d.couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor(FILET)
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        if entete := toile.__dict__.get("entete_du_dossier"):
            numero, suite = entete
            haut = hauteur - 13 * mm
            toile.line(MARGES[3], haut - 2 * mm, largeur - MARGES[1], haut - 2 * mm)
            _ecrire(toile, numero, fontes.DEMI_GRAS, MARGES[3], haut, ENCRE)
            place = LARGEUR - toile.stringWidth(numero, fontes.DEMI_GRAS, TAILLE_PIED) - 4 * mm
            suite = tenir(toile, suite, place)
            toile.setFont(fontes.NORMAL, TAILLE_PIED)
            toile.setFillColor(DOUCE)
            toile.drawRightString(largeur - MARGES[1], haut, suite)
        debut = f"page {page} / "
        _ecrire(toile, debut, fontes.NORMAL, MARGES[3], 10 * mm, DOUCE)
        toile.saveState()
        toile.translate(MARGES[3] + toile.stringWidth(debut, fontes.NORMAL, TAILLE_PIED), 10 * mm)
        toile.doForm("total")
        toile.restoreState()
        toile.drawRightString(largeur - MARGES[1], 10 * mm, tenir(toile, a_qui, LARGEUR * 0.75))

    return dessiner


def _ecrire(toile, texte, fonte, x, y, couleur):
    toile.setFont(fonte, TAILLE_PIED)
    toile.setFillColor(couleur)
    toile.drawString(x, y, texte)


def tenir(toile, texte, place):
    """Le texte coupé à la place qu'il a."""
    if toile.stringWidth(texte, fontes.NORMAL, TAILLE_PIED) <= place:
        return texte
    while texte and toile.stringWidth(texte + POINTS_DE_SUITE, fontes.NORMAL, TAILLE_PIED) > place:
        texte = texte[:-1]
    return texte.rstrip() + POINTS_DE_SUITE
