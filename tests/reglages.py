"""Les réglages de la suite : ceux de l'application, dans un environnement que rien d'extérieur n'influence.

pytest-django charge les réglages avant tout conftest.py ; l'environnement se prépare donc ici.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Ce que la personne a exporté dans son terminal ne doit pas changer le résultat des tests.
ECARTEES = (
    "ALLOWED_HOSTS",
    "ANNUAIRE_URL",
    "CLAMAV_EXIGE",
    "CLAMAV_URL",
    "CLES_CHIFFREMENT",
    "COURRIEL_EXPEDITEUR",
    "CSRF_TRUSTED_ORIGINS",
    "DEBIT_API",
    "DEBUG",
    "DUREE_SESSION_S",
    "EMAIL_URL",
    "MANDATAIRES_DE_CONFIANCE",
    "NIVEAU_JOURNAL",
    "PARVIS_DEMO",
    "SECOND_FACTEUR_AGENTS",
    "TAILLE_MAX_PIECE_MO",
    "URL_PUBLIQUE",
)

# Une fois par processus de pytest-xdist ; ceux que lance un test gardent l'environnement qu'il leur a préparé.
_processus = os.environ.get("PYTEST_XDIST_WORKER", "seul")
if os.environ.get("PARVIS_TEST_PROCESSUS") != _processus:
    for _nom in ECARTEES:
        os.environ.pop(_nom, None)
    _dossier = tempfile.mkdtemp(prefix="parvis-test-")
    atexit.register(shutil.rmtree, _dossier, ignore_errors=True)
    os.environ.update(
        PARVIS_TEST="1",
        PARVIS_TEST_PROCESSUS=_processus,
        PARVIS_TEST_DOSSIER=_dossier,
        SECRET_KEY="cle-de-la-suite-de-tests-sans-valeur-ailleurs",
        STORAGE_URL=(Path(_dossier) / "fichiers").as_uri(),
        PREFIXE_REDIS=f"parvis-test-{os.getpid()}-{_processus}",
    )

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Un vrai fichier : une base en mémoire n'a pas les verrous que rencontrent deux processus concurrents.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["PARVIS_TEST_DOSSIER"]) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"

# WhiteNoise avertit d'un dossier absent, et un avertissement fait échouer la suite.
STATIC_ROOT = Path(os.environ["PARVIS_TEST_DOSSIER"]) / "statiques"
STATIC_ROOT.mkdir(exist_ok=True)
