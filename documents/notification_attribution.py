"""La lettre qui annonce une subvention accordée (loi 2000-321, art. 10 ; décret 2001-495)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from documents import fontes, nombres
from documents.balisage import CORPS, Bloc, Grille
from documents.champs import exiger, sur
from documents.lettre import (
    LARGEUR,
    Destinataire,
    Emetteur,
    Lettre,
    Recours,
    Reference,
    Signataire,
    bloc_recours,
)


@dataclass(frozen=True)
class Part:
    """Ce qu'un financeur accorde."""

    financeur: str
    montant: Decimal


@dataclass(frozen=True)
class NotificationAttribution:
    """`taux` : part du coût, en %. `convention` : le cumul annuel dépasse 23 000 € (retour : `convention_avant`)."""

    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    signataire: Signataire
    recours: Recours
    dossier_numero: str
    action: str
    annee: int
    deliberation_numero: str
    deliberation_date: date
    organe: str
    montant: Decimal
    cout_total: Decimal
    taux: Decimal
    parts: tuple[Part, ...]
    objectif: str
    quartiers: str
    debut: date
    fin: date
    modalites_versement: str
    compte_rendu_avant: date
    mention_financeurs: str
    iban_fin: str = ""
    reserves: str = ""
    convention: bool = False
    convention_avant: date | None = None


def composer(document):
    """Rend la notification en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(
        d, "dossier_numero", "action", "annee", "deliberation_numero", "deliberation_date", "organe", "montant",
        "cout_total", "taux", "parts", "objectif", "quartiers", "debut", "fin", "modalites_versement",
        "compte_rendu_avant", "mention_financeurs",
    )  # fmt: skip
    lettre = Lettre(
        f"Attribution d’une subvention – appel à projets {d.annee}", d.emetteur, d.destinataire, d.reference
    )
    lettre.paragraphe(f"{sur(d.destinataire.appel)},")
    lettre.paragraphe(
        f"J’ai le plaisir de vous informer que, par délibération n° {sur(d.deliberation_numero)} du "
        f"{nombres.date(d.deliberation_date)}, {sur(d.organe)} a décidé d’attribuer à {sur(d.destinataire.organisme)} "
        f"une subvention de <b>{nombres.euros(d.montant)}</b> ({nombres.montant_en_lettres(d.montant)}) pour l’action "
        f"« {sur(d.action)} », soit {nombres.pourcent(d.taux)} du coût prévisionnel de {nombres.euros(d.cout_total)}."
    )
    if len(d.parts) > 1:
        lettre.blocs.append(_tableau(d))
    lettre.paragraphe(
        f"Cette action contribue à l’objectif « {sur(d.objectif)} » du contrat de ville, au bénéfice "
        f"{sur(d.quartiers)}. Elle se déroule du {nombres.date(d.debut)} au {nombres.date(d.fin)}."
    )
    _reserves(lettre, d.reserves)
    if d.convention:
        retour = f", à retourner signée avant le {nombres.date(d.convention_avant)}" if d.convention_avant else ""
        lettre.paragraphe(
            f"Le cumul de vos subventions {d.annee} dépassant 23{nombres.FINE}000 euros, le versement est subordonné à "
            f"la signature d’une convention{retour}."
        )
    compte = f", sur le compte se terminant par {sur(d.iban_fin)}" if d.iban_fin else ""
    lettre.intertitre("Versement")
    lettre.paragraphe(
        f"{sur(d.modalites_versement)}{compte}. Sauf échéance différente indiquée ci-dessus, le paiement intervient "
        "dans les soixante jours suivant la présente notification."
    )
    lettre.intertitre("Vos engagements")
    lettre.paragraphe("En acceptant cette subvention, vous vous engagez à :")
    lettre.liste(
        [
            "utiliser la subvention pour cette seule action ;",
            "signaler toute modification ;",
            f"mentionner le soutien {sur(d.mention_financeurs)} sur vos supports ;",
            "remettre le compte rendu financier et le bilan qualitatif <b>avant le "
            f"{nombres.date(d.compte_rendu_avant)}</b> ;",
            "accepter tout contrôle.",
        ]
    )
    lettre.paragraphe("Une subvention non utilisée ou employée pour un autre objet peut donner lieu à reversement.")
    lettre.signer(d.signataire)
    bloc_recours(lettre, d.recours, d.signataire)
    return lettre.rendre()


def _reserves(lettre, reserves):
    """Une réserve se lit dans la phrase ; plusieurs, une par ligne, font une liste."""
    lignes = [sur(ligne.strip()).rstrip(".") for ligne in reserves.splitlines() if ligne.strip()]
    if len(lignes) == 1:
        lettre.paragraphe(f"Cette attribution est assortie des réserves suivantes : {lignes[0]}.")
    elif lignes:
        lettre.paragraphe("Cette attribution est assortie des réserves suivantes :")
        lettre.liste([*[f"{ligne} ;" for ligne in lignes[:-1]], f"{lignes[-1]}."])


CELLULE = ParagraphStyle("cellule", CORPS, leading=13, spaceAfter=0)


def _tableau(d):
    lignes = [["Financeur", "Montant accordé"]]
    lignes += [[Bloc(sur(part.financeur), CELLULE), nombres.euros(part.montant)] for part in d.parts]
    lignes.append([Bloc("<b>Total</b>", CELLULE), nombres.euros(d.montant)])
    return Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[LARGEUR - 42 * mm, 42 * mm],
        spaceAfter=8,
        spaceBefore=2,
        style=[
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 9.5),
            ("FONT", (1, 1), (1, -2), fontes.NORMAL, 10),
            ("FONT", (1, -1), (1, -1), fontes.DEMI_GRAS, 10),
            ("ALIGN", (1, 0), (1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
            ("LINEBELOW", (0, 0), (-1, -2), 0.5, "#d9d6cd"),
            ("LINEABOVE", (0, -1), (-1, -1), 1, "#1d2430"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )
