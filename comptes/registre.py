"""Le registre des associations d'Alsace-Moselle : quatre indications, gardées en une phrase."""

import re
from datetime import date
from typing import NamedTuple

PHRASE = re.compile(
    r"Inscrite le (?P<jour>\d{2})/(?P<mois>\d{2})/(?P<annee>\d{4}), volume (?P<volume>[^,]+), folio (?P<folio>[^,]+), "
    r"tribunal (?:judiciaire )?de (?P<tribunal>.+)",
    re.ASCII,
)


class Registre(NamedTuple):
    """Ce qu'un extrait du registre porte ; le tribunal se nomme par sa ville."""

    date: date | None
    volume: str
    folio: str
    tribunal: str

    def __str__(self):
        return (
            f"Inscrite le {self.date:%d/%m/%Y}, volume {self.volume}, folio {self.folio}, "
            f"tribunal judiciaire de {self.tribunal}"
        )


def lire(phrase):
    """Les quatre indications d'une phrase, ou None si elle a été écrite autrement."""
    trouve = PHRASE.fullmatch(phrase or "")
    if trouve is None:
        return None
    jour = date(int(trouve["annee"]), int(trouve["mois"]), int(trouve["jour"]))
    return Registre(jour, trouve["volume"], trouve["folio"], trouve["tribunal"])
