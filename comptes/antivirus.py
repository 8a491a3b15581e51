"""ClamAV, s'il y en a un : chaque fichier reçu lui est lu avant d'être gardé (protocole INSTREAM de clamd)."""

import contextlib
import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

DELAI_S = 5
DELAI_SANTE_S = 1
MORCEAU = 64 * 1024
REPONSE_MAX = 4096

journal = logging.getLogger(__name__)


class AntivirusEnPanne(Exception):
    """clamd ne répond pas, pas à temps, ou pas ce qu'on attend."""


def actif():
    return bool(settings.CLAMAV_URL)


def _connecter(delai):
    adresse = urlsplit(settings.CLAMAV_URL)
    if adresse.scheme == "unix":
        prise = socket.socket(socket.AF_UNIX)
        prise.settimeout(delai)
        prise.connect(adresse.path)
        return prise
    return socket.create_connection((adresse.hostname, adresse.port), timeout=delai)


@contextlib.contextmanager
def _dialogue(delai):
    try:
        with _connecter(delai) as prise:
            yield prise
    except OSError as panne:
        raise AntivirusEnPanne(type(panne).__name__) from panne


def _reponse(prise):
    recu = b""
    while not recu.endswith(b"\0") and len(recu) < REPONSE_MAX:
        morceau = prise.recv(REPONSE_MAX)
        if not morceau:
            break
        recu += morceau
    return recu.rstrip(b"\0\n").decode("utf-8", "replace")


def repond():
    """clamd est-il là ?"""
    try:
        with _dialogue(DELAI_SANTE_S) as prise:
            prise.sendall(b"zPING\0")
            return _reponse(prise) == "PONG"
    except AntivirusEnPanne:
        return False


def analyser(fichier):
    """Le nom du virus trouvé, ou une chaîne vide ; lève AntivirusEnPanne."""
    fichier.seek(0)
    with _dialogue(DELAI_S) as prise:
        prise.sendall(b"zINSTREAM\0")
        while morceau := fichier.read(MORCEAU):
            prise.sendall(struct.pack("!I", len(morceau)) + morceau)
        prise.sendall(struct.pack("!I", 0))
        reponse = _reponse(prise)
    if reponse == "stream: OK":
        return ""
    if reponse.endswith(" FOUND"):
        return reponse.removeprefix("stream: ").removesuffix(" FOUND")
    raise AntivirusEnPanne(reponse or "réponse vide")


def controler(fichier, nom):
    """Refuse un fichier infecté. En panne, `CLAMAV_EXIGE` décide : refuser, ou accepter et le dire à /sante/."""
    if not actif():
        return
    try:
        virus = analyser(fichier)
    except AntivirusEnPanne as panne:
        journal.warning("L’antivirus n’a pas répondu (%s).", panne)
        if settings.CLAMAV_EXIGE:
            raise ValidationError(
                f"L’antivirus ne répond pas : « {nom} » n’a pas été joint. Réessayez dans quelques minutes.",
                code="antivirus",
            )
        return
    if virus:
        raise ValidationError(
            f"L’antivirus a reconnu un virus dans « {nom} » : il n’a pas été gardé. "
            "Faites vérifier l’ordinateur d’où il vient.",
            code="virus",
        )
