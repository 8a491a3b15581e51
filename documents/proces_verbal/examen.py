"""Un dossier examiné : qui, combien, l'avis, et ce qui l'a fait."""

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether

from documents import fontes, nombres
from documents.balisage import CORPS, FILET, FOND, PETIT, SOUS_TITRE, Bloc, Grille
from documents.champs import sur
from documents.feuille import LARGEUR, en_lignes

DOSSIER = ParagraphStyle("dossier", SOUS_TITRE, fontSize=10.8, spaceBefore=14, spaceAfter=2)
DEROULE = ParagraphStyle("deroule", CORPS, fontSize=9.4, leading=12.6, spaceAfter=5)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=9.2, leading=12, spaceAfter=0)
MONTANT = 35 * mm


def examen(rang, dossier, avant=()):
    """Le titre, les montants, l'avis et son déroulé ne se séparent pas ; le reste suit et peut se couper.

    `avant` : le titre de la partie, qui ne reste pas seul au bas d'une page.
    """
    titre = " · ".join(filter(None, (sur(dossier.numero), sur(dossier.porteur), sur(dossier.action))))
    entete = [
        *avant,
        Bloc(f"{rang}. {titre}", DOSSIER, role="H3"),
        Bloc(_situation(dossier), PETIT),
    ]
    if dossier.montants:
        entete.append(_montants(dossier))
    entete.append(Bloc(f"<b>Avis : {_minuscule(sur(dossier.avis)) or 'non rendu'}.</b>", CORPS))
    if dossier.deroule:
        entete.append(Bloc(" ".join(map(sur, dossier.deroule)), DEROULE))
    yield KeepTogether(entete)
    if dossier.reprises:
        qui = sur(", ".join(dossier.reprises))
        yield Bloc(f"Évaluation modifiée après lecture des autres notes : {qui.rstrip('.')}.", DEROULE)
    for titre_du_texte, texte in (
        ("Habitants", dossier.habitants),
        ("Observations", dossier.observations),
        ("Réserves", dossier.reserves),
    ):
        for rang_du_paragraphe, paragraphe in enumerate(en_lignes(texte)):
            debut = "" if rang_du_paragraphe else f"<b>{titre_du_texte} :</b> "
            yield Bloc(f"{debut}{paragraphe}", CORPS)


def _minuscule(texte):
    return texte[:1].lower() + texte[1:]


def _situation(dossier):
    lieu = " · ".join(filter(None, (sur(dossier.quartiers), sur(dossier.objectif))))
    chiffres = f"Coût total {nombres.euros(dossier.cout_total)}"
    if dossier.obtenu_avant is not None:
        chiffres += f" · obtenu l’an passé {nombres.euros(dossier.obtenu_avant)}"
    if dossier.note is not None:
        chiffres += f" · note moyenne <b>{nombres.chiffres(dossier.note)}</b> sur 100"
    return "<br/>".join(filter(None, (lieu, chiffres)))


def montant(valeur):
    return nombres.euros(valeur) if valeur is not None else "–"


def _montants(dossier):
    lignes = [["Financeur", "Demandé", "Proposé"]]
    lignes += [[Bloc(sur(m.financeur), CELLULE), montant(m.demande), montant(m.propose)] for m in dossier.montants]
    total = len(dossier.montants) > 1
    if total:
        lignes.append(["Total", montant(dossier.demande), montant(dossier.propose)])
    return Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[LARGEUR - 2 * MONTANT, MONTANT, MONTANT],
        spaceBefore=2,
        spaceAfter=6,
        style=[*STYLE, ("ALIGN", (1, 0), (-1, -1), "RIGHT"), *(TOTAL if total else ())],
    )


STYLE = (
    ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8.8),
    ("FONT", (0, 1), (-1, -1), fontes.NORMAL, 9.2),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("BACKGROUND", (0, 0), (-1, 0), FOND),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, FILET),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
)
TOTAL = (("FONT", (0, -1), (-1, -1), fontes.DEMI_GRAS, 9.2),)
