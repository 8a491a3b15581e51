"""Les verbes des comptes, un fichier par parcours : chacun vérifie la personne et l'état, écrit, et laisse un fait."""

from comptes.operations.coffre import (
    annoncer_les_expirations,
    dater_document,
    effacer_les_documents_retires,
    ranger_document,
    retirer_document,
)
from comptes.operations.membres import (
    accepter_invitation,
    annuler_invitation,
    changer_role,
    empreinte,
    inviter,
    renvoyer_invitation,
    retirer_membre,
)
from comptes.operations.organismes import CHAMPS_BANCAIRES, creer_organisme, modifier_organisme
from comptes.operations.refus import EcritureConcurrente, OperationRefusee
from comptes.operations.roles import affecter, regler_collectivite, retirer_affectation

__all__ = [
    "CHAMPS_BANCAIRES",
    "EcritureConcurrente",
    "OperationRefusee",
    "accepter_invitation",
    "affecter",
    "annoncer_les_expirations",
    "annuler_invitation",
    "changer_role",
    "creer_organisme",
    "dater_document",
    "effacer_les_documents_retires",
    "empreinte",
    "inviter",
    "modifier_organisme",
    "ranger_document",
    "regler_collectivite",
    "renvoyer_invitation",
    "retirer_affectation",
    "retirer_document",
    "retirer_membre",
]
