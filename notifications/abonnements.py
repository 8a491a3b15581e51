"""Qui est prévenu de quoi : la table des faits et de leurs suites. Les abonnés n'écrivent qu'en base."""

import logging
from datetime import date

from dossiers.cycle_de_vie import FAITS
from dossiers.etats import Etat, Issue
from dossiers.models import Dossier
from evaluation.models import MembreReunion
from notifications import actes
from notifications.courriels import agents, ecrire, lien, lien_dossier, membres
from notifications.courtier import demander_apres_validation
from programmation.actes import FAIT_PRODUIT, demander_acte
from programmation.models import Acte

RECEVABLES = (Etat.RECEVABLE, Etat.EN_EVALUATION, Etat.EVALUE, Etat.PROGRAMME, Etat.DECIDE)

logger = logging.getLogger(__name__)


def _dossier(evenement):
    return Dossier.objects.select_related("appel__collectivite", "organisme").get(pk=evenement.objet_id)


def _est_toujours(dossier, evenement, *etats):
    """Un retour en arrière a pu défaire le fait avant qu'il soit diffusé : mieux vaut se taire que mentir."""
    if dossier.etat in etats:
        return True
    logger.warning("Fait %s (%s) sans suite : le dossier est « %s ».", evenement.pk, evenement.type, dossier.etat)
    return False


def _demander(evenement, dossier, nature, donnees):
    acte = demander_acte(evenement, dossier, nature, donnees)
    demander_apres_validation("produire_acte", acte.pk)


def accuser_reception(evenement):
    dossier = _dossier(evenement)
    _demander(evenement, dossier, Acte.Nature.ACCUSE_RECEPTION, actes.figer_accuse(evenement, dossier))


def acter_irrecevabilite(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, Etat.IRRECEVABLE):
        _demander(evenement, dossier, Acte.Nature.IRRECEVABILITE, actes.figer_irrecevabilite(evenement, dossier))


def acter_decision(evenement):
    dossier = _dossier(evenement)
    if not _est_toujours(dossier, evenement, Etat.DECIDE):
        return
    if dossier.issue == Issue.ACCORDE:
        _demander(evenement, dossier, Acte.Nature.ATTRIBUTION, actes.figer_attribution(evenement, dossier))
    else:
        _demander(evenement, dossier, Acte.Nature.REFUS, actes.figer_refus(evenement, dossier))


def envoyer_accuse(evenement):
    acte = Acte.objects.select_related("dossier__appel__collectivite").get(pk=evenement.objet_id)
    if acte.nature == Acte.Nature.ACCUSE_RECEPTION:
        _aux_membres(evenement, "accuse_reception", acte.dossier, acte_id=acte.pk)


def envoyer_decision(evenement):
    _aux_membres(evenement, "decision", _dossier(evenement), acte_id=evenement.donnees["acte_id"])


def demander_complements(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, Etat.A_COMPLETER):
        limite_le = date.fromisoformat(evenement.donnees["limite_le"])
        _aux_membres(
            evenement, "complement_demande", dossier, message=evenement.donnees["message"], limite_le=limite_le
        )


def annoncer_complements(evenement):
    dossier = _dossier(evenement)
    ecrire(evenement, "complement_recu", agents(dossier.appel.collectivite_id), _contexte(dossier))


def annoncer_recevabilite(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, *RECEVABLES):
        _aux_membres(evenement, "recevable", dossier)


def convoquer(evenement):
    membre = (
        MembreReunion.objects.select_related("utilisateur", "reunion__appel__collectivite")
        .filter(reunion=evenement.objet_id, utilisateur=evenement.donnees["membre_id"], utilisateur__is_active=True)
        .first()
    )
    if membre is None:
        logger.warning("Fait %s (%s) sans suite : la personne n’est plus conviée.", evenement.pk, evenement.type)
        return
    reunion = membre.reunion
    contexte = {
        "reunion": reunion,
        "evalue": membre.evalue,
        "lien": lien("evaluation", "reunions", reunion.pk),
        "collectivite": reunion.appel.collectivite,
    }
    ecrire(evenement, "convocation", [membre.utilisateur.email], contexte)


def produire_proces_verbal(evenement):
    demander_apres_validation("produire_proces_verbal", evenement.donnees["proces_verbal_id"])


def annoncer_retrait(evenement):
    dossier = _dossier(evenement)
    personnes = [*membres(dossier.organisme_id), *agents(dossier.appel.collectivite_id)]
    ecrire(evenement, "retire", personnes, _contexte(dossier))


def _contexte(dossier, **autres):
    return {"dossier": dossier, "lien": lien_dossier(dossier), "collectivite": dossier.appel.collectivite, **autres}


def _aux_membres(evenement, nom, dossier, *, acte_id=None, **contexte):
    ecrire(evenement, nom, membres(dossier.organisme_id), _contexte(dossier, **contexte), acte_id)


ABONNEMENTS = {
    FAITS["deposer"]: (accuser_reception,),
    FAITS["demander_complement"]: (demander_complements,),
    FAITS["completer"]: (annoncer_complements,),
    FAITS["declarer_recevable"]: (annoncer_recevabilite,),
    FAITS["declarer_irrecevable"]: (acter_irrecevabilite,),
    FAITS["decider"]: (acter_decision,),
    FAITS["retirer"]: (annoncer_retrait,),
    FAITS["constater_notification"]: (envoyer_decision,),
    FAIT_PRODUIT: (envoyer_accuse,),
    "reunion.convier": (convoquer,),
    "reunion.demander_proces_verbal": (produire_proces_verbal,),
}
