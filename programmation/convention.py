"""Le seuil de convention (décret n° 2001-495, art. 1er). Un module pur."""

from decimal import Decimal

SEUIL_CONVENTION = Decimal("23000")


def convention_requise(cumul_annuel):
    """Vrai au-delà de 23 000 € par organisme, par an et par collectivité ; à 23 000 € juste, non."""
    return cumul_annuel > SEUIL_CONVENTION
