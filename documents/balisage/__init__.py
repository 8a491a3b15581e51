"""Le balisage : une toile qui construit l'arbre de structure pendant qu'elle dessine, et les blocs qui s'en servent.

Un document balisé se lit à voix haute dans le bon ordre (PDF/UA-1) et s'archive (PDF/A-2a). Chaque bloc de texte
ouvre un élément (P, H1, LI…) ; les traits, fonds, pieds de page sont des artefacts, que la lecture saute.
"""

from documents.balisage.blocs import Bloc, Debut, Embleme, Fin, Pose, Puce, Trait, composer_la_ponctuation
from documents.balisage.grille import Grille
from documents.balisage.rendu import Fiche, numeroter, rendre
from documents.balisage.styles import (
    CORPS,
    DOUCE,
    ENCRE,
    FILET,
    FOND,
    PETIT,
    PETROLE,
    PUCE,
    SOUS_TITRE,
    TAILLE_PIED,
    TITRE,
    teinte,
)
from documents.balisage.toile import Texte, Toile

__all__ = [
    "CORPS",
    "DOUCE",
    "ENCRE",
    "FILET",
    "FOND",
    "PETIT",
    "PETROLE",
    "PUCE",
    "SOUS_TITRE",
    "TAILLE_PIED",
    "TITRE",
    "Bloc",
    "Debut",
    "Embleme",
    "Fiche",
    "Fin",
    "Grille",
    "Pose",
    "Puce",
    "Texte",
    "Toile",
    "Trait",
    "composer_la_ponctuation",
    "numeroter",
    "rendre",
    "teinte",
]
