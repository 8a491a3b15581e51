"""Les convocations : un courriel par personne, l'ordre du jour qu'elle a le droit de lire, l'agenda joint."""

import logging

from comptes.models import Utilisateur
from dossiers.etats import Etat
from evaluation import invitation_agenda
from evaluation.lecture import deports_de
from evaluation.models import Reunion
from notifications.courriels import ecrire, lien
from notifications.models import Envoi

logger = logging.getLogger(__name__)

CONVOCATION, CHANGEMENT, ANNULATION = "reunion_convocation", "reunion_changement", "reunion_annulation"
RETRAIT = "reunion_retrait"


def _reunion(evenement):
    return Reunion.objects.select_related("collectivite", "appel", "enjeu_prioritaire").get(pk=evenement.objet_id)


def _conviees(evenement, reunion):
    """Membres et invités du fait, encore conviés et joignables."""
    membres = reunion.membres.filter(
        utilisateur__in=evenement.donnees["membres"], utilisateur__is_active=True
    ).select_related("utilisateur")
    invites = reunion.invites.filter(pk__in=evenement.donnees["invites"]).exclude(courriel="")
    return list(membres), list(invites)


def convoquer(evenement):
    _demander(evenement, CONVOCATION)


def prevenir(evenement):
    _demander(evenement, CHANGEMENT)


def _demander(evenement, nom):
    reunion = _reunion(evenement)
    if reunion.est_annulee:
        logger.warning("Fait %s (%s) sans suite : la réunion est annulée.", evenement.pk, evenement.type)
        return
    membres, invites = _conviees(evenement, reunion)
    _ecrire(evenement, nom, reunion, membres, invites, invitation_agenda.DEMANDER)


def annuler(evenement):
    """Prévient qui a reçu une convocation ; personne d'autre n'attend cette réunion."""
    reunion = _reunion(evenement)
    if not reunion.convoquee_le or not reunion.est_annulee:
        return
    membres, invites = _conviees(evenement, reunion)
    motif = evenement.donnees["motif"]
    _ecrire(evenement, ANNULATION, reunion, membres, invites, invitation_agenda.ANNULER, motif=motif)


def convier_apres(evenement, reunion, membres=(), invites=()):
    """Qui est convié après l'envoi des convocations reçoit la sienne ; avant, elle est dans l'envoi de tous."""
    if reunion.est_close or evenement.cree_le < reunion.convoquee_le:
        return
    _ecrire(evenement, CONVOCATION, reunion, membres, invites, invitation_agenda.DEMANDER)


def inviter(evenement):
    reunion = _reunion(evenement)
    invites = reunion.invites.filter(pk=evenement.donnees["invite_id"]).exclude(courriel="")
    if reunion.convoquee_le:
        convier_apres(evenement, reunion, invites=list(invites))


def retirer_membre(evenement):
    reunion = Reunion.objects.filter(pk=evenement.objet_id).select_related("collectivite").first()
    personne = Utilisateur.objects.filter(pk=evenement.donnees["membre_id"], is_active=True).first()
    if reunion and personne and not reunion.membres.filter(utilisateur=personne).exists():
        _retirer(evenement, reunion, str(personne), personne.email)


def retirer_invite(evenement):
    reunion = Reunion.objects.filter(pk=evenement.objet_id).select_related("collectivite").first()
    nom, courriel = evenement.donnees["nom"], evenement.donnees["courriel"]
    if reunion and courriel and not reunion.invites.filter(courriel=courriel).exists():
        _retirer(evenement, reunion, nom, courriel)


def _retirer(evenement, reunion, nom, courriel):
    """La réunion sort de l'agenda de qui l'y avait ; qui n'a rien reçu n'a rien à retirer."""
    recue = Envoi.objects.filter(
        evenement__objet_type=evenement.objet_type, evenement__objet_id=reunion.pk, destinataire=courriel
    ).exclude(agenda="")
    if recue.exists() and not reunion.est_annulee:
        agenda = invitation_agenda.composer(
            reunion, invitation_agenda.ANNULER, nom=nom, courriel=courriel, avec_lien=False
        )
        contexte = {"reunion": reunion, "collectivite": reunion.collectivite}
        ecrire(evenement, RETRAIT, [courriel], contexte, agenda=agenda)


def _ecrire(evenement, nom, reunion, membres, invites, methode, **autres):
    dossiers, deports = _dossiers(reunion)
    points = list(reunion.points.order_by("rang", "pk"))
    commun = {
        "reunion": reunion,
        "collectivite": reunion.collectivite,
        "points": points,
        "fin": invitation_agenda.fin_prevue(reunion) if reunion.fin else None,
        **autres,
    }
    for membre in membres:
        personne = membre.utilisateur
        contexte = commun | {
            "lien": lien("evaluation", "reunions", reunion.pk),
            "evalue": membre.evalue and reunion.est_thematique,
            # Ce dont la personne s'est déportée ne lui est pas rappelé, fût-ce par son titre.
            "dossiers": [d for d in dossiers if personne.pk not in deports[d.pk]],
        }
        agenda = invitation_agenda.composer(reunion, methode, nom=str(personne), courriel=personne.email)
        ecrire(evenement, nom, [personne.email], contexte, agenda=agenda)
    for invite in invites:
        # Sans compte, ni page ni dossier : seulement leur nombre.
        contexte = commun | {"lien": "", "dossiers": [], "nombre": len(dossiers)}
        agenda = invitation_agenda.composer(reunion, methode, nom=invite.nom, courriel=invite.courriel, avec_lien=False)
        ecrire(evenement, nom, [invite.courriel], contexte, agenda=agenda)


def _dossiers(reunion):
    passages = reunion.passages.exclude(dossier__etat=Etat.RETIRE).select_related("dossier__organisme")
    dossiers = [passage.dossier for passage in passages.order_by("rang", "pk")]
    return dossiers, deports_de(dossiers)
