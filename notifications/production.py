"""Produire un acte : composer hors transaction, ranger une seule fois, garder la raison d'un échec."""

import logging

from notifications import actes, proces_verbaux
from programmation.actes import ESSAIS_MAX, noter_echec, ranger_pdf
from programmation.models import Acte

logger = logging.getLogger(__name__)

ESSAIS_AVANT_ALERTE = 3


def produire_acte(acte_id):
    """Rend True si l'acte vient d'être produit, False s'il l'était déjà ou si la composition a échoué."""
    acte = Acte.objects.get(pk=acte_id)
    if acte.produit_le:
        return False
    try:
        return ranger_pdf(acte.pk, actes.composer(acte))
    except Exception as erreur:
        acte = noter_echec(acte_id, f"{type(erreur).__name__} : {erreur}")
        gravite = logging.ERROR if acte.essais >= ESSAIS_AVANT_ALERTE else logging.WARNING
        logger.log(
            gravite,
            "Acte %s non produit, essai %s sur %s : %s",
            acte_id,
            acte.essais,
            ESSAIS_MAX,
            type(erreur).__name__,
        )
        return False


def produire_proces_verbal(pv_id):
    """Rend True si le procès-verbal vient d'être produit."""
    return proces_verbaux.produire(pv_id)
