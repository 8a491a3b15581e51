"""Les refus du métier et ce que chaque verbe vérifie d'abord : la personne, l'appel tel qu'il est."""

from appels.models import Appel
from comptes.models import Role


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class PublicationImpossible(OperationRefusee):
    """`manques` : (ce qui manque, nom de la route où le réparer)."""

    def __init__(self, manques):
        super().__init__("L’appel à projets n’est pas prêt à être publié.")
        self.manques = list(manques)


class AConfirmer(OperationRefusee):
    """Le changement est permis, mais il touche des dossiers : `effets` les nomme, la personne confirme."""

    def __init__(self, effets):
        super().__init__(" ".join(effets))
        self.effets = list(effets)


def autoriser(collectivite_id, par):
    if collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul un agent de la collectivité prépare ses appels à projets.")


def verrouiller(appel, par):
    """L'appel tel qu'il est maintenant, réservé à cette transaction."""
    autoriser(appel.collectivite_id, par)
    return Appel.objects.select_for_update(of=("self",)).select_related("collectivite").get(pk=appel.pk)
