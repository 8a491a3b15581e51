"""Fabriques des personnes, des collectivités et des organismes, aux identifiants réellement valables."""

from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from stdnum import luhn

from comptes.models import (
    Affectation,
    Collectivite,
    DocumentPermanent,
    Invitation,
    Membre,
    NatureDocument,
    Organisme,
    Partenaire,
    Role,
    Utilisateur,
)
from comptes.operations import empreinte

MOT_DE_PASSE = "une phrase assez longue"


def siret_valable(rang):
    """Un SIRET inventé dont les deux clés (SIREN et SIRET) sont justes."""
    siren = f"9{rang:07d}"
    siren += luhn.calc_check_digit(siren)
    siret = f"{siren}0001"
    return siret + luhn.calc_check_digit(siret)


class UtilisateurFactory(factory.django.DjangoModelFactory):
    """Une personne à l'adresse vérifiée, dont le mot de passe est MOT_DE_PASSE."""

    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Lefèvre {n}")
    password = factory.django.Password(MOT_DE_PASSE)

    @factory.post_generation
    def adresse_verifiee(self, cree, verifiee, **kwargs):
        if cree:
            EmailAddress.objects.create(user=self, email=self.email, verified=verifiee is not False, primary=True)


class CollectiviteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Collectivite

    type = Collectivite.Type.COMMUNE
    nom = factory.Sequence(lambda n: f"Ville d’Essai-{n}")
    sigle = factory.Sequence(lambda n: f"VE{n}")
    code_postal = "62700"
    ville = factory.SelfAttribute("nom")
    adresse = "1 place de la Mairie"
    service_telephone = "0300000000"
    service_courriel = factory.LazyAttribute(lambda o: f"politique.ville@{o.sigle.lower()}.test")
    signataire_prenom = "Dominique"
    signataire_nom = "Fontaine"
    signataire_qualite = "Maire"
    dpo_contact = "dpo@exemple.test"


class PartenaireFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partenaire

    collectivite = factory.SubFactory(CollectiviteFactory)
    nom = factory.Sequence(lambda n: f"Partenaire {n}")
    type = Partenaire.Type.CAF


class AffectationFactory(factory.django.DjangoModelFactory):
    """Un rôle sur une collectivité ; un financeur ou un citoyen reçoit d'office un partenaire."""

    class Meta:
        model = Affectation

    utilisateur = factory.SubFactory(UtilisateurFactory)
    collectivite = factory.SubFactory(CollectiviteFactory)
    role = Role.AGENT
    partenaire = factory.Maybe(
        factory.LazyAttribute(lambda o: o.role in {Role.FINANCEUR, Role.CITOYEN}),
        yes_declaration=factory.SubFactory(PartenaireFactory, collectivite=factory.SelfAttribute("..collectivite")),
        no_declaration=None,
    )


class OrganismeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisme

    type = Organisme.Type.ASSOCIATION
    nom = factory.Sequence(lambda n: f"Les Ateliers du Parvis {n}")
    siret = factory.Sequence(siret_valable)
    rna = factory.Sequence(lambda n: f"W62{n:07d}")
    adresse = "12 rue de la Fosse"
    code_postal = "62700"
    ville = "Bruay-la-Buissière"
    telephone = "0321000000"
    courriel = factory.Sequence(lambda n: f"contact{n}@association.test")
    representant_civilite = Organisme.Civilite.MADAME
    representant_prenom = "Alice"
    representant_nom = "Moreau"
    representant_fonction = "Présidente"
    iban = "FR7630006000011234567890189"
    bic = "AGRIFRPP"
    titulaire_compte = factory.SelfAttribute("nom")


class MembreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membre

    utilisateur = factory.SubFactory(UtilisateurFactory)
    organisme = factory.SubFactory(OrganismeFactory)
    role = Membre.Role.REPRESENTANT


class InvitationFactory(factory.django.DjangoModelFactory):
    """Une invitation en attente, dont le lien porte `invitation.jeton()`."""

    class Meta:
        model = Invitation

    organisme = factory.SubFactory(OrganismeFactory)
    courriel = factory.Sequence(lambda n: f"invitee{n}@exemple.test")
    role = Membre.Role.REDACTEUR
    graine = factory.Sequence(lambda n: f"graine-{n}")
    empreinte = factory.LazyAttribute(lambda o: empreinte(Invitation(graine=o.graine).jeton()))
    expire_le = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentPermanent

    organisme = factory.SubFactory(OrganismeFactory)
    nature = NatureDocument.STATUTS
    fichier = factory.django.FileField(filename="statuts.pdf", data=b"%PDF-1.4 statuts")
    nom = "statuts.pdf"
    type_mime = "application/pdf"
    taille = 16
    sha256 = factory.Sequence(lambda n: f"{n:064d}")
