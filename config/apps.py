from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config_parvis"
    verbose_name = "Parvis"

    def ready(self):
        from config import checks  # noqa: F401 : l'import enregistre la vérification
