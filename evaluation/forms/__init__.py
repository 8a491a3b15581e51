"""Formulaires de l'évaluation, un fichier par parcours."""

from evaluation.forms.avis import AvisForm
from evaluation.forms.citoyens import PapierForm, SuiteForm, TroisQuestionsForm
from evaluation.forms.deports import ConsignerForm, LienForm
from evaluation.forms.notation import CitationForm, DeportForm, EvaluationForm
from evaluation.forms.questions import EnvoiQuestionsForm, MotForm, QuestionForm
from evaluation.forms.reunions import (
    AutreReunionForm,
    MembreForm,
    MotifForm,
    ParEnjeuForm,
    PresenceForm,
    ReunionForm,
)

__all__ = [
    "AutreReunionForm",
    "AvisForm",
    "CitationForm",
    "ConsignerForm",
    "DeportForm",
    "EnvoiQuestionsForm",
    "EvaluationForm",
    "LienForm",
    "MembreForm",
    "MotForm",
    "MotifForm",
    "PapierForm",
    "ParEnjeuForm",
    "PresenceForm",
    "QuestionForm",
    "ReunionForm",
    "SuiteForm",
    "TroisQuestionsForm",
]
