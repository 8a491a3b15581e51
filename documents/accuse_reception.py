"""L'accusé de réception : ce que la loi exige d'un dépôt en ligne (CRPA, art. L. 112-11 et R. 112-11-1)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from documents import nombres
from documents.champs import exiger, sur
from documents.lettre import (
    Destinataire,
    Emetteur,
    Lettre,
    Protection,
    Recours,
    Reference,
    Signataire,
    bloc_protection,
    telephone,
)


@dataclass(frozen=True)
class AccuseReception:
    """`recu_le` : heure de Paris. `periode_decision` : « au conseil municipal de mars », facultatif.

    `empreinte_copie` : le SHA-256 du PDF de ce qui a été déposé.
    """

    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    signataire: Signataire
    recours: Recours
    protection: Protection
    dossier_numero: str
    action: str
    appel: str
    recu_le: datetime
    montant_sollicite: Decimal
    rejet_implicite_le: date
    periode_decision: str = ""
    pieces_manquantes: tuple[str, ...] = ()
    pieces_avant: date | None = None
    empreinte_copie: str = ""


def composer(document):
    """Rend l'accusé de réception en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "dossier_numero", "action", "appel", "recu_le", "montant_sollicite", "rejet_implicite_le")
    # Sans téléphone du service, l'accusé n'ouvrirait pas les délais de recours (CRPA, art. R. 112-11-1 et L. 112-6).
    exiger(d.emetteur, "telephone")
    exiger(d.signataire, "prenom", "nom", "qualite")
    exiger(d.recours, "tribunal_nom", "tribunal_adresse")
    lettre = Lettre(
        f"Accusé de réception de votre demande de subvention n° {d.dossier_numero}",
        d.emetteur,
        d.destinataire,
        d.reference,
    )
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    lettre.paragraphe(
        f"Votre demande de subvention pour l’action « {sur(d.action)} », déposée dans le cadre de l’appel à projets "
        f"« {sur(d.appel)} », a été reçue le <b>{nombres.date_longue(d.recu_le)} à {nombres.heure(d.recu_le)}</b>. "
        f"Elle porte le numéro <b>{sur(d.dossier_numero)}</b>. Montant sollicité : "
        f"<b>{nombres.euros(d.montant_sollicite)}</b>."
    )
    courriel = f", {sur(d.emetteur.courriel)}" if d.emetteur.courriel else ""
    lettre.paragraphe(
        f"Le service chargé de votre dossier est : {sur(d.emetteur.service)}, {sur(d.emetteur.adresse)}, "
        f"tél. {telephone(d.emetteur)}{courriel}."
    )
    lettre.paragraphe(
        "Le présent accusé de réception ne préjuge ni de la recevabilité de votre dossier, ni de la décision qui "
        "sera prise."
    )
    if d.pieces_manquantes:
        lettre.intertitre("Pièces à compléter")
        limite = f", au plus tard le <b>{nombres.date_longue(d.pieces_avant)}</b>" if d.pieces_avant else ""
        lettre.paragraphe(f"Votre dossier est incomplet. Les pièces suivantes sont attendues{limite} :")
        lettre.liste([sur(piece) for piece in d.pieces_manquantes])
        lettre.paragraphe(
            "En application de l’article L. 114-5 du code des relations entre le public et l’administration, le délai "
            "à l’issue duquel votre demande serait réputée rejetée est suspendu jusqu’à leur réception"
            + (", et au plus tard jusqu’à cette date." if d.pieces_avant else ".")
        )
    lettre.intertitre("Sans réponse de notre part")
    suite = (
        "Compte tenu du calendrier de l’appel à projets, une décision expresse pourra intervenir après cette date"
        + (f" ; la réunion de décision est prévue {sur(d.periode_decision)}" if d.periode_decision else "")
        + "."
    )
    lettre.paragraphe(
        "Conformément à l’article L. 231-4 du code des relations entre le public et l’administration, le silence gardé "
        "pendant deux mois vaut décision de rejet. Sous réserve que votre demande soit complète, et en l’absence de "
        f"décision expresse, elle sera réputée rejetée le <b>{nombres.date_longue(d.rejet_implicite_le)}</b>. {suite}"
    )
    lettre.signer(d.signataire)
    lettre.encart(
        "Si votre demande est rejetée par notre silence",
        "Ce rejet implicite pourrait être contesté dans un délai de deux mois à compter de cette date, par un recours "
        f"gracieux adressé à {sur(d.signataire.nom_complet)}, à l’adresse indiquée en tête de ce courrier, ou devant "
        f"le {sur(d.recours.tribunal_nom)}, {sur(d.recours.tribunal_adresse)} (www.telerecours.fr).",
    )
    if d.empreinte_copie:
        lettre.encart(
            "Ce que vous avez déposé",
            "La copie complète de votre dossier est gardée dans votre espace et ne change plus. Empreinte SHA-256 de "
            f"son fichier PDF :<br/>{sur(d.empreinte_copie)}",
        )
    bloc_protection(lettre, d.protection)
    return lettre.rendre()
