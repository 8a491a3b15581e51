"""Le porte-documents : ce qu'un organisme dépose une fois et joint à tous ses dossiers, avec sa validité."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models.organismes import Organisme


class NatureDocument(models.TextChoices):
    """Les pièces permanentes du Cerfa 12156*06 ; une pièce demandée par un appel peut en désigner une."""

    STATUTS = "statuts", "Statuts"
    DIRIGEANTS = "dirigeants", "Liste des dirigeants et procès-verbal d’assemblée générale"
    SIRENE = "sirene", "Avis de situation au répertoire Sirene"
    RIB = "rib", "Relevé d’identité bancaire"
    COMPTES = "comptes", "Comptes approuvés du dernier exercice clos"
    RAPPORT_CAC = "rapport_cac", "Rapport du commissaire aux comptes"
    RAPPORT_ACTIVITE = "rapport_activite", "Rapport d’activité"
    BUDGET = "budget", "Budget prévisionnel de la structure"
    POUVOIR = "pouvoir", "Délégation de signature"
    ASSURANCE = "assurance", "Attestation d’assurance"
    AUTRE = "autre", "Autre document"


# On prévient assez tôt pour redemander une attestation.
PREAVIS = timedelta(days=30)

# Ce qui sert au paiement ne regarde que le service et l'organisme.
NATURES_CONFIDENTIELLES = (NatureDocument.RIB,)


def chemin_de_document(document, nom):
    """Un nom tiré au hasard : celui de la personne n'entre jamais dans un chemin."""
    return f"coffre/{document.organisme_id}/{uuid.uuid4().hex}"


class DocumentQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les documents de ses organismes ; les agents lisent la copie jointe à un dossier, jamais le coffre."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(organisme__in=utilisateur.ids_organismes)

    def actuels(self):
        """Ni remplacés ni retirés."""
        return self.filter(retire_le=None)

    def bientot_expires(self, jour):
        """Les documents actuels dont la date approche ou est passée."""
        return self.actuels().filter(valable_jusqu_au__lte=jour + PREAVIS)


class DocumentPermanent(models.Model):
    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="documents")
    nature = models.CharField(max_length=20, choices=NatureDocument)
    precision = models.CharField("précision", max_length=160, blank=True)
    fichier = models.FileField(upload_to=chemin_de_document)
    nom = models.CharField(max_length=200)
    type_mime = models.CharField(max_length=100)
    taille = models.PositiveIntegerField(help_text="en octets")
    sha256 = models.CharField(max_length=64)
    valable_jusqu_au = models.DateField("valable jusqu’au", null=True, blank=True)
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    depose_le = models.DateTimeField(default=timezone.now)
    # Le courriel d'avertissement ne part qu'une fois par document.
    expiration_annoncee_le = models.DateTimeField(null=True, blank=True)
    # Remplacé ou retiré : les dossiers qui l'ont joint en gardent leur copie.
    retire_le = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["nature", "-depose_le", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(nature__in=NatureDocument.values), name="document_nature_connue")
        ]

    def __str__(self):
        return f"{self.get_nature_display()} · {self.nom}"

    def est_valable(self, jour=None):
        """Sans date de fin, un document reste valable ; le dernier jour compte."""
        return self.valable_jusqu_au is None or self.valable_jusqu_au >= (jour or timezone.localdate())

    def jours_restants(self, jour=None):
        """None quand il n'y a pas de date de fin ; négatif une fois la date passée."""
        if self.valable_jusqu_au is None:
            return None
        return (self.valable_jusqu_au - (jour or timezone.localdate())).days

    @property
    def expire_bientot(self):
        restants = self.jours_restants()
        return restants is not None and 0 <= restants <= PREAVIS.days
