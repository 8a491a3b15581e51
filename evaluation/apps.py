from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"

    def ready(self):
        from comptes import taches
        from evaluation.taches import taches_d_evaluation

        taches.enregistrer(taches_d_evaluation)
