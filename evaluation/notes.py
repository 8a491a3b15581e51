"""Le calcul des notes : un module pur, sans base."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

NIVEAU_MAX = 5
SUR = 100


class Synthese(NamedTuple):
    """La moyenne et l'étendue des notes envoyées, sur 100 ; `nombre` : combien."""

    moyenne: Decimal | None
    mini: Decimal | None
    maxi: Decimal | None
    nombre: int

    @property
    def ecart(self):
        return self.maxi - self.mini if self.nombre else None


def note_sur_cent(valeurs):
    """Σ (poids × niveau / 5) ramené sur 100, à deux décimales. `valeurs` : des couples (poids, niveau)."""
    return ramener(sum(poids * niveau for poids, niveau in valeurs), sum(poids for poids, _ in valeurs))


def ramener(points, poids):
    """Le même calcul depuis Σ poids × niveau et Σ poids, quand la base a fait les sommes."""
    if not poids:
        return None
    return (Decimal(points) * SUR / (NIVEAU_MAX * poids)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def synthese(notes):
    """Moyenne et étendue de notes sur 100 ; les absentes ne comptent pas."""
    presentes = [note for note in notes if note is not None]
    if not presentes:
        return Synthese(None, None, None, 0)
    moyenne = (sum(presentes) / len(presentes)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Synthese(moyenne, min(presentes), max(presentes), len(presentes))
