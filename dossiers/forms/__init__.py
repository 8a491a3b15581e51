"""Les formulaires du dossier, un fichier par étape : rien d’obligatoire avant le dépôt, mais rien de faux n’entre."""

from dossiers.forms.action import ActionForm
from dossiers.forms.budget import BudgetForm
from dossiers.forms.champs import MontantField
from dossiers.forms.depot import PieceForm
from dossiers.forms.engagements import AidesEtatFormSet, DepotForm, LienForm
from dossiers.forms.instruction import ComplementForm, MessageForm, MotifForm, ProlongerForm
from dossiers.forms.moyens import MoyensForm
from dossiers.forms.objectifs import ObjectifsForm
from dossiers.forms.public import PublicForm
from dossiers.forms.resultats import ResultatsForm

__all__ = [
    "ActionForm",
    "AidesEtatFormSet",
    "BudgetForm",
    "ComplementForm",
    "DepotForm",
    "LienForm",
    "MessageForm",
    "MontantField",
    "MotifForm",
    "MoyensForm",
    "ObjectifsForm",
    "PieceForm",
    "ProlongerForm",
    "PublicForm",
    "ResultatsForm",
]
