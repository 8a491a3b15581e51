"""Le dossier : ce que le porteur écrit, demande et joint."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from appels.models import MONTANT, Appel, Financeur, ObjectifOperationnel, PieceDemandee, Quartier
from comptes.models import Organisme, Role
from dossiers import budget
from dossiers.etats import Etat, Issue

POSITIF = [MinValueValidator(Decimal("0"))]
HORS_VUE_DES_PARTENAIRES = (Etat.BROUILLON, Etat.DEPOSE, Etat.A_COMPLETER, Etat.IRRECEVABLE, Etat.RETIRE)


class DossierQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Le porteur voit les siens ; l'agent ceux de sa collectivité, une fois déposés ; l'évaluateur et le conseil
        citoyen ceux de leurs réunions ; le financeur ceux des appels qu'il finance, une fois recevables. Qui s'est
        déporté d'un dossier ne le voit plus, même agent.
        """
        if not utilisateur.is_authenticated:
            return self.none()
        visible = Q(organisme__in=utilisateur.ids_organismes)
        if collectivites := utilisateur.ids_collectivites(Role.AGENT):
            instruits = Q(appel__collectivite__in=collectivites) & ~Q(etat=Etat.BROUILLON)
            visible |= instruits & ~Q(deports__utilisateur=utilisateur)
        partenaire = Q(pk__in=())
        if utilisateur.ids_collectivites(Role.EVALUATEUR, Role.CITOYEN):
            partenaire |= Q(passages__reunion__membres__utilisateur=utilisateur)
        if partenaires := utilisateur.ids_partenaires(Role.FINANCEUR):
            finances = Appel.financeurs.through.objects.filter(financeur__partenaire__in=partenaires)
            partenaire |= Q(appel__in=finances.values("appel_id"))
        if partenaire != Q(pk__in=()):
            lisibles = self.model.objects.filter(partenaire).exclude(
                Q(deports__utilisateur=utilisateur) | Q(etat__in=HORS_VUE_DES_PARTENAIRES)
            )
            visible |= Q(pk__in=lisibles.values("pk"))
        return self.filter(visible)

    def ecrits_par(self, utilisateur):
        """Ceux que la personne rédige, comme membre de l'organisme."""
        return self.filter(organisme__in=utilisateur.ids_organismes)

    def instruits_par(self, utilisateur):
        """Ceux que la personne instruit comme agent, sauf déport."""
        return self.filter(appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT)).exclude(
            Q(etat=Etat.BROUILLON) | Q(deports__utilisateur=utilisateur)
        )

    def avec_contenu(self):
        """Ce que la personne a saisi, en une requête par famille."""
        return self.select_related("appel__collectivite", "appel__convention", "organisme").prefetch_related(
            models.Prefetch("cibles", Cible.objects.select_related("objectif", "quartier")),
            models.Prefetch("financements", Financement.objects.select_related("financeur")),
            "lignes_budget",
        )

    def pour_liste(self):
        """Tout ce qu'une ligne de liste montre, en un nombre constant de requêtes."""
        return (
            self.select_related("appel", "organisme")
            .prefetch_related(
                models.Prefetch("cibles", Cible.objects.select_related("quartier").defer("quartier__contour"))
            )
            .annotate(total_demande=models.Subquery(_somme_demandee()))
            .order_by("-depose_le", "-pk")
        )


def _somme_demandee():
    return (
        Financement.objects.filter(dossier=models.OuterRef("pk"))
        .order_by()
        .values("dossier")
        .annotate(total=Sum("montant_demande"))
        .values("total")
    )


