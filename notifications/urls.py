from django.urls import path

from notifications import views

urlpatterns = [
    path("notifications/", views.file, name="notifications-file"),
    path("notifications/envois/<int:pk>/relancer/", views.relancer_envoi, name="notifications-relancer-envoi"),
    path("notifications/actes/<int:pk>/relancer/", views.relancer_acte, name="notifications-relancer-acte"),
    path("courriels/", views.boite, name="courriels"),
    path("courriels/<int:pk>/", views.lire, name="courriel"),
    path("sante/", views.sante, name="sante"),
]
