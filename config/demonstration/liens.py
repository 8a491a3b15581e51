"""Les conflits d'intérêts de la démonstration : un lien déclaré après une réunion, un lien possible sans réponse."""

from comptes.models import Organisme, Utilisateur
from config.demonstration.temps import a, horloge
from evaluation import operations


def liens(gens):
    """L'avis de la réunion passée était rendu : son procès-verbal ne change pas ; les dossiers suivants sont fermés."""
    evaluatrice = Utilisateur.objects.get(pk=gens["evaluatrice"].pk)
    with horloge(a(-15, 9, 20)):
        operations.declarer_lien(
            Organisme.objects.get(nom="Terrasses en forme"), par=evaluatrice, motif="Ma sœur y est salariée."
        )
