"""L'entrepôt S3. Ses pannes deviennent des OSError : le reste du code ne connaît que celles d'un disque."""

from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from config.adresses import DELAI_S3_S, ESSAIS_S3, LECTURE_S3_S


class EntrepotEnPanne(OSError):
    """L'entrepôt ne répond pas, ou refuse."""


@contextmanager
def panne_claire():
    try:
        yield
    except (BotoCoreError, ClientError) as panne:
        # Le message de la bibliothèque peut citer l'adresse et la clé.
        raise EntrepotEnPanne(f"L’entrepôt des fichiers ne répond pas ({type(panne).__name__}).") from panne


class EntrepotS3(S3Storage):
    def __init__(self, **options):
        options["client_config"] = Config(
            connect_timeout=DELAI_S3_S,
            read_timeout=LECTURE_S3_S,
            retries={"total_max_attempts": ESSAIS_S3},
            s3={"addressing_style": "path"},
            # Sans cela, les entrepôts qui ne sont pas ceux d'AWS refusent l'envoi.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**options)

    def _open(self, name, mode="rb"):
        with panne_claire():
            fichier = super()._open(name, mode)
            if "r" in mode:
                # Lu tout de suite : une panne au milieu de la réponse n'aurait plus de page où se dire.
                fichier.seek(0)
            return fichier

    def _save(self, name, content):
        with panne_claire():
            return super()._save(name, content)

    def delete(self, name):
        with panne_claire():
            super().delete(name)

    def exists(self, name):
        with panne_claire():
            return super().exists(name)

    def url(self, name, **plus):
        raise ValueError("Un fichier se lit par une vue qui vérifie les droits, jamais par une adresse publique.")
