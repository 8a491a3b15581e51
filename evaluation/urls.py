"""Les routes des réunions et de la notation."""

from django.urls import path

from evaluation import views

urlpatterns = [
    path("evaluation/", views.accueil, name="evaluation-accueil"),
    path("evaluation/reunions/nouvelle/", views.nouvelle, name="reunions-nouvelle"),
    path("evaluation/reunions/<int:pk>/", views.detail, name="reunions-detail"),
    path("evaluation/reunions/<int:pk>/modifier/", views.modifier, name="reunions-modifier"),
    path("evaluation/reunions/<int:pk>/membres/", views.membres, name="reunions-membres"),
    path(
        "evaluation/reunions/<int:pk>/membres/<int:membre_pk>/retirer/",
        views.retirer_membre,
        name="reunions-retirer-membre",
    ),
    path("evaluation/reunions/<int:pk>/membres/<int:membre_pk>/presence/", views.presence, name="reunions-presence"),
    path("evaluation/reunions/<int:pk>/ordre-du-jour/", views.ordre_du_jour, name="reunions-ordre-du-jour"),
    path(
        "evaluation/reunions/<int:pk>/ordre-du-jour/<int:passage_pk>/deplacer/",
        views.deplacer,
        name="reunions-deplacer",
    ),
    path(
        "evaluation/reunions/<int:pk>/ordre-du-jour/<int:passage_pk>/retirer/",
        views.desinscrire,
        name="reunions-desinscrire",
    ),
    path("evaluation/reunions/<int:pk>/clore/", views.clore, name="reunions-clore"),
    path("evaluation/reunions/<int:pk>/rouvrir/", views.rouvrir_reunion, name="reunions-rouvrir"),
    path("evaluation/reunions/<int:pk>/proces-verbal/", views.demander_proces_verbal, name="proces-verbal-demander"),
    path("evaluation/proces-verbaux/<int:pk>/", views.telecharger_proces_verbal, name="proces-verbal-telecharger"),
    path("evaluation/dossiers/<str:numero>/", views.noter, name="evaluation-noter"),
    path("evaluation/dossiers/<str:numero>/rouvrir/", views.rouvrir, name="evaluation-rouvrir"),
    path("evaluation/dossiers/<str:numero>/deport/", views.deport, name="evaluation-deport"),
    path("evaluation/dossiers/<str:numero>/avis/", views.avis, name="evaluation-avis"),
]
