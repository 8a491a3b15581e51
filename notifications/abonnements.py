"""Qui est prévenu de quoi : la table des faits et de leurs suites. Les abonnés n'écrivent qu'en base."""

import logging
from datetime import date, timedelta

from dossiers.cycle_de_vie import FAITS
from dossiers.etats import Etat, Issue
from dossiers.models import CopieDeposee, Dossier, Message, PreProjet
from evaluation.models import MembreReunion
from notifications import actes, convocations, deports, habitants, organismes, questions, veille
from notifications.courriels import agents, agents_de, ecrire, lien, lien_dossier, membres
from notifications.courtier import demander_apres_validation
from programmation.actes import FAIT_PRODUIT, demander_acte
from programmation.models import Acte

RECEVABLES = (Etat.RECEVABLE, Etat.EN_EVALUATION, Etat.EVALUE, Etat.PROGRAMME, Etat.DECIDE)
# Au plus un courriel par fil dans cet intervalle, tant que le précédent n'est pas lu.
RAFALE = timedelta(minutes=10)

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


def produire_copie(evenement):
    """L'accusé de réception produit la sienne avant lui ; celle des compléments n'a pas de lettre."""
    copies = CopieDeposee.objects.filter(dossier=evenement.objet_id, rang=evenement.donnees.get("copie"))
    for copie_id in copies.values_list("pk", flat=True):
        demander_apres_validation("produire_copie", copie_id)


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


def envoyer_lettre(evenement):
    """L'accusé de réception et la demande de pièces partent avec leur lettre ; les décisions, une fois notifiées."""
    acte = Acte.objects.select_related("dossier__appel__collectivite").get(pk=evenement.objet_id)
    if acte.nature == Acte.Nature.ACCUSE_RECEPTION:
        _aux_membres(evenement, "accuse_reception", acte.dossier, acte_id=acte.pk)
    elif acte.nature == Acte.Nature.DEMANDE_PIECES and _est_toujours(acte.dossier, evenement, Etat.A_COMPLETER):
        donnees = acte.donnees
        _aux_membres(
            evenement,
            "complement_demande",
            acte.dossier,
            acte_id=acte.pk,
            message=donnees["message"],
            elements=donnees["elements"],
            limite_le=date.fromisoformat(donnees["limite_le"]),
        )


def envoyer_decision(evenement):
    _aux_membres(evenement, "decision", _dossier(evenement), acte_id=evenement.donnees["acte_id"])


def demander_complements(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, Etat.A_COMPLETER):
        donnees = actes.figer_demande(evenement, dossier, lien_dossier(dossier))
        _demander(evenement, dossier, Acte.Nature.DEMANDE_PIECES, donnees)


def prolonger_complements(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, Etat.A_COMPLETER):
        _aux_membres(
            evenement,
            "complement_prolonge",
            dossier,
            motif=evenement.donnees["motif"],
            limite_le=date.fromisoformat(evenement.donnees["limite_le"]),
        )


def annuler_complements(evenement):
    _aux_membres(evenement, "complement_annule", _dossier(evenement), motif=evenement.donnees["motif"])


def rappeler_complements(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, Etat.A_COMPLETER):
        limite_le = date.fromisoformat(evenement.donnees["limite_le"])
        _aux_membres(evenement, "complement_rappel", dossier, limite_le=limite_le)


def annoncer_complements(evenement):
    dossier = _dossier(evenement)
    ecrire(evenement, "complement_recu", agents_de(dossier), _contexte(dossier))


def annoncer_message(evenement):
    """À l'autre côté, sauf s'il a déjà reçu un courriel pour un message de ce fil qu'il n'a pas encore lu."""
    message = Message.objects.select_related("dossier__appel__collectivite", "dossier__organisme").get(
        pk=evenement.donnees["message_id"]
    )
    dossier = message.dossier
    if _deja_prevenu(evenement, message):
        return
    contexte = _contexte(dossier, message=message) | {"lien": lien("dossiers", dossier.numero, "messages")}
    if message.du_service:
        ecrire(evenement, "message_du_service", membres(dossier.organisme_id), contexte)
    else:
        ecrire(evenement, "message_de_l_organisme", agents_de(dossier), contexte)


def _deja_prevenu(evenement, message):
    """Une rafale de messages ne fait qu'un courriel."""
    recents = message.dossier.messages.filter(
        du_service=message.du_service,
        pk__lt=message.pk,
        lu_le=None,
        envoye_le__gte=message.envoye_le - RAFALE,
    )
    return recents.exists()


def annoncer_recevabilite(evenement):
    dossier = _dossier(evenement)
    if _est_toujours(dossier, evenement, *RECEVABLES):
        _aux_membres(evenement, "recevable", dossier)


def convoquer(evenement):
    membre = (
        MembreReunion.objects.select_related("utilisateur", "reunion__collectivite")
        .filter(reunion=evenement.objet_id, utilisateur=evenement.donnees["membre_id"], utilisateur__is_active=True)
        .first()
    )
    if membre is None:
        logger.warning("Fait %s (%s) sans suite : la personne n’est plus conviée.", evenement.pk, evenement.type)
        return
    reunion = membre.reunion
    if reunion.convoquee_le:
        convocations.convier_apres(evenement, reunion, [membre])
        return
    if not reunion.est_thematique:
        return
    contexte = {
        "reunion": reunion,
        "evalue": membre.evalue,
        "lien": lien("evaluation", "reunions", reunion.pk),
        "collectivite": reunion.collectivite,
    }
    ecrire(evenement, "convocation", [membre.utilisateur.email], contexte)


def produire_proces_verbal(evenement):
    demander_apres_validation("produire_proces_verbal", evenement.donnees["proces_verbal_id"])


def produire_classeur(evenement):
    demander_apres_validation("produire_classeur", evenement.donnees["classeur_id"])


def annoncer_retrait(evenement):
    dossier = _dossier(evenement)
    personnes = [*membres(dossier.organisme_id), *agents_de(dossier)]
    ecrire(evenement, "retire", personnes, _contexte(dossier))


def annoncer_pre_projet(evenement):
    pre_projet, contexte = _pre_projet(evenement)
    limite = date.fromisoformat(evenement.donnees["reponse_avant"])
    ecrire(
        evenement,
        "pre_projet_recu",
        agents(pre_projet.appel.collectivite_id),
        contexte | {"reponse_avant": limite},
    )


def annoncer_reponse_au_pre_projet(evenement):
    pre_projet, contexte = _pre_projet(evenement)
    # La réponse est celle du fait : un nouvel envoi a pu l'effacer du pré-projet entre-temps.
    ecrire(evenement, "pre_projet_repondu", membres(pre_projet.organisme_id), contexte | evenement.donnees)


def _pre_projet(evenement):
    pre_projet = PreProjet.objects.select_related("appel__collectivite", "organisme").get(pk=evenement.objet_id)
    contexte = {
        "pre_projet": pre_projet,
        "lien": lien("pre-projets", pre_projet.pk),
        "collectivite": pre_projet.appel.collectivite,
    }
    return pre_projet, contexte


def _contexte(dossier, **autres):
    return {"dossier": dossier, "lien": lien_dossier(dossier), "collectivite": dossier.appel.collectivite, **autres}


def _aux_membres(evenement, nom, dossier, *, acte_id=None, **contexte):
    ecrire(evenement, nom, membres(dossier.organisme_id), _contexte(dossier, **contexte), acte_id)


ABONNEMENTS = {
    FAITS["deposer"]: (accuser_reception,),
    FAITS["demander_complement"]: (demander_complements,),
    FAITS["completer"]: (produire_copie, annoncer_complements),
    FAITS["declarer_recevable"]: (annoncer_recevabilite,),
    FAITS["declarer_irrecevable"]: (acter_irrecevabilite,),
    FAITS["decider"]: (acter_decision,),
    FAITS["retirer"]: (annoncer_retrait,),
    FAITS["constater_notification"]: (envoyer_decision,),
    FAIT_PRODUIT: (envoyer_lettre,),
    FAITS["annuler_complement"]: (annuler_complements,),
    "dossier.prolonger_complement": (prolonger_complements,),
    "dossier.rappeler_complement": (rappeler_complements,),
    "dossier.ecrire_message": (annoncer_message,),
    "pre_projet.envoyer": (annoncer_pre_projet,),
    "pre_projet.repondre": (annoncer_reponse_au_pre_projet,),
    organismes.FAIT_INVITATION: (organismes.inviter,),
    "document.expirer_bientot": (organismes.annoncer_expiration,),
    "signalement.signaler": (veille.annoncer_signalement,),
    "signalement.repondre": (veille.annoncer_suite,),
    "signalement.transmettre": (veille.annoncer_suite,),
    "signalement.classer": (veille.annoncer_suite,),
    "signalement.effacer": (veille.oublier_les_courriels,),
    "deport.consigner": (deports.annoncer_consignation,),
    "deport.annuler": (deports.annoncer_annulation,),
    "reunion.convier": (convoquer,),
    "reunion.convoquer": (convocations.convoquer,),
    "reunion.prevenir": (convocations.prevenir,),
    "reunion.annuler": (convocations.annuler,),
    "reunion.inviter": (convocations.inviter,),
    "reunion.retirer_membre": (convocations.retirer_membre,),
    "reunion.retirer_invite": (convocations.retirer_invite,),
    "reunion.demander_proces_verbal": (produire_proces_verbal,),
    "reunion.demander_classeur": (produire_classeur,),
    "reunion.publier_suites": (habitants.annoncer_suites,),
    "evaluation.retenir_reponse": (questions.annoncer_reponse,),
    "evaluation.repondre_a_la_question": (questions.annoncer_reponse_du_service,),
}
