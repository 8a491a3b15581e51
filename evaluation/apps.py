from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete, post_save


class EvaluationConfig(AppConfig):
    name = "evaluation"

    def ready(self):
        from comptes import taches
        from evaluation.taches import taches_d_evaluation

        taches.enregistrer(taches_d_evaluation)
        post_save.connect(_fermer_aux_lies, "dossiers.Dossier", dispatch_uid="evaluation.fermer_aux_lies")
        post_save.connect(
            _fermer_le_classeur_du_deporte, "evaluation.Deport", dispatch_uid="evaluation.classeur_deport"
        )
        post_delete.connect(
            _fermer_le_classeur_du_partant, "evaluation.MembreReunion", dispatch_uid="evaluation.classeur_partant"
        )
        post_delete.connect(_effacer_le_fichier, "evaluation.Classeur", dispatch_uid="evaluation.classeur_efface")


def _fermer_aux_lies(instance, created, raw, **_):
    """Un dossier qui naît est déjà fermé à qui a déclaré un lien avec son organisme, dans la même transaction."""
    from evaluation.operations.liens import fermer_aux_lies

    if created and not raw:
        fermer_aux_lies(instance)


def _fermer_le_classeur_du_deporte(instance, created, raw, **_):
    """Le classeur préparé avant un déport disparaît avec lui, d'où que le déport vienne."""
    from evaluation.models import PassageDossier
    from evaluation.operations.classeurs import fermer_classeurs

    if created and not raw:
        reunions = PassageDossier.objects.filter(dossier=instance.dossier_id).values("reunion")
        fermer_classeurs(instance.utilisateur_id, reunions)


def _fermer_le_classeur_du_partant(instance, **_):
    """Qui ne siège plus n'a plus de classeur."""
    from evaluation.operations.classeurs import fermer_classeurs

    fermer_classeurs(instance.utilisateur_id, [instance.reunion_id])


def _effacer_le_fichier(instance, **_):
    """Une réunion ou un compte supprimé emporte le fichier, une fois la suppression acquise."""
    if instance.fichier:
        entrepot, nom = instance.fichier.storage, instance.fichier.name
        transaction.on_commit(lambda: entrepot.delete(nom), robust=True)
