"""Le balisage : une toile qui construit l'arbre de structure pendant qu'elle dessine, et les blocs qui s'en servent.

Un document balisé se lit à voix haute dans le bon ordre (PDF/UA-1) et s'archive (PDF/A-2a). Chaque bloc de texte
ouvre un élément (P, H1, LI…) ; les traits, fonds, pieds de page sont des artefacts, que la lecture saute.
"""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table
from reportlab.platypus.tables import TableRenderCB

from documents import conformite, fontes, metadonnees  # noqa: F401 : l'import corrige ReportLab

Nom, Dictionnaire, Tableau_ = pdfdoc.PDFName, pdfdoc.PDFDictionary, pdfdoc.PDFArray
Texte, Renvoi = pdfdoc.PDFString, pdfdoc.PDFObjectReference

# ReportLab n'est pas sûr entre fils d'exécution : l'incorporation des fontes se marche dessus, sans erreur visible.
_verrou = Lock()


# Un paragraphe lit les fontes dès qu'on l'écrit, avant le rendu.
fontes.enregistrer()


class Element:
    """Un nœud de l'arbre de structure ; ses enfants sont des nœuds ou des repères (page, numéro)."""

    __slots__ = ("attributs", "enfants", "nom", "parent", "role")

    def __init__(self, role, parent, **attributs):
        self.role, self.parent, self.attributs = role, parent, attributs
        self.enfants, self.nom = [], None
        if parent is not None:
            parent.enfants.append(self)


class Toile(Canvas):
    """Un Canvas qui tient l'arbre de structure et le range dans le catalogue à l'enregistrement."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._racine = Element("Document", None)
        self._courant = self._racine
        self._reperes = [[]]
        self._en_artefact = False

    def ouvrir(self, role, **attributs):
        self._courant = Element(role, self._courant, **attributs)
        return self._courant

    def reprendre(self, element):
        """Revient dans un élément déjà ouvert : la suite d'un tableau sur la page suivante."""
        self._courant = element

    def fermer(self):
        self._courant = self._courant.parent

    def marquer(self, element):
        """Le contenu qui suit, jusqu'à `fin_marque`, appartient à cet élément."""
        repere = self._reperes[-1]
        self._code.append(f"/{element.role} <</MCID {len(repere)}>> BDC")
        element.enfants.append((len(self._reperes) - 1, len(repere)))
        repere.append(element)

    def fin_marque(self):
        self._code.append("EMC")

    def artefact(self):
        """Ce qui suit ne se lit pas à voix haute : décor, pied de page, en-tête de tableau répété."""
        self._code.append("/Artifact BMC")
        self._en_artefact = True

    def fin_artefact(self):
        self._en_artefact = False
        self.fin_marque()

    def showPage(self):
        super().showPage()
        self._reperes.append([])

    def save(self):
        if self._code:
            self.showPage()
        self._ranger_la_structure()
        self._ranger_les_metadonnees()
        super().save()

    def _ranger_la_structure(self):
        document, pages = self._doc, self._doc.Pages.pages
        renvois = [Renvoi(f"Page{rang + 1}") for rang in range(len(pages))]
        compteur = iter(range(1, 10**9))

        def emettre(element, parent):
            element.nom = f"Structure{next(compteur)}"
            moi = Renvoi(element.nom)
            enfants = [
                Dictionnaire({"Type": Nom("MCR"), "Pg": renvois[e[0]], "MCID": e[1]})
                if isinstance(e, tuple)
                else emettre(e, moi)
                for e in element.enfants
            ]
            noeud = {"Type": Nom("StructElem"), "S": Nom(element.role), "P": parent, **element.attributs}
            if enfants:
                noeud["K"] = Tableau_(enfants)
            return document.Reference(Dictionnaire(noeud), element.nom)

        sommet = emettre(self._racine, Renvoi("ArbreDeStructure"))
        parents = []
        for rang, repere in enumerate(self._reperes[: len(pages)]):
            pages[rang].StructParents, pages[rang].Tabs = rang, Nom("S")
            liste = document.Reference(Tableau_([Renvoi(e.nom) for e in repere]), f"Parents{rang}")
            parents += [rang, liste]
        catalogue = document.Catalog
        catalogue.StructTreeRoot = Dictionnaire(
            {
                "Type": Nom("StructTreeRoot"),
                "K": Tableau_([sommet]),
                "ParentTree": document.Reference(Dictionnaire({"Nums": Tableau_(parents)}), "ArbreDesParents"),
                "ParentTreeNextKey": len(pages),
            }
        )
        document.Reference(catalogue.StructTreeRoot, "ArbreDeStructure")
        catalogue.MarkInfo = Dictionnaire({"Marked": "true"})

    def _ranger_les_metadonnees(self):
        document, catalogue = self._doc, self._doc.Catalog
        self.setViewerPreference("DisplayDocTitle", "true")
        profil = pdfdoc.PDFStream(Dictionnaire({"N": 3}), metadonnees.profil_srgb(), [pdfdoc.PDFZCompress])
        catalogue.OutputIntents = Tableau_(
            [
                Dictionnaire(
                    {
                        "Type": Nom("OutputIntent"),
                        "S": Nom("GTS_PDFA1"),
                        "OutputConditionIdentifier": Texte("sRGB IEC61966-2.1"),
                        "Info": Texte("sRGB IEC61966-2.1"),
                        "DestOutputProfile": document.Reference(profil, "ProfilCouleur"),
                    }
                )
            ]
        )
        catalogue.Metadata = pdfdoc.PDFStream(
            Dictionnaire({"Type": Nom("Metadata"), "Subtype": Nom("XML")}),
            metadonnees.xmp(document.info, document._timeStamp),
            None,
        )


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


