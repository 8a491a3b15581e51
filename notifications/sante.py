"""L'état du service, en quelques chiffres sans donnée personnelle."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from comptes import antivirus
from journal.models import Evenement

RETARD = timedelta(minutes=5)
DISQUE_MINIMAL_MO = 500
DELAI_COURTIER_S = 1


def examiner():
    """Rend le bilan, et si le service est debout : seule la base lui est indispensable."""
    base = _base()
    bilan = {"base": "ok" if base else "injoignable", "disque_libre_mo": _disque_libre_mo()}
    alertes = [] if bilan["disque_libre_mo"] >= DISQUE_MINIMAL_MO else ["disque"]
    if settings.REDIS_URL:
        bilan["courtier"] = "ok" if _courtier() else "injoignable"
        alertes += [] if bilan["courtier"] == "ok" else ["courtier"]
    if antivirus.actif():
        bilan["antivirus"] = "ok" if antivirus.repond() else "injoignable"
        alertes += [] if bilan["antivirus"] == "ok" else ["antivirus"]
    if base:
        bilan["faits_en_retard"] = Evenement.objects.a_diffuser().filter(cree_le__lt=timezone.now() - RETARD).count()
        bilan["faits_en_alerte"] = Evenement.objects.en_alerte().count()
        alertes += [nom for nom in ("faits_en_retard", "faits_en_alerte") if bilan[nom]]
    bilan["etat"] = "panne" if not base else ("degrade" if alertes else "ok")
    bilan["alertes"] = alertes if base else ["base", *alertes]
    return bilan, base


def _base():
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _courtier():
    import redis

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=DELAI_COURTIER_S, socket_timeout=DELAI_COURTIER_S
        ) as client:
            return client.ping()
    except redis.RedisError:
        return False


def _disque_libre_mo():
    # Rangés ailleurs, les fichiers passent encore par le disque le temps d'être reçus.
    dossier = settings.DOSSIER_FICHIERS or Path(tempfile.gettempdir())
    while not dossier.exists():
        dossier = dossier.parent
    return shutil.disk_usage(dossier).free // 2**20
