"""Composer une histoire de blocs en un PDF balisé, numéroté, aux octets toujours les mêmes."""

import io
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from documents import fontes, metadonnees
from documents.balisage.styles import DOUCE, TAILLE_PIED
from documents.balisage.toile import Toile

# ReportLab n'est pas sûr entre fils d'exécution : l'incorporation des fontes se marche dessus, sans erreur visible.
_verrou = Lock()


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
