"""Les gestes du service : recevabilité, compléments, retours ; et les étapes que d'autres applications franchissent."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dossiers.complements import version_etape
from dossiers.cycle_de_vie import RETOURS, TransitionInterdite, franchir, un_agent, verrouiller
from dossiers.etapes import etapes_de
from dossiers.etats import Etat, Issue
from dossiers.models import DemandeComplement, ElementDemande
from dossiers.operations.delais import date_rejet_implicite
from dossiers.operations.refus import OperationRefusee
from journal.publication import publier

DELAI_COMPLEMENT_MIN = timedelta(days=1)
# Au-delà, on ne demande plus de compléments : on refuse, ou on reprend le dossier une autre année.
DELAI_COMPLEMENT_MAX = timedelta(days=120)


def _verifier_limite(limite_le):
    if limite_le < timezone.localdate() + DELAI_COMPLEMENT_MIN:
        raise OperationRefusee("La date limite laisse au moins un jour au porteur.")
    if limite_le > timezone.localdate() + DELAI_COMPLEMENT_MAX:
        raise OperationRefusee(f"La date limite est à {DELAI_COMPLEMENT_MAX.days} jours au plus.")


@transaction.atomic
def demander_complement(dossier, *, par, limite_le, message="", elements=()):
    """Suspend le délai de rejet implicite jusqu'à la réponse, au plus tard `limite_le` (CRPA, art. L. 114-5).

    `elements` : des Attendu, que l'organisme fournira un par un ; `message` les introduit, ou suffit.
    """
    elements = list(elements)
    if not message.strip() and not elements:
        raise OperationRefusee("Dites ce qui manque : le porteur reçoit ce texte.")
    _verifier_limite(limite_le)
    verrouille = verrouiller(dossier)
    codes = {etape.code for etape in etapes_de(verrouille)}
    for attendu in elements:
        if attendu.demandee and attendu.demandee.appel_id != verrouille.appel_id:
            raise OperationRefusee("Cette pièce n’est pas demandée par cet appel à projets.")
        if attendu.section and attendu.section not in codes:
            raise OperationRefusee("Cette étape n’est pas dans le formulaire de ce dossier.")
    refusees = {}
    for piece in verrouille.pieces.exclude(demandee=None):
        refusees.setdefault(piece.demandee_id, []).append(piece.nom)
    lignes = [
        ElementDemande(
            demandee=attendu.demandee,
            section=attendu.section,
            version=version_etape(verrouille, attendu.section) if attendu.section else 0,
            refusee=", ".join(refusees.get(attendu.demandee.pk, []))[:400] if attendu.demandee else "",
            libelle=attendu.libelle.strip(),
            motif=attendu.motif.strip(),
            indispensable=attendu.indispensable,
            ordre=ordre,
        )
        for ordre, attendu in enumerate(elements)
    ]
    dossier = franchir(
        dossier,
        "demander_complement",
        par=par,
        donnees={
            "message": message.strip(),
            "limite_le": limite_le.isoformat(),
            "elements": [
                {
                    "libelle": ligne.libelle,
                    "motif": ligne.motif,
                    "indispensable": ligne.indispensable,
                    "est_piece": ligne.demandee_id is not None,
                    "refusee": ligne.refusee,
                }
                for ligne in lignes
            ],
        },
    )
    demande = DemandeComplement.objects.create(
        dossier=dossier,
        message=message.strip(),
        limite_le=limite_le,
        demandee_par=par,
        demandee_le=timezone.now(),
    )
    for ligne in lignes:
        ligne.demande = demande
    ElementDemande.objects.bulk_create(lignes)
    return dossier


@transaction.atomic
def prolonger_complement(dossier, *, par, limite_le, motif):
    """Repousse la date limite d'une demande en cours ; la suspension du délai va jusqu'à la nouvelle date."""
    dossier = verrouiller(dossier)
    if dossier.etat != Etat.A_COMPLETER or not un_agent(dossier, par):
        raise TransitionInterdite(f"Le dossier {dossier.numero} n’attend pas de compléments.")
    demandes = list(dossier.demandes_complement.all())
    demande = next((d for d in demandes if d.repondue_le is None), None)
    if demande is None:
        raise OperationRefusee("Aucune demande de compléments n’est en cours.")
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi vous donnez plus de temps : l’organisme reçoit ce motif.")
    _verifier_limite(limite_le)
    ancienne = demande.limite_le
    if limite_le <= ancienne:
        raise OperationRefusee(f"La nouvelle date vient après le {ancienne:%d/%m/%Y}.")
    if date_rejet_implicite(dossier.depose_le, demandes) < timezone.localdate():
        raise OperationRefusee(
            "Le délai de réponse du service est écoulé : le prolonger ne le ranimerait pas. Reprenez l’examen."
        )
    demande.limite_le, demande.rappelee_le = limite_le, None
    demande.save(update_fields=["limite_le", "rappelee_le"])
    publier(
        "dossier.prolonger_complement",
        dossier,
        par=par,
        motif=motif.strip(),
        limite_le=limite_le.isoformat(),
        ancienne_limite_le=ancienne.isoformat(),
    )
    return dossier


@transaction.atomic
def annuler_complement(dossier, *, par, motif):
    """Retire une demande envoyée par erreur : le dossier revient à l'examen, le délai reprend ce jour."""
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi vous annulez la demande : l’organisme reçoit ce motif.")
    dossier = franchir(dossier, "annuler_complement", par=par, donnees={"motif": motif.strip()})
    maintenant = timezone.now()
    dossier.demandes_complement.filter(repondue_le=None).update(repondue_le=maintenant, annulee_le=maintenant)
    return dossier


