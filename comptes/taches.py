"""Ce qui attend une personne : chaque application inscrit ici sa fonction, la page d'accueil les rassemble."""

from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

_fonctions = []


class Tache(NamedTuple):
    """Une chose à faire, dite en une phrase ; `echeance` est une date, un instant, ou rien."""

    texte: str
    url: str
    echeance: date | datetime | None = None

    @property
    def jour(self):
        """Le jour de l'échéance à Paris."""
        if isinstance(self.echeance, datetime):
            return timezone.localtime(self.echeance).date()
        return self.echeance

    @property
    def jours_restants(self):
        return (self.jour - timezone.localdate()).days if self.jour else None


def enregistrer(fonction):
    """Inscrit `fonction(utilisateur) -> [Tache]` ; à appeler dans `AppConfig.ready()`, sans requête."""
    if fonction not in _fonctions:
        _fonctions.append(fonction)
    return fonction


def taches_de(utilisateur):
    """Tout ce qui attend la personne, la plus proche échéance d'abord, le sans date à la fin."""
    taches = [tache for fonction in _fonctions for tache in fonction(utilisateur)]
    return sorted(taches, key=lambda tache: (tache.jour is None, tache.jour or date.max, tache.texte))
