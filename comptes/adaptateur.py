"""Ce que les comptes font à notre façon : une panne de courrier ne devient pas une erreur de page."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)


class AdaptateurComptes(DefaultAccountAdapter):
    def send_mail(self, template_prefix, email, context):
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as panne:
            logger.exception("Courriel de compte non parti (%s)", template_prefix)
            if self.request is None:
                raise ValidationError("Le courriel n’a pas pu partir.") from panne
            messages.error(
                self.request,
                "Le courriel n’a pas pu partir : notre messagerie ne répond pas. Réessayez dans quelques minutes.",
            )
