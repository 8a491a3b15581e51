"""La décision d'irrecevabilité : le dossier ne peut pas être examiné, et pourquoi."""

from dataclasses import dataclass
from datetime import date, datetime

from documents import nombres
from documents.champs import exiger, sur
from documents.lettre import Destinataire, Emetteur, Lettre, Recours, Reference, Signataire, bloc_recours


@dataclass(frozen=True)
class NotificationIrrecevabilite:
    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    signataire: Signataire
    recours: Recours
    dossier_numero: str
    action: str
    appel: str
    recu_le: datetime
    decision_date: date
    motif: str


def composer(document):
    """Rend la décision en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "dossier_numero", "action", "appel", "recu_le", "decision_date", "motif")
    lettre = Lettre(
        f"Irrecevabilité de votre demande de subvention n° {d.dossier_numero}",
        d.emetteur,
        d.destinataire,
        d.reference,
    )
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    lettre.paragraphe(
        f"Votre demande de subvention pour l’action « {sur(d.action)} », reçue le {nombres.date_longue(d.recu_le)} dans "
        f"le cadre de l’appel à projets « {sur(d.appel)} », a été déclarée irrecevable le "
        f"{nombres.date(d.decision_date)}. Elle ne sera donc pas examinée en réunion thématique."
    )
    lettre.paragraphe("Cette décision repose sur le motif suivant :")
    lettre.liste([sur(d.motif)])
    lettre.paragraphe(
        "Cette décision ne porte pas sur l’intérêt de votre action. Le service reste à votre disposition pour "
        "préparer un prochain dépôt."
    )
    lettre.signer(d.signataire)
    bloc_recours(lettre, d.recours, d.signataire)
    return lettre.rendre()
