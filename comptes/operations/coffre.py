"""Le porte-documents : ranger, remplacer, dater, retirer, prévenir avant la fin de validité."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comptes.fichiers import controler
from comptes.models import PREAVIS, DocumentPermanent, NatureDocument, Organisme
from comptes.operations.refus import OperationRefusee
from journal.publication import publier

DOCUMENTS_MAX = 60
LOT = 200

journal = logging.getLogger(__name__)


def _ouvrir_aux_membres(organisme_id, par):
    if organisme_id not in par.ids_organismes:
        raise OperationRefusee("Seuls les membres de l’organisme rangent ses documents.")
    return Organisme.objects.select_for_update().get(pk=organisme_id)


def ranger_document(organisme, fichier, *, par, nature, precision="", valable_jusqu_au=None, remplace=None):
    """Range un document permanent ; il remplace `remplace`, ou celui de même nature et de même précision.

    Le même fichier rangé deux fois n'est gardé qu'une ; les dossiers qui ont joint l'ancien en gardent leur copie.
    """
    # Avant tout verrou : l'antivirus peut prendre quelques secondes.
    controle = controler(fichier)
    with transaction.atomic():
        organisme = _ouvrir_aux_membres(organisme.pk, par)
        actuels = organisme.documents.actuels()
        semblables = actuels.filter(nature=nature, precision=precision)
        if deja := semblables.filter(sha256=controle.sha256, valable_jusqu_au=valable_jusqu_au).first():
            return deja
        if remplace is not None:
            remplaces = actuels.filter(pk=remplace.pk)
        else:
            remplaces = semblables.exclude(nature=NatureDocument.AUTRE)
        if not remplaces.update(retire_le=timezone.now()) and actuels.count() >= DOCUMENTS_MAX:
            raise OperationRefusee(f"Le porte-documents compte {DOCUMENTS_MAX} documents au plus. Retirez-en un.")
        document = DocumentPermanent.objects.create(
            organisme=organisme,
            nature=nature,
            precision=precision,
            fichier=fichier,
            nom=controle.nom,
            type_mime=controle.type_mime,
            taille=controle.taille,
            sha256=controle.sha256,
            valable_jusqu_au=valable_jusqu_au,
            depose_par=par,
        )
        publier("organisme.ranger_document", organisme, par=par, document_id=document.pk, nature=nature)
    return document


@transaction.atomic
def dater_document(document, *, par, valable_jusqu_au):
    """Corrige la date de fin ; une nouvelle date mérite un nouvel avertissement."""
    organisme = _ouvrir_aux_membres(document.organisme_id, par)
    document = organisme.documents.actuels().filter(pk=document.pk).first()
    if document is None:
        raise OperationRefusee("Ce document a été remplacé ou retiré entre-temps.")
    if document.valable_jusqu_au != valable_jusqu_au:
        document.valable_jusqu_au, document.expiration_annoncee_le = valable_jusqu_au, None
        document.save(update_fields=["valable_jusqu_au", "expiration_annoncee_le"])
        publier("organisme.dater_document", organisme, par=par, document_id=document.pk)
    return document


@transaction.atomic
def retirer_document(document, *, par):
    """Le document n'est plus proposé ; les dossiers gardent leur copie. Retirer deux fois ne change rien."""
    organisme = _ouvrir_aux_membres(document.organisme_id, par)
    if organisme.documents.actuels().filter(pk=document.pk).update(retire_le=timezone.now()):
        publier("organisme.retirer_document", organisme, par=par, document_id=document.pk)


@transaction.atomic
def annoncer_les_expirations(jour=None):
    """Publie, une seule fois par document, qu'il arrive en fin de validité. Rend le nombre de faits publiés."""
    jour = jour or timezone.localdate()
    a_annoncer = (
        DocumentPermanent.objects.actuels()
        .filter(valable_jusqu_au__gte=jour, valable_jusqu_au__lte=jour + PREAVIS, expiration_annoncee_le=None)
        .order_by("pk")
    )
    if not a_annoncer.exists():
        return 0
    documents = list(a_annoncer.select_for_update(of=("self",))[:LOT])
    for document in documents:
        document.expiration_annoncee_le = timezone.now()
        document.save(update_fields=["expiration_annoncee_le"])
        publier("document.expirer_bientot", document, jusqu_au=document.valable_jusqu_au.isoformat())
    return len(documents)


def effacer_les_documents_retires(maintenant=None):
    """Efface, passé le délai de conservation, les documents retirés qu'aucun dossier ne cite. Rend leur nombre.

    Un document cité reste : sa nature dit aux partenaires ce qu'ils ne peuvent pas lire de la pièce qui en vient.
    """
    limite = (maintenant or timezone.now()) - timedelta(days=settings.CONSERVATION_COFFRE_JOURS)
    return sum(_effacer(pk, limite) for pk in _a_effacer(limite).order_by("pk").values_list("pk", flat=True)[:LOT])


def _a_effacer(limite):
    return DocumentPermanent.objects.filter(retire_le__lte=limite, pieces=None)


@transaction.atomic
def _effacer(pk, limite):
    """Le fichier d'abord : une panne de l'entrepôt laisse la ligne, et le balayage suivant recommence."""
    verrouille = DocumentPermanent.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if verrouille is None or not _a_effacer(limite).filter(pk=pk).exists():
        return False
    organisme, nature = verrouille.organisme, verrouille.nature
    try:
        verrouille.fichier.delete(save=False)
    except OSError as panne:
        journal.error("Document %s non effacé : %s", pk, type(panne).__name__)
        return False
    verrouille.delete()
    publier("organisme.effacer_document", organisme, document_id=pk, nature=nature)
    return True
