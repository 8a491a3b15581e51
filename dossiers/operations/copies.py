"""Le PDF d'une copie déposée : rangé une fois, relu tel qu'il fut produit."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from dossiers.models import CopieDeposee


class CopieAlteree(Exception):
    """Le fichier rangé ne correspond plus à son empreinte."""


@transaction.atomic
def ranger_copie(copie_id, octets):
    """Range le PDF et son empreinte, une seule fois. Rend True s'il vient d'être rangé, False s'il l'était déjà."""
    copie = CopieDeposee.objects.select_for_update().get(pk=copie_id)
    if copie.produite_le:
        return False
    copie.sha256 = hashlib.sha256(octets).hexdigest()
    nom = f"copies/{copie.dossier_id}/{copie.rang}-{copie.sha256_donnees[:16]}.pdf"
    # Un fichier déjà là vient d'un worker tué avant de valider : la copie n'étant pas produite, personne ne l'a lu.
    copie.fichier.storage.delete(nom)
    copie.fichier.name = copie.fichier.storage.save(nom, ContentFile(octets))
    copie.produite_le = timezone.now()
    copie.save(update_fields=["fichier", "sha256", "produite_le"])
    return True


def lire_copie(copie):
    """Les octets de la copie, tels qu'ils furent produits. Lève CopieAlteree."""
    with copie.fichier.open("rb") as fichier:
        octets = fichier.read()
    if hashlib.sha256(octets).hexdigest() != copie.sha256:
        raise CopieAlteree(f"Le fichier de la copie {copie.pk} ne correspond plus à son empreinte.")
    return octets
