"""Ce qu'un organisme fait savoir aux siens : une invitation à le rejoindre, un document qui expire."""

import logging
from datetime import date

from comptes.models import DocumentPermanent, Invitation
from notifications.courriels import ecrire, lien, membres

logger = logging.getLogger(__name__)

FAIT_INVITATION = "organisme.inviter"
# Tient la place du jeton dans le courriel gardé en base ; le vrai n'y est mis qu'au moment de l'envoi.
MARQUE_JETON = "jeton-mis-a-l-envoi"


def inviter(evenement):
    invitation = _invitation(evenement)
    if not invitation.est_en_attente:
        logger.warning("Fait %s (%s) sans suite : l’invitation n’attend plus.", evenement.pk, evenement.type)
        return
    contexte = {
        "invitation": invitation,
        "organisme": invitation.organisme,
        "lien": lien("invitations", MARQUE_JETON),
        "collectivite": None,
    }
    ecrire(evenement, "invitation", [invitation.courriel], contexte)


def _invitation(evenement):
    return Invitation.objects.select_related("organisme", "invitee_par").get(pk=evenement.donnees["invitation_id"])


def poser_le_jeton(envoi, texte):
    """Le texte tel qu'il part : l'invitation retrouve son jeton, les autres courriels ne changent pas."""
    if envoi.evenement.type != FAIT_INVITATION:
        return texte
    return texte.replace(MARQUE_JETON, _invitation(envoi.evenement).jeton())


def annoncer_expiration(evenement):
    document = DocumentPermanent.objects.select_related("organisme").get(pk=evenement.objet_id)
    jusqu_au = date.fromisoformat(evenement.donnees["jusqu_au"])
    if document.retire_le or document.valable_jusqu_au != jusqu_au:
        logger.warning("Fait %s (%s) sans suite : le document a changé.", evenement.pk, evenement.type)
        return
    contexte = {
        "document": document,
        "organisme": document.organisme,
        "lien": lien("organisme", document.organisme_id, "documents"),
        "collectivite": None,
    }
    ecrire(evenement, "document_expire", membres(document.organisme_id), contexte)
