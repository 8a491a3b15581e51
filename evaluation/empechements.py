"""Qui ne peut pas lire un dossier : déporté, lié à l'organisme porteur, ou membre de celui-ci."""

from collections import defaultdict

from dossiers.models import Dossier
from evaluation.models import Deport


def empeches(dossiers):
    """{dossier: les personnes qui ne peuvent pas le lire}, en une requête."""
    ids = [dossier.pk for dossier in dossiers]
    declares = Deport.objects.filter(dossier__in=ids).order_by().values_list("dossier_id", "utilisateur_id")
    dossiers = Dossier.objects.filter(pk__in=ids).order_by()
    lies = dossiers.filter(
        organisme__liens_declares__leve_le=None, organisme__liens_declares__utilisateur__isnull=False
    ).values_list("pk", "organisme__liens_declares__utilisateur")
    du_porteur = dossiers.filter(organisme__membres__utilisateur__isnull=False).values_list(
        "pk", "organisme__membres__utilisateur"
    )
    personnes = defaultdict(set)
    for dossier, utilisateur in declares.union(lies, du_porteur):
        personnes[dossier].add(utilisateur)
    return personnes