@transaction.atomic
def reprendre_examen(dossier, *, par):
    """L'agent reprend l'examen sans réponse, une fois la date limite passée."""
    demande = DemandeComplement.objects.filter(dossier=dossier, repondue_le=None).first()
    if demande and demande.limite_le >= timezone.localdate():
        raise OperationRefusee(f"Le porteur a jusqu’au {demande.limite_le:%d/%m/%Y} pour répondre.")
    dossier = franchir(dossier, "reprendre_examen", par=par)
    dossier.demandes_complement.filter(repondue_le=None).update(repondue_le=timezone.now())
    return dossier


def declarer_recevable(dossier, *, par):
    return franchir(dossier, "declarer_recevable", par=par, recevable_le=timezone.now())


def declarer_irrecevable(dossier, *, par, motif):
    if not motif.strip():
        raise OperationRefusee("Donnez le motif de l’irrecevabilité : il figure dans la lettre.")
    return franchir(
        dossier,
        "declarer_irrecevable",
        par=par,
        issue=Issue.IRRECEVABLE,
        motif_irrecevabilite=motif.strip(),
        donnees={"motif": motif.strip()},
    )


def mettre_en_evaluation(dossier, *, par, **donnees):
    return franchir(dossier, "mettre_en_evaluation", par=par, donnees=donnees)


def constater_avis(dossier, *, par, **donnees):
    return franchir(dossier, "constater_avis", par=par, donnees=donnees)


def programmer(dossier, *, par):
    return franchir(dossier, "programmer", par=par)


def decider(dossier, *, par, accorde, donnees):
    """L'issue suit les décisions des financeurs ; `donnees` recopie ce que la lettre dira."""
    return franchir(
        dossier,
        "decider",
        par=par,
        issue=Issue.ACCORDE if accorde else Issue.REFUSE,
        decide_le=timezone.now(),
        donnees=donnees,
    )


def constater_notification(dossier, *, acte_id, acte_numero):
    return franchir(
        dossier,
        "constater_notification",
        par=None,
        notifie_le=timezone.now(),
        donnees={"acte_id": acte_id, "acte_numero": acte_numero},
    )


def demarrer(dossier, *, par):
    return franchir(dossier, "demarrer", par=par)


def rendre_bilan(dossier, *, par):
    return franchir(dossier, "rendre_bilan", par=par)


def clore(dossier, *, par):
    return franchir(dossier, "clore", par=par)


def revenir(dossier, nom, *, par, motif):
    """Un pas en arrière pour corriger ou réexaminer ; le motif reste au journal."""
    if nom not in RETOURS:
        raise OperationRefusee("Ce retour n’existe pas.")
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi le dossier revient en arrière : l’historique le garde.")
    champs = {"recevable_le": None} if nom == "revenir_au_depot" else {}
    return franchir(dossier, nom, par=par, donnees={"motif": motif.strip()}, **champs)
