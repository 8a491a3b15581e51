"""Convoquer, prévenir d'un changement, annuler : les agendas des personnes conviées suivent."""

from django.db import transaction
from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from evaluation.operations.communs import OperationRefusee, ouverte, verrouiller_reunion
from journal.models import Evenement
from journal.publication import publier

CONVOQUER, PREVENIR, ANNULER = "reunion.convoquer", "reunion.prevenir", "reunion.annuler"
# Ce qui déplace une réunion dans un agenda.
DANS_L_AGENDA = ("titre", "debut", "fin", "lieu")


def avec_l_annonce(reunions):
    """Lit avec chaque réunion sa `revision_annoncee` : la dernière dont les personnes conviées ont été prévenues."""
    faits = Evenement.objects.filter(
        objet_type=reunions.model._meta.label_lower, objet_id=OuterRef("pk"), type__in=(CONVOQUER, PREVENIR, ANNULER)
    )
    revision = Cast(KeyTextTransform("revision", "donnees"), IntegerField())
    return reunions.annotate(
        revision_annoncee=Subquery(faits.order_by("-pk").annotate(revision=revision).values("revision")[:1])
    )


def revision_annoncee(reunion):
    if not hasattr(reunion, "revision_annoncee"):
        reunion = avec_l_annonce(type(reunion).objects.filter(pk=reunion.pk)).get()
    return reunion.revision_annoncee


def a_annoncer(reunion):
    """Vrai si la réunion a changé depuis les convocations, sans que personne en soit prévenu."""
    return bool(reunion.convoquee_le) and not reunion.est_close and revision_annoncee(reunion) != reunion.revision


def _conviees(reunion):
    """Qui doit l'apprendre : figé dans le fait, pour que personne, convié ensuite, ne le reçoive deux fois."""
    return {
        "membres": list(reunion.membres.order_by("pk").values_list("utilisateur_id", flat=True)),
        "invites": list(reunion.invites.order_by("pk").values_list("pk", flat=True)),
    }


def reviser(reunion, champs):
    """Compte une révision de plus si la réunion, déjà convoquée, change dans les agendas. Rend True dans ce cas."""
    change = any(getattr(reunion, nom) != champs[nom] for nom in DANS_L_AGENDA if nom in champs)
    if reunion.convoquee_le and change:
        reunion.revision += 1
        return True
    return False


@transaction.atomic
def convoquer(reunion, *, par):
    """Les convocations partent, une par personne ; qui est convié ensuite reçoit la sienne aussitôt."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if reunion.convoquee_le:
        quand = timezone.localtime(reunion.convoquee_le)
        raise OperationRefusee(f"Les convocations sont déjà parties, le {quand:%d/%m/%Y à %H:%M}.")
    if reunion.debut <= timezone.now():
        raise OperationRefusee("Cette réunion a déjà commencé : changez sa date avant de convoquer.")
    if not reunion.membres.exists() and not reunion.invites.exclude(courriel="").exists():
        raise OperationRefusee("Personne n’est encore convié avec une adresse : conviez d’abord les membres.")
    reunion.convoquee_le = timezone.now()
    reunion.save(update_fields=["convoquee_le"])
    publier("reunion.convoquer", reunion, par=par, revision=reunion.revision, **_conviees(reunion))
    return reunion


@transaction.atomic
def prevenir_du_changement(reunion, *, par):
    """Annonce la date, l'heure ou le lieu nouveaux ; une fois par changement."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if not a_annoncer(reunion):
        raise OperationRefusee("Les personnes conviées connaissent déjà la date et le lieu de cette réunion.")
    publier("reunion.prevenir", reunion, par=par, revision=reunion.revision, **_conviees(reunion))
    return reunion


@transaction.atomic
def annuler_reunion(reunion, *, par, motif):
    """La réunion n'aura pas lieu : elle reste au dossier, et sort des agendas de qui était convoqué."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi la réunion est annulée : les personnes conviées le liront.")
    if reunion.passages.exists():
        raise OperationRefusee(
            "Des dossiers sont à l’ordre du jour : faites-les passer à une autre réunion avant d’annuler celle-ci."
        )
    if any(point.est_traite for point in reunion.points.all()):
        raise OperationRefusee("Des points ont été traités : cette réunion a eu lieu. Vous pouvez la clore.")
    reunion.annulee_le = reunion.close_le = timezone.now()
    reunion.revision += bool(reunion.convoquee_le)
    reunion.save(update_fields=["annulee_le", "close_le", "revision"])
    publier("reunion.annuler", reunion, par=par, revision=reunion.revision, motif=motif.strip(), **_conviees(reunion))
    return reunion
