"""Ce que l'appel demande et comment il juge : règles d'éligibilité, pièces, grille."""

import uuid
from pathlib import PurePath

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from appels.models.appel import Appel
from appels.models.champs import MONTANT
from comptes.models import NATURES_CONFIDENTIELLES, NatureDocument


class CritereEvaluation(models.Model):
    """Une ligne de la grille ; note de l'appel = Σ poids × niveau / 5, sur la somme des poids."""

    NIVEAU_MAX = 5

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="criteres")
    ordre = models.PositiveSmallIntegerField(default=0)
    libelle = models.CharField("libellé", max_length=160)
    aide = models.CharField(max_length=400, blank=True)
    poids = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    niveaux = models.JSONField("niveaux décrits de 0 à 5", default=list, blank=True)
    # Un dossier dont la note moyenne sur ce critère est sous ce niveau est signalé à la réunion, qui reste libre.
    bloquant_sous = models.PositiveSmallIntegerField(
        "bloquant en dessous de", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["appel", "libelle"], name="critere_unique")]

    def __str__(self):
        return self.libelle


def chemin_de_modele(piece, nom):
    """Un nom tiré au hasard, avec la seule extension : le fichier a déjà passé le contrôle."""
    return f"modeles/{piece.appel_id}/{uuid.uuid4().hex}{PurePath(nom).suffix.lower()}"


class PieceDemandee(models.Model):
    class Obligation(models.TextChoices):
        TOUJOURS = "toujours", "Obligatoire"
        ASSOCIATION = "association", "Obligatoire pour une association ou une fondation"
        RENOUVELLEMENT = "renouvellement", "Obligatoire pour un renouvellement"
        MONTANT = "montant", "Obligatoire à partir d’un montant demandé"
        JAMAIS = "jamais", "Facultative"

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="pieces_demandees")
    ordre = models.PositiveSmallIntegerField(default=0)
    libelle = models.CharField("libellé", max_length=160)
    aide = models.CharField(max_length=300, blank=True)
    obligation = models.CharField(max_length=15, choices=Obligation, default=Obligation.TOUJOURS)
    a_partir_de = models.DecimalField("à partir de (€ demandés)", **MONTANT, null=True, blank=True)
    # La pièce du porte-documents qui y répond : on ne la redemande pas tant qu'elle est valable.
    nature = models.CharField("document permanent", max_length=20, choices=NatureDocument, blank=True)
    confidentielle = models.BooleanField("réservée au service et à l’organisme", default=False)
    modele = models.FileField("modèle à remplir", upload_to=chemin_de_modele, blank=True)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["appel", "libelle"], name="piece_demandee_unique")]

    def __str__(self):
        return self.libelle

    def est_obligatoire(self, organisme, renouvellement, montant):
        """Pour cet organisme, qui demande ce montant ; un seuil vide ne se franchit pas."""
        return (
            self.obligation == self.Obligation.TOUJOURS
            or (self.obligation == self.Obligation.ASSOCIATION and organisme.souscrit_cer)
            or (self.obligation == self.Obligation.RENOUVELLEMENT and renouvellement)
            or (
                self.obligation == self.Obligation.MONTANT
                and self.a_partir_de is not None
                and montant >= self.a_partir_de
            )
        )

    @property
    def est_confidentielle(self):
        """Déclarée telle par l'appel, ou confidentielle par nature."""
        return self.confidentielle or self.nature in NATURES_CONFIDENTIELLES


class RegleEligibilite(models.Model):
    """Une règle de l'appel, posée en question avant d'écrire ; son explication se lit quand elle n'est pas tenue."""

    class Type(models.TextChoices):
        STRUCTURE = "structure", "Type de structure"
        PART_QPV = "part_qpv", "Part du public habitant en quartier prioritaire"
        PERIODE = "periode", "Période de l’action"
        MONTANT = "montant", "Montant demandé"
        OUI_NON = "oui_non", "Question à répondre par oui ou non"

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="regles")
    ordre = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=12, choices=Type)
    question = models.CharField(max_length=250)
    # STRUCTURE : {"types": [...]} ; PART_QPV : {"min": 50} ; OUI_NON : {"attendu": true} ; les autres lisent l'appel.
    parametres = models.JSONField(default=dict, blank=True)
    explication = models.TextField(help_text="Ce qu’on lit quand la règle n’est pas tenue, et ce qu’on peut faire.")
    bloquante = models.BooleanField(default=True)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["structure", "part_qpv", "periode", "montant", "oui_non"]),
                name="regle_type_connu",
            )
        ]

    def __str__(self):
        return self.question