class Dossier(models.Model):
    appel = models.ForeignKey(Appel, models.PROTECT, related_name="dossiers")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="dossiers")
    numero = models.CharField("numéro", max_length=24, unique=True)
    etat = models.CharField("état", max_length=15, choices=Etat, default=Etat.BROUILLON, db_index=True)
    issue = models.CharField(max_length=12, choices=Issue, blank=True, default=Issue.AUCUNE)
    renouvelle = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="renouvellements", verbose_name="renouvelle"
    )

    intitule = models.CharField("intitulé de l’action", max_length=160, blank=True)
    description = models.TextField("description de l’action", blank=True)
    moyens = models.TextField("moyens humains et matériels", blank=True)
    partenaires = models.TextField("partenaires de l’action", blank=True)
    resultats_attendus = models.TextField("résultats attendus et indicateurs", blank=True)
    debut = models.DateField("début de l’action", null=True, blank=True)
    fin = models.DateField("fin de l’action", null=True, blank=True)
    public = models.TextField("public visé", blank=True, help_text="Âge, situation, lieu de résidence.")
    nb_beneficiaires = models.PositiveIntegerField(
        "nombre de bénéficiaires", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    part_qpv = models.PositiveSmallIntegerField(
        "part du public habitant en quartier prioritaire (%)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )

    cer_souscrit_le = models.DateTimeField("contrat d’engagement républicain souscrit le", null=True, blank=True)
    atteste_le = models.DateTimeField("attestation sur l’honneur le", null=True, blank=True)
    atteste_par = models.CharField(max_length=200, blank=True)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    recevable_le = models.DateTimeField("déclaré recevable le", null=True, blank=True)
    motif_irrecevabilite = models.TextField("motif d’irrecevabilité", blank=True)
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    notifie_le = models.DateTimeField("notifié le", null=True, blank=True)

    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now)
    modifie_le = models.DateTimeField(auto_now=True)
    # Verrou optimiste : deux personnes de la même association n'écrasent pas leurs textes.
    version = models.PositiveIntegerField(default=0)

    objects = DossierQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["appel", "etat"]), models.Index(fields=["-depose_le", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(etat__in=Etat.values), name="dossier_etat_connu"),
            models.CheckConstraint(condition=Q(issue__in=Issue.values), name="dossier_issue_connue"),
            models.CheckConstraint(
                condition=~Q(etat__in=[Etat.EN_COURS, Etat.BILAN_RENDU]) | Q(issue=Issue.ACCORDE),
                name="dossier_refuse_ne_demarre_jamais",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[Etat.DECIDE, Etat.NOTIFIE, Etat.CLOS]) | ~Q(issue=Issue.AUCUNE),
                name="dossier_decide_a_une_issue",
            ),
            models.CheckConstraint(
                condition=~Q(etat=Etat.DECIDE) | Q(issue__in=[Issue.ACCORDE, Issue.REFUSE]),
                name="dossier_decide_accorde_ou_refuse",
            ),
            models.CheckConstraint(
                condition=~Q(etat=Etat.IRRECEVABLE) | Q(issue=Issue.IRRECEVABLE), name="dossier_irrecevable_issue"
            ),
            models.CheckConstraint(
                condition=Q(etat=Etat.BROUILLON) | Q(depose_le__isnull=False), name="dossier_depose_a_une_date"
            ),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="dossier_fin_apres_debut",
                violation_error_message="L’action finit après avoir commencé.",
            ),
        ]

    def __str__(self):
        return f"{self.numero} · {self.intitule or 'sans titre'}"

    @property
    def quartiers(self):
        """Les quartiers visés, une fois chacun, dans l'ordre des cibles."""
        return list(dict.fromkeys(cible.quartier for cible in self.cibles.all()))

    @property
    def est_modifiable(self):
        """Le porteur écrit tant que le dossier est chez lui."""
        return self.etat in {Etat.BROUILLON, Etat.A_COMPLETER}