def teinte(couleur):
    """La couleur de marque, ou celle de la charte quand la saisie n'en est pas une."""
    return couleur if re.fullmatch("#[0-9a-fA-F]{6}", couleur) else PETROLE


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


@dataclass(frozen=True)
class Fiche:
    """Ce que le fichier dit de lui-même. `cree_le` : l'instant de l'acte, avec son fuseau."""

    titre: str
    auteur: str
    cree_le: datetime
    sujet: str = ""


def rendre(histoire, fiche, *, format_page, marges, decor):
    """Compose les blocs en un PDF balisé. `marges` : haut, droite, bas, gauche, en points.

    `decor(toile, page)` dessine sur chaque page, en artefact (pied, filets), après le texte ; `numeroter` y
    appelle le formulaire « total », écrit quand le nombre de pages est connu.
    """
    haut, droite, bas, gauche = marges
    largeur, hauteur = format_page
    tampon = io.BytesIO()

    def fabriquer(*args, **kwargs):
        toile = Toile(*args, **{**kwargs, "lang": "fr", "initialFontName": fontes.NORMAL})
        toile._doc._timeStamp = metadonnees.horodatage(fiche.cree_le)
        return toile

    def sur_chaque_page(toile, document):
        toile.saveState()
        toile.artefact()
        decor(toile, document.page)
        toile.fin_artefact()
        toile.restoreState()

    document = _Modele(
        tampon, pagesize=format_page, title=fiche.titre, author=fiche.auteur, subject=fiche.sujet,
        creator="Parvis", producer="Parvis", invariant=1, lang="fr",
    )  # fmt: skip
    cadre = Frame(
        gauche, bas, largeur - gauche - droite, hauteur - haut - bas,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates([PageTemplate(id="page", frames=[cadre], onPageEnd=sur_chaque_page)])
    with _verrou:
        document.build(histoire, canvasmaker=fabriquer)
    return tampon.getvalue()


class _Modele(BaseDocTemplate):
    """Après la dernière page, écrit le nombre total dans le formulaire que chaque pied de page appelle."""

    def _endBuild(self):
        toile = self.canv
        toile.beginForm("total")
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.setFillColor(DOUCE)
        toile.drawString(0, 0, str(self.page))
        toile.endForm()
        super()._endBuild()


TAILLE_PIED = 8
PLACE_DU_TOTAL = 9  # deux chiffres


def numeroter(toile, page, x, y):
    """« page 2 / 5 », aligné à droite sur x ; le total vient du formulaire rempli à la fin."""
    toile.setFont(fontes.NORMAL, TAILLE_PIED)
    toile.setFillColor(DOUCE)
    toile.drawRightString(x - PLACE_DU_TOTAL, y, f"page {page} / ")
    toile.saveState()
    toile.translate(x - PLACE_DU_TOTAL, y)
    toile.doForm("total")
    toile.restoreState()
