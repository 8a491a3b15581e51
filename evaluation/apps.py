from django.apps import AppConfig
from django.db.models.signals import post_save


class EvaluationConfig(AppConfig):
    name = "evaluation"

    def ready(self):
        from comptes import taches
        from evaluation.taches import taches_d_evaluation

        taches.enregistrer(taches_d_evaluation)
        post_save.connect(_fermer_aux_lies, "dossiers.Dossier", dispatch_uid="evaluation.fermer_aux_lies")


def _fermer_aux_lies(instance, created, raw, **_):
    """Un dossier qui naît est déjà fermé à qui a déclaré un lien avec son organisme, dans la même transaction."""
    from evaluation.operations.liens import fermer_aux_lies

    if created and not raw:
        fermer_aux_lies(instance)
