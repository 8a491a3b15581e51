"""Prévenir un conseil citoyen que le service lui a répondu."""

from comptes.models import Partenaire, Role, Utilisateur
from evaluation.models import FicheHabitant, Reunion
from notifications.courriels import ecrire, lien


def annoncer_suites(evenement):
    """Un courriel par membre, sauf à qui s'est déporté de tous les projets dont on parle."""
    reunion = Reunion.objects.select_related("collectivite").get(pk=evenement.objet_id)
    conseil = Partenaire.objects.get(pk=evenement.donnees["conseil_id"])
    dossiers = set(
        FicheHabitant.objects.filter(pk__in=evenement.donnees["fiches"]).values_list("dossier_id", flat=True)
    )
    membres = Utilisateur.objects.filter(
        affectations__role=Role.CITOYEN, affectations__partenaire=conseil, is_active=True
    ).prefetch_related("deports")
    adresses = [
        membre.email
        for membre in membres.order_by("pk").distinct()
        if dossiers - {deport.dossier_id for deport in membre.deports.all()}
    ]
    contexte = {
        "reunion": reunion,
        "conseil": conseil,
        "lien": f"{lien('evaluation', 'conseils', conseil.pk)}#reunion-{reunion.pk}",
        "collectivite": reunion.collectivite,
    }
    ecrire(evenement, "suites_citoyennes", adresses, contexte)
