"""Avant le dépôt : la relecture par un tiers sans compte. Après : la copie de ce qui a été déposé."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models.dossier import Dossier


class LienRelecture(models.Model):
    """Un lien qui expire, donné à une personne sans compte ; seule l'empreinte du jeton est gardée."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="liens_relecture")
    empreinte = models.CharField(max_length=64, unique=True)
    pour = models.CharField("pour qui", max_length=120, help_text="« La trésorière », « le centre de ressources »…")
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now)
    expire_le = models.DateTimeField("expire le")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)
    bon_pour_envoi_le = models.DateTimeField("bon pour envoi le", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.pour} · {self.dossier.numero}"

    def est_ouvert(self, maintenant=None):
        return self.revoque_le is None and self.expire_le >= (maintenant or timezone.now())


class Commentaire(models.Model):
    """Une remarque de relecture, épinglée à une section du dossier."""

    lien = models.ForeignKey(LienRelecture, models.CASCADE, related_name="commentaires")
    section = models.CharField(max_length=20)
    texte = models.TextField()
    cree_le = models.DateTimeField(default=timezone.now)
    traite_le = models.DateTimeField("traité le", null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.section} : {self.texte[:40]}"


def chemin_de_copie(copie, nom):
    return f"copies/{copie.dossier_id}/{uuid.uuid4().hex}"


class CopieQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """L'organisme et les agents qui instruisent : la copie dit les coordonnées des personnes."""
        if not utilisateur.is_authenticated:
            return self.none()
        instruits = Q(dossier__appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT)) & ~Q(
            dossier__etat=Etat.BROUILLON
        )
        deportes = Dossier.objects.filter(deports__utilisateur=utilisateur)
        return self.filter(
            Q(dossier__organisme__in=utilisateur.ids_organismes) | (instruits & ~Q(dossier__in=deportes))
        )


class CopieDeposee(models.Model):
    """Ce qui a été déposé, à la lettre, une fois pour toutes : les valeurs, puis le PDF et son empreinte.

    `donnees` ne change plus dès l'écriture ; `fichier` et `sha256` se remplissent une fois (déclencheurs en base).
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="copies")
    rang = models.PositiveSmallIntegerField(help_text="1 au dépôt, puis un de plus à chaque réponse à des compléments")
    donnees = models.JSONField()
    sha256_donnees = models.CharField(max_length=64)
    cree_le = models.DateTimeField(default=timezone.now)
    fichier = models.FileField(upload_to=chemin_de_copie, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    produite_le = models.DateTimeField(null=True, blank=True)

    objects = CopieQuerySet.as_manager()

    class Meta:
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "rang"], name="copie_unique"),
            models.CheckConstraint(
                condition=Q(produite_le__isnull=True, sha256="") | (Q(produite_le__isnull=False) & ~Q(sha256="")),
                name="copie_produite_a_une_empreinte",
            ),
        ]

    def __str__(self):
        return f"{self.dossier.numero} · copie {self.rang}"
