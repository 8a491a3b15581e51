"""Les personnes, les organismes, les collectivités, et qui tient quel rôle où."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from comptes.validateurs import (
    valider_code_insee,
    valider_code_postal,
    valider_siret,
    valider_telephone,
)


class Role(models.TextChoices):
    """PORTEUR se déduit de l'appartenance à un organisme ; les autres rôles sont donnés sur une collectivité."""

    PORTEUR = "porteur", "Porteur de projet"
    EVALUATEUR = "evaluateur", "Évaluateur"
    CITOYEN = "citoyen", "Membre d’un conseil citoyen"
    FINANCEUR = "financeur", "Représentant d’un financeur"
    AGENT = "agent", "Agent du service Politique de la Ville"
    ADMIN = "admin", "Administrateur"


class UtilisateurManager(BaseUserManager):
    def create_user(self, email, password=None, **champs):
        utilisateur = self.model(email=self.normalize_email(email).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save()
        return utilisateur

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class Utilisateur(AbstractBaseUser):
    email = models.EmailField("adresse électronique", unique=True)
    prenom = models.CharField("prénom", max_length=80, blank=True)
    nom = models.CharField("nom", max_length=80, blank=True)
    is_active = models.BooleanField("actif", default=True)
    inscrit_le = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UtilisateurManager()

    class Meta:
        ordering = ["nom", "prenom", "email"]

    def __str__(self):
        return self.get_full_name() or self.email

    def get_full_name(self):
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self):
        return self.prenom or self.email.split("@")[0]

    @cached_property
    def _affectations(self):
        return list(self.affectations.values_list("role", "collectivite_id", "partenaire_id"))

    @cached_property
    def ids_organismes(self):
        return frozenset(self.appartenances.values_list("organisme_id", flat=True))

    @cached_property
    def roles(self):
        """Tous les rôles tenus, où que ce soit."""
        roles = {Role(role) for role, _, _ in self._affectations}
        if self.ids_organismes:
            roles.add(Role.PORTEUR)
        return frozenset(roles)

    def ids_collectivites(self, *roles):
        """Les collectivités où la personne tient l'un de ces rôles."""
        return {collectivite for role, collectivite, _ in self._affectations if role in roles}

    def ids_partenaires(self, role):
        return {partenaire for r, _, partenaire in self._affectations if r == role and partenaire}

    def represente(self, organisme_id):
        """Seul un représentant engage l'organisme : il dépose, il retire."""
        return self.appartenances.filter(organisme_id=organisme_id, role="representant").exists()

    @property
    def adresses_confirmees(self):
        """Les adresses dont la personne a prouvé qu'elles sont à elle."""
        adresses = self.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        return {adresse.lower() for adresse in adresses}

    def oublier_les_roles(self):
        """À appeler quand une affectation ou une appartenance vient de changer dans la même requête."""
        for nom in ("_affectations", "ids_organismes", "roles"):
            self.__dict__.pop(nom, None)


class CollectiviteQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(pk__in=utilisateur.ids_collectivites(Role.AGENT, Role.ADMIN))


class Collectivite(models.Model):
    """Une agglomération ou une commune qui lance ses appels ; ce qu'elle écrit sur ses lettres."""

    class Type(models.TextChoices):
        EPCI = "epci", "Intercommunalité"
        COMMUNE = "commune", "Commune"

    type = models.CharField(max_length=10, choices=Type)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="communes")
    nom = models.CharField(max_length=200, unique=True)
    sigle = models.CharField("sigle", max_length=20, unique=True)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[valider_siret])
    code_insee = models.CharField("code INSEE", max_length=5, blank=True, validators=[valider_code_insee])
    adresse = models.CharField(max_length=200, blank=True)
    code_postal = models.CharField(max_length=5, blank=True, validators=[valider_code_postal])
    ville = models.CharField(max_length=100, blank=True)
    service_nom = models.CharField("service", max_length=120, default="Service Politique de la Ville")
    service_telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    service_courriel = models.EmailField("courriel du service", blank=True)
    signataire_prenom = models.CharField("prénom du signataire", max_length=80, blank=True)
    signataire_nom = models.CharField("nom du signataire", max_length=80, blank=True)
    signataire_qualite = models.CharField("qualité du signataire", max_length=120, blank=True)
    organe_deliberant = models.CharField("organe délibérant", max_length=80, default="le conseil municipal")
    tribunal_nom = models.CharField(max_length=120, default="tribunal administratif de Lille")
    tribunal_adresse = models.CharField(
        max_length=200, default="5 rue Geoffroy Saint-Hilaire, CS 62039, 59014 Lille Cedex"
    )
    dpo_contact = models.CharField("contact du délégué à la protection des données", max_length=200, blank=True)
    duree_conservation = models.CharField(max_length=120, default="dix ans après la clôture du dossier")
    couleur = models.CharField("couleur de marque", max_length=7, default="#0b5563")

    objects = CollectiviteQuerySet.as_manager()

    class Meta:
        ordering = ["nom"]

    def __str__(self):
        return self.nom

    @property
    def adresse_complete(self):
        return ", ".join(filter(None, [self.adresse, f"{self.code_postal} {self.ville}".strip()]))


class Partenaire(models.Model):
    """Une institution qui évalue, finance ou représente les habitants aux côtés de la collectivité."""

    class Type(models.TextChoices):
        ETAT = "etat", "État"
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Département"
        EPCI = "epci", "Intercommunalité"
        COMMUNE = "commune", "Commune"
        CAF = "caf", "CAF et organismes sociaux"
        BAILLEUR = "bailleur", "Bailleur social"
        CONSEIL_CITOYEN = "conseil_citoyen", "Conseil citoyen"
        AUTRE = "autre", "Autre"

    collectivite = models.ForeignKey(Collectivite, models.CASCADE, related_name="partenaires")
    nom = models.CharField(max_length=160)
    type = models.CharField(max_length=20, choices=Type)

    class Meta:
        ordering = ["nom"]
        constraints = [models.UniqueConstraint(fields=["collectivite", "nom"], name="partenaire_unique")]

    def __str__(self):
        return self.nom


class Affectation(models.Model):
    """Une personne tient un rôle sur une collectivité, au nom d'un partenaire s'il y en a un."""

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="affectations")
    collectivite = models.ForeignKey(Collectivite, models.CASCADE, related_name="affectations")
    partenaire = models.ForeignKey(Partenaire, models.CASCADE, null=True, blank=True, related_name="affectations")
    role = models.CharField(max_length=12, choices=[(r.value, r.label) for r in Role if r is not Role.PORTEUR])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utilisateur", "collectivite", "role"], name="affectation_unique"),
            models.CheckConstraint(
                condition=~Q(role__in=["financeur", "citoyen"]) | Q(partenaire__isnull=False),
                name="affectation_au_nom_de_quelqu_un",
                violation_error_message="Un financeur ou un conseil citoyen parle au nom d’un partenaire.",
            ),
        ]

    def __str__(self):
        return f"{self.utilisateur} · {self.get_role_display()} · {self.collectivite}"
