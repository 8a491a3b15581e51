"""Se déporter d'un dossier ; consigner, ou annuler, le déport qu'une autre personne a déclaré au service."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from comptes.models import Affectation, Role
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation.models import (
    Avis,
    AvisCitoyen,
    Citation,
    Deport,
    Evaluation,
    LienDeclare,
    MembreReunion,
    PassageDossier,
    QuestionLecteur,
    Seance,
)
from evaluation.operations.communs import OperationRefusee, conduire, figer_les_decouvertes, verrouiller_reunion
from journal.publication import publier

MOTIF_AU_PLUS = Deport._meta.get_field("motif").max_length
SANS_MOTIF = "Dites en quelques mots quel lien vous avez avec le porteur."
DEPORTE_AUSSI = "Vous vous êtes déporté de ce dossier : un autre agent s’en charge."
RECUS = (Deport.Recu.ORAL, Deport.Recu.ECRIT)


@transaction.atomic
def declarer_deport(dossier, *, par, motif):
    """Se déporte : la personne ne voit plus rien du dossier, et ses notes ne comptent plus (CGCT, art. L. 2131-11).

    Un membre de la réunion, l'agent qui instruit le dossier, ou le représentant d'un financeur de l'appel.
    """
    if not motif.strip():
        raise OperationRefusee(SANS_MOTIF)
    dossier = verrouiller(dossier)
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    instruit = dossier.etat != Etat.BROUILLON and (
        dossier.appel.collectivite_id in par.ids_collectivites(Role.AGENT)
        or dossier.appel.financeurs.filter(partenaire__in=par.ids_partenaires(Role.FINANCEUR)).exists()
    )
    siege = passage and MembreReunion.objects.filter(reunion=passage.reunion, utilisateur=par).exists()
    if not (siege or instruit):
        raise OperationRefusee("Ce dossier n’est pas à l’ordre du jour d’une de vos réunions.")
    if passage and passage.reunion.est_close and not instruit:
        raise OperationRefusee("Cette réunion est close. Signalez ce lien au service, qui en gardera la trace.")
    deport, perdu = fermer(dossier, par, motif=motif)
    if perdu is not None:
        publier(
            "deport.declarer", dossier, par=par,
            utilisateur_id=par.pk, reunion_id=passage.reunion_id if passage else None, perdu=perdu,
        )  # fmt: skip
    return deport


@transaction.atomic
def consigner_deport(dossier, personne, *, par, motif, recu):
    """L'agent consigne le déport qu'une personne lui a déclaré ; il n'en décide pas. Elle en est prévenue."""
    if personne == par:
        return declarer_deport(dossier, par=par, motif=motif)
    if not motif.strip():
        raise OperationRefusee("Recopiez le lien que la personne a déclaré : il figure au procès-verbal.")
    if recu not in RECUS:
        raise OperationRefusee("Dites comment la personne l’a déclaré : de vive voix ou par écrit.")
    dossier = verrouiller(dossier)
    conduire(dossier.appel.collectivite_id, par)
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee(DEPORTE_AUSSI)
    if dossier.etat == Etat.BROUILLON:
        raise OperationRefusee("Ce dossier n’est pas encore déposé.")
    passage = PassageDossier.objects.filter(dossier=dossier).first()
    siege = passage and MembreReunion.objects.filter(reunion=passage.reunion_id, utilisateur=personne).exists()
    if not siege and not Affectation.objects.filter(
        utilisateur=personne, collectivite=dossier.appel.collectivite_id
    ).exclude(role=Role.ADMIN).exists():  # fmt: skip
        raise OperationRefusee("Cette personne ne lit pas de dossier de la collectivité : elle n’a pas à se déporter.")
    deport, perdu = fermer(dossier, personne, motif=motif, recu=recu, consigne_par=par)
    if perdu is not None:
        publier(
            "deport.consigner", dossier, par=par,
            utilisateur_id=personne.pk, reunion_id=passage.reunion_id if passage else None, recu=recu, perdu=perdu,
        )  # fmt: skip
    return deport


