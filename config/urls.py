"""Toutes les routes. Chaque application tient les siennes ; les chemins nommés dans la conception sont stables."""

from django.urls import include, path

urlpatterns = [
    path("", include("comptes.urls")),
    path("", include("appels.urls")),
    path("", include("dossiers.urls")),
    path("", include("evaluation.urls")),
    path("", include("programmation.urls")),
    path("", include("notifications.urls")),
    path("api/v1/", include("config.api_urls")),
]

handler400 = "config.erreurs.requete"
handler403 = "config.erreurs.interdit"
handler404 = "config.erreurs.introuvable"
handler500 = "config.erreurs.panne"
