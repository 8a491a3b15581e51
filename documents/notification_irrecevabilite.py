"""La décision d'irrecevabilité : le dossier ne peut pas être examiné, et pourquoi."""

from dataclasses import dataclass
from datetime import date, datetime

from documents import nombres
from documents.champs import exiger, sur
from documents.lettre import Destinataire, Emetteur, Lettre, Recours, Reference, Signataire, bloc_recours


@dataclass(frozen=True)
class NotificationIrrecevabilite:
    """`motif` : un par ligne. `pieces_demandees_le`, `pieces_avant` : quand des pièces demandées ne sont pas venues."""

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
    pieces_demandees_le: date | None = None
    pieces_avant: date | None = None


def composer(document):
    """Rend la décision en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "dossier_numero", "action", "appel", "recu_le", "decision_date", "motif")
    motifs = [sur(ligne.strip()).rstrip(".") for ligne in d.motif.splitlines() if ligne.strip()]
    lettre = Lettre(
        f"Irrecevabilité de votre demande de subvention n° {d.dossier_numero}",
        d.emetteur,
        d.destinataire,
        d.reference,
    )
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    lettre.paragraphe(
        f"Votre demande de subvention pour l’action « {sur(d.action)} », reçue le {nombres.date_longue(d.recu_le)} "
        f"dans le cadre de l’appel à projets « {sur(d.appel)} », a été déclarée irrecevable le "
        f"{nombres.date(d.decision_date)}. Elle ne sera donc pas examinée en réunion thématique."
    )
    lettre.paragraphe(
        "Cette décision, fondée sur le règlement de l’appel à projets, repose sur "
        + ("les motifs suivants :" if len(motifs) > 1 else "le motif suivant :")
    )
    lettre.liste([*[f"{motif} ;" for motif in motifs[:-1]], f"{motifs[-1]}."])
    if d.pieces_demandees_le:
        limite = f", à fournir au plus tard le {nombres.date(d.pieces_avant)}" if d.pieces_avant else ""
        lettre.paragraphe(
            "En application de l’article L. 114-5 du code des relations entre le public et l’administration, les "
            f"pièces manquantes vous avaient été demandées le {nombres.date(d.pieces_demandees_le)}{limite}. Elles ne "
            "nous sont pas parvenues."
        )
    lettre.paragraphe(
        "Cette décision ne porte pas sur l’intérêt de votre action. Le service reste à votre disposition pour "
        "préparer un prochain dépôt."
    )
    lettre.signer(d.signataire)
    bloc_recours(lettre, d.recours, d.signataire)
    return lettre.rendre()
