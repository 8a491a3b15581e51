"""Ce dont une page est faite : des blocs qui se balisent en se dessinant."""

import re

from reportlab.platypus import Flowable, Paragraph

from documents.balisage.styles import CORPS, PUCE
from documents.balisage.toile import Texte


def composer_la_ponctuation(texte):
    """Espaces insécables : un guillemet, un point-virgule ou un numéro ne passe jamais seul à la ligne."""
    return _NUMERO.sub("n°\u00a0", _AVANT.sub("\u00a0\\1", _HAUTE.sub("\u202f\\1", texte.replace("« ", "«\u00a0"))))


_HAUTE, _AVANT, _NUMERO = re.compile(r" ([;!?])"), re.compile(r" ([»:])"), re.compile(r"n° ")


class Bloc(Paragraph):
    """Un paragraphe balisé ; coupé entre deux pages, il reste un seul élément.

    `lu` remplace le texte prononcé quand la mise en lignes ne suffit pas à le deviner.
    """

    role = "P"

    def __init__(self, texte, style=None, role=None, lu=None, **kwargs):
        # Coupé entre deux pages, ReportLab le refait sans texte, depuis ses fragments.
        super().__init__(texte and composer_la_ponctuation(texte), style or CORPS, **kwargs)
        self.role = role or self.role
        self.lu = lu and composer_la_ponctuation(lu)
        self._origine = self
        self._element = None

    def _ouvrir(self, toile):
        # Les lignes de ReportLab ne portent pas d'espace finale : sans ce texte, les mots se colleraient.
        element = toile.ouvrir(self.role, ActualText=Texte(self.lu or self.getPlainText(identify=True)))
        toile.fermer()
        return element

    def draw(self):
        origine = self._origine
        if self.canv._en_artefact:
            super().draw()
            return
        if origine._element is None:
            origine._element = origine._ouvrir(self.canv)
        self.canv.marquer(origine._element)
        super().draw()
        self.canv.fin_marque()

    def split(self, largeur, hauteur):
        morceaux = super().split(largeur, hauteur)
        for morceau in morceaux:
            if morceau is not self:
                morceau.role, morceau._origine = self.role, self._origine
        return morceaux


class Puce(Bloc):
    """Un élément de liste ; à placer entre Debut("L") et Fin()."""

    role = "LBody"

    def __init__(self, texte, style=None, **kwargs):
        super().__init__(texte, style or PUCE, **{"bulletText": "–", **kwargs})

    def _ouvrir(self, toile):
        toile.ouvrir("LI")
        element = super()._ouvrir(toile)
        toile.fermer()
        return element


class Debut(Flowable):
    """Ouvre un élément qui en contient d'autres (une liste)."""

    def __init__(self, role):
        super().__init__()
        self.role = role
        # Sans hauteur, il resterait seul au bas d'une page : il suit ce qu'il ouvre.
        self.keepWithNext = 1

    def wrap(self, *_):
        return 0, 0

    def draw(self):
        self.canv.ouvrir(self.role)


class Fin(Flowable):
    def wrap(self, *_):
        return 0, 0

    def draw(self):
        self.canv.fermer()


class Trait(Flowable):
    """Un filet décoratif."""

    def __init__(self, largeur=None, couleur="#d9d6cd", epaisseur=0.6, avant=0, apres=0):
        super().__init__()
        self.largeur, self.couleur, self.epaisseur = largeur, couleur, epaisseur
        self.spaceBefore, self.spaceAfter = avant, apres

    def wrap(self, largeur, _):
        self._largeur = self.largeur or largeur
        return self._largeur, self.epaisseur

    def draw(self):
        self.canv.artefact()
        self.canv.setStrokeColor(self.couleur)
        self.canv.setLineWidth(self.epaisseur)
        self.canv.line(0, 0, self._largeur, 0)
        self.canv.fin_artefact()


class Pose(Flowable):
    """Des blocs posés à des places précises, lus dans l'ordre donné : (bloc, x, haut depuis le sommet, largeur)."""

    def __init__(self, places, apres=0):
        super().__init__()
        self.places, self.spaceAfter = places, apres

    def wrap(self, largeur, _):
        self.hauteur = max(haut + bloc.wrap(place, 2000)[1] for bloc, _, haut, place in self.places)
        return largeur, self.hauteur

    def draw(self):
        for bloc, x, haut, place in self.places:
            _, hauteur = bloc.wrapOn(self.canv, place, 2000)
            bloc.drawOn(self.canv, x, self.hauteur - haut - hauteur)


class Embleme(Flowable):
    """La maison commune, dans la couleur de la collectivité."""

    MAISON = (((6, 9), (28, 9)), ((9, 9), (9, 18), (17, 26), (25, 18), (25, 9)), ((14, 9), (14, 15), (20, 15), (20, 9)))

    def __init__(self, nom, couleur, cote):
        super().__init__()
        self.nom, self.couleur, self.cote = nom, couleur, cote

    def wrap(self, *_):
        return self.cote, self.cote

    def draw(self):
        toile = self.canv
        figure = toile.ouvrir("Figure", Alt=Texte(f"Emblème de la collectivité : {self.nom}"))
        toile.fermer()
        toile.marquer(figure)
        toile.saveState()
        toile.scale(self.cote / 34, self.cote / 34)
        toile.setFillColor(self.couleur)
        toile.roundRect(0, 0, 34, 34, 6, stroke=0, fill=1)
        toile.setStrokeColor("#ffffff")
        toile.setLineWidth(2)
        toile.setLineJoin(1)
        trace = toile.beginPath()
        for depart, *suite in self.MAISON:
            trace.moveTo(*depart)
            for point in suite:
                trace.lineTo(*point)
        toile.drawPath(trace, stroke=1, fill=0)
        toile.restoreState()
        toile.fin_marque()
