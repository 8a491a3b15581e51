"""Ce que le service et l'organisme se disent au sujet d'un dossier : demandes de pièces, messages."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from appels.models import PieceDemandee
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models.dossier import Dossier

RAPPEL_AVANT = timedelta(days=3)


class DemandeComplementQuerySet(models.QuerySet):
    def a_rappeler(self, maintenant):
        """Celles dont la date approche, jamais rappelées ; une demande plus courte que le rappel n'en a pas."""
        jour = timezone.localtime(maintenant).date()
        return self.filter(
            dossier__etat=Etat.A_COMPLETER,
            repondue_le=None,
            rappelee_le=None,
            limite_le__gte=jour,
            limite_le__lte=jour + RAPPEL_AVANT,
            demandee_le__lt=F("limite_le") - RAPPEL_AVANT,
        )


class DemandeComplement(models.Model):
    """Ce qui manque, et jusqu'à quand ; pendant ce délai le silence ne vaut plus rejet (CRPA, art. L. 114-5)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="demandes_complement")
    message = models.TextField("ce qui manque", blank=True)
    limite_le = models.DateField("à fournir au plus tard le")
    demandee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    demandee_le = models.DateTimeField(default=timezone.now)
    # La fin de la demande, quelle qu'en soit la raison : réponse, reprise de l'examen sans réponse, annulation.
    repondue_le = models.DateTimeField(null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    rappelee_le = models.DateTimeField("rappelée le", null=True, blank=True)

    objects = DemandeComplementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(repondue_le=None), name="une_seule_demande_en_cours"
            ),
            models.CheckConstraint(
                condition=Q(annulee_le=None) | Q(repondue_le__isnull=False), name="demande_annulee_est_close"
            ),
        ]

    def __str__(self):
        return f"{self.dossier.numero} avant le {self.limite_le}"

    @property
    def est_depassee(self):
        return self.repondue_le is None and self.limite_le < timezone.localdate()


class ElementDemande(models.Model):
    """Un élément précis d'une demande de compléments ; il se fournit en ligne, un par un."""

    demande = models.ForeignKey(DemandeComplement, models.CASCADE, related_name="elements")
    # Une pièce de l'appel, une étape du formulaire, ou une question libre.
    demandee = models.ForeignKey(PieceDemandee, models.PROTECT, null=True, blank=True, related_name="+")
    section = models.CharField(max_length=20, blank=True)
    # Où en était l'étape quand on l'a demandée : au-delà, elle a été reprise.
    version = models.PositiveIntegerField(default=0)
    # Le nom de ce qui est à refaire : il se lit encore quand le fichier n'est plus là.
    refusee = models.CharField("pièce à refaire", max_length=400, blank=True)
    libelle = models.CharField("ce qui manque", max_length=200)
    motif = models.TextField(blank=True)
    # Une pièce qui n'est pas indispensable n'empêche pas l'examen (CRPA, art. L. 114-5-1).
    indispensable = models.BooleanField(default=True)
    reponse = models.TextField("réponse", blank=True)
    fourni_le = models.DateTimeField(null=True, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "pk"]

    def __str__(self):
        return self.libelle


def fils_visibles_par(utilisateur):
    """Les dossiers dont la personne lit les messages : les siens ; ceux de sa collectivité pour l'agent, sauf déport.

    D'un brouillon, l'agent ne connaît que le numéro et les messages, et seulement quand l'organisme a écrit.
    """
    ecrits = Message.objects.filter(dossier=models.OuterRef("pk"))
    du_service = (
        Q(appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT))
        & (~Q(etat=Etat.BROUILLON) | Q(models.Exists(ecrits)))
        & ~Q(deports__utilisateur=utilisateur)
    )
    return Dossier.objects.filter(Q(organisme__in=utilisateur.ids_organismes) | du_service)


class MessageQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(dossier__in=fils_visibles_par(utilisateur).values("pk"))

    def non_lus_par(self, *, service):
        """Ce que l'autre côté a écrit, et que personne de celui-ci n'a encore lu."""
        return self.filter(du_service=not service, lu_le=None)


class Message(models.Model):
    """Un message entre l'organisme et le service, au sujet d'un dossier ; il ne se modifie pas."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="messages")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Qui parle : l'organisme ou le service ; le nom est recopié, un compte peut disparaître.
    du_service = models.BooleanField(default=False)
    signature = models.CharField(max_length=200)
    texte = models.TextField()
    envoye_le = models.DateTimeField(default=timezone.now)
    lu_le = models.DateTimeField(null=True, blank=True, help_text="première lecture par l’autre côté")
    # Tiré à l'affichage du formulaire : le second clic d'un double clic porte le même.
    jeton = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["dossier", "du_service"], condition=Q(lu_le=None), name="message_non_lu")]
        constraints = [models.UniqueConstraint(fields=["dossier", "jeton"], name="message_envoye_une_fois")]

    def __str__(self):
        return f"{self.signature} · {self.envoye_le:%d/%m/%Y}"
