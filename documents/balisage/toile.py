"""La toile : un Canvas qui construit l'arbre de structure pendant qu'il dessine, et le range à la fin."""

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from documents import conformite, metadonnees  # noqa: F401 : l'import corrige ReportLab

Nom, Dictionnaire, Tableau_ = pdfdoc.PDFName, pdfdoc.PDFDictionary, pdfdoc.PDFArray
Texte, Renvoi = pdfdoc.PDFString, pdfdoc.PDFObjectReference


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
