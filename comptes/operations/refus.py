"""Les refus des comptes : expliqués à la personne, en français ; rien n'a changé."""


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class EcritureConcurrente(OperationRefusee):
    """Quelqu'un d'autre a enregistré ces champs de la fiche entre-temps."""
