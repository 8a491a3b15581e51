"""L'appel à projets : ses dates, ses règles, ses financeurs, qui le voit."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from appels.models.champs import MONTANT
from appels.models.convention import ConventionApplication
from appels.models.objectifs import ObjectifOperationnel
from appels.sections import sections_par_defaut
from comptes.models import Collectivite, Partenaire, Role

# SMIC horaire brut au 1er janvier 2026 (12,02 €) et cotisations patronales d'un bas salaire : l'ordre de grandeur que
# proposent les guides de valorisation. Chaque appel fixe le sien.
TAUX_HORAIRE_BENEVOLAT = Decimal("13.00")


class Financeur(models.Model):
    """Qui apporte l'argent d'un appel ; il décide de sa propre colonne."""

    collectivite = models.ForeignKey(Collectivite, models.CASCADE, related_name="financeurs")
    partenaire = models.ForeignKey(Partenaire, models.PROTECT, null=True, blank=True, related_name="financeurs")
    nom = models.CharField(max_length=160)
    sigle = models.CharField("nom court", max_length=24)
    est_public = models.BooleanField("financeur public", default=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "nom"]
        constraints = [models.UniqueConstraint(fields=["collectivite", "sigle"], name="financeur_unique")]

    def __str__(self):
        return self.nom


class AppelQuerySet(models.QuerySet):
    def publies(self):
        return self.filter(publie_le__lte=timezone.now())

    def ouverts(self):
        maintenant = timezone.now()
        return self.publies().filter(ouvre_le__lte=maintenant, cloture_le__gte=maintenant)

    def visibles_par(self, utilisateur):
        """Les appels publiés pour tous ; ceux en préparation pour les agents de leur collectivité."""
        publies = Q(publie_le__lte=timezone.now())
        if not utilisateur.is_authenticated:
            return self.filter(publies)
        return self.filter(publies | Q(collectivite__in=utilisateur.ids_collectivites(Role.AGENT)))

    def geres_par(self, utilisateur):
        return self.filter(collectivite__in=utilisateur.ids_collectivites(Role.AGENT))


class Appel(models.Model):
    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="appels")
    convention = models.ForeignKey(ConventionApplication, models.PROTECT, related_name="appels")
    annee = models.PositiveSmallIntegerField("année", validators=[MinValueValidator(2015), MaxValueValidator(2100)])
    code = models.CharField(
        max_length=8, help_text="Deux à huit capitales ; il entre dans le numéro des dossiers (exemple : BLB)."
    )
    slug = models.SlugField(max_length=80, unique=True)
    intitule = models.CharField("intitulé", max_length=200)
    presentation = models.TextField("présentation", blank=True)
    ouvre_le = models.DateTimeField("ouverture du dépôt")
    cloture_le = models.DateTimeField("clôture du dépôt")
    periode_reunions = models.CharField("réunions thématiques", max_length=100, blank=True)
    periode_decision = models.CharField("décision", max_length=100, blank=True)
    montant_min = models.DecimalField("montant minimal demandé", **MONTANT, default=0)
    montant_max = models.DecimalField("montant maximal demandé", **MONTANT, null=True, blank=True)
    taux_max_public = models.DecimalField(
        "part publique maximale (%)",
        max_digits=5,
        decimal_places=2,
        default=80,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    benevolat_dans_assiette = models.BooleanField("le bénévolat valorisé compte dans le coût", default=False)
    taux_horaire_benevolat = models.DecimalField(
        "valeur d’une heure de bénévolat (€)",
        max_digits=6,
        decimal_places=2,
        default=TAUX_HORAIRE_BENEVOLAT,
        validators=[MinValueValidator(0)],
    )
    annee_scolaire = models.BooleanField("l’action peut suivre l’année scolaire", default=False)
    pluriannuel_max = models.PositiveSmallIntegerField(
        "durée maximale d’une convention pluriannuelle (années)",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
        help_text="1 : l’appel ne reçoit que des demandes annuelles.",
    )
    seuil_simplifie = models.DecimalField(
        "formulaire d’une page jusqu’à (€)", **MONTANT, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    pre_projet_delai_jours = models.PositiveSmallIntegerField(
        "réponse aux pré-projets sous (jours)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Laissez vide si le service ne reçoit pas de pré-projet.",
    )
    # Les sections facultatives du formulaire que cet appel montre (appels/sections.py).
    sections = models.JSONField("sections du formulaire", default=sections_par_defaut, blank=True)
    copie_de = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    financeurs = models.ManyToManyField(Financeur, related_name="appels")
    objectifs = models.ManyToManyField(ObjectifOperationnel, related_name="appels", blank=True)
    publie_le = models.DateTimeField("publié le", null=True, blank=True)
    dernier_numero = models.PositiveIntegerField(default=0, editable=False)

    objects = AppelQuerySet.as_manager()

    class Meta:
        ordering = ["-annee", "intitule", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["annee", "code"],
                name="appel_code_unique",
                violation_error_message="Un appel de la même année porte déjà ce code.",
            ),
            models.CheckConstraint(
                condition=Q(cloture_le__gt=F("ouvre_le")),
                name="appel_cloture_apres_ouverture",
                violation_error_message="La clôture vient après l’ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(montant_max__isnull=True) | Q(montant_max__gte=F("montant_min")),
                name="appel_bornes_montant",
                violation_error_message="Le montant maximal dépasse le montant minimal.",
            ),
        ]

    def __str__(self):
        return self.intitule

    def clean(self):
        if self.code and not (self.code.isalnum() and self.code.isupper() and 2 <= len(self.code) <= 8):
            raise ValidationError({"code": "Deux à huit capitales ou chiffres, sans espace."})

    def est_publie(self):
        return self.publie_le is not None and self.publie_le <= timezone.now()

    def est_ouvert(self, maintenant=None):
        """Ouvert au dépôt ? L'heure du serveur fait foi ; la seconde de clôture est encore ouverte."""
        maintenant = maintenant or timezone.now()
        return self.est_publie() and self.ouvre_le <= maintenant <= self.cloture_le

    def jours_restants(self, maintenant=None):
        """Jours entiers de calendrier (Europe/Paris) jusqu'à la clôture ; 0 le dernier jour."""
        maintenant = timezone.localtime(maintenant or timezone.now())
        return (timezone.localtime(self.cloture_le).date() - maintenant.date()).days
