"""L'annexe : les entrées et sorties, à l'heure où la salle les a constatées."""

from reportlab.lib.units import mm
from reportlab.platypus import PageBreak

from documents import nombres
from documents.balisage import CORPS, SOUS_TITRE, Bloc, Grille
from documents.champs import sur
from documents.feuille import LARGEUR
from documents.proces_verbal.examen import CELLULE, STYLE

HEURE, NOM = 26 * mm, 62 * mm


def entrees_et_sorties(d):
    """Sur sa propre page, après les signatures ; rien quand la réunion s'est tenue sans la salle."""
    if not d.mouvements:
        return
    yield PageBreak()
    yield Bloc("Annexe. Entrées et sorties", SOUS_TITRE, role="H2")
    jours = {mouvement.le.date() for mouvement in d.mouvements}
    quand = "Heures constatées en séance." if len(jours) == 1 else "Jours et heures constatés en séance."
    yield Bloc(quand, CORPS)
    yield Grille(
        [
            ["Heure", "Personne", "Mouvement"],
            *([_quand(m.le, jours), Bloc(sur(m.nom), CELLULE), Bloc(sur(m.fait), CELLULE)] for m in d.mouvements),
        ],
        colWidths=[HEURE, NOM, LARGEUR - HEURE - NOM],
        spaceBefore=2,
        style=[*STYLE, ("VALIGN", (0, 1), (-1, -1), "TOP")],
    )


def _quand(instant, jours):
    return nombres.heure(instant) if len(jours) == 1 else f"{instant:%d/%m} {nombres.heure(instant)}"
