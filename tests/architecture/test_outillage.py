"""L'outillage dit la vérité : escalier complet, verrous à jour, rien de cette machine, aucun secret par défaut."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

RACINE = Path(__file__).resolve().parents[2]
PROJET = tomllib.loads((RACINE / "pyproject.toml").read_text())
COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text())
HORS_ESCALIER = {"tests"}
NOM_DE_SECRET = re.compile(r"SECRET|PASSWORD|CLES|MOT_DE_PASSE|TOKEN|EMAIL_URL")


def normaliser(exigence):
    return re.match(r"[A-Za-z0-9._-]+", exigence)[0].lower().replace("_", "-").replace(".", "-")


def verrouilles(niveau):
    """{paquet: version} d'un fichier de verrou."""
    texte = (RACINE / f"requirements/{niveau}.txt").read_text()
    return {normaliser(n): v for n, v in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", texte, re.M)}


def fichiers_suivis():
    sortie = subprocess.run(["git", "ls-files", "-z"], cwd=RACINE, capture_output=True, check=True, text=True).stdout
    return [nom for nom in sortie.split("\0") if nom and (RACINE / nom).is_file()]


def test_chaque_paquet_de_premier_niveau_a_sa_marche_dans_l_escalier():
    paquets = {chemin.parent.name for chemin in RACINE.glob("*/__init__.py")} - HORS_ESCALIER
    contrats = PROJET["tool"]["importlinter"]
    racines = set(contrats["root_packages"])
    escalier = next(c for c in contrats["contracts"] if c["type"] == "layers")
    marches = {nom.strip() for marche in escalier["layers"] for nom in marche.split("|")}
    assert paquets == racines == marches


@pytest.mark.parametrize("niveau", ["base", "s3", "dev"])
def test_chaque_dependance_declaree_est_verrouillee(niveau):
    declarees = list(PROJET["project"]["dependencies"])
    if niveau == "s3":
        declarees += PROJET["project"]["optional-dependencies"]["s3"]
    if niveau == "dev":
        declarees += PROJET["dependency-groups"]["dev"]
    assert {normaliser(d) for d in declarees} <= set(verrouilles(niveau))


def test_le_verrou_des_tests_contient_celui_de_l_application():
    """./parvis demo se contente de l'environnement des tests quand il est déjà là."""
    assert verrouilles("base").items() <= verrouilles("s3").items() <= verrouilles("dev").items()


@pytest.mark.parametrize("niveau", ["base", "s3", "dev", "amorce"])
def test_chaque_version_verrouillee_porte_ses_empreintes(niveau):
    texte = (RACINE / f"requirements/{niveau}.txt").read_text()
    blocs = re.split(r"\n(?=[A-Za-z0-9])", "\n" + texte.strip())
    sans = [bloc.split()[0] for bloc in blocs if "==" in bloc and "--hash=sha256:" not in bloc]
    assert sans == []


def test_le_depot_ne_nomme_ni_registre_de_paquets_ni_chemin_d_une_machine():
    """Un hôte de registre rendrait le verrou inutilisable derrière un miroir ; un chemin, partout ailleurs."""
    hotes = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "--index" + "-url", "find" + "-links"]
    chemins = [r"(?<![\w.$}~/-])/" + nom + "/" for nom in ("ro" + "ot", "wo" + "rk", "ho" + "me")]
    interdit = re.compile("|".join([*map(re.escape, hotes), *chemins]))
    # L'option qui exclut l'hôte du verrou porte un nom voisin de ce qu'elle exclut.
    permis = "--no-emit" + "-index-url"
    trouves = []
    for nom in fichiers_suivis():
        contenu = (RACINE / nom).read_bytes()
        if b"\0" in contenu:
            continue
        for numero, ligne in enumerate(contenu.decode("utf-8", "replace").splitlines(), 1):
            if interdit.search(ligne.replace(permis, "")):
                trouves.append(f"{nom}:{numero}: {ligne[:120]}")
    assert trouves == []


def test_le_lanceur_ne_demande_que_la_bibliotheque_standard():
    arbre = ast.parse((RACINE / "parvis").read_text())
    importes = {alias.name for noeud in ast.walk(arbre) if isinstance(noeud, ast.Import) for alias in noeud.names}
    importes |= {noeud.module for noeud in ast.walk(arbre) if isinstance(noeud, ast.ImportFrom)}
    assert importes <= set(sys.stdlib_module_names)


def test_le_lanceur_reste_lisible_par_un_vieux_python():
    """Il doit pouvoir dire « il faut Python 3.11 » à une machine qui ne l'a pas."""
    ast.parse((RACINE / "parvis").read_text(), feature_version=(3, 5))


@pytest.mark.parametrize("fichier", ["parvis", "manage.py", ".ci/run"])
def test_les_commandes_sont_executables_dans_un_clone(fichier):
    sortie = subprocess.run(
        ["git", "ls-files", "--stage", fichier], cwd=RACINE, capture_output=True, check=True, text=True
    ).stdout
    assert sortie.startswith("100755")


def variables_de_l_application():
    return COMPOSE["x-application"]["environment"]


def test_le_compose_ne_donne_que_des_variables_que_les_reglages_lisent():
    lues = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (RACINE / "config/settings.py").read_text()))
    assert set(variables_de_l_application()) <= lues


def test_aucun_secret_n_a_de_valeur_par_defaut_dans_le_compose():
    environnements = {nom: service.get("environment", {}) for nom, service in COMPOSE["services"].items()}
    environnements["x-application"] = variables_de_l_application()
    for service, environnement in environnements.items():
        for variable, valeur in environnement.items():
            if NOM_DE_SECRET.search(variable):
                assert re.fullmatch(r"\$\{[A-Z_]+(:\?[^}]+)?\}", valeur), f"{service}.{variable}"
    for nom, operateur in re.findall(r"\$\{([A-Z_]+)(:-|-)", (RACINE / "docker-compose.yml").read_text()):
        assert not NOM_DE_SECRET.search(nom), f"{nom} a une valeur par défaut ({operateur})"


def test_chaque_variable_obligatoire_du_compose_est_vide_dans_l_exemple():
    obligatoires = set(re.findall(r"\$\{([A-Z_]+):\?", (RACINE / "docker-compose.yml").read_text()))
    exemple = dict(re.findall(r"^([A-Z_]+)=(.*)$", (RACINE / ".env.exemple").read_text(), re.M))
    assert obligatoires == {nom for nom, valeur in exemple.items() if not valeur}


@pytest.mark.parametrize("service", ["mandataire", "web", "worker", "beat", "postgres", "redis", "boite", "antivirus"])
def test_chaque_service_durable_dit_s_il_va_bien(service):
    assert COMPOSE["services"][service]["healthcheck"]["test"]


def test_le_compose_sert_plusieurs_exemplaires_apres_les_migrations():
    services = COMPOSE["services"]
    assert services["web"]["deploy"]["replicas"] >= 2
    for nom in ("web", "worker", "beat"):
        assert services[nom]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert [nom for nom, s in services.items() if s.get("ports")] == ["mandataire", "boite"]


def test_la_licence_est_entiere():
    texte = (RACINE / "LICENSE").read_text()
    assert texte.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [n for n in range(1, 16) if not re.search(rf"^{n}\. [A-Z]", texte, re.M)] == []
    assert texte.rstrip().endswith("require the production of a new EUPL version.")
