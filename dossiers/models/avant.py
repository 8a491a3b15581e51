"""Avant d'écrire : le pré-projet, dix lignes sur lesquelles le service se prononce."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import MONTANT, Appel, ObjectifOperationnel, Quartier
from comptes.models import Organisme, Role
from dossiers.models.dossier import POSITIF, Dossier


class PreProjetQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Ceux de ses organismes ; pour l'agent, ceux de sa collectivité une fois envoyés."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(
            Q(organisme__in=utilisateur.ids_organismes)
            | Q(appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT), envoye_le__isnull=False)
        )


class PreProjet(models.Model):
    class Reponse(models.TextChoices):
        CONTINUER = "continuer", "Allez-y"
        CHANGER = "changer", "À changer"
        AILLEURS = "ailleurs", "Pas dans cet appel"

    appel = models.ForeignKey(Appel, models.PROTECT, related_name="pre_projets")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="pre_projets")
    intitule = models.CharField("titre provisoire", max_length=160)
    idee = models.TextField("votre idée, en dix lignes")
    public = models.CharField("pour qui", max_length=300, blank=True)
    objectif = models.ForeignKey(ObjectifOperationnel, models.PROTECT, null=True, blank=True, related_name="+")
    quartiers = models.ManyToManyField(Quartier, blank=True, related_name="+")
    montant = models.DecimalField("montant envisagé (€)", **MONTANT, null=True, blank=True, validators=POSITIF)
    ecrit_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now)
    envoye_le = models.DateTimeField(null=True, blank=True)
    reponse_avant = models.DateField("réponse attendue avant le", null=True, blank=True)
    reponse = models.CharField(max_length=10, choices=Reponse, blank=True)
    explication = models.TextField("explication", blank=True)
    repondu_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    repondu_le = models.DateTimeField(null=True, blank=True)
    dossier = models.OneToOneField(Dossier, models.SET_NULL, null=True, blank=True, related_name="pre_projet")
    version = models.PositiveIntegerField(default=0)
    modifie_le = models.DateTimeField(auto_now=True)
    # Qui a écrit quel champ, et quand : comme sur le dossier.
    ecritures = models.JSONField(default=dict, blank=True, editable=False)

    objects = PreProjetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reponse__in=["", "continuer", "changer", "ailleurs"]), name="pre_projet_reponse_connue"
            ),
            models.CheckConstraint(
                condition=Q(reponse="") | Q(repondu_le__isnull=False), name="pre_projet_repondu_a_une_date"
            ),
        ]

    def __str__(self):
        return self.intitule

    @property
    def est_en_retard(self):
        """La date de réponse est passée, sans réponse."""
        return bool(self.envoye_le and not self.reponse and self.reponse_avant < timezone.localdate())

    def version_de(self, section):
        return self.ecritures.get(section, {}).get("v", 0)


class ReserveReprise(models.Model):
    """Une réserve de l'avis de l'an passé, recopiée dans le dossier qui renouvelle l'action, et ce qu'on y répond."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reserves_reprises")
    texte = models.TextField("réserve")
    reponse = models.TextField("ce que nous avons changé", blank=True)
    traitee = models.BooleanField("nous en avons tenu compte", default=False)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "pk"]

    def __str__(self):
        return self.texte


class Realisation(models.Model):
    """Ce qui a été réalisé, chiffre par chiffre, tel que l'organisme le déclare en reconduisant l'action.

    `cle` : « C:60 » ou « P:70 » (un compte du budget), « F:12 » (un financeur), « I:7 » (un indicateur), ou le nom
    d'un champ du public. Le bilan partira de ces valeurs.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="realisations")
    cle = models.CharField(max_length=40)
    valeur = models.DecimalField(**MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["cle"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "cle"], name="realisation_unique"),
            models.CheckConstraint(condition=Q(valeur__gte=0), name="realisation_positive"),
        ]

    def __str__(self):
        return f"{self.cle} : {self.valeur}"
