"""Les pièces jointes et qui les lit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import PieceDemandee
from comptes.apercus import MONTRABLES
from comptes.models import NATURES_CONFIDENTIELLES, DocumentPermanent, Role
from dossiers.models.dossier import Dossier


def chemin_de_piece(piece, nom):
    """Un nom tiré au hasard : celui de la personne n'entre jamais dans un chemin."""
    return f"pieces/{piece.dossier_id}/{uuid.uuid4().hex}"


# En secours de ce que l'appel déclare : un relevé bancaire ou une pièce d'identité joints sous un autre intitulé.
CONFIDENTIEL = r"bancaire|(^|[^a-z])(rib|iban|bic)([^a-z]|$)|(carte|pi[eè]ce)s? d.identit|passeport"


class PieceQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les pièces des dossiers visibles ; les partenaires n'ont ni relevé bancaire ni pièce d'identité."""
        pieces = self.filter(dossier__in=Dossier.objects.visibles_par(utilisateur).values("pk"))
        if not utilisateur.is_authenticated:
            return pieces
        chez_soi = Q(dossier__organisme__in=utilisateur.ids_organismes) | Q(
            dossier__appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT)
        )
        return pieces.filter(chez_soi | Q(pk__in=self.model.objects.publiables().values("pk")))

    def publiables(self):
        """Ce que peuvent lire les partenaires : rien de ce que l'appel, la nature ou le nom disent confidentiel."""
        return self.exclude(
            Q(demandee__confidentielle=True)
            | Q(demandee__nature__in=NATURES_CONFIDENTIELLES)
            | Q(document__nature__in=NATURES_CONFIDENTIELLES)
            | Q(nom__iregex=CONFIDENTIEL)
        )


class Piece(models.Model):
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pieces")
    demandee = models.ForeignKey(
        PieceDemandee, models.PROTECT, null=True, blank=True, related_name="pieces", verbose_name="pièce demandée"
    )
    # Copiée du porte-documents de l'organisme : le dossier garde la sienne, quoi qu'il advienne de l'original.
    document = models.ForeignKey(
        DocumentPermanent, models.SET_NULL, null=True, blank=True, related_name="pieces", verbose_name="document"
    )
    fichier = models.FileField(upload_to=chemin_de_piece)
    nom = models.CharField(max_length=200)
    type_mime = models.CharField(max_length=100)
    taille = models.PositiveIntegerField(help_text="en octets")
    sha256 = models.CharField(max_length=64)
    jointe_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    jointe_le = models.DateTimeField(default=timezone.now)

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ["demandee__ordre", "pk"]

    def __str__(self):
        return self.nom

    @property
    def se_regarde(self):
        """Une image ou un PDF se montre dans la page ; le reste se télécharge."""
        return self.type_mime in MONTRABLES

    @property
    def perimee_le(self):
        """La date de fin du document repris, quand elle est passée."""
        return None if self.document is None or self.document.est_valable() else self.document.valable_jusqu_au
