"""L'avis collectif, consultatif, et le procès-verbal de la séance."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import MONTANT, Financeur
from dossiers.models import POSITIF, Dossier
from evaluation.models.reunions import Reunion

# Au bout de ce temps, une préparation qui échoue toujours ne se recommence plus toute seule.
ABANDON = timedelta(hours=1)


class Avis(models.Model):
    """L'avis collectif de la réunion ; consultatif."""

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVES = "reserves", "Favorable avec réserves"
        AJOURNE = "ajourne", "Ajourné"
        DEFAVORABLE = "defavorable", "Défavorable"

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="avis")
    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="avis")
    sens = models.CharField(max_length=12, choices=Sens)
    observations = models.TextField(blank=True)
    reserves = models.TextField("réserves", blank=True)
    rendu_le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "avis"
        constraints = [
            models.CheckConstraint(
                condition=~Q(sens="reserves") | ~Q(reserves=""),
                name="avis_reserves_dites",
                violation_error_message="Un avis avec réserves dit lesquelles.",
            )
        ]

    def __str__(self):
        return f"{self.dossier.numero} : {self.get_sens_display()}"


class MontantPropose(models.Model):
    avis = models.ForeignKey(Avis, models.CASCADE, related_name="montants")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="montants_proposes")
    montant = models.DecimalField(**MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["avis", "financeur"], name="montant_propose_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="montant_propose_positif"),
        ]

    def __str__(self):
        return f"{self.financeur} {self.montant}"


class ProcesVerbal(models.Model):
    """Une édition du procès-verbal ; on en refait une, on n'en remplace pas."""

    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="proces_verbaux")
    version = models.PositiveSmallIntegerField()
    donnees = models.JSONField()
    fichier = models.FileField(upload_to="proces-verbaux/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    demande_le = models.DateTimeField(default=timezone.now)
    produit_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "procès-verbaux"
        constraints = [models.UniqueConstraint(fields=["reunion", "version"], name="proces_verbal_unique")]

    def __str__(self):
        return f"Procès-verbal de « {self.reunion} », version {self.version}"


class ClasseurQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Le sien, d'une réunion où l'on siège encore ; les dossiers qu'il contient se vérifient à part."""
        if not utilisateur.is_authenticated:
            return self.none()
        reunions = Reunion.objects.visibles_par(utilisateur)
        return self.filter(utilisateur=utilisateur, ferme_le=None, reunion__in=reunions.values("pk"))

    def a_produire(self):
        """Demandés, ni produits, ni fermés, ni en échec depuis trop longtemps."""
        return self.filter(produit_le=None, ferme_le=None, demande_le__gt=timezone.now() - ABANDON)


class Classeur(models.Model):
    """Les dossiers d'une réunion en un seul PDF, pour une personne : seulement ceux qu'elle a le droit de lire."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="classeurs")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="classeurs")
    # Les dossiers composés : le fichier ne se sert plus dès que la personne ne peut plus lire l'un d'eux.
    numeros = models.JSONField("numéros des dossiers", default=list)
    # Ce dont il est tiré : quand elle change, le classeur est à refaire.
    empreinte = models.CharField(max_length=64, blank=True)
    fichier = models.FileField(upload_to="classeurs/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    demande_le = models.DateTimeField("demandé le", default=timezone.now)
    produit_le = models.DateTimeField("produit le", null=True, blank=True)
    # Fermé par un déport, un départ ou un classeur plus récent : il ne se lit plus, et son fichier s'efface.
    ferme_le = models.DateTimeField("fermé le", null=True, blank=True)

    objects = ClasseurQuerySet.as_manager()

    class Meta:
        ordering = ["-demande_le", "-pk"]
        constraints = [
            # Deux clics ne font qu'une demande.
            models.UniqueConstraint(
                fields=["reunion", "utilisateur"],
                condition=Q(produit_le=None, ferme_le=None),
                name="classeur_en_preparation_unique",
            ),
        ]

    def __str__(self):
        return f"Classeur de « {self.reunion} » pour {self.utilisateur}"

    @property
    def est_abandonne(self):
        return self.produit_le is None and self.demande_le <= timezone.now() - ABANDON
