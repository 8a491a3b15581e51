"""Le tableau balisé : un seul élément, même coupé entre deux pages."""

from reportlab.platypus import Table
from reportlab.platypus.tables import TableRenderCB

from documents.balisage.toile import Dictionnaire, Nom, Texte


class _Balises(TableRenderCB):
    """Balise un tableau pendant que ReportLab le dessine.

    ReportLab coupe un long tableau en plusieurs, qui partagent cet objet : ils restent un seul élément Table, et
    l'en-tête répété devient un artefact, pour que la lecture à voix haute ne le redise pas à chaque page.
    """

    def __init__(self, entetes, premiere_colonne):
        self.entetes, self.premiere_colonne = entetes, premiere_colonne
        self.element = None

    def startTable(self, tableau):
        self.suite = self.element is not None
        if self.suite:
            tableau.canv.reprendre(self.element)
        else:
            self.element = tableau.canv.ouvrir("Table")

    def endTable(self, tableau):
        tableau.canv.fermer()

    def startBG(self, tableau):
        tableau.canv.artefact()

    def endBG(self, tableau):
        tableau.canv.fin_artefact()

    startLines, endLines = startBG, endBG

    def startRow(self, tableau, rang):
        self.repete = self.suite and rang < self.entetes
        if self.repete:
            tableau.canv.artefact()
        else:
            tableau.canv.ouvrir("TR")

    def endRow(self, tableau):
        if self.repete:
            tableau.canv.fin_artefact()
        else:
            tableau.canv.fermer()

    def startCell(self, tableau, rang, colonne, contenu, style, position, taille):
        if self.repete:
            return
        role, attributs = self._attributs(tableau, rang, colonne)
        # Une cellule de texte simple se marque elle-même ; un Bloc s'en charge dans la sienne.
        self.simple = isinstance(contenu, str)
        if self.simple and contenu:
            # Les cellules de chiffres se touchent : sans ce texte, deux montants voisins se liraient d'un trait.
            attributs["ActualText"] = Texte(contenu)
        element = tableau.canv.ouvrir(role, **attributs)
        if self.simple:
            tableau.canv.marquer(element)

    def _attributs(self, tableau, rang, colonne):
        attributs = {}
        etendue = tableau._spanRanges.get((colonne, rang)) if tableau._spanCmds else None
        if etendue:
            gauche, haut, droite, bas = etendue
            attributs |= {"ColSpan": droite - gauche + 1} if droite > gauche else {}
            attributs |= {"RowSpan": bas - haut + 1} if bas > haut else {}
        titre_de_groupe = colonne == 0 and attributs.get("ColSpan") == tableau._ncols
        if rang < self.entetes:
            role, attributs["Scope"] = "TH", Nom("Column")
        elif titre_de_groupe or (self.premiere_colonne and colonne == 0):
            role, attributs["Scope"] = "TH", Nom("Row")
        else:
            role = "TD"
        return role, {"A": Dictionnaire({"O": Nom("Table"), **attributs})} if attributs else {}

    def endCell(self, tableau):
        if self.repete:
            return
        if self.simple:
            tableau.canv.fin_marque()
        tableau.canv.fermer()


class Grille(Table):
    """Un tableau balisé, dont l'en-tête se répète à chaque page."""

    def __init__(self, donnees, *, entetes=1, premiere_colonne=False, **kwargs):
        kwargs.setdefault("repeatRows", entetes)
        kwargs.setdefault("renderCB", _Balises(entetes, premiere_colonne))
        super().__init__(donnees, **kwargs)
