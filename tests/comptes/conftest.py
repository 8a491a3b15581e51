"""Les limites de débit vivent dans le cache : chaque test a le sien, sans toucher à celui de Redis."""

import uuid

import pytest


@pytest.fixture(autouse=True)
def cache_a_soi(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }
