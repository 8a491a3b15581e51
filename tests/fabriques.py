"""Toutes les fabriques, au même endroit ; chaque application tient les siennes dans son fichier."""

from tests.fabriques_appels import *  # noqa: F403
from tests.fabriques_comptes import *  # noqa: F403
from tests.fabriques_dossiers import *  # noqa: F403
from tests.fabriques_evaluation import *  # noqa: F403
from tests.fabriques_programmation import *  # noqa: F403
