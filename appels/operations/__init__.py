"""Les verbes de l'appel à projets, un fichier par parcours : chacun est atomique et laisse un fait."""

from appels.coherence import avertissements
from appels.operations.creation import creer_appel
from appels.operations.duplication import Reprise, dupliquer_appel, preparer_reprise
from appels.operations.listes import (
    fixer_financeurs,
    fixer_grille,
    fixer_objectifs,
    fixer_pieces,
    fixer_regles,
    grille_gelee,
)
from appels.operations.publication import depublier_appel, manques_pour_publier, publier_appel, total_des_poids
from appels.operations.refus import AConfirmer, OperationRefusee, PublicationImpossible
from appels.operations.reglages import champs_geles, modifier_appel

__all__ = [
    "AConfirmer",
    "OperationRefusee",
    "PublicationImpossible",
    "Reprise",
    "avertissements",
    "champs_geles",
    "creer_appel",
    "depublier_appel",
    "dupliquer_appel",
    "fixer_financeurs",
    "fixer_grille",
    "fixer_objectifs",
    "fixer_pieces",
    "fixer_regles",
    "grille_gelee",
    "manques_pour_publier",
    "modifier_appel",
    "preparer_reprise",
    "publier_appel",
    "total_des_poids",
]
