"""Le contrat de ville (quartiers, portraits, objectifs) et les appels à projets qui le mettent en œuvre."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comptes.models import Collectivite, Partenaire, Role
from comptes.validateurs import valider_code_insee, valider_code_postal, valider_code_qpv

MONTANT = {"max_digits": 12, "decimal_places": 2}


class Statut(models.TextChoices):
    """D'où vient un libellé du référentiel : lu tel quel, déduit, ou lu incomplet."""

    SOURCE = "source", "Lu dans la convention"
    TITRE_INFERE = "titre_infere", "Titre déduit"
    INFERE = "infere", "Déduit"
    TRONQUE = "tronque", "Lu incomplet"


class Contrat(models.Model):
    """Le contrat de ville signé par l'intercommunalité ; chaque commune a sa convention d'application."""

    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="contrats")
    intitule = models.CharField("intitulé", max_length=255)
    debut = models.PositiveSmallIntegerField("début")
    fin = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collectivite", "debut"], name="contrat_unique"),
            models.CheckConstraint(condition=Q(fin__gte=F("debut")), name="contrat_dure"),
        ]

    def __str__(self):
        return self.intitule


class ConventionApplication(models.Model):
    """Ce que le contrat devient sur un territoire : quartiers, objectifs, pilotage."""

    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="conventions")
    collectivite = models.OneToOneField(Collectivite, models.PROTECT, related_name="convention_application")
    intitule = models.CharField("intitulé", max_length=255)
    signee_le = models.DateField("signée le", null=True, blank=True)
    lieu_signature = models.CharField(max_length=100, blank=True)
    avertissement = models.TextField(blank=True)

    def __str__(self):
        return self.intitule


class Commune(models.Model):
    code_insee = models.CharField(max_length=5, unique=True, validators=[valider_code_insee])
    nom = models.CharField(max_length=100)
    code_postal = models.CharField(max_length=5, blank=True, validators=[valider_code_postal])

    class Meta:
        ordering = ["nom"]

    def __str__(self):
        return self.nom


class Quartier(models.Model):
    """Un quartier prioritaire ; il déborde parfois la commune qui le porte."""

    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="quartiers")
    code_qpv = models.CharField("code QPV 2024", max_length=8, validators=[valider_code_qpv])
    nom = models.CharField(max_length=120)
    libelle_officiel = models.CharField(max_length=160, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    communes = models.ManyToManyField(Commune, related_name="quartiers")
    contour = models.JSONField(null=True, blank=True, help_text="Géométrie GeoJSON (WGS84)")
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "nom"]
        constraints = [models.UniqueConstraint(fields=["convention", "code_qpv"], name="quartier_unique")]

    def __str__(self):
        return self.nom


class Indicateur(models.Model):
    """Un chiffre du portrait de quartier ; la valeur de référence dit toujours à quoi elle se rapporte."""

    class Perimetre(models.TextChoices):
        AGGLOMERATION = "agglo", "agglomération"
        COMMUNE = "commune", "commune"

    quartier = models.ForeignKey(Quartier, models.CASCADE, related_name="indicateurs")
    code = models.CharField(max_length=60)
    libelle = models.CharField("libellé", max_length=255)
    valeur = models.DecimalField(**MONTANT)
    unite = models.CharField("unité", max_length=40, blank=True)
    reference = models.DecimalField(**MONTANT, null=True, blank=True)
    perimetre = models.CharField(max_length=10, choices=Perimetre, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre"]
        constraints = [models.UniqueConstraint(fields=["quartier", "code"], name="indicateur_unique")]

    def __str__(self):
        return self.libelle


class Constat(models.Model):
    """Une fragilité ou un point d'appui relevé dans le portrait du quartier."""

    class Genre(models.TextChoices):
        IRRITANT = "irritant", "Fragilité"
        OPPORTUNITE = "opportunite", "Point d’appui"

    quartier = models.ForeignKey(Quartier, models.CASCADE, related_name="constats")
    genre = models.CharField(max_length=12, choices=Genre)
    titre = models.CharField(max_length=255)
    detail = models.TextField("détail", blank=True)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["genre", "ordre"]

    def __str__(self):
        return self.titre


class EnjeuPrioritaire(models.Model):
    """Les quatre enjeux communaux des groupes de travail : une autre liste que les enjeux du contrat."""

    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="enjeux_prioritaires")
    code = models.CharField(max_length=12)
    texte = models.CharField(max_length=255)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    quartiers = models.ManyToManyField(Quartier, related_name="enjeux_prioritaires", blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["convention", "code"], name="enjeu_prioritaire_unique")]

    def __str__(self):
        return self.texte


