"""Le contrat de ville et les appels à projets qui le mettent en œuvre, un fichier par famille."""

from appels.models.appel import TAUX_HORAIRE_BENEVOLAT, Appel, AppelQuerySet, Financeur
from appels.models.champs import MONTANT
from appels.models.convention import Commune, Constat, Contrat, ConventionApplication, Indicateur, Quartier, Statut
from appels.models.demandes import CritereEvaluation, PieceDemandee, RegleEligibilite
from appels.models.objectifs import Enjeu, EnjeuPrioritaire, ObjectifOperationnel, ObjectifStrategique, nommer_enjeu

__all__ = [
    "MONTANT",
    "TAUX_HORAIRE_BENEVOLAT",
    "Appel",
    "AppelQuerySet",
    "Commune",
    "Constat",
    "Contrat",
    "ConventionApplication",
    "CritereEvaluation",
    "Enjeu",
    "EnjeuPrioritaire",
    "Financeur",
    "Indicateur",
    "ObjectifOperationnel",
    "ObjectifStrategique",
    "PieceDemandee",
    "Quartier",
    "RegleEligibilite",
    "Statut",
    "nommer_enjeu",
]
