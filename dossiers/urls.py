"""Les chemins du dossier ; son numéro, lisible, sert d'adresse."""

from django.urls import path

from dossiers.views import depot, instruction, pieces, saisie, suivi

urlpatterns = [
    path("appels/<slug:slug>/commencer/", saisie.commencer, name="dossiers-commencer"),
    path("dossiers/", suivi.liste, name="dossiers-liste"),
    path("dossiers/<slug:numero>/", suivi.detail, name="dossiers-detail"),
    path("dossiers/<slug:numero>/action/", saisie.action, name="dossiers-action"),
    path("dossiers/<slug:numero>/objectifs/", saisie.objectifs, name="dossiers-objectifs"),
    path("dossiers/<slug:numero>/public/", saisie.public, name="dossiers-public"),
    path("dossiers/<slug:numero>/budget/", saisie.finances, name="dossiers-budget"),
    path("dossiers/<slug:numero>/pieces/", pieces.liste, name="dossiers-pieces"),
    path("dossiers/<slug:numero>/relecture/", depot.relecture, name="dossiers-relecture"),
    path("dossiers/<slug:numero>/deposer/", depot.deposer, name="dossiers-deposer"),
    path("dossiers/<slug:numero>/completer/", depot.completer, name="dossiers-completer"),
    path("dossiers/<slug:numero>/retirer/", depot.retirer, name="dossiers-retirer"),
    path("dossiers/<slug:numero>/supprimer/", saisie.supprimer, name="dossiers-supprimer"),
    path("dossiers/<slug:numero>/recevable/", instruction.recevable, name="dossiers-recevable"),
    path("dossiers/<slug:numero>/irrecevable/", instruction.irrecevable, name="dossiers-irrecevable"),
    path(
        "dossiers/<slug:numero>/demander-complement/",
        instruction.demander_complement,
        name="dossiers-demander-complement",
    ),
    path("dossiers/<slug:numero>/reprendre/", instruction.reprendre, name="dossiers-reprendre"),
    path("dossiers/<slug:numero>/revenir/", instruction.revenir, name="dossiers-revenir"),
    path("dossiers/<slug:numero>/demarrer/", instruction.demarrer, name="dossiers-demarrer"),
    path("dossiers/<slug:numero>/clore/", instruction.clore, name="dossiers-clore"),
    path("pieces/<int:pk>/", pieces.telecharger, name="pieces-telecharger"),
    path("pieces/<int:pk>/enlever/", pieces.enlever, name="pieces-enlever"),
]
