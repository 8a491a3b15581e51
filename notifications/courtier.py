"""Confier une tâche au courtier, sans jamais dépendre de lui."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def demander(nom, *args):
    """Réveille une tâche de notifications.tasks. Courtier mort : rien n'est perdu, le balayage la retrouvera."""
    tache = current_app.tasks[f"notifications.tasks.{nom}"]
    try:
        tache.delay(*args)
    except (OperationalError, OSError) as panne:
        logger.warning("Courtier injoignable (%s) : « %s » attendra le balayage.", type(panne).__name__, nom)


def demander_apres_validation(nom, *args):
    transaction.on_commit(lambda: demander(nom, *args), robust=True)


def sonner(type="", **kwargs):
    """Réveille le relais ; branchée sur le signal du journal.

    Un fait que personne n'attend (un vote, une note) ne réveille rien : le balayage le rangera.
    """
    from notifications.abonnements import ABONNEMENTS

    if type in ABONNEMENTS:
        demander("relayer")
