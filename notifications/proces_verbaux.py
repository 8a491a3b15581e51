"""Produire un procès-verbal ou un compte rendu demandé : des valeurs figées, rangé une fois avec son empreinte."""

import dataclasses
import hashlib
import logging
from datetime import date, datetime
from decimal import Decimal
from typing import get_args, get_origin, get_type_hints

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from documents import compte_rendu
from documents import proces_verbal as document
from evaluation.models import ProcesVerbal

logger = logging.getLogger(__name__)


def produire(pv_id):
    """Rend True si le procès-verbal vient d'être produit, False s'il l'était déjà ou si la composition a échoué."""
    proces_verbal = ProcesVerbal.objects.select_related("reunion").get(pk=pv_id)
    if proces_verbal.produit_le:
        return False
    try:
        return ranger(pv_id, _composer(proces_verbal))
    except Exception as erreur:
        logger.error("Procès-verbal %s non produit : %s", pv_id, type(erreur).__name__)
        return False


def _composer(proces_verbal):
    if proces_verbal.reunion.est_thematique:
        return document.composer(depuis_json(document.ProcesVerbal, proces_verbal.donnees))
    return compte_rendu.composer(depuis_json(compte_rendu.CompteRendu, proces_verbal.donnees))


@transaction.atomic
def ranger(pv_id, octets):
    """Range le PDF une seule fois. Rend True s'il vient d'être rangé, False s'il l'était déjà."""
    proces_verbal = ProcesVerbal.objects.select_for_update().get(pk=pv_id)
    if proces_verbal.produit_le:
        return False
    nom = f"proces-verbaux/{proces_verbal.reunion_id}/{proces_verbal.version}.pdf"
    # Un fichier déjà là vient d'un worker tué avant de valider.
    proces_verbal.fichier.storage.delete(nom)
    proces_verbal.fichier.name = proces_verbal.fichier.storage.save(nom, ContentFile(octets))
    proces_verbal.sha256 = hashlib.sha256(octets).hexdigest()
    proces_verbal.produit_le = timezone.now()
    proces_verbal.save(update_fields=["fichier", "sha256", "produit_le"])
    return True


def depuis_json(genre, valeur):
    """Rebâtit une dataclass depuis son JSON : dates ISO ramenées à Paris, montants en texte, listes en tuples."""
    if dataclasses.is_dataclass(genre):
        types = get_type_hints(genre)
        return genre(**{nom: depuis_json(types[nom], contenu) for nom, contenu in valeur.items()})
    if get_origin(genre) is tuple:
        genres = get_args(genre)
        if genres[-1] is Ellipsis:
            return tuple(depuis_json(genres[0], element) for element in valeur)
        return tuple(depuis_json(g, element) for g, element in zip(genres, valeur, strict=True))
    if valeur is None:
        return None
    if Decimal in (genre, *get_args(genre)):
        return Decimal(str(valeur))
    # `datetime | None` se rebâtit comme `datetime`.
    if datetime in (genre, *get_args(genre)):
        return timezone.localtime(datetime.fromisoformat(valeur))
    if date in (genre, *get_args(genre)):
        return date.fromisoformat(valeur)
    return valeur
