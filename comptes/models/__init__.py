"""Les personnes, les organismes, les collectivités, et qui tient quel rôle où."""

from comptes.models.coffre import NATURES_CONFIDENTIELLES, PREAVIS, DocumentPermanent, NatureDocument
from comptes.models.organismes import Agrement, Invitation, Membre, Organisme, OrganismeQuerySet
from comptes.models.personnes import (
    Affectation,
    Collectivite,
    CollectiviteQuerySet,
    Partenaire,
    Role,
    Utilisateur,
    UtilisateurManager,
)

__all__ = [
    "NATURES_CONFIDENTIELLES",
    "PREAVIS",
    "Affectation",
    "Agrement",
    "Collectivite",
    "CollectiviteQuerySet",
    "DocumentPermanent",
    "Invitation",
    "Membre",
    "NatureDocument",
    "Organisme",
    "OrganismeQuerySet",
    "Partenaire",
    "Role",
    "Utilisateur",
    "UtilisateurManager",
]
