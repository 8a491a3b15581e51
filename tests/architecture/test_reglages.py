"""La page des réglages dit chaque variable lue, et rien d'autre."""

import re
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]


def test_chaque_variable_lue_est_documentee_et_reciproquement():
    reglages = (RACINE / "config/settings.py").read_text()
    lues = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", reglages))
    documentees = set(re.findall(r"^\| `([A-Z_]+)` \|", (RACINE / "docs/reglages.md").read_text(), re.M))
    assert lues == documentees
