"""Le dossier : ce que le porteur écrit, demande et joint."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property

from appels.models import MONTANT, Appel, ObjectifOperationnel, Quartier
from comptes.models import Organisme, Role
from dossiers.etats import Etat, Formulaire, Issue
from dossiers.plan_comptable import EMPLOIS_VOLONTAIRES, RESSOURCES_VOLONTAIRES

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
            models.Prefetch("financements", _financements().select_related("financeur")),
            "lignes_budget",
        )

    def avec_cout_total(self):
        """Le total des charges, contributions volontaires à part, comme `budget.totaux_du_dossier`, sans les lignes."""
        lignes = Dossier._meta.get_field("lignes_budget").related_model.objects
        charges = (
            lignes.filter(dossier=models.OuterRef("pk"), sens="C")
            .exclude(compte__in=[*EMPLOIS_VOLONTAIRES, *RESSOURCES_VOLONTAIRES])
            .order_by()
            .values("dossier")
            .annotate(total=Sum("montant"))
            .values("total")
        )
        return self.annotate(
            cout_total=Coalesce(models.Subquery(charges), Value(Decimal("0")), output_field=DecimalField())
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


def _financements():
    return Dossier._meta.get_field("financements").related_model.objects


def _somme_demandee():
    return (
        _financements()
        .filter(dossier=models.OuterRef("pk"))
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

    formulaire = models.CharField(max_length=10, choices=Formulaire, default=Formulaire.COMPLET)
    # Les réponses aux questions d'éligibilité : {pk de la règle: réponse}.
    eligibilite = models.JSONField(default=dict, blank=True)

    intitule = models.CharField("intitulé de l’action", max_length=160, blank=True)
    objectifs_action = models.TextField("objectifs de l’action", blank=True)
    description = models.TextField("description de l’action", blank=True)
    lieux = models.TextField("lieux de l’action", blank=True)
    moyens = models.TextField("moyens matériels et humains", blank=True)
    recrutement = models.BooleanField("recrutement envisagé pour l’action", null=True, blank=True)
    recrutement_etpt = models.DecimalField(
        "recrutement, en équivalent temps plein",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=POSITIF,
    )
    partenaires = models.TextField("partenaires de l’action", blank=True)
    droit_commun = models.TextField("droit commun mobilisé", blank=True)
    participation = models.TextField("participation des habitants", blank=True)
    resultats_attendus = models.TextField("résultats attendus", blank=True)
    information_complementaire = models.TextField("information complémentaire", blank=True)
    debut = models.DateField("début de l’action", null=True, blank=True)
    fin = models.DateField("fin de l’action", null=True, blank=True)
    # Une convention pluriannuelle d'objectifs (CPO) au-delà d'un an.
    nb_annees = models.PositiveSmallIntegerField(
        "durée de la demande (années)", default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
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

    nb_femmes = models.PositiveIntegerField("dont femmes", null=True, blank=True)
    nb_hommes = models.PositiveIntegerField("dont hommes", null=True, blank=True)
    age_0_5 = models.PositiveIntegerField("moins de 6 ans", null=True, blank=True)
    age_6_15 = models.PositiveIntegerField("de 6 à 15 ans", null=True, blank=True)
    age_16_25 = models.PositiveIntegerField("de 16 à 25 ans", null=True, blank=True)
    age_26_49 = models.PositiveIntegerField("de 26 à 49 ans", null=True, blank=True)
    age_50_64 = models.PositiveIntegerField("de 50 à 64 ans", null=True, blank=True)
    age_65 = models.PositiveIntegerField("65 ans et plus", null=True, blank=True)
    participation_financiere = models.CharField(
        "participation financière demandée au public", max_length=200, blank=True
    )
    montant_minimum = models.DecimalField(
        "montant minimal pour que l’action ait lieu", **MONTANT, null=True, blank=True, validators=POSITIF
    )
    # « Plus de 500 000 € d'aides publiques sur trois exercices » (Cerfa 12156*06, § 7).
    aides_plus_500k = models.BooleanField(
        "aides publiques de plus de 500 000 € sur trois exercices", null=True, blank=True
    )
    # Qui signe quand ce n'est pas le représentant légal ; le pouvoir est joint.
    signataire = models.CharField("signataire, s’il n’est pas le représentant légal", max_length=200, blank=True)

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
    version = models.PositiveIntegerField(default=0)
    # Verrou optimiste, par section : {section: {"v": 3, "champs": {nom: [version, nom, instant ISO, clé]}}}.
    # Écrit par `operations.saisie` seul ; deux personnes de la même association n'écrasent pas leurs textes.
    ecritures = models.JSONField(default=dict, blank=True, editable=False)

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

    def version_de(self, section):
        """Le numéro de la dernière écriture d'une section ; 0 tant que personne n'y a rien changé."""
        return self.ecritures.get(section, {}).get("v", 0)

    @cached_property
    def heures_lues(self):
        """{rang: heures de bénévolat}, lues une fois : le budget et ce qui manque s'en servent tous deux."""
        return {ligne.ordre: ligne for ligne in self.heures_benevoles.all()}

    @property
    def est_simplifie(self):
        return self.formulaire == Formulaire.SIMPLIFIE

    @property
    def est_pluriannuel(self):
        return self.nb_annees > 1

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
