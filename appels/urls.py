"""Routes de l'accueil, des appels et des pages de la maison."""

from django.urls import path

from appels.views import preparation, public

urlpatterns = [
    path("", public.accueil, name="accueil"),
    path("appels/", public.liste, name="appels-liste"),
    path("appels/nouveau/", preparation.nouveau, name="appels-nouveau"),
    path("appels/<slug:slug>/", public.detail, name="appels-detail"),
    path("appels/<slug:slug>/modifier/", preparation.modifier, name="appels-modifier"),
    path("appels/<slug:slug>/financeurs/", preparation.financeurs, name="appels-financeurs"),
    path("appels/<slug:slug>/objectifs/", preparation.objectifs, name="appels-objectifs"),
    path("appels/<slug:slug>/grille/", preparation.grille, name="appels-grille"),
    path("appels/<slug:slug>/pieces/", preparation.pieces, name="appels-pieces"),
    path("appels/<slug:slug>/publier/", preparation.publier, name="appels-publier"),
    path("appels/<slug:slug>/depublier/", preparation.depublier, name="appels-depublier"),
    path("accessibilite/", public.accessibilite, name="accessibilite"),
    path("donnees-personnelles/", public.donnees_personnelles, name="donnees-personnelles"),
]
