"""La parole des habitants sur un dossier : trois questions, une colonne à part, jamais une note."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Partenaire
from dossiers.models import Dossier
from evaluation.models.reunions import Reunion


def code_de_fiche():
    """Douze caractères sans ambiguïté à lire sur papier : ni 0, ni O, ni 1, ni I, ni L (environ 59 bits)."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(12))


class FicheHabitant(models.Model):
    """Une page A4 remise à un conseil citoyen pour un dossier ; son code mène aux trois questions."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="fiches_habitant")
    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="fiches_habitant")
    conseil = models.ForeignKey(Partenaire, models.PROTECT, related_name="fiches_habitant")
    code = models.CharField(max_length=12, unique=True, default=code_de_fiche)
    editee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    editee_le = models.DateTimeField("éditée le", default=timezone.now)
    fermee_le = models.DateTimeField("fermée le", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "fiches habitant"
        constraints = [models.UniqueConstraint(fields=["dossier", "conseil"], name="fiche_habitant_unique")]

    def __str__(self):
        return f"Fiche habitant de {self.dossier.numero}"


class AvisCitoyen(models.Model):
    """Ce qu'un habitant, ou un conseil citoyen, dit d'un dossier."""

    class Utile(models.TextChoices):
        OUI = "oui", "Oui"
        UN_PEU = "un_peu", "Un peu"
        NON = "non", "Non"
        NE_SAIT_PAS = "ne_sait_pas", "Je ne sais pas"

    class Origine(models.TextChoices):
        EN_LIGNE = "en_ligne", "En ligne"
        PAPIER = "papier", "Sur papier"

    fiche = models.ForeignKey(FicheHabitant, models.PROTECT, related_name="avis")
    utile = models.CharField("utile ici", max_length=12, choices=Utile)
    pour_qui = models.CharField(max_length=300, blank=True)
    que_manque_t_il = models.CharField("que manque-t-il", max_length=600, blank=True)
    origine = models.CharField(max_length=8, choices=Origine, default=Origine.EN_LIGNE)
    # Le membre du conseil qui répond avec son compte ; personne, pour un habitant de passage.
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="avis_citoyens"
    )
    saisi_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # Un habitant sans compte corrige sa réponse depuis le même téléphone.
    jeton = models.CharField(max_length=32, blank=True)
    donne_le = models.DateTimeField("donné le", default=timezone.now)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "avis citoyen"
        verbose_name_plural = "avis citoyens"
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "utilisateur"],
                condition=Q(utilisateur__isnull=False),
                name="avis_citoyen_personne",
            ),
            models.UniqueConstraint(fields=["fiche", "jeton"], condition=~Q(jeton=""), name="avis_citoyen_appareil"),
        ]

    def __str__(self):
        return f"{self.get_utile_display()} ({self.fiche})"


class SuiteCitoyenne(models.Model):
    """Ce que l'avis des habitants a changé, dit par le service au conseil citoyen."""

    fiche = models.OneToOneField(FicheHabitant, models.CASCADE, related_name="suite")
    texte = models.TextField()
    redigee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    modifiee_le = models.DateTimeField("modifiée le", auto_now=True)

    def __str__(self):
        return f"Suite de {self.fiche}"
