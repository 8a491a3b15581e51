"""Une demande de compléments lue élément par élément : ce qui est attendu, ce qui est fourni."""

from typing import NamedTuple

from dossiers.completude import manques
from dossiers.etapes import SUR_UNE_PAGE
from dossiers.models import BudgetStructure, ElementDemande


class Attendu(NamedTuple):
    """Ce qu'un agent demande : une pièce de l'appel, une étape à reprendre, ou une question."""

    libelle: str
    motif: str = ""
    indispensable: bool = True
    demandee: object = None
    section: str = ""


class EtatElement(NamedTuple):
    element: ElementDemande
    fourni: bool
    # Les pièces jointes depuis la demande, et celles d'avant, que le service a demandé de refaire.
    pieces: list
    anciennes: list


def version_etape(dossier, code):
    """Où en est une étape : la page unique en réunit plusieurs, la fiche et son budget sont à l'organisme."""
    if code == "page-unique":
        return sum(dossier.version_de(section) for section in SUR_UNE_PAGE)
    if code == "structure":
        return dossier.organisme.version
    if code == "budget-structure":
        exercice = BudgetStructure.objects.filter(organisme=dossier.organisme_id, annee=dossier.appel.annee).first()
        return exercice.version if exercice else 0
    return dossier.version_de(code)


def demande_ouverte(dossier):
    """La demande en cours d'un dossier dont les demandes sont chargées, ou None."""
    return next((d for d in dossier.demandes_complement.all() if d.repondue_le is None), None)


def etats(dossier, demande):
    """Chaque élément de la demande et son état ; une demande close garde celui du jour de sa clôture."""
    return [_etat(dossier, demande, element) for element in demande.elements.all()]


def _etat(dossier, demande, element):
    pieces, anciennes = [], []
    if element.demandee_id:
        for piece in dossier.pieces.all():
            if piece.demandee_id == element.demandee_id:
                (pieces if piece.jointe_le >= demande.demandee_le else anciennes).append(piece)
    if demande.repondue_le:
        fourni = element.fourni_le is not None
    elif element.demandee_id:
        fourni = bool(pieces)
    elif element.section:
        fourni = bool(element.reponse) or version_etape(dossier, element.section) > element.version
    else:
        fourni = bool(element.reponse)
    return EtatElement(element, fourni, pieces, anciennes)


def ce_qui_bloque(dossier, etats_elements):
    """Les raisons de ne pas pouvoir répondre : l'indispensable qui manque, et le dossier devenu incomplet.

    Ce qui n'est pas indispensable n'empêche pas l'examen (CRPA, art. L. 114-5-1).
    """
    facultatives = {f"piece-{e.element.demandee_id}" for e in etats_elements if not e.element.indispensable}
    du_dossier = [manque for manque in manques(dossier) if manque.champ not in facultatives]
    deja_dites = {manque.champ for manque in du_dossier}
    attendus = [
        e.element
        for e in etats_elements
        if e.element.indispensable and not e.fourni and f"piece-{e.element.demandee_id}" not in deja_dites
    ]
    return attendus, du_dossier
