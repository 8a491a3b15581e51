"""La veille de quartier : ce que les habitants et les conseils citoyens signalent, et ce qu'il en est fait."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import ObjectifOperationnel, Quartier
from comptes.models import Collectivite, Partenaire, Role
from dossiers.models.dossier import Dossier


def chemin_de_photo(signalement, nom):
    """Un nom tiré au hasard, avec la seule extension : la photo a déjà passé le contrôle."""
    return f"veille/{uuid.uuid4().hex}{PurePath(nom).suffix.lower()}"


class SignalementQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """L'agent voit ceux de sa collectivité ; le membre d'un conseil citoyen, ceux de son conseil et les siens ;
        l'évaluateur, ceux que le service a retenus.
        """
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(
            Q(collectivite__in=utilisateur.ids_collectivites(Role.AGENT))
            | Q(auteur=utilisateur)
            | Q(conseil__in=utilisateur.ids_partenaires(Role.CITOYEN))
            | Q(collectivite__in=utilisateur.ids_collectivites(Role.EVALUATEUR), retenu=True)
        )


class Signalement(models.Model):
    class Sujet(models.TextChoices):
        CADRE_DE_VIE = "cadre_de_vie", "Cadre de vie, propreté"
        LOGEMENT = "logement", "Logement"
        SANTE = "sante", "Santé, accès aux soins"
        MOBILITE = "mobilite", "Déplacements"
        JEUNESSE = "jeunesse", "Enfance, jeunesse"
        EMPLOI = "emploi", "Emploi, formation"
        TRANQUILLITE = "tranquillite", "Tranquillité, sécurité"
        LIEN_SOCIAL = "lien_social", "Vie du quartier, lien social"
        AUTRE = "autre", "Autre sujet"

    class Etat(models.TextChoices):
        RECU = "recu", "Reçu"
        TRANSMIS = "transmis", "Transmis"
        REPONDU = "repondu", "Répondu"
        SANS_SUITE = "sans_suite", "Sans suite"

    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="signalements")
    quartier = models.ForeignKey(Quartier, models.PROTECT, related_name="signalements")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="signalements")
    conseil = models.ForeignKey(
        Partenaire, models.PROTECT, null=True, blank=True, related_name="signalements", verbose_name="conseil citoyen"
    )
    lieu = models.CharField(max_length=160)
    sujet = models.CharField(max_length=16, choices=Sujet)
    texte = models.TextField("ce que vous avez vu ou entendu")
    photo = models.FileField(upload_to=chemin_de_photo, blank=True)
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.RECU)
    # Retenu par le service : les évaluateurs le lisent à côté des dossiers et dans le portrait du quartier.
    retenu = models.BooleanField(default=False)
    objectif = models.ForeignKey(
        ObjectifOperationnel, models.PROTECT, null=True, blank=True, related_name="signalements"
    )
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="signalements")
    transmis_a = models.CharField("transmis à", max_length=160, blank=True)
    reponse = models.TextField("réponse", blank=True)
    signale_le = models.DateTimeField("signalé le", default=timezone.now)
    traite_le = models.DateTimeField("traité le", null=True, blank=True)
    traite_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SignalementQuerySet.as_manager()

    class Meta:
        ordering = ["-signale_le", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(etat="transmis") | ~Q(transmis_a=""), name="signalement_transmis"),
            models.CheckConstraint(
                condition=Q(etat__in=("recu", "transmis")) | ~Q(reponse=""), name="signalement_repondu"
            ),
        ]

    def __str__(self):
        return f"{self.get_sujet_display()}, {self.lieu}"

    @property
    def attend(self):
        """Personne n'y a encore répondu, ou le service l'a repris."""
        return self.etat == self.Etat.RECU

    @property
    def reponse_lisible(self):
        """Ce que l'auteur lit : la réponse d'un signalement repris redevient un brouillon du service."""
        return "" if self.attend else self.reponse
