"""Le journal : chaque verbe du métier y laisse un fait, qui sert d'historique et de file de diffusion."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

ATTENTE_INITIALE = timedelta(seconds=30)
ATTENTE_MAXIMALE = timedelta(hours=6)
ESSAIS_AVANT_ALERTE = 5


class EvenementQuerySet(models.QuerySet):
    def a_diffuser(self):
        return self.filter(diffuse_le=None, prochain_essai_le__lte=timezone.now()).order_by("prochain_essai_le", "pk")

    def de(self, objet):
        """Les faits d'un objet, du plus ancien au plus récent."""
        return self.filter(objet_type=objet._meta.label_lower, objet_id=objet.pk).order_by("pk")

    def en_alerte(self):
        return self.filter(diffuse_le=None, essais__gte=ESSAIS_AVANT_ALERTE)


class Evenement(models.Model):
    """Un fait accompli. L'acteur est recopié en clair : l'histoire survit à la suppression du compte."""

    type = models.CharField(max_length=60)
    objet_type = models.CharField(max_length=60)
    objet_id = models.BigIntegerField()
    acteur_id = models.BigIntegerField(null=True)
    acteur = models.CharField(max_length=200, blank=True)
    donnees = models.JSONField(default=dict)
    cree_le = models.DateTimeField(default=timezone.now)

    diffuse_le = models.DateTimeField(null=True)
    essais = models.PositiveIntegerField(default=0)
    prochain_essai_le = models.DateTimeField(default=timezone.now)
    derniere_erreur = models.TextField(blank=True)

    objects = EvenementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["objet_type", "objet_id", "id"]),
            models.Index(fields=["prochain_essai_le", "id"], condition=models.Q(diffuse_le=None), name="a_diffuser"),
        ]

    def __str__(self):
        return f"{self.type} {self.objet_type}#{self.objet_id}"

    def marquer_diffuse(self):
        self.diffuse_le = timezone.now()
        self.derniere_erreur = ""
        self.save(update_fields=["diffuse_le", "derniere_erreur"])

    def reporter(self, erreur):
        """Remet la diffusion à plus tard ; l'attente double à chaque échec."""
        self.essais += 1
        attente = min(ATTENTE_INITIALE * 2 ** min(self.essais - 1, 20), ATTENTE_MAXIMALE)
        self.prochain_essai_le = timezone.now() + attente
        self.derniere_erreur = str(erreur)[:2000]
        self.save(update_fields=["essais", "prochain_essai_le", "derniere_erreur"])
