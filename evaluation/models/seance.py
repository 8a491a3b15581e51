"""La séance : le dossier en cours, les entrées et sorties, les votes à l'aveugle sur le montant."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import MONTANT
from dossiers.models import POSITIF
from evaluation.models.reunions import PassageDossier, Reunion


class Seance(models.Model):
    """Ce que la salle voit en ce moment ; une ligne par réunion tenue. `version` croît à chaque geste."""

    class Phase(models.TextChoices):
        ATTENTE = "attente", "Entre deux dossiers"
        PRESENTATION = "presentation", "Présentation"
        TOUR_1 = "tour_1", "Premier vote"
        RESULTAT_1 = "resultat_1", "Résultat du premier vote"
        TOUR_2 = "tour_2", "Second vote"
        RESULTAT_2 = "resultat_2", "Résultat du second vote"
        AVIS = "avis", "Avis collectif"

    reunion = models.OneToOneField(Reunion, models.PROTECT, related_name="seance")
    phase = models.CharField(max_length=14, choices=Phase, default=Phase.ATTENTE)
    passage = models.ForeignKey(PassageDossier, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    animee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ouverte_le = models.DateTimeField(default=timezone.now)
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    # Le minuteur : l'heure où il sonne, ou les secondes qui restent quand il est en pause.
    minuteur_fin = models.DateTimeField(null=True, blank=True)
    minuteur_reste_s = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "séance"
        constraints = [
            models.CheckConstraint(
                condition=Q(phase="attente", passage=None) | (~Q(phase="attente") & Q(passage__isnull=False)),
                name="seance_phase_et_dossier",
            )
        ]

    def __str__(self):
        return f"Séance de « {self.reunion} »"


class Mouvement(models.Model):
    """Une entrée ou une sortie constatée, pour le procès-verbal ; `passage` : celui qui fait sortir (déport)."""

    class Sens(models.TextChoices):
        ENTREE = "entree", "Entre"
        SORTIE = "sortie", "Sort"

    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="mouvements")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mouvements")
    sens = models.CharField(max_length=6, choices=Sens)
    passage = models.ForeignKey(PassageDossier, models.PROTECT, null=True, blank=True, related_name="mouvements")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["le", "pk"]

    def __str__(self):
        return f"{self.utilisateur} {self.get_sens_display().lower()}"


class Vote(models.Model):
    """Le montant total qu'un membre propose à l'un des deux tours ; lu de lui seul avant le résultat."""

    TOURS = (1, 2)

    passage = models.ForeignKey(PassageDossier, models.PROTECT, related_name="votes")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votes")
    tour = models.PositiveSmallIntegerField()
    montant = models.DecimalField(**MONTANT, validators=POSITIF)
    exprime_le = models.DateTimeField("exprimé le", default=timezone.now)
    # Combien de fois il a été changé : deux appareils de la même personne ne se recouvrent pas sans le savoir.
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["passage", "utilisateur", "tour"], name="vote_unique"),
            models.CheckConstraint(condition=Q(tour__in=(1, 2)), name="vote_en_deux_tours"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="vote_positif"),
        ]

    def __str__(self):
        return f"{self.utilisateur}, tour {self.tour}"
