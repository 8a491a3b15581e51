from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"

    def ready(self):
        from comptes import taches
        from dossiers.taches import taches_de_dossiers

        taches.enregistrer(taches_de_dossiers)
