"""Vider le cache d'un test sans toucher à celui des autres processus."""

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache


def vider_le_cache():
    """`cache.clear()` vide sur Redis la base entière : un processus de pytest-xdist effacerait les clés d'un autre."""
    if not isinstance(cache._connections[cache._alias], RedisCache):
        cache.clear()
        return
    client = cache._cache.get_client(write=True)
    for cle in client.scan_iter(match=cache.make_key("*")):
        client.delete(cle)
