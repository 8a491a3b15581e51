"""Les refus du métier : expliqués à la personne, en français ; rien n'a changé."""


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class DepotImpossible(OperationRefusee):
    """Le dossier ne peut pas partir ; `manques` dit pourquoi, `attendus` ce que le service a demandé et n'a pas."""

    def __init__(self, message, manques=(), attendus=()):
        super().__init__(message)
        self.manques = list(manques)
        self.attendus = list(attendus)


class EcritureConcurrente(OperationRefusee):
    """Quelqu'un d'autre a enregistré entre-temps."""


class FichierIndisponible(OperationRefusee):
    """L'entrepôt des fichiers ne répond pas : rien n'a changé, on peut réessayer."""
