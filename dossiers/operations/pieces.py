"""Joindre, remplacer, retirer une pièce ; reprendre un document du porte-documents."""

import logging

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from comptes.fichiers import MO, Controle, controler
from dossiers.models import Piece
from dossiers.operations.refus import FichierIndisponible, OperationRefusee
from dossiers.operations.saisie import dater_ecriture, ouvrir_a_l_ecriture
from dossiers.pieces import a_reprendre, lignes

PIECES_MAX = 40
POIDS_MAX_MO = 100
RANGEMENT_EN_PANNE = (
    "Le fichier n’a pas pu être rangé : notre entrepôt de fichiers ne répond pas. "
    "Rien d’autre n’a changé dans votre dossier. Réessayez dans quelques minutes."
)

journal = logging.getLogger(__name__)


def joindre(dossier, fichier, *, par, demandee=None):
    """Joint un fichier contrôlé par son contenu ; le même fichier joint deux fois n'est gardé qu'une."""
    # Avant tout verrou : ouvrir un PDF ou interroger l'antivirus peut prendre quelques secondes.
    controle = controler(fichier)
    return _ranger(dossier, fichier, controle, par=par, demandee=demandee)


def remplacer(piece, fichier, *, par):
    """Joint la nouvelle version, puis retire l'ancienne : un fichier refusé laisse l'ancienne en place."""
    controle = controler(fichier)
    with transaction.atomic():
        nouvelle = _ranger(piece.dossier, fichier, controle, par=par, demandee=piece.demandee, a_la_place=piece)
        if nouvelle.pk != piece.pk:
            enlever(piece, par=par)
    return nouvelle


def joindre_document(dossier, document, *, par, demandee, a_la_place=None):
    """Copie dans le dossier un document du porte-documents : l'original pourra changer, la pièce restera."""
    if document.organisme_id != dossier.organisme_id or document.retire_le:
        raise OperationRefusee("Ce document n’est pas dans le porte-documents de votre organisme.")
    if not demandee.nature or demandee.nature != document.nature:
        raise OperationRefusee("Ce document ne répond pas à la pièce demandée.")
    if not document.est_valable():
        raise OperationRefusee(
            f"« {document.nom} » n’est plus valable depuis le {document.valable_jusqu_au:%d/%m/%Y}. "
            "Joignez la nouvelle version."
        )
    controle = Controle(document.nom, document.type_mime, document.taille, document.sha256)
    with transaction.atomic():
        copie = _copier(document)
        piece = _ranger(dossier, copie, controle, par=par, demandee=demandee, document=document, a_la_place=a_la_place)
        if a_la_place is not None and a_la_place.pk != piece.pk:
            enlever(a_la_place, par=par)
    return piece


def reprendre_du_porte_documents(dossier, *, par):
    """Joint tout ce que l'organisme a déjà donné et qui vaut encore ; ce qui ne se lit pas attend, rien n'échoue."""
    reprises = []
    for demandee, document in a_reprendre(lignes(dossier)):
        try:
            reprises.append(joindre_document(dossier, document, par=par, demandee=demandee))
        except OperationRefusee as refus:
            journal.warning("Document %s non repris dans le dossier %s : %s", document.pk, dossier.pk, refus)
    return reprises


def _copier(document):
    try:
        with document.fichier.open("rb") as original:
            return ContentFile(original.read(), name=document.nom)
    except OSError as panne:
        journal.error("Document %s illisible : %s", document.pk, type(panne).__name__)
        raise FichierIndisponible(
            f"« {document.nom} » ne se lit pas pour l’instant. Réessayez dans quelques minutes, ou joignez le fichier."
        ) from panne


@transaction.atomic
def _ranger(dossier, fichier, controle, *, par, demandee, document=None, a_la_place=None):
    dossier = ouvrir_a_l_ecriture(dossier, par)
    if demandee is not None and demandee.appel_id != dossier.appel_id:
        raise OperationRefusee("Cette pièce n’est pas demandée par cet appel à projets.")
    if deja := dossier.pieces.filter(sha256=controle.sha256, demandee=demandee).first():
        return deja
    autres = dossier.pieces.exclude(pk=a_la_place.pk) if a_la_place else dossier.pieces.all()
    if autres.count() >= PIECES_MAX:
        raise OperationRefusee(f"Un dossier compte {PIECES_MAX} pièces au plus. Retirez-en une, ou réunissez-les.")
    poids = autres.aggregate(total=Sum("taille", default=0))["total"]
    if poids + controle.taille > POIDS_MAX_MO * MO:
        raise OperationRefusee(
            f"Avec « {controle.nom} », les pièces pèseraient plus de {POIDS_MAX_MO} Mo. Retirez-en une, ou allégez-la."
        )
    piece = Piece(
        dossier=dossier,
        demandee=demandee,
        document=document,
        fichier=fichier,
        nom=controle.nom,
        type_mime=controle.type_mime,
        taille=controle.taille,
        sha256=controle.sha256,
        jointe_par=par,
        jointe_le=timezone.now(),
    )
    try:
        piece.save()
        dater_ecriture(dossier)
    except Exception as panne:
        # La transaction s'annule ; le fichier, lui, est peut-être déjà rangé.
        _oublier(piece.fichier)
        if isinstance(panne, OSError):
            journal.error("Fichier non rangé pour le dossier %s : %s", dossier.pk, type(panne).__name__)
            raise FichierIndisponible(RANGEMENT_EN_PANNE) from panne
        raise
    return piece


def _oublier(fichier):
    if not fichier._committed:
        return
    try:
        fichier.delete(save=False)
    except OSError:
        journal.warning("Fichier orphelin dans l’entrepôt : %s", fichier.name)


@transaction.atomic
def enlever(piece, *, par):
    """Retire une pièce ; le fichier est effacé une fois la transaction validée."""
    dossier = ouvrir_a_l_ecriture(piece.dossier, par)
    fichier = piece.fichier
    piece.delete()
    transaction.on_commit(lambda: fichier.delete(save=False), robust=True)
    return dater_ecriture(dossier)