@transaction.atomic
def annuler_deport(deport, *, par, motif):
    """Annule un déport enregistré par erreur, avant la séance. Ce qui a été effacé alors ne revient pas."""
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi ce déport est annulé : l’historique le garde.")
    reunion = PassageDossier.objects.select_related("reunion").filter(dossier=deport.dossier_id).first()
    reunion = verrouiller_reunion(reunion.reunion, par) if reunion else None
    dossier = verrouiller(deport.dossier)
    conduire(dossier.appel.collectivite_id, par)
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee(DEPORTE_AUSSI)
    deport = Deport.objects.select_related("utilisateur").filter(pk=deport.pk).first()
    if deport is None:
        raise OperationRefusee("Ce déport est déjà annulé.")
    if obstacle := obstacle_a_l_annulation(deport, dossier, reunion):
        raise OperationRefusee(obstacle)
    if reunion:
        # Une personne de plus est attendue : ce qui a été lu le reste.
        figer_les_decouvertes(reunion)
    publier(
        "deport.annuler", dossier, par=par,
        utilisateur_id=deport.utilisateur_id, reunion_id=reunion.pk if reunion else None, motif=motif.strip(),
        recu=deport.recu, declare_le=deport.declare_le.isoformat(),
    )  # fmt: skip
    deport.delete()
    return dossier


def obstacle_a_l_annulation(deport, dossier, reunion):
    """Pourquoi ce déport ne s'annule pas ; vide s'il s'annule."""
    if LienDeclare.objects.filter(
        organisme=dossier.organisme_id, utilisateur=deport.utilisateur_id, leve_le=None
    ).exists():
        return "Un lien déclaré avec l’organisme ferme ce dossier : la personne le lève d’abord, sur « Mes liens »."
    if not Deport.objects.filter(pk=deport.pk).avant_l_avis().exists():
        # Venu après l'avis, il n'a rien changé à la réunion : l'annuler n'y change rien non plus.
        return ""
    if avis_rendu(dossier) or (reunion and reunion.est_close):
        return "La réunion a rendu son avis sans cette personne : ce déport reste."
    if reunion and Seance.objects.filter(reunion=reunion).exists():
        return "La séance est ouverte : ce déport reste, le procès-verbal le dira."
    return ""


def avis_rendu(dossier):
    return dossier.etat != Etat.EN_EVALUATION and Avis.objects.filter(dossier=dossier).exists()


def fermer(dossier, personne, **champs):
    """Inscrit le déport d'un dossier verrouillé. Rend (déport, ce qui s'efface) ; None s'il l'était déjà.

    Une fois l'avis rendu, rien ne s'efface : la réunion a lu ces notes, son procès-verbal les cite.
    """
    champs |= {"motif": champs["motif"].strip()[:MOTIF_AU_PLUS], "declare_le": timezone.now()}
    deport, cree = Deport.objects.get_or_create(dossier=dossier, utilisateur=personne, defaults=champs)
    if not cree:
        return deport, None
    return deport, {} if avis_rendu(dossier) else _effacer(dossier, personne)


def _effacer(dossier, personne):
    """Ce que la personne avait écrit du dossier s'efface ; ses questions déjà envoyées au porteur restent envoyées.

    Rend ce qui est perdu, en nombres : ce que l'annulation devra dire.
    """
    evaluations = Evaluation.objects.filter(dossier=dossier, evaluateur=personne)
    ecrits = {
        "notes": evaluations,
        "citations": Citation.objects.filter(dossier=dossier, evaluateur=personne),
        # Ce à quoi le service a répondu lui-même reste aussi : tous les lecteurs le lisent, sans nom.
        "questions": QuestionLecteur.objects.filter(dossier=dossier, auteur=personne, envoi=None).exclude(
            ~Q(motif=""), ecartee_le=None
        ),
        "avis": AvisCitoyen.objects.filter(fiche__dossier=dossier, utilisateur=personne),
    }
    perdu = {nom: nombre for nom, objets in ecrits.items() if (nombre := objets.count())}
    for nom in perdu:
        ecrits[nom].delete()
    return perdu
