"""Ce qui peut échouer lentement reste dans `notifications` : le reste du code n'envoie pas de courriel."""

import ast
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
APPLICATIONS = ("config", "programmation", "evaluation", "dossiers", "appels", "comptes", "journal", "documents")


def _imports(fichier):
    for noeud in ast.walk(ast.parse(fichier.read_text())):
        if isinstance(noeud, ast.Import):
            yield from (alias.name for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom) and not noeud.level:
            yield from (f"{noeud.module}.{alias.name}" for alias in noeud.names)


def test_seul_notifications_importe_le_courriel_de_django():
    # import-linter ne voit pas à l'intérieur d'un paquet extérieur : ce test le fait.
    fautifs = [
        f"{fichier.relative_to(RACINE)} : {nom}"
        for application in APPLICATIONS
        for fichier in (RACINE / application).rglob("*.py")
        for nom in _imports(fichier)
        if nom.startswith("django.core.mail")
    ]
    assert fautifs == []
