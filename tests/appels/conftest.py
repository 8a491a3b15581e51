"""Denis, agent de sa collectivité ; Chloé, agente d'une autre ; Alice, porteuse."""

import json

import pytest

from appels.lecture_referentiel import DONNEES
from comptes.models import Membre, Role
from tests.fabriques import AffectationFactory, ConventionFactory, MembreFactory, UtilisateurFactory

REFERENTIEL = DONNEES / "referentiel_bruay.json"


@pytest.fixture
def denis(db):
    return AffectationFactory(role=Role.AGENT, utilisateur__prenom="Denis").utilisateur


@pytest.fixture
def ville(denis):
    return denis.affectations.get().collectivite


@pytest.fixture
def convention(ville):
    return ConventionFactory(collectivite=ville)


@pytest.fixture
def chloe(db):
    return AffectationFactory(role=Role.AGENT, utilisateur__prenom="Chloé").utilisateur


@pytest.fixture
def alice(db):
    alice = UtilisateurFactory(prenom="Alice")
    MembreFactory(utilisateur=alice, role=Membre.Role.REPRESENTANT)
    return alice


@pytest.fixture
def ecrire(tmp_path):
    """Écrit une variante du vrai référentiel : `ecrire(lambda d: d["quartiers"].clear())`."""

    def _ecrire(changer=lambda donnees: None):
        donnees = json.loads(REFERENTIEL.read_text(encoding="utf-8"))
        changer(donnees)
        fichier = tmp_path / "referentiel.json"
        fichier.write_text(json.dumps(donnees, ensure_ascii=False, indent=1), encoding="utf-8")
        return fichier

    return _ecrire
