"""Le travail de fond embarqué : worker et horloge Celery dans le processus du serveur, sur un courtier en mémoire."""

import threading

from celery import beat, current_app
from celery._state import _set_task_join_will_block
from celery.worker import state
from django.conf import settings

from notifications.courtier import demander

DELAI_DEMARRAGE = 15
DELAI_ARRET = 10
FILS = 2


class TravailEmbarque:
    """Un worker et une horloge qui tournent ; `arreter` les finit proprement."""

    def __init__(self):
        self._pret = threading.Event()
        self._worker = current_app.Worker(
            pool="threads",
            concurrency=FILS,
            quiet=True,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            ready_callback=lambda consumer: self._pret.set(),
        )
        # Un tour par seconde au plus : l'arrêt n'attend pas la prochaine échéance.
        self._horloge = beat.Service(current_app, max_interval=1, scheduler_cls="celery.beat:Scheduler")
        self._fils = [
            threading.Thread(target=self._worker.start, name="parvis-worker", daemon=True),
            threading.Thread(target=self._horloge.start, name="parvis-horloge", daemon=True),
        ]
        self._arrete = False

    def demarrer(self):
        state.should_stop = None
        for fil in self._fils:
            fil.start()
        if not self._pret.wait(DELAI_DEMARRAGE):
            self.arreter()
            raise RuntimeError("Le travail de fond n’a pas démarré.")
        # Celery croit que tout le processus est un worker ; le serveur web, à côté, n'en est pas un.
        _set_task_join_will_block(False)
        demander("balayer")  # ce que l'arrêt précédent a laissé

    def arreter(self):
        if self._arrete:
            return
        self._arrete = True
        self._horloge.stop()
        state.should_stop = 0
        for fil in self._fils:
            fil.join(DELAI_ARRET)
        state.should_stop = None


def demarrer():
    """Démarre le travail de fond et rend la main quand il est prêt. À arrêter par `.arreter()`."""
    if settings.REDIS_URL:
        raise RuntimeError("REDIS_URL est donnée : lancez `celery -A config worker` et `celery -A config beat`.")
    travail = TravailEmbarque()
    travail.demarrer()
    return travail
