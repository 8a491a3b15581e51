"""Un vrai serveur de démonstration dans un autre processus, un vrai Chromium devant."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.navigateur.outils import Demonstration

RACINE = Path(__file__).resolve().parents[2]
DELAI_DEMARRAGE_S = 180
OPTIONS_CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _port_libre():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """La démonstration, telle que `./parvis demo` la sert, sur une base à elle."""
    dossier = tmp_path_factory.mktemp("demo")
    port = _port_libre()
    environnement = {k: v for k, v in os.environ.items() if k not in {"PARVIS_TEST", "REDIS_URL", "EMAIL_URL"}}
    environnement |= {
        "DATABASE_URL": f"sqlite:///{dossier / 'demo.sqlite3'}",
        "STORAGE_URL": (dossier / "fichiers").as_uri(),
        "URL_PUBLIQUE": f"http://127.0.0.1:{port}",
        "PARVIS_DEMO": "1",
        "SECRET_KEY": "cle-des-tests-du-navigateur-sans-valeur",
    }
    journal = (dossier / "serveur.log").open("w")
    processus = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=RACINE,
        env=environnement,
        stdout=journal,
        stderr=subprocess.STDOUT,
    )
    try:
        _attendre(f"http://127.0.0.1:{port}/sante/", processus, dossier / "serveur.log")
        yield Demonstration(f"http://127.0.0.1:{port}")
    finally:
        processus.terminate()
        processus.wait(timeout=30)
        journal.close()


def _attendre(url, processus, journal):
    fin = time.monotonic() + DELAI_DEMARRAGE_S
    while time.monotonic() < fin:
        if processus.poll() is not None:
            raise RuntimeError(f"La démonstration s’est arrêtée :\n{journal.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"La démonstration ne répond pas :\n{journal.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium():
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    # Playwright garde une boucle asyncio dans ce fil ; Django y verrait un contexte asynchrone.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=executable, headless=True, args=OPTIONS_CHROMIUM)
        yield navigateur
        navigateur.close()
