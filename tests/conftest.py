"""Ce qui vaut pour toute la suite : les marques, et l'interdiction de sortir de la machine."""

import os
import socket

import hypothesis
import pytest
from django.conf import settings

from tests import services

# Une machine chargée ralentit n'importe quel exemple : la durée d'un essai ne dit rien de la règle éprouvée.
hypothesis.settings.register_profile("parvis", deadline=None)
hypothesis.settings.load_profile("parvis")

LOCALES = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "")


def _raisons():
    """Pourquoi les tests de chaque marque ne peuvent pas être joués ici ; vide quand ils le peuvent."""
    navigateur = services.chromium()
    return {
        "navigateur": "" if navigateur else f"Chromium manque : {navigateur.raison}",
        "postgresql": ""
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
        else "joué quand DATABASE_URL désigne PostgreSQL",
        "redis": "" if settings.REDIS_URL else "joué quand REDIS_URL est donnée",
    }


def pytest_collection_modifyitems(items):
    raisons = _raisons()
    for item in items:
        for marque, raison in raisons.items():
            if raison and item.get_closest_marker(marque):
                item.add_marker(pytest.mark.skip(reason=raison))


@pytest.fixture(scope="session")
def chemin_chromium():
    return services.chromium().acces


def _verifier(adresse):
    if isinstance(adresse, tuple) and adresse[0] not in LOCALES:
        raise RuntimeError(f"Un test a voulu joindre {adresse[0]} : la suite ne sort pas de la machine.")


@pytest.fixture(scope="session", autouse=True)
def sans_reseau():
    """Un test qui dépend d'un serveur lointain finit par échouer un jour sans raison."""
    connecter, connecter_ex, resoudre = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def connect(prise, adresse):
        _verifier(adresse)
        return connecter(prise, adresse)

    def connect_ex(prise, adresse):
        _verifier(adresse)
        return connecter_ex(prise, adresse)

    def getaddrinfo(hote, *args, **kwargs):
        nom = hote.decode() if isinstance(hote, bytes) else hote
        _verifier((nom or "",))
        return resoudre(hote, *args, **kwargs)

    with pytest.MonkeyPatch.context() as remplacement:
        remplacement.setattr(socket.socket, "connect", connect)
        remplacement.setattr(socket.socket, "connect_ex", connect_ex)
        remplacement.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def playwright_dans_le_meme_fil():
    """Playwright fait tourner une boucle asyncio dans le fil du test ; Django y refuserait la base sans cela."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
