"""La réunion thématique : ordre du jour, notes à l'aveugle, déports, séance, avis et procès-verbal."""

from evaluation.models.avis import Avis, Classeur, MontantPropose, ProcesVerbal
from evaluation.models.citoyens import AvisCitoyen, FicheHabitant, SuiteCitoyenne
from evaluation.models.notation import (
    Citation,
    Deport,
    EnvoiQuestions,
    Evaluation,
    LienDeclare,
    LienEcarte,
    Note,
    QuestionLecteur,
    VersionEvaluation,
)
from evaluation.models.reunions import Invite, Lecteur, MembreReunion, PassageDossier, PointOrdreDuJour, Reunion
from evaluation.models.seance import Mouvement, Seance, Vote

__all__ = [
    "Avis",
    "AvisCitoyen",
    "Citation",
    "Classeur",
    "Deport",
    "EnvoiQuestions",
    "Evaluation",
    "FicheHabitant",
    "Invite",
    "Lecteur",
    "LienDeclare",
    "LienEcarte",
    "MembreReunion",
    "MontantPropose",
    "Mouvement",
    "Note",
    "PassageDossier",
    "PointOrdreDuJour",
    "ProcesVerbal",
    "QuestionLecteur",
    "Reunion",
    "Seance",
    "SuiteCitoyenne",
    "VersionEvaluation",
    "Vote",
]
