"""Les enregistrements du dossier, un fichier par famille."""

from dossiers.models.action import AideEtat, IndicateurAction, MoyenHumain
from dossiers.models.avant import PreProjet, Realisation, ReserveReprise
from dossiers.models.chiffrage import (
    BudgetStructure,
    DemandeAnnuelle,
    Financement,
    HeuresBenevoles,
    LigneBudget,
    LigneStructure,
    Sens,
)
from dossiers.models.dossier import POSITIF, Cible, Dossier, DossierQuerySet
from dossiers.models.echanges import DemandeComplement, ElementDemande, Message, fils_visibles_par
from dossiers.models.pieces import Piece, PieceQuerySet, chemin_de_piece
from dossiers.models.relecture import Commentaire, CopieDeposee, LienRelecture
from dossiers.models.veille import Signalement

__all__ = [
    "POSITIF",
    "AideEtat",
    "BudgetStructure",
    "Cible",
    "Commentaire",
    "CopieDeposee",
    "DemandeAnnuelle",
    "DemandeComplement",
    "Dossier",
    "DossierQuerySet",
    "ElementDemande",
    "Financement",
    "HeuresBenevoles",
    "IndicateurAction",
    "LienRelecture",
    "LigneBudget",
    "LigneStructure",
    "Message",
    "MoyenHumain",
    "Piece",
    "PieceQuerySet",
    "PreProjet",
    "Realisation",
    "ReserveReprise",
    "Sens",
    "Signalement",
    "chemin_de_piece",
    "fils_visibles_par",
]
