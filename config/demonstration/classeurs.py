"""Les classeurs de la réunion à venir : chaque évaluateur a demandé le sien, le travail de fond les compose."""

from evaluation import operations as evaluation
from evaluation.models import Reunion


def classeurs(gens):
    a_venir = Reunion.objects.get(titre__startswith="Citoyenneté", appel__isnull=False)
    for cle in ("evaluateur", "evaluatrice"):
        evaluation.demander_classeur(a_venir, par=gens[cle])
