"""Le budget de l'action : ses lignes, et ce qu'elle demande aux financeurs de l'appel."""

from decimal import ROUND_HALF_UP

from django.db import models
from django.db.models import Q

from appels.models import MONTANT, Financeur
from comptes.models import Organisme
from dossiers import budget
from dossiers.models.dossier import POSITIF, Dossier


class Sens(models.TextChoices):
    CHARGE = "C", "Charge"
    PRODUIT = "P", "Produit"


class LigneBudget(models.Model):
    """Une ligne du budget de l'action, hors demandes aux financeurs de l'appel (voir Financement)."""

    class Firmete(models.TextChoices):
        DEMANDE = "demande", "Demandé"
        ACCORDE = "accorde", "Accordé"
        ACQUIS = "acquis", "Versé"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="lignes_budget")
    sens = models.CharField(max_length=1, choices=Sens)
    compte = models.CharField(max_length=4)
    libelle = models.CharField("précision", max_length=160, blank=True)
    montant = models.DecimalField(**MONTANT, validators=POSITIF)
    est_public = models.BooleanField("financeur public", default=False)
    firmete = models.CharField(max_length=8, choices=Firmete, blank=True)
    # La rangée du compte à l'écran : elle garde sa place quand une autre se vide, pour que deux saisies se fondent.
    rang = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["sens", "compte", "rang"]
        constraints = [
            models.CheckConstraint(
                condition=Q(firmete__in=["", "demande", "accorde", "acquis"]), name="ligne_budget_firmete"
            ),
            models.CheckConstraint(condition=Q(montant__gte=0), name="ligne_budget_positive"),
            models.CheckConstraint(condition=Q(sens__in=Sens.values), name="ligne_budget_sens"),
            models.UniqueConstraint(fields=["dossier", "sens", "compte", "rang"], name="ligne_budget_rang_unique"),
        ]

    def __str__(self):
        return f"{self.compte} {self.libelle} {self.montant}"

    @property
    def libelle_compte(self):
        return budget.COMPTES[self.sens].get(self.compte, self.compte)

    @property
    def est_volontaire(self):
        return budget.Ligne(self.sens, self.compte, self.montant).volontaire


class Financement(models.Model):
    """Ce que le dossier demande à un financeur de l'appel : la ligne 74 correspondante du budget, et la même."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="financements")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="financements")
    montant_demande = models.DecimalField("montant demandé", **MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "financeur"], name="financement_unique"),
            models.CheckConstraint(condition=Q(montant_demande__gte=0), name="financement_positif"),
        ]

    def __str__(self):
        return f"{self.financeur} {self.montant_demande}"


class DemandeAnnuelle(models.Model):
    """Ce qu'une demande pluriannuelle prévoit pour chaque année suivante ; la première est le budget du dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="demandes_annuelles")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("montant demandé", **MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["annee"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "annee"], name="demande_annuelle_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="demande_annuelle_positive"),
        ]

    def __str__(self):
        return f"{self.annee} : {self.montant}"


class HeuresBenevoles(models.Model):
    """L'aide à la valorisation : des heures × un taux, qui donnent la ligne 864 et la ligne 870 (règle B9)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="heures_benevoles")
    tache = models.CharField("tâche", max_length=160)
    heures = models.DecimalField("heures", max_digits=8, decimal_places=2, validators=POSITIF)
    taux = models.DecimalField("valeur d’une heure (€)", max_digits=6, decimal_places=2, validators=POSITIF)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(heures__gte=0) & Q(taux__gte=0), name="heures_benevoles_positives"),
            models.UniqueConstraint(fields=["dossier", "ordre"], name="heures_benevoles_rang_unique"),
        ]

    def __str__(self):
        return f"{self.tache} : {self.heures} h"

    @property
    def valeur(self):
        return (self.heures * self.taux).quantize(budget.CENT, ROUND_HALF_UP)


class BudgetStructure(models.Model):
    """Le budget annuel de tout l'organisme (Cerfa 12156*06, § 5) : distinct de celui de l'action (règle B3).

    Tous les dossiers de l'organisme le partagent ; `version` dit à chaque page si un autre l'a changé entre-temps.
    """

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="budgets")
    annee = models.PositiveSmallIntegerField("exercice")
    debut = models.DateField("début de l’exercice", null=True, blank=True)
    fin = models.DateField("fin de l’exercice", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    modifie_le = models.DateTimeField(auto_now=True)
    # Qui a écrit quelle ligne, et quand : comme sur le dossier.
    ecritures = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["-annee"]
        constraints = [models.UniqueConstraint(fields=["organisme", "annee"], name="budget_structure_unique")]

    def __str__(self):
        return f"{self.organisme} {self.annee}"


class LigneStructure(models.Model):
    budget = models.ForeignKey(BudgetStructure, models.CASCADE, related_name="lignes")
    sens = models.CharField(max_length=1, choices=Sens)
    compte = models.CharField(max_length=4)
    montant = models.DecimalField(**MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["sens", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "sens", "compte"], name="ligne_structure_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="ligne_structure_positive"),
        ]

    def __str__(self):
        return f"{self.compte} {self.montant}"
