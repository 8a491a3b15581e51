"""La page des réglages dit chaque variable lue, et rien d'autre."""

import os
import re
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]


def test_chaque_variable_lue_est_documentee_et_reciproquement():
    reglages = (RACINE / "config/settings.py").read_text()
    lues = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", reglages))
    documentees = set(re.findall(r"^\| `([A-Z_]+)` \|", (RACINE / "docs/reglages.md").read_text(), re.M))
    assert lues == documentees


def _lancer(**environnement):
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=RACINE,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "une-cle", "PARVIS_TEST": "1", **environnement},
        capture_output=True,
        text=True,
        check=False,
    )


def test_un_entrepot_inconnu_est_refuse_au_demarrage():
    sortie = _lancer(STORAGE_URL="ftp://ailleurs/parvis")
    assert sortie.returncode != 0
    assert "STORAGE_URL désigne un dossier" in sortie.stderr


def test_une_base_de_production_sans_cle_secrete_est_refusee():
    sortie = _lancer(DATABASE_URL="postgres://parvis@base/parvis", SECRET_KEY="", PARVIS_TEST="0")
    assert sortie.returncode != 0
    assert "SECRET_KEY est obligatoire" in sortie.stderr
