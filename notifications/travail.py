"""Faire sur-le-champ, sans worker, tout ce qui attend : pour la ligne de commande et les essais."""

from dossiers.models import CopieDeposee
from evaluation.models import Classeur, ProcesVerbal
from notifications import envoi, production, relais
from notifications.models import Envoi
from programmation.models import Acte


def vider():
    """Diffuse, produit, envoie, jusqu'à ce qu'il ne reste rien de dû. Rend ce qui a été fait, par nature."""
    bilan = {"faits": 0, "copies": 0, "actes": 0, "procès-verbaux": 0, "classeurs": 0, "courriels": 0}
    while True:
        tour = {
            "faits": relais.diffuser_tout(),
            "copies": _compter(production.produire_copie, CopieDeposee.objects.filter(produite_le=None)),
            "actes": _compter(production.produire_acte, Acte.objects.filter(produit_le=None, essais=0)),
            "procès-verbaux": _compter(production.produire_proces_verbal, ProcesVerbal.objects.filter(produit_le=None)),
            "classeurs": _compter(production.produire_classeur, Classeur.objects.a_produire()),
            "courriels": _compter(envoi.envoyer, Envoi.objects.a_envoyer()),
        }
        if not any(tour.values()):
            return bilan
        bilan = {quoi: nombre + tour[quoi] for quoi, nombre in bilan.items()}


def _compter(faire, attente):
    return sum(bool(faire(pk)) for pk in attente.order_by("pk").values_list("pk", flat=True))
