"""La demande de pièces : ce qui manque, jusqu'à quand, et ce que devient le délai (CRPA, art. L. 114-5)."""

from dataclasses import dataclass
from datetime import date, datetime

from documents import nombres
from documents.champs import exiger, sur
from documents.lettre import Destinataire, Emetteur, Lettre, Recours, Reference, Signataire, telephone


@dataclass(frozen=True)
class Element:
    """`est_piece` : une pièce prévue par le règlement de l'appel ; `motif` facultatif."""

    libelle: str
    motif: str = ""
    indispensable: bool = True
    est_piece: bool = False


@dataclass(frozen=True)
class DemandePieces:
    """`elements` ou `message` : l'un des deux au moins. `message` : le texte de l'agent, facultatif."""

    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    signataire: Signataire
    recours: Recours
    dossier_numero: str
    action: str
    recu_le: datetime
    limite_le: date
    url_dossier: str
    elements: tuple[Element, ...] = ()
    message: str = ""


def _ligne(element):
    motif = f" : {sur(element.motif.strip()).rstrip('.')}" if element.motif.strip() else ""
    fondement = " (prévue par le règlement de l’appel à projets)" if element.est_piece else ""
    return f"{sur(element.libelle).rstrip('.')}{motif}{fondement}"


def composer(document):
    """Rend la demande en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "dossier_numero", "action", "recu_le", "limite_le", "url_dossier")
    if not d.elements:
        exiger(d, "message")
    lettre = Lettre(
        f"Votre demande de subvention n° {d.dossier_numero} – pièces à compléter",
        d.emetteur,
        d.destinataire,
        d.reference,
    )
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    lettre.paragraphe(
        f"L’examen de votre dossier pour l’action « {sur(d.action)} », reçu le {nombres.date_longue(d.recu_le)}, "
        "montre qu’il n’est pas complet."
    )
    for paragraphe in filter(None, map(str.strip, d.message.splitlines())):
        lettre.paragraphe(sur(paragraphe))
    limite = f"au plus tard le <b>{nombres.date_longue(d.limite_le)}</b>"
    indispensables = [_ligne(element) for element in d.elements if element.indispensable]
    utiles = [_ligne(element) for element in d.elements if not element.indispensable]
    if indispensables:
        lettre.paragraphe(f"Nous vous remercions de nous transmettre, {limite}, les éléments suivants :")
        lettre.liste(indispensables)
    else:
        lettre.paragraphe(f"Nous vous remercions de nous répondre {limite}.")
    if utiles:
        lettre.paragraphe(
            "Les éléments suivants nous seraient utiles ; leur absence n’empêche pas l’examen de votre demande :"
        )
        lettre.liste(utiles)
    lettre.paragraphe(f"La réponse se fait en ligne, depuis votre espace : {sur(d.url_dossier)}.")
    lettre.paragraphe(
        "En application de l’article L. 114-5 du code des relations entre le public et l’administration, le délai à "
        "l’issue duquel votre demande serait réputée rejetée est suspendu jusqu’à la réception de ces éléments, et au "
        "plus tard jusqu’à la date ci-dessus. Passé cette date, votre demande sera examinée en l’état et pourra être "
        "déclarée irrecevable."
    )
    contact = f"tél. {telephone(d.emetteur)}" if d.emetteur.telephone else d.emetteur.courriel
    if contact:
        lettre.paragraphe(f"Le service reste à votre disposition pour vous aider ({contact}).")
    lettre.signer(d.signataire)
    return lettre.rendre()
