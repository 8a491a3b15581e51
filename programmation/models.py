"""L'argent : enveloppes, montants programmés, délibérations, décisions par financeur, actes numérotés."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appels.models import MONTANT, Appel, Financeur
from comptes.models import Collectivite, Role
from dossiers.models import POSITIF, Dossier

# Sans les signes qui se confondent (0/O, 1/I/L) : un code se recopie depuis le papier.
ALPHABET_CODE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LONGUEUR_CODE = 12


class Enveloppe(models.Model):
    """Ce qu'un financeur met dans un appel."""

    appel = models.ForeignKey(Appel, models.CASCADE, related_name="enveloppes")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="enveloppes")
    montant = models.DecimalField(**MONTANT, validators=POSITIF)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "financeur"], name="enveloppe_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="enveloppe_positive"),
        ]

    def __str__(self):
        return f"{self.financeur} {self.montant}"


class LigneProgrammation(models.Model):
    """Ce qu'on prévoit d'accorder, avant le vote ; se modifie jusqu'à la décision."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="lignes_programmation")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="lignes_programmation")
    montant = models.DecimalField(**MONTANT, validators=POSITIF)
    modifie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    modifie_le = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "financeur"], name="ligne_programmation_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="ligne_programmation_positive"),
        ]

    def __str__(self):
        return f"{self.dossier.numero} {self.financeur} {self.montant}"


class Deliberation(models.Model):
    """Le vote de l'organe délibérant : lui seul attribue (CGCT, art. L. 1612-25, ancien L. 2311-7)."""

    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="deliberations")
    appel = models.ForeignKey(Appel, models.PROTECT, related_name="deliberations")
    numero = models.CharField("numéro", max_length=40)
    date = models.DateField("date de la séance")
    organe = models.CharField("organe délibérant", max_length=80)
    transmise_le = models.DateField("transmise au représentant de l’État le", null=True, blank=True)

    class Meta:
        ordering = ["-date", "-pk"]
        constraints = [models.UniqueConstraint(fields=["collectivite", "numero"], name="deliberation_unique")]

    def __str__(self):
        return f"Délibération n° {self.numero} du {self.date:%d/%m/%Y}"


class Decision(models.Model):
    """Ce qu'un financeur accorde ou refuse à un dossier ; ne se modifie plus."""

    class Sens(models.TextChoices):
        ACCORDE = "accorde", "Accordé"
        REFUSE = "refuse", "Refusé"
        LISTE_ATTENTE = "liste_attente", "Liste d’attente"
        AJOURNE = "ajourne", "Ajourné"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="decisions")
    financeur = models.ForeignKey(Financeur, models.PROTECT, related_name="decisions")
    sens = models.CharField(max_length=13, choices=Sens)
    montant = models.DecimalField(**MONTANT, validators=POSITIF)
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="decisions")
    motifs = models.JSONField(default=list, blank=True)
    precision = models.TextField("précision", blank=True)
    decidee_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["financeur__ordre", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "financeur"], name="decision_unique"),
            models.CheckConstraint(
                condition=Q(sens="accorde", montant__gt=0) | (~Q(sens="accorde") & Q(montant=0)),
                name="decision_montant_du_sens",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=["accorde", "refuse", "liste_attente", "ajourne"]), name="decision_sens_connu"
            ),
        ]

    def __str__(self):
        return f"{self.dossier.numero} {self.financeur} : {self.get_sens_display()}"


class CompteurActes(models.Model):
    """Le dernier numéro donné ; sa ligne verrouillée garantit une suite sans trou."""

    collectivite = models.ForeignKey(Collectivite, models.CASCADE, related_name="+")
    nature = models.CharField(max_length=20)
    annee = models.PositiveSmallIntegerField()
    dernier = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collectivite", "nature", "annee"], name="compteur_unique")]

    def __str__(self):
        return f"{self.nature} {self.annee} : {self.dernier}"


def nouveau_code():
    return "".join(secrets.choice(ALPHABET_CODE) for _ in range(LONGUEUR_CODE))


class ActeQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """L'agent de la collectivité, sauf déport ; le porteur, pour ses dossiers, quand l'acte est produit."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.instruits_par(utilisateur) | self.filter(
            dossier__organisme__in=utilisateur.ids_organismes, produit_le__isnull=False
        )

    def instruits_par(self, utilisateur):
        """Ceux de la collectivité de l'agent, hors des dossiers dont il s'est déporté."""
        deportes = Dossier.objects.filter(deports__utilisateur=utilisateur)
        agent_de = utilisateur.ids_collectivites(Role.AGENT)
        return self.filter(collectivite__in=agent_de).exclude(dossier__in=deportes)


class Acte(models.Model):
    """Un document officiel : numéroté sans trou, produit une fois, gardé avec son empreinte."""

    class Nature(models.TextChoices):
        ACCUSE_RECEPTION = "accuse_reception", "Accusé de réception"
        ATTRIBUTION = "attribution", "Notification d’attribution"
        REFUS = "refus", "Notification de refus"
        IRRECEVABILITE = "irrecevabilite", "Décision d’irrecevabilité"
        DEMANDE_PIECES = "demande_pieces", "Demande de pièces"

    PREFIXES = {
        Nature.ACCUSE_RECEPTION: "AR",
        Nature.ATTRIBUTION: "ATT",
        Nature.REFUS: "REF",
        Nature.IRRECEVABILITE: "IRR",
        Nature.DEMANDE_PIECES: "DP",
    }

    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="actes")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="actes")
    nature = models.CharField(max_length=20, choices=Nature)
    annee = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    # Le fait qui le demande : le même fait, rejoué, ne fait pas deux actes.
    evenement_id = models.BigIntegerField(unique=True)
    modele_version = models.PositiveSmallIntegerField(default=1)
    donnees = models.JSONField(help_text="Les valeurs figées dont le PDF est composé")
    code = models.CharField(max_length=LONGUEUR_CODE, unique=True, default=nouveau_code)
    fichier = models.FileField(upload_to="actes/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    demande_le = models.DateTimeField(default=timezone.now)
    produit_le = models.DateTimeField(null=True, blank=True)
    essais = models.PositiveSmallIntegerField(default=0)
    derniere_erreur = models.TextField(blank=True)

    objects = ActeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["collectivite", "nature", "annee", "sequence"], name="acte_numero_unique")
        ]

    def __str__(self):
        return f"{self.get_nature_display()} {self.numero}"

    @property
    def numero(self):
        return f"{self.PREFIXES[self.nature]}-{self.annee}-{self.sequence:04d}"
