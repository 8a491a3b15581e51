from django.apps import AppConfig


class AppelsConfig(AppConfig):
    name = "appels"
