"""Les pièces d'un dossier, au regard de ce que son appel demande et de ce que l'organisme garde déjà."""

from typing import NamedTuple

from appels.models import PieceDemandee
from comptes.models import DocumentPermanent, NatureDocument


class Ligne(NamedTuple):
    """Une pièce demandée : ce qui est joint, et ce que le porte-documents propose."""

    demandee: PieceDemandee
    obligatoire: bool
    pieces: list
    proposes: list
    perime: DocumentPermanent | None


def montant_demande(dossier):
    return sum(financement.montant_demande for financement in dossier.financements.all())


def exigences(dossier):
    """[(pièce demandée, obligatoire pour ce dossier)], dans l'ordre de l'appel."""
    montant = montant_demande(dossier)
    renouvellement = dossier.renouvelle_id is not None
    return [
        (demandee, demandee.est_obligatoire(dossier.organisme, renouvellement, montant))
        for demandee in dossier.appel.pieces_demandees.all()
    ]


def compte(dossier):
    """(jointes, demandées) parmi les pièces obligatoires."""
    jointes = {piece.demandee_id for piece in dossier.pieces.all()}
    obligatoires = [demandee.pk for demandee, obligatoire in exigences(dossier) if obligatoire]
    return len(jointes.intersection(obligatoires)), len(obligatoires)


def documents_utiles(dossier):
    """Les documents du porte-documents qui répondent à une pièce demandée, par nature, le plus récent d'abord."""
    natures = {demandee.nature for demandee in dossier.appel.pieces_demandees.all() if demandee.nature}
    if not natures:
        return {}
    par_nature = {}
    documents = DocumentPermanent.objects.actuels().filter(organisme=dossier.organisme_id, nature__in=natures)
    for document in documents.order_by("-depose_le", "-pk"):
        par_nature.setdefault(document.nature, []).append(document)
    return par_nature


def lignes(dossier):
    """Une ligne par pièce demandée, avec ce que le porte-documents offre de mieux."""
    documents = documents_utiles(dossier)
    toutes = list(dossier.pieces.all())
    return [
        _ligne(
            demandee,
            obligatoire,
            [piece for piece in toutes if piece.demandee_id == demandee.pk],
            documents.get(demandee.nature, []),
        )
        for demandee, obligatoire in exigences(dossier)
    ]


def _ligne(demandee, obligatoire, pieces, documents):
    empreintes = {piece.sha256 for piece in pieces}
    valables = [document for document in documents if document.est_valable()]
    # Une pièce jointe à la main répond déjà ; on ne propose alors que ce qui est plus récent qu'elle.
    depuis = max((piece.jointe_le for piece in pieces), default=None)
    proposes = [
        document
        for document in valables
        if document.sha256 not in empreintes and (depuis is None or document.depose_le > depuis)
    ]
    perime = documents[0] if documents and not valables and not pieces else None
    return Ligne(demandee, obligatoire, pieces, proposes, perime)


def a_reprendre(affichees):
    """[(pièce demandée, document)] que l'on joint d'office : la nature ne laisse pas de doute, rien n'est joint."""
    return [
        (ligne.demandee, ligne.proposes[0])
        for ligne in affichees
        if ligne.proposes and not ligne.pieces and ligne.demandee.nature != NatureDocument.AUTRE
    ]
