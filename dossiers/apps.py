from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"

    def ready(self):
        from appels import presentation
        from comptes import taches
        from dossiers.taches import taches_de_dossiers
        from dossiers.veille import voix_des_quartiers

        taches.enregistrer(taches_de_dossiers)
        presentation.ecouter(voix_des_quartiers)
