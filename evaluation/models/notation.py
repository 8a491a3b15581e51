"""Noter à l'aveugle : l'évaluation et ses versions, les citations épinglées, les questions au porteur, le déport."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from appels.models import CritereEvaluation
from comptes.models import Organisme
from dossiers.etats import Etat
from dossiers.models import Dossier, Message
from evaluation.citations import CHAMPS, SIGNES_MAX


class EvaluationQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """À l'aveugle : la sienne seulement ; `lecture` dit quand les autres se découvrent."""
        return self.filter(evaluateur=utilisateur)


class Evaluation(models.Model):
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="evaluations")
    evaluateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evaluations")
    commentaire = models.TextField(blank=True)
    # Le dernier envoi : lui seul compte, avec ses notes, même pendant qu'on les reprend.
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    # Ce qui s'écrit avant l'envoi, ou pendant une reprise : {nom du champ à l'écran: valeur} ; None : rien en cours.
    brouillon = models.JSONField(null=True, blank=True, default=None)
    # {nom du champ: [la page qui l'a écrit, l'instant]} : deux appareils d'une personne ne s'écrasent pas.
    ecritures = models.JSONField("écritures", blank=True, default=dict, editable=False)
    modifiee_le = models.DateTimeField(auto_now=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "evaluateur"], name="evaluation_unique")]

    def __str__(self):
        return f"{self.evaluateur} sur {self.dossier}"

    @property
    def est_envoyee(self):
        return self.envoyee_le is not None

    @property
    def en_reprise(self):
        """Envoyée, puis rouverte sans avoir été renvoyée."""
        return self.est_envoyee and self.brouillon is not None


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


class VersionEvaluation(models.Model):
    """Une évaluation telle qu'elle a été envoyée ; reprendre ses notes n'efface pas ce qui comptait jusque-là."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    # {identifiant du critère: niveau}, tel que la grille était à l'envoi.
    notes = models.JSONField()
    commentaire = models.TextField(blank=True)
    envoyee_le = models.DateTimeField("envoyée le")
    # Renvoyée alors que la personne pouvait lire les notes des autres.
    apres_lecture = models.BooleanField("modifiée après lecture des autres notes", default=False)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "versions d’évaluations"
        constraints = [models.UniqueConstraint(fields=["evaluation", "version"], name="version_evaluation_unique")]

    def __str__(self):
        return f"{self.evaluation}, version {self.version}"


class CitationQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Chacun lit les siennes ; `lecture` dit quand celles des autres se découvrent, comme les notes."""
        return self.filter(evaluateur=utilisateur)


class Citation(models.Model):
    """Un passage du dossier épinglé à un critère, pour appuyer une note."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="citations")
    evaluateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="citations")
    critere = models.ForeignKey(CritereEvaluation, models.PROTECT, related_name="citations")
    # Le champ du dossier d'où vient le passage, et le passage lui-même : il reste lisible si le champ change.
    champ = models.CharField(max_length=60)
    texte = models.CharField(max_length=SIGNES_MAX)
    epinglee_le = models.DateTimeField("épinglée le", default=timezone.now)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "evaluateur", "critere", "texte"], name="citation_unique"),
            models.CheckConstraint(condition=~Q(texte=""), name="citation_non_vide"),
        ]

    def __str__(self):
        return self.texte

    @property
    def libelle_du_champ(self):
        return CHAMPS.get(self.champ, "")


class EnvoiQuestions(models.Model):
    """Les questions des lecteurs, réunies par le service en un seul message au porteur."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="envois_questions")
    message = models.OneToOneField(Message, models.PROTECT, related_name="questions_reunies")
    # Le message du porteur que le service a retenu comme réponse ; tous les lecteurs le lisent.
    reponse = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="+")
    envoye_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    envoye_le = models.DateTimeField("envoyé le", default=timezone.now)
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "envois de questions"
        constraints = [
            models.CheckConstraint(
                condition=Q(reponse=None, repondu_le=None) | Q(reponse__isnull=False, repondu_le__isnull=False),
                name="reponse_datee",
            )
        ]

    def __str__(self):
        return f"Questions sur {self.dossier.numero}"


class QuestionLecteurQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les siennes ; `questions` dit ce que tous les lecteurs lisent, et le service lit celles qu'il reçoit."""
        return self.filter(auteur=utilisateur)

    def en_attente(self):
        """Reçues par le service, ni envoyées, ni répondues, ni écartées ; jamais celles d'une personne déportée."""
        deportes = Deport.objects.filter(dossier=OuterRef("dossier"), utilisateur=OuterRef("auteur"))
        return self.filter(~Exists(deportes), envoi=None, ecartee_le=None, motif="")


