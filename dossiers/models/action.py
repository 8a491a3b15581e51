"""Les lignes de l'action : moyens humains, indicateurs, aides d'État déjà reçues."""

from django.db import models
from django.db.models import Q

from appels.models import MONTANT
from dossiers.models.dossier import POSITIF, Dossier


class MoyenHumain(models.Model):
    """Une ligne du tableau des moyens humains (Cerfa 12156*06, § 6)."""

    class Nature(models.TextChoices):
        BENEVOLES = "benevoles", "Bénévoles participant activement à l’action"
        SALARIES = "salaries", "Salariés"
        CDI = "cdi", "dont en CDI"
        CDD = "cdd", "dont en CDD"
        AIDES = "aides", "dont emplois aidés"
        VOLONTAIRES = "volontaires", "Volontaires (service civique…)"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="moyens_humains")
    nature = models.CharField(max_length=12, choices=Nature)
    nombre = models.PositiveIntegerField("nombre de personnes", null=True, blank=True)
    etpt = models.DecimalField(
        "en équivalent temps plein", max_digits=7, decimal_places=2, null=True, blank=True, validators=POSITIF
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "nature"], name="moyen_humain_unique"),
            models.CheckConstraint(
                condition=Q(nature__in=["benevoles", "salaries", "cdi", "cdd", "aides", "volontaires"]),
                name="moyen_humain_nature",
            ),
        ]

    def __str__(self):
        return f"{self.get_nature_display()} : {self.nombre}"


class IndicateurAction(models.Model):
    """Ce que l'on comptera, et la cible ; le bilan donnera le réalisé."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="indicateurs")
    libelle = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=40, blank=True)
    cible = models.DecimalField("cible", **MONTANT, null=True, blank=True, validators=POSITIF)
    mesure = models.CharField("comment vous le mesurerez", max_length=200, blank=True)
    rang = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rang", "pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "rang"], name="indicateur_rang_unique")]

    def __str__(self):
        return self.libelle


class AideEtat(models.Model):
    """Une aide déjà reçue au titre d'un texte européen sur les aides d'État (Cerfa 12156*06, § 7 bis)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="aides_etat")
    date_acte = models.DateField("date de l’acte", null=True, blank=True)
    annees = models.CharField("années", max_length=40, blank=True)
    texte = models.CharField("texte européen", max_length=160)
    autorite = models.CharField("autorité publique", max_length=160, blank=True)
    montant = models.DecimalField(**MONTANT, null=True, blank=True, validators=POSITIF)
    rang = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rang", "pk"]

    def __str__(self):
        return f"{self.texte} {self.montant}"
