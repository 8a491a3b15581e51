"""Le dossier complet : ce qu'un organisme a déposé, selon les rubriques du formulaire Cerfa 12156*06.

Les rubriques arrivent toutes faites, en blocs de quelques genres : la page de relecture montre les mêmes à l'écran.
"""

from documents.dossier_complet.composition import composer
from documents.dossier_complet.contenu import (
    Budget,
    Cases,
    DossierComplet,
    Partie,
    Phrase,
    Poste,
    Recit,
    Renseignements,
    Rubrique,
    Tableau,
)

__all__ = [
    "Budget",
    "Cases",
    "DossierComplet",
    "Partie",
    "Phrase",
    "Poste",
    "Recit",
    "Renseignements",
    "Rubrique",
    "Tableau",
    "composer",
]
