"""Préparer la réunion, convier, marquer les présences, clore, rouvrir."""

from django.db import transaction
from django.utils import timezone

from comptes.models import Role
from dossiers.etats import Etat
from evaluation.models import Evaluation, MembreReunion, Reunion
from evaluation.operations.communs import (
    OperationRefusee,
    conduire,
    figer_les_decouvertes,
    ouverte,
    relire_membre,
    verrouiller_reunion,
)
from evaluation.operations.convocation import reviser
from evaluation.operations.notation import retablir_les_envois
from journal.publication import publier

NOTENT_OU_LISENT = {Role.EVALUATEUR, Role.CITOYEN}
# Un groupe de travail ou un pilotage ne lit pas de dossiers : agents et financeurs y siègent aussi.
SIEGENT = {*NOTENT_OU_LISENT, Role.AGENT, Role.FINANCEUR}


@transaction.atomic
def creer_reunion(appel=None, *, par, collectivite=None, **champs):
    """Crée une réunion : thématique, sur un appel ; ou sans dossiers, dans une collectivité."""
    collectivite = appel.collectivite if appel else collectivite
    conduire(collectivite.pk, par)
    reunion = Reunion.objects.create(appel=appel, collectivite=collectivite, **champs)
    publier("reunion.creer", reunion, par=par)
    return reunion


@transaction.atomic
def modifier_reunion(reunion, *, par, **champs):
    reunion = ouverte(verrouiller_reunion(reunion, par))
    reviser(reunion, champs)
    for champ, valeur in champs.items():
        setattr(reunion, champ, valeur)
    reunion.save(update_fields=[*champs, "revision"])
    publier("reunion.modifier", reunion, par=par)
    return reunion


@transaction.atomic
def convier(reunion, utilisateur, *, par, structure="", evalue=True):
    """Convie une personne ; qui n'est pas évaluateur, ou ne lit pas de dossiers, ne note pas."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    roles = set(utilisateur.affectations.filter(collectivite=reunion.collectivite_id).values_list("role", flat=True))
    if not reunion.est_thematique and not roles & SIEGENT:
        raise OperationRefusee("On convie ici les personnes qui ont un rôle dans la collectivité ; invitez les autres.")
    if reunion.est_thematique and not roles & NOTENT_OU_LISENT:
        raise OperationRefusee("On convie les évaluateurs et les membres des conseils citoyens de la collectivité.")
    figer_les_decouvertes(reunion)
    membre, cree = MembreReunion.objects.get_or_create(
        reunion=reunion,
        utilisateur=utilisateur,
        defaults={
            "structure": structure,
            "evalue": evalue and reunion.est_thematique and Role.EVALUATEUR in roles,
        },
    )
    if cree:
        publier("reunion.convier", reunion, par=par, membre_id=utilisateur.pk)
    return membre


@transaction.atomic
def retirer_membre(membre, *, par):
    reunion = ouverte(verrouiller_reunion(membre.reunion, par))
    membre = relire_membre(membre)
    if Evaluation.objects.filter(
        evaluateur=membre.utilisateur_id, dossier__passages__reunion=reunion, envoyee_le__isnull=False
    ).exists():
        raise OperationRefusee("Cette personne a déjà envoyé des notes : marquez-la plutôt excusée.")
    Evaluation.objects.filter(evaluateur=membre.utilisateur_id, dossier__passages__reunion=reunion).delete()
    publier("reunion.retirer_membre", reunion, par=par, membre_id=membre.utilisateur_id)
    membre.delete()


@transaction.atomic
def marquer_presence(membre, presence, *, par):
    reunion = ouverte(verrouiller_reunion(membre.reunion, par))
    membre = relire_membre(membre)
    if membre.presence != presence:
        figer_les_decouvertes(reunion)
        membre.presence = MembreReunion.Presence(presence)
        membre.save(update_fields=["presence"])
        publier("reunion.marquer_presence", reunion, par=par, membre_id=membre.utilisateur_id, presence=presence)
    return membre


@transaction.atomic
def clore_reunion(reunion, *, par):
    """Clôt la réunion quand chaque dossier a son avis."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    sans_avis = reunion.passages.filter(dossier__etat=Etat.EN_EVALUATION).count()
    if sans_avis:
        raise OperationRefusee(
            f"{sans_avis} dossiers de l’ordre du jour attendent encore un avis."
            if sans_avis > 1
            else "Un dossier de l’ordre du jour attend encore un avis."
        )
    reunion.close_le = timezone.now()
    reunion.save(update_fields=["close_le"])
    # Clore découvre les notes ; rouvrir ne les cachera pas à qui les a lues.
    reunion.passages.filter(decouvert_le=None).update(decouvert_le=reunion.close_le)
    retablir_les_envois(reunion)
    publier("reunion.clore", reunion, par=par)
    return reunion


@transaction.atomic
def rouvrir_reunion(reunion, *, par, motif):
    """Rouvre une réunion close, pour corriger ; ou annulée, qui aura lieu. Le motif reste au journal."""
    reunion = verrouiller_reunion(reunion, par)
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi la réunion est rouverte : l’historique le garde.")
    if not reunion.est_close:
        raise OperationRefusee("Cette réunion est déjà ouverte.")
    # Les agendas l'ont retirée : il faudra l'annoncer de nouveau.
    reunion.revision += bool(reunion.annulee_le and reunion.convoquee_le)
    reunion.close_le = reunion.annulee_le = None
    reunion.save(update_fields=["close_le", "annulee_le", "revision"])
    publier("reunion.rouvrir", reunion, par=par, motif=motif.strip())
    return reunion
