"""Ce qui part vers les gens : un envoi par fait et par destinataire, jamais deux."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Collectivite, Role
from dossiers.models import Dossier
from journal.models import Evenement
from programmation.models import Acte


class EnvoiQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les agents, pour leur collectivité, hors des dossiers dont ils se sont déportés."""
        deportes = Dossier.objects.filter(deports__utilisateur=utilisateur)
        return self.filter(collectivite__in=utilisateur.ids_collectivites(Role.AGENT)).exclude(
            Q(evenement__objet_type=Dossier._meta.label_lower, evenement__objet_id__in=deportes.values("pk"))
            | Q(
                evenement__objet_type=Acte._meta.label_lower,
                evenement__objet_id__in=Acte.objects.filter(dossier__in=deportes).values("pk"),
            )
        )

    def filtrer(self, etat):
        """Par état affiché : « attente », « echec », « envoye » ; tout autre mot ne filtre pas."""
        en_cours = Q(envoye_le=None, abandonne_le=None)
        filtres = {
            "envoye": Q(envoye_le__isnull=False),
            "attente": en_cours & Q(derniere_erreur=""),
            "echec": Q(envoye_le=None) & (Q(abandonne_le__isnull=False) | ~Q(derniere_erreur="")),
        }
        return self.filter(filtres.get(etat, Q()))

    def a_envoyer(self):
        return self.filter(envoye_le=None, abandonne_le=None, prochain_essai_le__lte=timezone.now()).order_by("pk")


class Envoi(models.Model):
    evenement = models.ForeignKey(Evenement, models.PROTECT, related_name="envois")
    # Vide pour ce qu'un organisme envoie aux siens : aucun service n'a à le lire.
    collectivite = models.ForeignKey(Collectivite, models.PROTECT, null=True, blank=True, related_name="envois")
    destinataire = models.EmailField()
    objet = models.CharField(max_length=255)
    texte = models.TextField()
    html = models.TextField(blank=True)
    # L'acte joint, par sa clé : la pièce est lue au moment de l'envoi.
    acte_id = models.BigIntegerField(null=True, blank=True)
    # L'invitation d'agenda jointe, telle qu'elle part : la réunion a pu changer depuis.
    agenda = models.TextField(blank=True)
    cree_le = models.DateTimeField(default=timezone.now)
    envoye_le = models.DateTimeField(null=True, blank=True)
    abandonne_le = models.DateTimeField(null=True, blank=True)
    essais = models.PositiveSmallIntegerField(default=0)
    prochain_essai_le = models.DateTimeField(default=timezone.now)
    derniere_erreur = models.TextField(blank=True)

    objects = EnvoiQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["prochain_essai_le"], condition=Q(envoye_le=None), name="envoi_a_envoyer"),
        ]
        constraints = [models.UniqueConstraint(fields=["evenement", "destinataire"], name="envoi_unique")]

    def __str__(self):
        return f"{self.objet} → {self.destinataire}"


class CourrielRecu(models.Model):
    """La boîte de la démonstration : ce que le serveur aurait envoyé, quand aucun SMTP n'est réglé."""

    destinataires = models.CharField(max_length=500)
    expediteur = models.CharField(max_length=200)
    objet = models.CharField(max_length=500)
    texte = models.TextField(blank=True)
    html = models.TextField(blank=True)
    pieces = models.JSONField(default=list)
    recu_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.objet
