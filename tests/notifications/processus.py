"""De vrais processus, sur la base du test : un worker qu'on peut tuer, un script, un courtier qu'on peut éteindre."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

RACINE = Path(__file__).resolve().parents[2]
COURTIER_MORT = "redis://127.0.0.1:1/0"


def url_de_la_base():
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    acces = f"{base['USER']}:{base['PASSWORD']}".rstrip(":")
    return f"postgres://{acces}@{base['HOST']}:{base['PORT'] or 5432}/{base['NAME']}"


def environnement(**autres):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url_de_la_base(),
        "PYTHONPATH": str(RACINE),
        **autres,
    }


def executer(code, **autres):
    """Joue ce code Python dans un processus neuf et rend ce qu'il écrit."""
    fini = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=RACINE,
        env=environnement(**autres),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert fini.returncode == 0, fini.stderr
    return fini.stdout


@contextlib.contextmanager
def worker(port_smtp):
    """Un worker Celery entier, dans son groupe de processus ; tué à la sortie s'il ne l'est pas déjà."""
    lance = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "WARNING", "--without-gossip"],
        cwd=RACINE,
        env=environnement(
            EMAIL_URL=f"smtp://127.0.0.1:{port_smtp}",
            REDIS_URL=settings.REDIS_URL,
            PREFIXE_REDIS=settings.PREFIXE_REDIS,
        ),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield lance
    finally:
        tuer(lance)


def tuer(lance):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(lance.pid, signal.SIGKILL)
    lance.wait()


def attendre(condition, delai=30):
    limite = time.monotonic() + delai
    while time.monotonic() < limite:
        if resultat := condition():
            return resultat
        time.sleep(0.1)
    raise AssertionError("L’attente a dépassé son délai.")
