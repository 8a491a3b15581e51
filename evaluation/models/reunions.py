"""La réunion : qui y est convié, les dossiers à son ordre du jour et leurs lecteurs, ou ses points."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import Appel, Enjeu, EnjeuPrioritaire
from comptes.models import Collectivite, Role
from dossiers.models import Dossier


class ReunionQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """L'agent voit celles de sa collectivité, le membre celles où il est convié."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(
            Q(collectivite__in=utilisateur.ids_collectivites(Role.AGENT))
            | Q(pk__in=MembreReunion.objects.filter(utilisateur=utilisateur).values("reunion"))
        )

    def conduites_par(self, utilisateur):
        return self.filter(collectivite__in=utilisateur.ids_collectivites(Role.AGENT))


class Reunion(models.Model):
    class Nature(models.TextChoices):
        THEMATIQUE = "thematique", "Réunion thématique"
        GROUPE_TRAVAIL = "groupe_travail", "Groupe de travail"
        PILOTAGE = "pilotage", "Pilotage communal"

    nature = models.CharField(max_length=16, choices=Nature, default=Nature.THEMATIQUE)
    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="reunions", verbose_name="collectivité")
    # Seule la réunion thématique examine les dossiers d'un appel, et les note.
    appel = models.ForeignKey(Appel, models.PROTECT, null=True, blank=True, related_name="reunions")
    enjeu_prioritaire = models.ForeignKey(
        EnjeuPrioritaire, models.PROTECT, null=True, blank=True, related_name="reunions"
    )
    enjeu = models.ForeignKey(Enjeu, models.PROTECT, null=True, blank=True, related_name="reunions")
    titre = models.CharField(max_length=160)
    debut = models.DateTimeField("date et heure")
    fin = models.DateTimeField("heure de fin", null=True, blank=True)
    lieu = models.CharField(max_length=160, blank=True)
    president = models.CharField("présidence", max_length=160, blank=True)
    secretaire = models.CharField("secrétariat", max_length=160, blank=True)
    divers = models.TextField("points divers", blank=True)
    # Nombre de présents qui notent, en dessous duquel la séance ne se prononce pas ; 0 : pas de règle.
    quorum = models.PositiveSmallIntegerField(default=0)
    lecteurs_par_dossier = models.PositiveSmallIntegerField(default=2)
    minutes_par_dossier = models.PositiveSmallIntegerField(default=6, validators=[MinValueValidator(1)])
    convoquee_le = models.DateTimeField("convoquée le", null=True, blank=True)
    # Le numéro de révision de l'invitation d'agenda (RFC 5545, SEQUENCE) : un agenda remplace l'ancienne.
    revision = models.PositiveIntegerField("révision", default=0)
    close_le = models.DateTimeField(null=True, blank=True)
    # Une réunion annulée est close aussi : plus rien n'y change, et les agendas la retirent.
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    objects = ReunionQuerySet.as_manager()

    class Meta:
        ordering = ["debut", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature="thematique", appel__isnull=False) | (~Q(nature="thematique") & Q(appel=None)),
                name="reunion_thematique_a_un_appel",
                violation_error_message="Une réunion thématique examine les dossiers d’un appel ; les autres, non.",
            ),
            models.CheckConstraint(
                condition=Q(fin=None) | Q(fin__gt=models.F("debut")),
                name="reunion_finit_apres_son_debut",
                violation_error_message="La réunion finit après avoir commencé.",
            ),
        ]

    def __str__(self):
        return self.titre

    @property
    def est_thematique(self):
        return self.nature == self.Nature.THEMATIQUE

    @property
    def est_close(self):
        return self.close_le is not None

    @property
    def est_annulee(self):
        return self.annulee_le is not None


