"""L'histoire d'une réunion, et celle des déports : les faits du journal en phrases, le plus récent d'abord."""

from typing import NamedTuple

from comptes.models import Utilisateur
from dossiers.models import Dossier
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
    "reunion.demander_classeur": "Classeur demandé",
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


PHRASES_DES_DEPORTS = {
    "deport.declarer": "Déport déclaré",
    "deport.consigner": "Déport consigné",
    "deport.annuler": "Déport annulé",
}
RECUS = {"oral": "de vive voix", "ecrit": "par écrit"}
PERDUS = {
    "notes": ("ses notes", "ses notes"),
    "citations": ("un passage épinglé", "{} passages épinglés"),
    "questions": ("une question", "{} questions"),
    "avis": ("son avis d’habitant", "ses avis d’habitant"),
}


def faits_de_deport(dossiers):
    """Ce qui s'est déclaré, consigné ou annulé sur ces dossiers, le plus récent d'abord."""
    numeros = {dossier.pk: dossier.numero for dossier in dossiers}
    faits = list(
        Evenement.objects.filter(
            objet_type=Dossier._meta.label_lower, objet_id__in=numeros, type__in=PHRASES_DES_DEPORTS
        ).order_by("-pk")[:AU_PLUS]
    )
    # Les faits les plus anciens ne disent que qui agit : la personne elle-même.
    cles = {f.pk: f.donnees.get("utilisateur_id") or f.acteur_id for f in faits}
    noms = {u.pk: str(u) for u in Utilisateur.objects.filter(pk__in=cles.values())}
    return [
        Fait(
            f.cree_le,
            f"{PHRASES_DES_DEPORTS[f.type]} : {noms.get(cles[f.pk], 'compte supprimé')}, dossier {numeros[f.objet_id]}",
            f.acteur,
            ". ".join(filter(None, [_comment(f), f.donnees.get("motif", "")])),
        )
        for f in faits
    ]


def _comment(fait):
    if fait.donnees.get("lien_id"):
        return "Par son lien déclaré avec l’organisme"
    recu = RECUS.get(fait.donnees.get("recu", ""))
    return f"Déclaré {recu}" if recu and fait.type == "deport.consigner" else ""


def perdu_par(deport):
    """Ce que ce déport a effacé, en mots ; vide s'il n'y avait rien."""
    fait = (
        Evenement.objects.de(deport.dossier)
        .filter(type__in=("deport.declarer", "deport.consigner"), donnees__utilisateur_id=deport.utilisateur_id)
        .last()
    )
    perdu = fait.donnees.get("perdu", {}) if fait else {}
    mots = [PERDUS[nom][nombre > 1].format(nombre) for nom, nombre in perdu.items()]
    return f"{', '.join(mots[:-1])} et {mots[-1]}" if len(mots) > 1 else "".join(mots)
