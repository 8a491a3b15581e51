"""Le classeur d'une réunion pour une personne : un seul PDF, dans l'ordre du jour, avec sommaire et signets.

Il ne connaît que les dossiers qu'on lui donne ; qui peut les lire se décide avant.
"""

from documents.classeur.composition import composer
from documents.classeur.contenu import (
    Citation,
    Classeur,
    Demande,
    DossierDuClasseur,
    MesNotes,
    Portrait,
    Synthese,
)

__all__ = ["Citation", "Classeur", "Demande", "DossierDuClasseur", "MesNotes", "Portrait", "Synthese", "composer"]
