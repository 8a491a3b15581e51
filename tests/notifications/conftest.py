import pytest

from tests.notifications import outils
from tests.notifications.serveur_smtp import serveur_smtp


@pytest.fixture
def monde(db):
    return outils.creer_monde()


@pytest.fixture
def boite(settings):
    """Les courriels vont dans la boîte de la démonstration : une vraie table, lisible par le test."""
    from notifications.models import CourrielRecu

    settings.EMAIL_BACKEND = "notifications.boite.BoiteBackend"
    return CourrielRecu.objects


@pytest.fixture
def smtp(settings):
    with serveur_smtp() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", serveur.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield serveur
