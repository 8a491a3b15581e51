"""Les routes de l'API, version 1."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from appels.api import AppelViewSet
from dossiers.api import DossierViewSet
from programmation.api import ProgrammationView

routeur = SimpleRouter()
routeur.register("appels", AppelViewSet, basename="api-appels")
routeur.register("dossiers", DossierViewSet, basename="api-dossiers")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("programmation/<slug:slug>/", ProgrammationView.as_view(), name="api-programmation"),
    path("", include(routeur.urls)),
]