def nommer_enjeu(numero, titre):
    """« Enjeu 1 · Des quartiers attentifs… » : la convention écrit ses titres en capitales, on les lit mieux sans."""
    titre = titre.capitalize() if titre.isupper() else titre
    return f"Enjeu {numero} · {titre}" if titre else f"Enjeu {numero}"


class Enjeu(models.Model):
    convention = models.ForeignKey(ConventionApplication, models.CASCADE, related_name="enjeux")
    numero = models.PositiveSmallIntegerField("numéro")
    code = models.CharField(max_length=12)
    titre = models.CharField(max_length=255, blank=True)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)

    class Meta:
        ordering = ["numero"]
        constraints = [models.UniqueConstraint(fields=["convention", "code"], name="enjeu_unique")]

    def __str__(self):
        return nommer_enjeu(self.numero, self.titre)


class ObjectifStrategique(models.Model):
    """Deux niveaux : `parent` vide pour le premier, rempli pour le second."""

    enjeu = models.ForeignKey(Enjeu, models.CASCADE, related_name="objectifs_strategiques")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="sous_objectifs")
    code = models.CharField(max_length=16)
    titre = models.CharField(max_length=400)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["enjeu__numero", "ordre", "code"]
        constraints = [models.UniqueConstraint(fields=["enjeu", "code"], name="objectif_strategique_unique")]

    def __str__(self):
        return self.titre


class ObjectifOperationnel(models.Model):
    """Ce à quoi un projet répond, dans les quartiers où la convention le retient."""

    strategique = models.ForeignKey(ObjectifStrategique, models.CASCADE, related_name="objectifs_operationnels")
    code = models.CharField(max_length=16)
    texte = models.CharField(max_length=500)
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.SOURCE)
    quartiers = models.ManyToManyField(Quartier, related_name="objectifs")
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["strategique__enjeu__numero", "code"]
        constraints = [models.UniqueConstraint(fields=["strategique", "code"], name="objectif_operationnel_unique")]

    def __str__(self):
        return self.texte


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


class CritereEvaluation(models.Model):
    """Une ligne de la grille ; note de l'appel = Σ poids × niveau / 5, sur la somme des poids."""

    NIVEAU_MAX = 5

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="criteres")
    ordre = models.PositiveSmallIntegerField(default=0)
    libelle = models.CharField("libellé", max_length=160)
    aide = models.CharField(max_length=400, blank=True)
    poids = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    niveaux = models.JSONField("niveaux décrits de 0 à 5", default=list, blank=True)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["appel", "libelle"], name="critere_unique")]

    def __str__(self):
        return self.libelle


class PieceDemandee(models.Model):
    class Obligation(models.TextChoices):
        TOUJOURS = "toujours", "Obligatoire"
        ASSOCIATION = "association", "Obligatoire pour une association ou une fondation"
        RENOUVELLEMENT = "renouvellement", "Obligatoire pour un renouvellement"
        JAMAIS = "jamais", "Facultative"

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="pieces_demandees")
    ordre = models.PositiveSmallIntegerField(default=0)
    libelle = models.CharField("libellé", max_length=160)
    aide = models.CharField(max_length=300, blank=True)
    obligation = models.CharField(max_length=15, choices=Obligation, default=Obligation.TOUJOURS)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["appel", "libelle"], name="piece_demandee_unique")]

    def __str__(self):
        return self.libelle

    def est_obligatoire(self, organisme, renouvellement):
        return (
            self.obligation == self.Obligation.TOUJOURS
            or (self.obligation == self.Obligation.ASSOCIATION and organisme.souscrit_cer)
            or (self.obligation == self.Obligation.RENOUVELLEMENT and renouvellement)
        )
