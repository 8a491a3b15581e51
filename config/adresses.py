"""Les adresses que lisent les réglages : où se rangent les fichiers, où écoute l'antivirus."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FORME_S3 = "s3://clé:secret@hôte/seau?region=…&endpoint=…"
DELAI_S3_S = 5
LECTURE_S3_S = 20
ESSAIS_S3 = 2
# Au-delà, un fichier relu se pose dans un fichier temporaire plutôt qu'en mémoire.
MEMOIRE_S3 = 2 * 1024 * 1024


class Entrepot(NamedTuple):
    reglage: dict
    dossier: Path | None


def entrepot(adresse):
    """Le réglage de Django pour `file:///…` ou `s3://…` ; l'erreur ne répète jamais le secret."""
    morceaux = urlsplit(adresse)
    if morceaux.scheme == "s3":
        return Entrepot(_s3(morceaux), None)
    if morceaux.scheme != "file" or morceaux.netloc:
        raise ImproperlyConfigured(
            f"STORAGE_URL désigne un dossier (file:///chemin) ou un seau ({FORME_S3}) ; reçu : {morceaux.scheme}://…"
        )
    dossier = Path(unquote(morceaux.path))
    return Entrepot({"BACKEND": "django.core.files.storage.FileSystemStorage"}, dossier)


def _s3(morceaux):
    seau, _, prefixe = unquote(morceaux.path).strip("/").partition("/")
    plus = dict(parse_qsl(morceaux.query))
    if not seau or bool(morceaux.username) != bool(morceaux.password) or plus.keys() - {"region", "endpoint"}:
        raise ImproperlyConfigured(f"STORAGE_URL est incomplète : elle s’écrit {FORME_S3}.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "STORAGE_URL désigne un seau S3, mais ce qu’il faut pour le joindre n’est pas installé : "
            "pip install --require-hashes -r requirements/s3.txt"
        )
    hote = morceaux.hostname and f"https://{morceaux.hostname}{f':{morceaux.port}' if morceaux.port else ''}"
    options = {
        "bucket_name": seau,
        "location": prefixe,
        "region_name": plus.get("region"),
        "endpoint_url": plus.get("endpoint") or hote or None,
        # Sans clé dans l'adresse, celles de la machine (rôle, variables AWS_*).
        "access_key": morceaux.username and unquote(morceaux.username),
        "secret_key": morceaux.password and unquote(morceaux.password),
        "file_overwrite": False,
        "max_memory_size": MEMOIRE_S3,
    }
    return {"BACKEND": "config.entrepot.EntrepotS3", "OPTIONS": options}


def antivirus(adresse):
    """L'adresse de clamd : `tcp://hôte:port` ou `unix:///prise`."""
    morceaux = urlsplit(adresse)
    tcp = morceaux.scheme == "tcp" and morceaux.hostname and morceaux.port
    prise = morceaux.scheme == "unix" and morceaux.path and not morceaux.netloc
    if adresse and not (tcp or prise):
        raise ImproperlyConfigured("CLAMAV_URL s’écrit tcp://hôte:3310 ou unix:///chemin/de/clamd.sock.")
    return adresse
