"""Produire un acte ou une copie : composer hors transaction, ranger une seule fois, garder la raison d'un échec."""

import logging

from dossiers import copie as copies
from dossiers.models import CopieDeposee
from dossiers.operations.copies import ranger_copie
from evaluation import operations as evaluation
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
        # L'accusé porte l'empreinte du PDF de la copie : elle est produite avant lui, quel que soit le worker.
        if copie := actes.copie_accusee(acte):
            _produire_copie(copie)
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


def _produire_copie(copie):
    return copie.produite_le is None and ranger_copie(copie.pk, copies.composer(copie.donnees))


def produire_copie(copie_id):
    """Rend True si le PDF vient d'être rangé, False s'il l'était déjà ou si la composition a échoué."""
    try:
        return _produire_copie(CopieDeposee.objects.get(pk=copie_id))
    except Exception as erreur:
        logger.error("Copie %s non produite : %s", copie_id, type(erreur).__name__)
        return False


def produire_classeur(classeur_id):
    """Rend True si le classeur vient d'être produit."""
    return evaluation.produire_classeur(classeur_id)


def produire_proces_verbal(pv_id):
    """Rend True si le procès-verbal vient d'être produit."""
    return proces_verbaux.produire(pv_id)
