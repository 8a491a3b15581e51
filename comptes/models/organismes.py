"""La fiche permanente d'une structure, et les personnes qui y écrivent ou l'engagent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from comptes.chiffrement import ChampChiffre
from comptes.validateurs import (
    normaliser,
    valider_bic,
    valider_code_postal,
    valider_iban,
    valider_rna,
    valider_siret,
    valider_telephone,
)


class OrganismeQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les organismes dont on est membre (la fiche ; les agents la lisent à travers les dossiers)."""
        return self.filter(pk__in=utilisateur.ids_organismes)


class Organisme(models.Model):
    """La fiche permanente d'une structure qui porte des projets."""

    class Type(models.TextChoices):
        ASSOCIATION = "association", "Association"
        FONDATION = "fondation", "Fondation"
        COMMUNE = "commune", "Commune ou CCAS"
        BAILLEUR = "bailleur", "Bailleur social"
        EPLE = "eple", "École, collège ou lycée"
        ETABLISSEMENT = "etablissement", "Autre établissement public"
        AUTRE = "autre", "Autre structure"

    class Civilite(models.TextChoices):
        MADAME = "Madame", "Madame"
        MONSIEUR = "Monsieur", "Monsieur"

    type = models.CharField("type de structure", max_length=15, choices=Type, default=Type.ASSOCIATION)
    nom = models.CharField("nom complet", max_length=255)
    sigle = models.CharField(max_length=50, blank=True)
    siret = models.CharField("numéro SIRET", max_length=14, unique=True, validators=[valider_siret])
    rna = models.CharField("numéro RNA", max_length=10, blank=True, validators=[valider_rna])
    registre_local = models.CharField(
        "registre des associations (Alsace-Moselle)",
        max_length=200,
        blank=True,
        help_text="Date, volume, folio et tribunal, pour une association de droit local.",
    )
    site_web = models.URLField("site internet", blank=True)
    adresse = models.CharField("adresse du siège", max_length=200)
    code_postal = models.CharField("code postal", max_length=5, validators=[valider_code_postal])
    ville = models.CharField("commune", max_length=100)
    correspondance = models.CharField(
        "adresse de correspondance", max_length=300, blank=True, help_text="Si elle diffère de celle du siège."
    )
    telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    courriel = models.EmailField("courriel", blank=True)
    representant_civilite = models.CharField("civilité", max_length=10, choices=Civilite, blank=True)
    representant_prenom = models.CharField("prénom", max_length=80)
    representant_nom = models.CharField("nom", max_length=80)
    representant_fonction = models.CharField("fonction", max_length=80, help_text="Présidente, directeur…")
    representant_telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    representant_courriel = models.EmailField("courriel", blank=True)
    charge_prenom = models.CharField("prénom", max_length=80, blank=True)
    charge_nom = models.CharField("nom", max_length=80, blank=True)
    charge_fonction = models.CharField("fonction", max_length=80, blank=True)
    charge_telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    charge_courriel = models.EmailField("courriel", blank=True)

    # Cerfa 12156*06, § 2 et 3 : relations avec l'administration et avec d'autres associations.
    utilite_publique = models.BooleanField("reconnue d’utilité publique", default=False)
    utilite_publique_le = models.DateField("date de publication au Journal officiel", null=True, blank=True)
    impots_commerciaux = models.BooleanField("assujettie aux impôts commerciaux", default=False)
    reseau = models.CharField(
        "réseau, union ou fédération", max_length=200, blank=True, help_text="Nom complet, sans sigle."
    )
    adherents_personnes_morales = models.TextField(
        "personnes morales adhérentes", blank=True, help_text="Une par ligne, s’il y en a."
    )

    # § 4 : moyens humains au 31 décembre de `effectifs_annee`.
    effectifs_annee = models.PositiveSmallIntegerField("année des effectifs", null=True, blank=True)
    nb_benevoles = models.PositiveIntegerField("bénévoles", null=True, blank=True)
    nb_volontaires = models.PositiveIntegerField("volontaires (service civique…)", null=True, blank=True)
    nb_salaries = models.PositiveIntegerField("salariés", null=True, blank=True)
    nb_emplois_aides = models.PositiveIntegerField("dont emplois aidés", null=True, blank=True)
    etpt_salaries = models.DecimalField(
        "salariés en équivalent temps plein travaillé", max_digits=7, decimal_places=2, null=True, blank=True
    )
    nb_mis_a_disposition = models.PositiveIntegerField(
        "personnes mises à disposition par une autorité publique", null=True, blank=True
    )
    nb_adherents = models.PositiveIntegerField("adhérents (personnes physiques)", null=True, blank=True)
    iban = ChampChiffre("IBAN", blank=True, validators=[valider_iban])
    bic = models.CharField("BIC", max_length=11, blank=True, validators=[valider_bic])
    titulaire_compte = models.CharField("titulaire du compte", max_length=160, blank=True)
    version = models.PositiveIntegerField(default=0)
    cree_le = models.DateTimeField(default=timezone.now)

    objects = OrganismeQuerySet.as_manager()

    class Meta:
        ordering = ["nom"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(type="association") | ~Q(rna="") | ~Q(registre_local=""),
                name="association_immatriculee",
                violation_error_message="Une association indique son numéro RNA, ou son registre en Alsace-Moselle.",
            ),
            models.CheckConstraint(
                condition=Q(nb_emplois_aides__isnull=True)
                | Q(nb_salaries__isnull=True)
                | Q(nb_emplois_aides__lte=F("nb_salaries")),
                name="emplois_aides_parmi_les_salaries",
                violation_error_message="Les emplois aidés sont comptés parmi les salariés : ils ne les dépassent pas.",
            ),
        ]

    def __str__(self):
        return self.nom

    def clean(self):
        self.siret, self.rna = normaliser(self.siret), normaliser(self.rna)
        self.iban, self.bic = normaliser(self.iban), normaliser(self.bic)

    @property
    def iban_fin(self):
        """Les quatre derniers caractères : tout ce qui s'affiche d'un IBAN."""
        return self.iban[-4:] if self.iban else ""

    @property
    def adresse_lignes(self):
        return [self.adresse, f"{self.code_postal} {self.ville}"]

    @property
    def souscrit_cer(self):
        """Le contrat d'engagement républicain s'impose aux associations et fondations (loi 2000-321, art. 10-1)."""
        return self.type in {self.Type.ASSOCIATION, self.Type.FONDATION}


