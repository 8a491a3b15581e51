"""Personne n'écrit l'état d'un dossier hors du cycle de vie : lu dans l'arbre syntaxique de chaque module."""

import ast
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
APPLICATIONS = ("config", "notifications", "programmation", "evaluation", "dossiers", "appels", "comptes", "journal")
LA_PORTE = "dossiers/cycle_de_vie.py"
# Le peuplement fabrique des dossiers à l'échelle, sans vie antérieure, dans une collectivité d'essai ; un signalement
# de la veille de quartier a son propre état, et ce fichier n'écrit que celui-là.
EXCEPTIONS = {"config/peuplement.py", "dossiers/operations/veille.py"}
GARDES = {"etat"}
APPELS = {"update", "create", "get_or_create", "update_or_create", "enregistrer", "franchir", "Dossier"}


def ecritures(source):
    """Les lignes qui écrivent un champ gardé : affectation, setattr, update, création, bulk_update, save, SQL."""
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            cibles = noeud.targets if isinstance(noeud, ast.Assign) else [noeud.target]
            for cible in cibles:
                if any(isinstance(c, ast.Attribute) and c.attr in GARDES for c in ast.walk(cible)):
                    yield noeud.lineno
        elif isinstance(noeud, ast.Call):
            if _appel_ecrit(noeud):
                yield noeud.lineno
        elif isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
            texte = noeud.value.lower()
            if "update " in texte and "dossiers_dossier" in texte:
                yield noeud.lineno


def _appel_ecrit(appel):
    nom = appel.func.attr if isinstance(appel.func, ast.Attribute) else getattr(appel.func, "id", "")
    litteraux = {n.value for a in [*appel.args, *(k.value for k in appel.keywords)] for n in ast.walk(a)
                 if isinstance(n, ast.Constant) and isinstance(n.value, str)}  # fmt: skip
    if nom in {"setattr", "__setattr__"}:
        return bool(GARDES & litteraux)
    if nom == "bulk_update":
        return bool(GARDES & litteraux)
    if nom == "save":
        champs = [k.value for k in appel.keywords if k.arg == "update_fields"]
        return any(isinstance(n, ast.Constant) and n.value in GARDES for c in champs for n in ast.walk(c))
    if nom in APPELS:
        nommes = {k.arg for k in appel.keywords}
        depliees = {n.value for k in appel.keywords if k.arg is None or k.arg == "defaults" for n in ast.walk(k.value)
                    if isinstance(n, ast.Constant)}  # fmt: skip
        return bool(GARDES & (nommes | depliees))
    return False


def modules():
    for application in APPLICATIONS:
        for chemin in (RACINE / application).rglob("*.py"):
            relatif = chemin.relative_to(RACINE).as_posix()
            if "/migrations/" not in relatif:
                yield relatif, chemin


def test_personne_n_ecrit_l_etat_hors_du_cycle_de_vie():
    fautes = {
        f"{relatif}:{ligne}"
        for relatif, chemin in modules()
        if relatif != LA_PORTE and relatif not in EXCEPTIONS
        for ligne in ecritures(chemin.read_text())
    }
    assert fautes == set()


def test_le_gardien_lit_bien_la_porte_et_l_exception():
    """S'il ne voyait pas ces écritures-là, il n'en verrait aucune."""
    for relatif in (LA_PORTE, *EXCEPTIONS):
        assert list(ecritures((RACINE / relatif).read_text())), relatif


@pytest.mark.parametrize(
    "attaque",
    [
        "dossier.etat = Etat.NOTIFIE",
        "avant, dossier.etat = dossier.etat, 'clos'",
        "dossier.etat: str = 'clos'",
        "setattr(dossier, 'etat', 'clos')",
        "Dossier.objects.filter(pk=1).update(etat='clos')",
        "Dossier.objects.update(**{'etat': 'clos'})",
        "Dossier.objects.bulk_update(dossiers, ['etat'])",
        "dossier.save(update_fields=['etat', 'version'])",
        "Dossier.objects.create(appel=appel, etat='depose')",
        "Dossier(appel=appel, etat='depose')",
        "Dossier.objects.update_or_create(pk=1, defaults={'etat': 'clos'})",
        "operations.enregistrer(dossier, par=alice, etat='clos')",
        "curseur.execute('UPDATE dossiers_dossier SET etat = %s', ['clos'])",
    ],
)
def test_le_gardien_voit_chaque_porte_de_cote(attaque):
    assert list(ecritures(attaque)), attaque


@pytest.mark.parametrize(
    "honnete", ["Dossier.objects.filter(etat='depose')", "if dossier.etat == 'depose': pass", "etat = dossier.etat"]
)
def test_le_gardien_laisse_lire(honnete):
    assert not list(ecritures(honnete))
