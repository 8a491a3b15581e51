"""Le procès-verbal d'une réunion thématique, prêt à signer."""

from documents.proces_verbal.composition import composer
from documents.proces_verbal.contenu import (
    DeportInscrit,
    DossierExamine,
    Montants,
    MouvementInscrit,
    Participant,
    ProcesVerbal,
)

__all__ = [
    "DeportInscrit",
    "DossierExamine",
    "Montants",
    "MouvementInscrit",
    "Participant",
    "ProcesVerbal",
    "composer",
]
