"""La vie de l'association avant tout dossier : porte-documents, budget annuel, invitation en attente."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from comptes import operations as comptes
from comptes.models import Membre, NatureDocument
from config.demonstration.ecrire import pdf_de_demonstration
from config.demonstration.temps import a, horloge
from dossiers.models import BudgetStructure, LigneStructure

# nature, nom du fichier, fin de validité dans … jours (vide : sans fin)
DOCUMENTS = [
    (NatureDocument.STATUTS, "Statuts", None),
    (NatureDocument.RIB, "Relevé d’identité bancaire", None),
    (NatureDocument.SIRENE, "Avis de situation Sirene", 62),
    (NatureDocument.RAPPORT_ACTIVITE, "Rapport d’activité", 21),
    (NatureDocument.ASSURANCE, "Attestation d’assurance", -9),
]
BUDGET = {
    "C": {"60": 9_000, "61": 12_000, "62": 14_000, "64": 71_000},
    "P": {"70": 16_000, "74": 78_000, "756": 12_000},
}


def remplir_le_coffre(organisme, par):
    """Des documents valables, un qui expire bientôt, un expiré ; une collègue invitée qui n'a pas répondu."""
    aujourdhui = timezone.localdate()
    with horloge(a(-40, 17)):
        for nature, titre, jours in DOCUMENTS:
            comptes.ranger_document(
                organisme,
                pdf_de_demonstration(titre),
                par=par,
                nature=nature,
                valable_jusqu_au=None if jours is None else aujourdhui + timedelta(days=jours),
            )
    with horloge(a(-2, 18, 30)):
        comptes.inviter(organisme, par=par, courriel="tresoriere@asso.test", role=Membre.Role.REDACTEUR)


def budgets_annuels(organismes, annees):
    """Le budget de toute la structure, pour chaque exercice où elle demande."""
    for organisme in organismes:
        for annee in annees:
            budget = BudgetStructure.objects.create(organisme=organisme, annee=annee)
            LigneStructure.objects.bulk_create(
                LigneStructure(budget=budget, sens=sens, compte=compte, montant=Decimal(montant))
                for sens, comptes_ in BUDGET.items()
                for compte, montant in comptes_.items()
            )
