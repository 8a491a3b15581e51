"""Prévenir les lecteurs d'un dossier qu'une réponse à leurs questions est là."""

import logging

from dossiers.models import Dossier
from evaluation.models import EnvoiQuestions, QuestionLecteur
from evaluation.questions import lecteurs_a_prevenir
from notifications.courriels import ecrire, lien

logger = logging.getLogger(__name__)


def annoncer_reponse(evenement):
    envoi = EnvoiQuestions.objects.select_related("message", "reponse").get(pk=evenement.donnees["envoi_id"])
    if envoi.reponse_id != evenement.donnees["message_id"]:
        logger.warning("Fait %s (%s) sans suite : une autre réponse a été remise.", evenement.pk, evenement.type)
        return
    _annoncer(evenement, envoi.message.texte, envoi.reponse.texte, du_service=envoi.reponse.du_service)


def annoncer_reponse_du_service(evenement):
    question = QuestionLecteur.objects.filter(pk=evenement.donnees["question_id"]).first()
    if question is not None:
        _annoncer(evenement, question.texte, question.reponse_du_service, du_service=True)


def _annoncer(evenement, demande, reponse, *, du_service):
    """À chaque lecteur, déports lus maintenant ; qui a déjà envoyé ses notes apprend qu'il peut les reprendre."""
    dossier = Dossier.objects.select_related("appel__collectivite").get(pk=evenement.objet_id)
    contexte = {
        "dossier": dossier,
        "demande": demande,
        "reponse": reponse,
        "du_service": du_service,
        "lien": f"{lien('evaluation', 'dossiers', dossier.numero)}#questions",
        "collectivite": dossier.appel.collectivite,
    }
    for personne, a_envoye in lecteurs_a_prevenir(dossier):
        ecrire(evenement, "reponse_aux_lecteurs", [personne.email], contexte | {"a_envoye": a_envoye})
