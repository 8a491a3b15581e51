"""Ce que la machine offre à la suite : PostgreSQL, Redis, Chromium ; et pourquoi, quand il manque.

`python -m tests.services` l'écrit en JSON pour `./parvis test` ; `--nettoyer` rend les lieux comme ils étaient.
"""

import functools
import getpass
import json
import os
import shutil
import socket
import sys
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit, urlunsplit

DUREE_RESERVATION_S = 3600
CLE_RESERVATION = "parvis:suite-de-tests"


@dataclass(frozen=True)
class Service:
    """`acces` est l'adresse ou le chemin à employer ; vide, `raison` dit ce qui manque."""

    acces: str = ""
    raison: str = ""

    def __bool__(self):
        return bool(self.acces)


def _ecarte(variable):
    """Pour essayer la suite comme sur une machine où ce service manque."""
    return bool(os.environ.get(variable))


def _ecoute(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


@functools.cache
def chromium():
    if _ecarte("PARVIS_SANS_CHROMIUM"):
        return Service(raison="écarté par PARVIS_SANS_CHROMIUM")
    noms = ("chromium", "chromium-browser", "google-chrome")
    for nom in noms:
        if chemin := shutil.which(nom):
            return Service(acces=chemin)
    return Service(raison=f"aucun de {', '.join(noms)} sur le PATH")


def _adresses_postgresql():
    for variable in ("PARVIS_TEST_DATABASE_URL", "DATABASE_URL"):
        if os.environ.get(variable, "").startswith(("postgres://", "postgresql://")):
            return [os.environ[variable]]
    identites = dict.fromkeys(("postgres", "postgres:postgres", "parvis:parvis", getpass.getuser()))
    return [f"postgres://{identite}@127.0.0.1:5432/postgres" for identite in identites]


@functools.cache
def postgresql():
    """Une adresse dont le compte sait créer la base de test."""
    if _ecarte("PARVIS_SANS_POSTGRESQL"):
        return Service(raison="écarté par PARVIS_SANS_POSTGRESQL")
    adresses = _adresses_postgresql()
    if len(adresses) > 1 and not _ecoute(5432):
        return Service(raison="rien n’écoute sur 127.0.0.1:5432")
    import psycopg

    for adresse in adresses:
        try:
            with psycopg.connect(_base(adresse, "postgres"), connect_timeout=3) as connexion:
                droit = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if connexion.execute(droit).fetchone()[0]:
                    return Service(acces=adresse)
        except psycopg.OperationalError:
            continue
    return Service(raison="aucun compte PostgreSQL essayé ne peut créer de base (PARVIS_TEST_DATABASE_URL en donne un)")


@functools.cache
def redis():
    """Un numéro de base vide, réservé pour la durée de la suite : elle le videra sans rien effacer d'autrui."""
    if _ecarte("PARVIS_SANS_REDIS"):
        return Service(raison="écarté par PARVIS_SANS_REDIS")
    if not _ecoute(6379):
        return Service(raison="rien n’écoute sur 127.0.0.1:6379")
    import redis as client

    for numero in range(15, 0, -1):
        adresse = f"redis://127.0.0.1:6379/{numero}"
        try:
            with client.Redis.from_url(adresse, socket_timeout=3) as base:
                if base.dbsize() == 0 and base.set(CLE_RESERVATION, os.getpid(), nx=True, ex=DUREE_RESERVATION_S):
                    return Service(acces=adresse)
        except client.RedisError as erreur:
            return Service(raison=f"Redis répond par une erreur : {erreur}")
    return Service(raison="les bases Redis 1 à 15 sont toutes occupées")


def _base(adresse, nom):
    return urlunsplit(urlsplit(adresse)._replace(path=f"/{nom}"))


def nettoyer(adresse_redis, adresse_postgresql):
    """Vide la base Redis réservée et détruit les bases qu'une suite interrompue a pu laisser."""
    if adresse_redis:
        import redis as client

        with client.Redis.from_url(adresse_redis, socket_timeout=3) as base:
            base.flushdb()
    if adresse_postgresql:
        import psycopg
        from psycopg import sql

        prefixe = f"test_{urlsplit(adresse_postgresql).path.lstrip('/')}"
        with psycopg.connect(_base(adresse_postgresql, "postgres"), autocommit=True, connect_timeout=3) as connexion:
            restes = connexion.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefixe])
            for (nom,) in restes.fetchall():
                connexion.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nom)))


def main():
    if sys.argv[1:2] == ["--nettoyer"]:
        nettoyer(*sys.argv[2:4])
        return
    base = postgresql()
    if base:
        # Un nom par suite : deux suites peuvent tourner ensemble sur la même machine.
        base = Service(acces=_base(base.acces, f"parvis_{os.getppid()}"))
    print(json.dumps({"chromium": asdict(chromium()), "postgresql": asdict(base), "redis": asdict(redis())}))


if __name__ == "__main__":
    main()
