"""L'histoire d'une réunion : les faits du journal en phrases, le plus récent d'abord."""

from typing import NamedTuple

from journal.models import Evenement

PHRASES = {
    "reunion.creer": "Réunion créée",
    "reunion.modifier": "Réunion modifiée",
    "reunion.convier": "Une personne conviée",
    "reunion.retirer_membre": "Une personne retirée",
    "reunion.inviter": "Une personne invitée",
    "reunion.modifier_invite": "Fiche d’une personne invitée corrigée",
    "reunion.retirer_invite": "Une invitation retirée",
    "reunion.convoquer": "Convocations envoyées",
    "reunion.prevenir": "Changement annoncé aux personnes conviées",
    "reunion.annuler": "Réunion annulée",
    "reunion.ajouter_point": "Point ajouté à l’ordre du jour",
    "reunion.modifier_point": "Préparation d’un point modifiée",
    "reunion.consigner_point": "Échanges ou décision consignés",
    "reunion.deplacer_point": "Ordre du jour réordonné",
    "reunion.retirer_point": "Point retiré de l’ordre du jour",
    "reunion.reprendre_points": "Points de la réunion précédente repris",
    "reunion.solder_point": "Suite faite",
    "reunion.rouvrir_point": "Suite de nouveau à faire",
    "reunion.marquer_presence": "Présence marquée",
    "reunion.marquer_presences": "Présences enregistrées",
    "reunion.demander_proces_verbal": "Compte rendu demandé",
    "reunion.clore": "Réunion close",
    "reunion.rouvrir": "Réunion rouverte",
}
AU_PLUS = 40


class Fait(NamedTuple):
    quand: object
    phrase: str
    qui: str
    precision: str


def historique(reunion):
    faits = Evenement.objects.de(reunion).filter(type__in=PHRASES).order_by("-pk")[:AU_PLUS]
    return [
        Fait(f.cree_le, PHRASES[f.type], f.acteur, f.donnees.get("titre") or f.donnees.get("motif", "")) for f in faits
    ]
