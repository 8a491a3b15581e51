"""Les routes des réunions et de la notation."""

from django.urls import path

from evaluation.views import accueil, avis, notation, ordre_du_jour, reunion

urlpatterns = [
    path("evaluation/", accueil.accueil, name="evaluation-accueil"),
    path("evaluation/reunions/nouvelle/", reunion.nouvelle, name="reunions-nouvelle"),
    path("evaluation/reunions/<int:pk>/", reunion.detail, name="reunions-detail"),
    path("evaluation/reunions/<int:pk>/modifier/", reunion.modifier, name="reunions-modifier"),
    path("evaluation/reunions/<int:pk>/membres/", reunion.membres, name="reunions-membres"),
    path(
        "evaluation/reunions/<int:pk>/membres/<int:membre_pk>/retirer/",
        reunion.retirer_membre,
        name="reunions-retirer-membre",
    ),
    path("evaluation/reunions/<int:pk>/membres/<int:membre_pk>/presence/", reunion.presence, name="reunions-presence"),
    path("evaluation/reunions/<int:pk>/ordre-du-jour/", ordre_du_jour.ordre_du_jour, name="reunions-ordre-du-jour"),
    path(
        "evaluation/reunions/<int:pk>/ordre-du-jour/<int:passage_pk>/deplacer/",
        ordre_du_jour.deplacer,
        name="reunions-deplacer",
    ),
    path(
        "evaluation/reunions/<int:pk>/ordre-du-jour/<int:passage_pk>/retirer/",
        ordre_du_jour.desinscrire,
        name="reunions-desinscrire",
    ),
    path("evaluation/reunions/<int:pk>/clore/", reunion.clore, name="reunions-clore"),
    path("evaluation/reunions/<int:pk>/rouvrir/", reunion.rouvrir_reunion, name="reunions-rouvrir"),
    path("evaluation/reunions/<int:pk>/proces-verbal/", avis.demander_proces_verbal, name="proces-verbal-demander"),
    path("evaluation/proces-verbaux/<int:pk>/", avis.telecharger_proces_verbal, name="proces-verbal-telecharger"),
    path("evaluation/dossiers/<str:numero>/", notation.noter, name="evaluation-noter"),
    path("evaluation/dossiers/<str:numero>/rouvrir/", notation.rouvrir, name="evaluation-rouvrir"),
    path("evaluation/dossiers/<str:numero>/deport/", notation.deport, name="evaluation-deport"),
    path("evaluation/dossiers/<str:numero>/avis/", avis.avis, name="evaluation-avis"),
]