class Agrement(models.Model):
    """Un agrément administratif de l'organisme (Cerfa 12156*06, § 2)."""

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="agrements")
    type = models.CharField("agrément", max_length=160)
    attribue_par = models.CharField("attribué par", max_length=160, blank=True)
    date = models.DateField("en date du", null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.type


class Membre(models.Model):
    """L'appartenance d'une personne à un organisme."""

    class Role(models.TextChoices):
        REDACTEUR = "redacteur", "Rédige les dossiers"
        REPRESENTANT = "representant", "Représente l’organisme et dépose"

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appartenances")
    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="membres")
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utilisateur", "organisme"], name="membre_unique")]

    def __str__(self):
        return f"{self.utilisateur} · {self.organisme}"


class InvitationQuerySet(models.QuerySet):
    def en_attente(self):
        """Ni acceptées, ni annulées ; une invitation expirée attend encore d'être renvoyée."""
        return self.filter(acceptee_le=None, annulee_le=None)

    def recues_par(self, utilisateur):
        """Celles qui attendent la personne, à l'une de ses adresses confirmées."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.en_attente().filter(courriel__in=utilisateur.adresses_confirmees, expire_le__gt=timezone.now())


class Invitation(models.Model):
    """Une adresse invitée à rejoindre l'organisme. Le jeton part par courriel ; on n'en garde que l'empreinte."""

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="invitations")
    courriel = models.EmailField("adresse électronique")
    role = models.CharField(max_length=12, choices=Membre.Role)
    # Le jeton se recalcule de cette graine et de la clé secrète : la base seule ne suffit pas à le forger.
    graine = models.CharField(max_length=32)
    empreinte = models.CharField(max_length=64, unique=True)
    invitee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now)
    expire_le = models.DateTimeField("expire le")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "courriel"],
                condition=Q(acceptee_le=None, annulee_le=None),
                name="une_invitation_en_cours_par_adresse",
            )
        ]

    def __str__(self):
        return f"{self.courriel} · {self.organisme}"

    @property
    def est_expiree(self):
        return self.expire_le <= timezone.now()

    @property
    def est_en_attente(self):
        return self.acceptee_le is None and self.annulee_le is None and not self.est_expiree

    def jeton(self):
        """Ce que porte le lien du courriel : recalculé à l'envoi, écrit nulle part."""
        return salted_hmac("comptes.invitation", self.graine, algorithm="sha256").hexdigest()
