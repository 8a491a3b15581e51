"""Les critères bloquants : signalés à la réunion, qui reste libre."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Avg, Exists, F, OuterRef

from evaluation.models import Deport, Note


class Bloquant(NamedTuple):
    libelle: str
    moyenne: Decimal
    seuil: int


def bloquants_de(dossiers):
    """{dossier: ses critères sous leur seuil}, sur les notes envoyées, hors déports ; une requête.

    À ne montrer qu'à qui lit déjà les notes de ces dossiers.
    """
    deportes = Deport.objects.filter(
        dossier=OuterRef("evaluation__dossier"), utilisateur=OuterRef("evaluation__evaluateur")
    ).avant_l_avis()
    moyennes = (
        Note.objects.filter(
            ~Exists(deportes),
            evaluation__dossier__in=dossiers,
            evaluation__envoyee_le__isnull=False,
            critere__bloquant_sous__isnull=False,
        )
        .values_list("evaluation__dossier", "critere__libelle", "critere__bloquant_sous")
        .annotate(moyenne=Avg("valeur"))
        .filter(moyenne__lt=F("critere__bloquant_sous"))
        .order_by("critere__ordre", "critere")
    )
    alertes = {}
    for dossier, libelle, seuil, moyenne in moyennes:
        alertes.setdefault(dossier, []).append(Bloquant(libelle, Decimal(str(moyenne)), seuil))
    return alertes
