"""Routes de l'accueil, des appels et des pages de la maison."""

from django.urls import path

from appels.views import listes, public, publication, reglages

urlpatterns = [
    path("", public.accueil, name="accueil"),
    path("appels/", public.liste, name="appels-liste"),
    path("appels/nouveau/", reglages.nouveau, name="appels-nouveau"),
    path("appels/<slug:slug>/", public.detail, name="appels-detail"),
    path("appels/<slug:slug>/modifier/", reglages.modifier, name="appels-modifier"),
    path("appels/<slug:slug>/regles/", reglages.regles, name="appels-regles"),
    path("appels/<slug:slug>/formulaire/", reglages.formulaire, name="appels-formulaire"),
    path("appels/<slug:slug>/financeurs/", listes.financeurs, name="appels-financeurs"),
    path("appels/<slug:slug>/objectifs/", listes.objectifs, name="appels-objectifs"),
    path("appels/<slug:slug>/regles-eligibilite/", listes.eligibilite, name="appels-regles-eligibilite"),
    path("appels/<slug:slug>/pieces/", listes.pieces, name="appels-pieces"),
    path("appels/<slug:slug>/grille/", listes.grille, name="appels-grille"),
    path("appels/<slug:slug>/publier/", publication.publier, name="appels-publier"),
    path("appels/<slug:slug>/depublier/", publication.depublier, name="appels-depublier"),
    path("appels/<slug:slug>/dupliquer/", publication.dupliquer, name="appels-dupliquer"),
    path("accessibilite/", public.accessibilite, name="accessibilite"),
    path("donnees-personnelles/", public.donnees_personnelles, name="donnees-personnelles"),
]
