"""La réunion thématique : ordre du jour, notes à l'aveugle, déports, avis et procès-verbal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import MONTANT, Appel, CritereEvaluation, Enjeu, Financeur
from comptes.models import Role
from dossiers.models import POSITIF, Dossier


class ReunionQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """L'agent voit celles de sa collectivité, le membre celles où il est convié."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(
            Q(appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT))
            | Q(pk__in=MembreReunion.objects.filter(utilisateur=utilisateur).values("reunion"))
        )

    def conduites_par(self, utilisateur):
        return self.filter(appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT))


class Reunion(models.Model):
    appel = models.ForeignKey(Appel, models.PROTECT, related_name="reunions")
    enjeu = models.ForeignKey(Enjeu, models.PROTECT, null=True, blank=True, related_name="reunions")
    titre = models.CharField(max_length=160)
    debut = models.DateTimeField("date et heure")
    lieu = models.CharField(max_length=160, blank=True)
    president = models.CharField("présidence", max_length=160, blank=True)
    secretaire = models.CharField("secrétariat", max_length=160, blank=True)
    divers = models.TextField("points divers", blank=True)
    close_le = models.DateTimeField(null=True, blank=True)

    objects = ReunionQuerySet.as_manager()

    class Meta:
        ordering = ["debut", "pk"]

    def __str__(self):
        return self.titre

    @property
    def est_close(self):
        return self.close_le is not None


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


class PassageDossier(models.Model):
    """Un dossier à l'ordre du jour d'une réunion."""

    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="passages")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="passages")
    rang = models.PositiveSmallIntegerField()
    # Des notes lues une fois restent lues, même si un membre s'ajoute ensuite : on ne les reprend plus.
    decouvert_le = models.DateTimeField("notes découvertes le", null=True, blank=True)

    class Meta:
        ordering = ["rang", "pk"]
        constraints = [
            # Un dossier passe dans une seule réunion ; l'ajournement à une autre séance le déplace.
            models.UniqueConstraint(fields=["dossier"], name="passage_unique"),
        ]

    def __str__(self):
        return f"{self.rang}. {self.dossier}"


class EvaluationQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """À l'aveugle : la sienne seulement ; `lecture` dit quand les autres se découvrent."""
        return self.filter(evaluateur=utilisateur)


class Evaluation(models.Model):
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="evaluations")
    evaluateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evaluations")
    commentaire = models.TextField(blank=True)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    modifiee_le = models.DateTimeField(auto_now=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "evaluateur"], name="evaluation_unique")]

    def __str__(self):
        return f"{self.evaluateur} sur {self.dossier}"


class Note(models.Model):
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="notes")
    critere = models.ForeignKey(CritereEvaluation, models.PROTECT, related_name="notes")
    valeur = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "critere"], name="note_unique"),
            models.CheckConstraint(
                condition=Q(valeur__gte=0, valeur__lte=CritereEvaluation.NIVEAU_MAX), name="note_de_0_a_5"
            ),
        ]

    def __str__(self):
        return f"{self.critere} : {self.valeur}"


class Deport(models.Model):
    """Un conflit d'intérêts déclaré : la personne ne voit plus rien du dossier (CGCT, art. L. 2131-11)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="deports")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deports")
    motif = models.CharField(max_length=300)
    declare_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "utilisateur"], name="deport_unique")]

    def __str__(self):
        return f"{self.utilisateur} se déporte de {self.dossier.numero}"


class Avis(models.Model):
    """L'avis collectif de la réunion ; consultatif."""

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVES = "reserves", "Favorable avec réserves"
        AJOURNE = "ajourne", "Ajourné"
        DEFAVORABLE = "defavorable", "Défavorable"

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="avis")
    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="avis")
    sens = models.CharField(max_length=12, choices=Sens)
    observations = models.TextField(blank=True)
    reserves = models.TextField("réserves", blank=True)
    rendu_le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "avis"
        constraints = [
            models.CheckConstraint(
                condition=~Q(sens="reserves") | ~Q(reserves=""),
                name="avis_reserves_dites",
                violation_error_message="Un avis avec réserves dit lesquelles.",
            )
        ]

    def __str__(self):
        return f"{self.dossier.numero} : {self.get_sens_display()}"


class MontantPropose(models.Model):
    avis = models.ForeignKey(Avis, models.CASCADE, related_name="montants")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="montants_proposes")
    montant = models.DecimalField(**MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["avis", "financeur"], name="montant_propose_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="montant_propose_positif"),
        ]

    def __str__(self):
        return f"{self.financeur} {self.montant}"


class ProcesVerbal(models.Model):
    """Une édition du procès-verbal ; on en refait une, on n'en remplace pas."""

    reunion = models.ForeignKey(Reunion, models.PROTECT, related_name="proces_verbaux")
    version = models.PositiveSmallIntegerField()
    donnees = models.JSONField()
    fichier = models.FileField(upload_to="proces-verbaux/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    demande_le = models.DateTimeField(default=timezone.now)
    produit_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "procès-verbaux"
        constraints = [models.UniqueConstraint(fields=["reunion", "version"], name="proces_verbal_unique")]

    def __str__(self):
        return f"Procès-verbal de « {self.reunion} », version {self.version}"