class QuestionLecteur(models.Model):
    """La question d'un lecteur ; elle passe par le service, le porteur ne sait pas qui la pose."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="questions")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="questions")
    texte = models.CharField(max_length=600)
    posee_le = models.DateTimeField("posée le", default=timezone.now)
    envoi = models.ForeignKey(EnvoiQuestions, models.SET_NULL, null=True, blank=True, related_name="questions")
    # Le mot du service, quand il ne transmet pas. Écartée, seul son auteur le lit : c'est un motif. Sinon le service
    # répond lui-même, et tous les lecteurs du dossier le lisent.
    ecartee_le = models.DateTimeField("écartée le", null=True, blank=True)
    motif = models.CharField(max_length=300, blank=True)

    objects = QuestionLecteurQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "questions de lecteurs"
        constraints = [
            models.CheckConstraint(condition=~Q(texte=""), name="question_non_vide"),
            models.CheckConstraint(condition=Q(envoi=None) | Q(ecartee_le=None), name="question_envoyee_ou_ecartee"),
            models.CheckConstraint(condition=Q(ecartee_le=None) | ~Q(motif=""), name="question_ecartee_dit_pourquoi"),
        ]

    def __str__(self):
        return self.texte

    @property
    def en_attente(self):
        return not (self.envoi_id or self.motif)

    @property
    def reponse_du_service(self):
        """Ce que le service a répondu lui-même à tous les lecteurs ; vide s'il a transmis, écarté, ou pas encore lu."""
        return "" if self.ecartee_le else self.motif


class DeportQuerySet(models.QuerySet):
    def avant_l_avis(self):
        """Ceux que la réunion a connus. Déclaré une fois l'avis rendu, un déport ferme le dossier, sans rien réécrire
        de ce que la réunion a lu, ni de son procès-verbal ; si le dossier revient en évaluation, il compte.
        """
        return self.filter(
            Q(dossier__avis=None)
            | Q(dossier__etat=Etat.EN_EVALUATION)
            | Q(declare_le__lte=F("dossier__avis__rendu_le"))
        )


class Deport(models.Model):
    """Un conflit d'intérêts déclaré : la personne ne voit plus rien du dossier (CGCT, art. L. 2131-11)."""

    class Recu(models.TextChoices):
        EN_LIGNE = "en_ligne", "En ligne"
        ORAL = "oral", "De vive voix"
        ECRIT = "ecrit", "Par écrit"

    # Seul un brouillon se supprime, avec ce qui le fermait.
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="deports")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deports")
    motif = models.CharField(max_length=300)
    declare_le = models.DateTimeField(default=timezone.now)
    recu = models.CharField("reçu", max_length=8, choices=Recu, default=Recu.EN_LIGNE)
    # L'agent qui consigne ce qu'une autre personne lui a déclaré.
    consigne_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="consigné par"
    )
    # Le lien déclaré avec l'organisme, quand c'est lui qui ferme le dossier.
    lien = models.ForeignKey("LienDeclare", models.SET_NULL, null=True, blank=True, related_name="deports")

    objects = DeportQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "utilisateur"], name="deport_unique")]

    def __str__(self):
        return f"{self.utilisateur} se déporte de {self.dossier.numero}"


class LienDeclare(models.Model):
    """Un lien déclaré avec un organisme : il vaut déport pour chacun de ses dossiers, présents et à venir.

    Les lignes `Deport` restent la seule chose que les pages lisent ; le lien les écrit.
    """

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="liens_declares")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="liens_declares")
    motif = models.CharField(max_length=300)
    declare_le = models.DateTimeField("déclaré le", default=timezone.now)
    # Un lien qui cesse ne rouvre pas les dossiers déjà fermés : il n'en ferme plus d'autres.
    leve_le = models.DateTimeField("levé le", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "lien déclaré"
        verbose_name_plural = "liens déclarés"
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "utilisateur"], condition=Q(leve_le=None), name="lien_declare_unique"
            ),
            models.CheckConstraint(condition=~Q(motif=""), name="lien_declare_dit_lequel"),
        ]

    def __str__(self):
        return f"{self.utilisateur} et {self.organisme}"


class LienEcarte(models.Model):
    """« Ce n'est pas le cas » : la réponse d'une personne à un lien possible avec un organisme."""

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="liens_ecartes")
    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="liens_ecartes")
    # Ce qui le laissait penser alors : un indice nouveau se propose de nouveau.
    indices = models.JSONField(default=list)
    ecarte_le = models.DateTimeField("écarté le", default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = "lien écarté"
        verbose_name_plural = "liens écartés"
        constraints = [models.UniqueConstraint(fields=["organisme", "utilisateur"], name="lien_ecarte_unique")]

    def __str__(self):
        return f"{self.utilisateur} n’est pas lié à {self.organisme}"
