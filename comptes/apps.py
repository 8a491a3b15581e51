from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "comptes"

    def ready(self):
        from comptes import taches
        from comptes.attentes import taches_de_comptes

        taches.enregistrer(taches_de_comptes)
