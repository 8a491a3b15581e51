"""Faire vivre la campagne dans le passé : une horloge que le code croit, des dates relatives à aujourd’hui."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest import mock

from django.utils import timezone


@contextmanager
def horloge(instant):
    """Fait croire au code qu'il est `instant` : la campagne de démonstration a un passé."""
    with mock.patch("django.utils.timezone.now", return_value=instant):
        yield


def a(jours, heure=10, minute=0):
    """Un instant, à `jours` d'aujourd'hui, heure de Paris."""
    jour = timezone.localdate() + timedelta(days=jours)
    return timezone.make_aware(datetime.combine(jour, time(heure, minute)))
