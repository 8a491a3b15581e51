"""Vérifications au démarrage : une vue ne peut pas oublier de dire qui y entre."""

from django.core.checks import Error, Tags, register
from django.urls import URLPattern, get_resolver

from comptes.acces import ACCES_TIERS


def motifs(resolveur=None, espaces=()):
    """Toutes les routes de la racine, avec leur nom complet."""
    for entree in (resolveur or get_resolver()).url_patterns:
        if isinstance(entree, URLPattern):
            yield ":".join([*espaces, entree.name or ""]), entree
        else:
            yield from motifs(entree, [*espaces, entree.namespace] if entree.namespace else espaces)


def acces_declare(nom, motif):
    vue = getattr(motif.callback, "cls", None) or getattr(motif.callback, "view_class", None)
    return getattr(motif.callback, "acces", None) or getattr(vue, "acces", None) or ACCES_TIERS.get(nom)


@register(Tags.security)
def chaque_vue_declare_son_acces(app_configs, **kwargs):
    return [
        Error(
            f"La route « {nom or motif.pattern} » ne déclare pas son accès (@acces, @connecte ou @public).",
            id="config.E001",
        )
        for nom, motif in motifs()
        if acces_declare(nom, motif) is None
    ]
