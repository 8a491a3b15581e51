"""Les gabarits : rien que la politique de sécurité refuserait, aucun qui ne serve plus."""

import re
from pathlib import Path

from dossiers.views.saisie import PAGES as PAGES_DE_SAISIE

RACINE = Path(__file__).resolve().parents[2]
GABARITS = sorted((RACINE / "templates").rglob("*.*"))
PAGES = [g for g in GABARITS if g.suffix == ".html" and "courriels" not in g.parts and "email" not in g.parts]
APPLICATIONS = ("config", "notifications", "programmation", "evaluation", "dossiers", "appels", "comptes")
# Ceux que Django et allauth cherchent par leur nom.
PAR_CONVENTION = ("account/", "mfa/", "usersessions/", "django/", "400.html", "403.html", "404.html", "429.html")

# Les étapes de saisie : leur gabarit porte le nom de l'étape.
ETAPES = {f"dossiers/{etape}.html" for etape in PAGES_DE_SAISIE}


def test_aucun_style_ni_script_en_ligne():
    interdits = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"|javascript:|<style", re.I)
    assert [str(g.relative_to(RACINE)) for g in PAGES if interdits.search(g.read_text())] == []


def test_rien_ne_vient_d_un_autre_serveur():
    # Un lien mène où il veut ; ce que la page charge, non.
    dehors = re.compile(r"""(?:\bsrc=|<link[^>]*\bhref=)["'](?:https?:)?//""")
    assert [str(g.relative_to(RACINE)) for g in PAGES if dehors.search(g.read_text())] == []
    feuilles = [
        f for f in (RACINE / "static").rglob("*.css") if re.search(r"url\(\s*['\"]?(?:https?:)?//", f.read_text())
    ]
    assert feuilles == []


def test_aucun_gabarit_orphelin():
    textes = [g.read_text() for g in GABARITS]
    for application in APPLICATIONS:
        textes += [f.read_text() for f in (RACINE / application).rglob("*.py") if "migrations" not in f.parts]
    tout = "\n".join(textes)
    orphelins = []
    for gabarit in GABARITS:
        nom = str(gabarit.relative_to(RACINE / "templates"))
        # Un courriel se nomme par son radical : « accuse » donne accuse.txt, accuse.html, accuse.objet.txt.
        radical = gabarit.name.split(".")[0]
        if (
            nom.startswith(PAR_CONVENTION)
            or nom in tout
            or nom in ETAPES
            or ("courriels" in gabarit.parts and f'"{radical}"' in tout)
        ):
            continue
        orphelins.append(nom)
    assert orphelins == []
