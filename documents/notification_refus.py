"""La lettre de refus. Rien n'oblige à motiver, mais un motif donné doit être vrai : la liste est fermée."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents import nombres
from documents.champs import ChampManquant, exiger, sur
from documents.lettre import Destinataire, Emetteur, Lettre, Recours, Reference, Signataire, bloc_recours

ENVELOPPE = "ENVELOPPE"
MOTIFS_REFUS = {
    "HORS_QPV": "le public ou le lieu de l’action ne relève pas majoritairement d’un quartier prioritaire",
    "HORS_OBJECTIFS": "l’action ne répond pas à un objectif retenu dans la convention d’application",
    "DEPOT_TARDIF": "la demande a été déposée après la clôture de l’appel à projets",
    "DOSSIER_INCOMPLET": "le dossier est resté incomplet malgré la demande de pièces",
    "DROIT_COMMUN": "l’action relève prioritairement d’un financement de droit commun",
    "BUDGET": "le budget est déséquilibré, insuffisamment cofinancé ou disproportionné",
    "TAUX_PUBLIC": "la part des aides publiques dépasse le plafond de l’appel à projets",
    "DOUBLON": "une action semblable est déjà assurée sur le quartier",
    "BILAN_N1": "le bilan de l’action précédente est absent ou insuffisant",
    "FONCTIONNEMENT_OU_INVESTISSEMENT": "la demande porte sur le fonctionnement général ou sur un investissement",
    "CER": "le contrat d’engagement républicain n’est pas souscrit ou l’activité est incompatible avec lui",
    ENVELOPPE: "l’enveloppe disponible ne permet pas de retenir l’ensemble des demandes",
}


@dataclass(frozen=True)
class Motif:
    """Un code de MOTIFS_REFUS, précisé si besoin."""

    code: str
    precision: str = ""


@dataclass(frozen=True)
class NotificationRefus:
    """`rang` : le classement du dossier, exigé quand l'enveloppe est le seul motif."""

    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    signataire: Signataire
    recours: Recours
    dossier_numero: str
    action: str
    montant_sollicite: Decimal
    organe: str
    decision_date: date
    motifs: tuple[Motif, ...]
    instance: str = ""
    instance_date: date | None = None
    deliberation_numero: str = ""
    rang: int | None = None
    pistes: str = ""


def _phrase(motif, rang):
    if motif.code not in MOTIFS_REFUS:
        raise ChampManquant(f"« {motif.code} » n’est pas un motif de refus connu.")
    texte = MOTIFS_REFUS[motif.code]
    if motif.code == ENVELOPPE and rang:
        texte += f" ; le dossier a été classé au rang {rang}"
    if motif.precision:
        texte += f" : {sur(motif.precision).rstrip('.')}"
    return texte


def composer(document):
    """Rend la lettre en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "dossier_numero", "action", "montant_sollicite", "organe", "decision_date", "motifs")
    if {motif.code for motif in d.motifs} == {ENVELOPPE} and not d.rang:
        raise ChampManquant("L’enveloppe ne peut pas être le seul motif d’un refus sans classement des dossiers.")
    lettre = Lettre(f"Votre demande de subvention n° {d.dossier_numero}", d.emetteur, d.destinataire, d.reference)
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    examen = f"Après instruction par {sur(d.emetteur.service)}"
    if d.instance:
        examen += f" et examen lors de {sur(d.instance)}"
        if d.instance_date:
            examen += f" du {nombres.date(d.instance_date)}"
    deliberation = f" (délibération n° {sur(d.deliberation_numero)})" if d.deliberation_numero else ""
    lettre.paragraphe(
        f"Vous avez sollicité une subvention de {nombres.euros(d.montant_sollicite)} pour l’action "
        f"« {sur(d.action)} ». {examen}, {sur(d.organe)} a décidé, le {nombres.date(d.decision_date)}{deliberation}, "
        "de ne pas y donner une suite favorable."
    )
    phrases = [_phrase(motif, d.rang) for motif in d.motifs]
    pluriel = len(phrases) > 1
    lettre.paragraphe(f"Cette décision repose sur {'les motifs suivants' if pluriel else 'le motif suivant'} :")
    lettre.liste([*[f"{phrase} ;" for phrase in phrases[:-1]], f"{phrases[-1]}."])
    if d.pistes:
        lettre.paragraphe(f"Nous vous suggérons : {sur(d.pistes).rstrip('.')}.")
    lettre.paragraphe("Le service reste à votre disposition pour préparer un prochain dépôt.")
    lettre.signer(d.signataire)
    bloc_recours(lettre, d.recours, d.signataire)
    return lettre.rendre()