class Cible(models.Model):
    """Un objectif opérationnel visé dans un quartier ; la première cible donne l'objectif principal."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="cibles")
    objectif = models.ForeignKey(ObjectifOperationnel, models.PROTECT, related_name="cibles")
    quartier = models.ForeignKey(Quartier, models.PROTECT, related_name="cibles")
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordre", "pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "objectif", "quartier"], name="cible_unique")]

    def __str__(self):
        return f"{self.objectif} · {self.quartier}"


class Sens(models.TextChoices):
    CHARGE = "C", "Charge"
    PRODUIT = "P", "Produit"


class LigneBudget(models.Model):
    """Une ligne du budget de l'action, hors demandes aux financeurs de l'appel (voir Financement)."""

    class Firmete(models.TextChoices):
        DEMANDE = "demande", "Demandé"
        ACQUIS = "acquis", "Acquis"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="lignes_budget")
    sens = models.CharField(max_length=1, choices=Sens)
    compte = models.CharField(max_length=4)
    libelle = models.CharField("précision", max_length=160, blank=True)
    montant = models.DecimalField(**MONTANT, validators=POSITIF)
    est_public = models.BooleanField("financeur public", default=False)
    firmete = models.CharField(max_length=8, choices=Firmete, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["sens", "ordre", "compte", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(montant__gte=0), name="ligne_budget_positive"),
            models.CheckConstraint(condition=Q(sens__in=Sens.values), name="ligne_budget_sens"),
        ]

    def __str__(self):
        return f"{self.compte} {self.libelle} {self.montant}"

    @property
    def libelle_compte(self):
        return budget.COMPTES[self.sens].get(self.compte, self.compte)

    @property
    def est_volontaire(self):
        return budget.Ligne(self.sens, self.compte, self.montant).volontaire


class Financement(models.Model):
    """Ce que le dossier demande à un financeur de l'appel : la ligne 74 correspondante du budget, et la même."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="financements")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="financements")
    montant_demande = models.DecimalField("montant demandé", **MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "financeur"], name="financement_unique"),
            models.CheckConstraint(condition=Q(montant_demande__gte=0), name="financement_positif"),
        ]

    def __str__(self):
        return f"{self.financeur} {self.montant_demande}"


def chemin_de_piece(piece, nom):
    """Un nom tiré au hasard : celui de la personne n'entre jamais dans un chemin."""
    return f"pieces/{piece.dossier_id}/{uuid.uuid4().hex}"


# Ce qui sert au paiement ou identifie une personne ne regarde que le service et l'organisme.
CONFIDENTIEL = r"bancaire|(^|[^a-z])(rib|iban|bic)([^a-z]|$)|(carte|pi[eè]ce)s? d.identit|passeport"


class PieceQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les pièces des dossiers visibles ; les partenaires n'ont ni relevé bancaire ni pièce d'identité."""
        pieces = self.filter(dossier__in=Dossier.objects.visibles_par(utilisateur).values("pk"))
        if not utilisateur.is_authenticated:
            return pieces
        confidentielle = Q(demandee__libelle__iregex=CONFIDENTIEL) | Q(nom__iregex=CONFIDENTIEL)
        chez_soi = Q(dossier__organisme__in=utilisateur.ids_organismes) | Q(
            dossier__appel__collectivite__in=utilisateur.ids_collectivites(Role.AGENT)
        )
        return pieces.filter(chez_soi | ~confidentielle)


class Piece(models.Model):
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pieces")
    demandee = models.ForeignKey(
        PieceDemandee, models.PROTECT, null=True, blank=True, related_name="pieces", verbose_name="pièce demandée"
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


class DemandeComplement(models.Model):
    """Ce qui manque, et jusqu'à quand ; pendant ce délai le silence ne vaut plus rejet (CRPA, art. L. 114-5)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="demandes_complement")
    message = models.TextField("ce qui manque")
    limite_le = models.DateField("à fournir au plus tard le")
    demandee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    demandee_le = models.DateTimeField(default=timezone.now)
    repondue_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(repondue_le=None), name="une_seule_demande_en_cours"
            )
        ]

    def __str__(self):
        return f"{self.dossier.numero} avant le {self.limite_le}"
