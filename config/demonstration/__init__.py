"""Une campagne vivante pour la démonstration : de vraies opérations, datées dans le passé, sur des gens inventés."""

import io
from pathlib import Path

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from comptes.models import Collectivite, Utilisateur
from config.demonstration.appels import appel_simple
from config.demonstration.campagne import campagne
from config.demonstration.classeurs import classeurs
from config.demonstration.coffre import budgets_annuels, remplir_le_coffre
from config.demonstration.gens import (
    MOT_DE_PASSE,
    PERSONNES,
    associations_de,
    personnes,
    regler_service,
    seconde_commune,
)
from config.demonstration.groupes import groupes_de_travail
from config.demonstration.habitants import habitants
from config.demonstration.liens import liens
from config.demonstration.ouvert import appel_ouvert
from config.demonstration.passe import an_passe
from config.demonstration.veille import veille

__all__ = ["MOT_DE_PASSE", "PERSONNES", "charger"]
REFERENTIEL = Path(__file__).resolve().parents[2] / "appels/donnees/referentiel_bruay.json"


@transaction.atomic
def charger(journal=lambda texte: None):
    """Charge la démonstration dans une base vide ; ne fait rien si elle y est déjà."""
    if Utilisateur.objects.filter(email="agent@demo.test").exists():
        return False
    journal("Référentiel de Bruay-la-Buissière…")
    call_command("charger_referentiel", str(REFERENTIEL), stdout=io.StringIO())
    bruay = Collectivite.objects.get(code_insee="62178")
    agglo = bruay.parent
    auchel = seconde_commune(agglo)
    for collectivite in (bruay, agglo, auchel):
        regler_service(collectivite)
    journal("Personnes et associations…")
    gens = personnes(bruay, agglo, auchel)
    associations = associations_de(gens)
    annee = timezone.localdate().year
    budgets_annuels(associations, (annee - 1, annee, annee + 1))
    remplir_le_coffre(associations[0], gens["porteuse"])
    journal("Appels à projets et dossiers…")
    an_passe(bruay, gens, associations)
    appel_ouvert(bruay, gens, associations)
    veille(campagne(bruay, gens, associations), gens)
    groupes_de_travail(bruay, gens)
    habitants(gens)
    liens(gens)
    # En dernier : ce qui changerait encore les laisserait à refaire.
    classeurs(gens)
    for collectivite in (agglo, auchel):
        appel_simple(collectivite)
    return True
