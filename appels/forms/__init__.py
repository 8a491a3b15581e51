"""Les formulaires de préparation d'un appel, un fichier par page."""

from appels.forms.choix import FinanceursForm, ObjectifsForm
from appels.forms.duplication import DuplicationForm
from appels.forms.eligibilite import RegleForm, RegleFormSet
from appels.forms.grille import CritereForm, GrilleFormSet
from appels.forms.pieces import PieceDemandeeForm, PiecesFormSet
from appels.forms.reglages import CalendrierForm, FormulaireForm, NouvelAppelForm, ReglesForm

__all__ = [
    "CalendrierForm",
    "CritereForm",
    "DuplicationForm",
    "FinanceursForm",
    "FormulaireForm",
    "GrilleFormSet",
    "NouvelAppelForm",
    "ObjectifsForm",
    "PieceDemandeeForm",
    "PiecesFormSet",
    "RegleForm",
    "RegleFormSet",
    "ReglesForm",
]
