from django.apps import AppConfig


class ProgrammationConfig(AppConfig):
    name = "programmation"

    def ready(self):
        from comptes import taches
        from programmation.taches import taches_de_programmation

        taches.enregistrer(taches_de_programmation)
