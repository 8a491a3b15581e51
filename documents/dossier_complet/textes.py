"""Les blocs qui se lisent : titres avec leur signet, récits, phrases du formulaire, cases."""

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Spacer

from documents.balisage import DOUCE, ENCRE, Bloc, Debut, Fin, Puce
from documents.champs import sur
from documents.dossier_complet.styles import CASE, CLOTURE, LEGENDE, RECIT, VIDE


class TitreSigne(Bloc):
    """Un titre qui pose aussi son signet, une fois, là où il commence."""

    def __init__(self, texte, style, role, signet, cle, niveau):
        super().__init__(texte, style, role=role)
        self.signet, self.cle, self.niveau = signet, cle, niveau

    def draw(self):
        if self._origine is self and self._element is None:
            self.canv.bookmarkHorizontal(self.cle, 0, self.height)
            self.canv.addOutlineEntry(self.signet, self.cle, self.niveau)
        super().draw()


class Coche(Puce):
    """Une case dessinée ; à voix haute, « coché » ou « non coché » la remplace."""

    COTE = 8.2

    def __init__(self, texte, cochee):
        super().__init__(texte, CASE, bulletText=None, lu=f"{'Coché' if cochee else 'Non coché'} : {_nu(texte)}")
        self.cochee = cochee

    def draw(self):
        toile, cote = self.canv, self.COTE
        bas = self.height - 11.4
        toile.saveState()
        toile.artefact()
        toile.setStrokeColor(ENCRE)
        toile.setLineWidth(0.8)
        toile.roundRect(0, bas, cote, cote, 1.4, stroke=1, fill=0)
        if self.cochee:
            toile.setLineWidth(1.5)
            trace = toile.beginPath()
            trace.moveTo(1.8, bas + 4)
            trace.lineTo(3.6, bas + 2)
            trace.lineTo(6.8, bas + 6.4)
            toile.drawPath(trace, stroke=1, fill=0)
        toile.fin_artefact()
        toile.restoreState()
        super().draw()


def _nu(texte):
    return texte.replace("<b>", "").replace("</b>", "").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def en_lignes(valeur):
    return "<br/>".join(sur(ligne) for ligne in valeur.splitlines())


def recit(bloc):
    if bloc.titre:
        yield Bloc(sur(bloc.titre), LEGENDE)
    paragraphes = [p for p in bloc.texte.replace("\r\n", "\n").split("\n\n") if p.strip()]
    if not paragraphes:
        yield Bloc(VIDE, ParagraphStyle("vide", RECIT, textColor=DOUCE))
    for paragraphe in paragraphes:
        yield Bloc(en_lignes(paragraphe.strip("\n")), RECIT)


def phrase(bloc):
    yield Bloc(sur(bloc.texte), CLOTURE)


def cases(bloc):
    if bloc.titre:
        yield Bloc(sur(bloc.titre), LEGENDE)
    yield Debut("L")
    for cochee, texte in bloc.lignes:
        yield Coche(sur(texte), cochee)
    yield Fin()
    yield Spacer(0, 3)
