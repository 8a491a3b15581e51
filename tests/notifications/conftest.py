import pytest

from tests.notifications import outils


@pytest.fixture
def monde(db):
    return outils.creer_monde()


@pytest.fixture
def boite(settings):
    """Les courriels vont dans la boîte de la démonstration : une vraie table, lisible par le test."""
    from notifications.models import CourrielRecu

    settings.EMAIL_BACKEND = "notifications.boite.BoiteBackend"
    return CourrielRecu.objects
