"""L'envoi d'un courriel par SMTP, hors de toute transaction, une seule fois autant qu'un courrier le permet."""

import hashlib
import logging
import re
from datetime import timedelta
from email.mime.text import MIMEText
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone

from notifications.models import Envoi
from notifications.organismes import poser_le_jeton
from programmation.actes import lire_pdf
from programmation.models import Acte

logger = logging.getLogger(__name__)

ESSAIS_MAX = 8
# Plus long qu'une tâche ne vit (CELERY_TASK_TIME_LIMIT) : qui tient la réservation est mort quand elle expire.
RESERVATION = timedelta(minutes=6)
ATTENTE_INITIALE = timedelta(minutes=1)
ATTENTE_MAXIMALE = timedelta(hours=6)


def message_id(envoi):
    """Le même à chaque essai, et propre à cette instance : les messageries y reconnaissent un doublon."""
    empreinte = hashlib.sha256(f"{settings.URL_PUBLIQUE}|{envoi.pk}|{envoi.cree_le.isoformat()}".encode()).hexdigest()
    return f"<envoi.{envoi.pk}.{empreinte[:20]}@{urlsplit(settings.URL_PUBLIQUE).hostname}>"


def _reserver(envoi_id):
    """Prend l'envoi pour quelques minutes, en une instruction : de deux workers, un seul l'obtient.

    L'essai est compté d'avance : un message qui tue le worker finit lui aussi par être abandonné.
    """
    maintenant = timezone.now()
    return Envoi.objects.filter(
        pk=envoi_id, envoye_le=None, abandonne_le=None, prochain_essai_le__lte=maintenant
    ).update(essais=F("essais") + 1, prochain_essai_le=maintenant + RESERVATION)


def composer(envoi):
    message = EmailMultiAlternatives(
        subject=envoi.objet,
        body=poser_le_jeton(envoi, envoi.texte),
        to=[envoi.destinataire],
        headers={"Message-ID": message_id(envoi), "Auto-Submitted": "auto-generated"},
    )
    if envoi.html:
        message.attach_alternative(poser_le_jeton(envoi, envoi.html), "text/html")
    if envoi.acte_id:
        acte = Acte.objects.get(pk=envoi.acte_id)
        message.attach(f"{acte.numero}.pdf", lire_pdf(acte), "application/pdf")
    if envoi.agenda:
        message.attach(_invitation(envoi.agenda))
    return message


def _invitation(agenda):
    """La pièce que les messageries proposent d'ajouter à l'agenda : sa méthode est aussi dans son type (RFC 6047)."""
    piece = MIMEText(agenda, "calendar", "utf-8")
    piece.set_param("method", re.search(r"^METHOD:(\w+)", agenda, re.M)[1])
    piece.add_header("Content-Disposition", "attachment", filename="reunion.ics")
    return piece


def _refus_definitif(erreur):
    """L'adresse n'existe pas : insister ne ferait que nuire à la réputation du serveur."""
    return isinstance(erreur, SMTPRecipientsRefused) and all(code >= 500 for code, _ in erreur.recipients.values())


def envoyer(envoi_id):
    """Envoie un courriel dû. True : parti ; False : reporté ou abandonné ; None : un autre l'a pris."""
    if not _reserver(envoi_id):
        return None
    envoi = Envoi.objects.select_related("evenement").get(pk=envoi_id)
    try:
        composer(envoi).send()
    except Exception as erreur:
        _echouer(envoi, erreur)
        return False
    Envoi.objects.filter(pk=envoi.pk).update(envoye_le=timezone.now(), derniere_erreur="")
    return True


def _echouer(envoi, erreur):
    maintenant = timezone.now()
    champs = {"derniere_erreur": f"{type(erreur).__name__} : {erreur}"[:2000]}
    if envoi.essais >= ESSAIS_MAX or _refus_definitif(erreur):
        champs["abandonne_le"] = maintenant
        logger.error("Envoi %s abandonné après %s essais : %s", envoi.pk, envoi.essais, type(erreur).__name__)
    else:
        attente = min(ATTENTE_INITIALE * 2 ** (envoi.essais - 1), ATTENTE_MAXIMALE)
        champs["prochain_essai_le"] = maintenant + attente
        logger.warning("Envoi %s reporté, essai %s : %s", envoi.pk, envoi.essais, type(erreur).__name__)
    Envoi.objects.filter(pk=envoi.pk).update(**champs)


def relancer(envoi_id):
    """Remet un envoi en échec dans la file, comme neuf."""
    return Envoi.objects.filter(pk=envoi_id, envoye_le=None).update(
        abandonne_le=None, essais=0, prochain_essai_le=timezone.now()
    )
