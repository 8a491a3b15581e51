"""Le contrat de ville et sa convention d'application : quartiers, portraits."""

from django.db import models
from django.db.models import F, Q

from appels.models.champs import MONTANT
from comptes.models import Collectivite
from comptes.validateurs import valider_code_insee, valider_code_postal, valider_code_qpv


class Statut(models.TextChoices):
    """D'où vient un libellé du référentiel : lu tel quel, déduit, ou lu incomplet."""

    SOURCE = "source", "Lu dans la convention"
    TITRE_INFERE = "titre_infere", "Titre déduit"
    INFERE = "infere", "Déduit"
    TRONQUE = "tronque", "Lu incomplet"


class Contrat(models.Model):
    """Le contrat de ville signé par l'intercommunalité ; chaque commune a sa convention d'application."""

    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="contrats")
    intitule = models.CharField("intitulé", max_length=255)
    debut = models.PositiveSmallIntegerField("début")
    fin = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collectivite", "debut"], name="contrat_unique"),
            models.CheckConstraint(condition=Q(fin__gte=F("debut")), name="contrat_dure"),
        ]

    def __str__(self):
        return self.intitule


class ConventionApplication(models.Model):
    """Ce que le contrat devient sur un territoire : quartiers, objectifs, pilotage."""

    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="conventions")
    collectivite = models.OneToOneField(Collectivite, models.PROTECT, related_name="convention_application")
    intitule = models.CharField("intitulé", max_length=255)
    signee_le = models.DateField("signée le", null=True, blank=True)
    lieu_signature = models.CharField(max_length=100, blank=True)
    avertissement = models.TextField(blank=True)

    def __str__(self):
        return self.intitule


class Commune(models.Model):
    code_insee = models.CharField(max_length=5, unique=True, validators=[valider_code_insee])
    nom = models.CharField(max_length=100)
    code_postal = models.CharField(max_length=5, blank=True, validators=[valider_code_postal])

    class Meta:
        ordering = ["nom"]

    def __str__(self):
        return self.nom


class Quartier(models.Model):
    """Un quartier prioritaire ; il déborde parfois la commune qui le porte."""

    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="quartiers")
    code_qpv = models.CharField("code QPV 2024", max_length=8, validators=[valider_code_qpv])
    nom = models.CharField(max_length=120)
    libelle_officiel = models.CharField(max_length=160, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    communes = models.ManyToManyField(Commune, related_name="quartiers")
    contour = models.JSONField(null=True, blank=True, help_text="Géométrie GeoJSON (WGS84)")
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "nom"]
        constraints = [models.UniqueConstraint(fields=["convention", "code_qpv"], name="quartier_unique")]

    def __str__(self):
        return self.nom


class Indicateur(models.Model):
    """Un chiffre du portrait de quartier ; la valeur de référence dit toujours à quoi elle se rapporte."""

    class Perimetre(models.TextChoices):
        AGGLOMERATION = "agglo", "agglomération"
        COMMUNE = "commune", "commune"

    quartier = models.ForeignKey(Quartier, models.CASCADE, related_name="indicateurs")
    code = models.CharField(max_length=60)
    libelle = models.CharField("libellé", max_length=255)
    valeur = models.DecimalField(**MONTANT)
    unite = models.CharField("unité", max_length=40, blank=True)
    reference = models.DecimalField(**MONTANT, null=True, blank=True)
    perimetre = models.CharField(max_length=10, choices=Perimetre, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre"]
        constraints = [models.UniqueConstraint(fields=["quartier", "code"], name="indicateur_unique")]

    def __str__(self):
        return self.libelle


class Constat(models.Model):
    """Une fragilité ou un point d'appui relevé dans le portrait du quartier."""

    class Genre(models.TextChoices):
        IRRITANT = "irritant", "Fragilité"
        OPPORTUNITE = "opportunite", "Point d’appui"

    quartier = models.ForeignKey(Quartier, models.CASCADE, related_name="constats")
    genre = models.CharField(max_length=12, choices=Genre)
    titre = models.CharField(max_length=255)
    detail = models.TextField("détail", blank=True)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["genre", "ordre"]

    def __str__(self):
        return self.titre