class MembreReunion(models.Model):
    class Presence(models.TextChoices):
        ATTENDU = "attendu", "Attendu"
        PRESENT = "present", "Présent"
        EXCUSE = "excuse", "Excusé"

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="membres")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reunions")
    structure = models.CharField(max_length=160, blank=True)
    evalue = models.BooleanField("note les dossiers", default=True)
    presence = models.CharField("présence", max_length=8, choices=Presence, default=Presence.ATTENDU)

    class Meta:
        ordering = ["utilisateur__nom", "pk"]
        constraints = [models.UniqueConstraint(fields=["reunion", "utilisateur"], name="membre_reunion_unique")]

    def __str__(self):
        return f"{self.utilisateur} ({self.structure})"


class Invite(models.Model):
    """Une personne conviée sans compte : élu, partenaire de passage ; elle ne lit ni ne note aucun dossier."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="invites")
    nom = models.CharField(max_length=160)
    qualite = models.CharField("qualité", max_length=160, blank=True)
    structure = models.CharField(max_length=160, blank=True)
    courriel = models.EmailField(blank=True)
    presence = models.CharField(
        "présence", max_length=8, choices=MembreReunion.Presence, default=MembreReunion.Presence.ATTENDU
    )

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "invité"
        constraints = [models.UniqueConstraint(fields=["reunion", "nom", "structure"], name="invite_unique")]

    def __str__(self):
        return self.nom


class PassageDossier(models.Model):
    """Un dossier à l'ordre du jour d'une réunion."""

    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="passages")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="passages")
    rang = models.PositiveSmallIntegerField()
    # Des notes lues une fois restent lues, même si un membre s'ajoute ensuite : on ne les reprend plus.
    decouvert_le = models.DateTimeField("notes découvertes le", null=True, blank=True)

    # Proposé sans débat : une seule décision pour tout le bloc, sauf si un membre demande à en parler.
    sans_debat = models.BooleanField(default=False)
    sorti_du_bloc_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Le temps passé dessus en séance.
    ouvert_le = models.DateTimeField("examen ouvert le", null=True, blank=True)
    ferme_le = models.DateTimeField("examen fermé le", null=True, blank=True)

    class Meta:
        ordering = ["rang", "pk"]
        constraints = [
            # Un dossier passe dans une seule réunion ; l'ajournement à une autre séance le déplace.
            models.UniqueConstraint(fields=["dossier"], name="passage_unique"),
        ]

    def __str__(self):
        return f"{self.rang}. {self.dossier}"


class Lecteur(models.Model):
    """Un membre chargé de lire et de noter un dossier ; sans lecteur désigné, tous les membres le notent."""

    passage = models.ForeignKey(PassageDossier, models.CASCADE, related_name="lecteurs")
    membre = models.ForeignKey(MembreReunion, models.CASCADE, related_name="lectures")
    designe_le = models.DateTimeField("désigné le", default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["passage", "membre"], name="lecteur_unique")]

    def __str__(self):
        return f"{self.membre} lit {self.passage}"


class PointQuerySet(models.QuerySet):
    def non_soldes(self):
        """Ce qui reste à faire : un point sans décision, ou une suite confiée à quelqu'un, ou datée."""
        return self.filter(Q(decision="") | ~Q(responsable="") | Q(echeance__isnull=False), solde_le=None)


class PointOrdreDuJour(models.Model):
    """Un point d'une réunion sans dossiers : ce qui le prépare, puis ce qui s'y est dit et décidé."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="points")
    rang = models.PositiveSmallIntegerField()
    titre = models.CharField(max_length=200)
    preparation = models.TextField("préparation", blank=True)
    minutes = models.PositiveSmallIntegerField("durée prévue", null=True, blank=True)
    echanges = models.TextField("échanges", blank=True)
    decision = models.TextField("décision ou suite", blank=True)
    responsable = models.CharField(max_length=160, blank=True)
    echeance = models.DateField("échéance", null=True, blank=True)
    solde_le = models.DateTimeField("soldé le", null=True, blank=True)
    repris_de = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reprises")

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ["rang", "pk"]
        verbose_name = "point à l’ordre du jour"
        verbose_name_plural = "points à l’ordre du jour"

    def __str__(self):
        return f"{self.rang}. {self.titre}"

    @property
    def est_traite(self):
        return bool(self.echanges or self.decision)

    @property
    def a_une_suite(self):
        return bool(self.responsable or self.echeance)
