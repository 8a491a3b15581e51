"""Ce que les comptes font à notre façon : des phrases claires, et une panne de courrier qui ne casse pas la page."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages

from comptes.chiffrement import chiffrer, dechiffrer

logger = logging.getLogger(__name__)


class AdaptateurComptes(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Ce compte est désactivé. Écrivez au service qui gère votre appel à projets.",
        "cannot_remove_primary_email": "Cette adresse est la principale : choisissez-en d’abord une autre.",
        "duplicate_email": "Cette adresse est déjà liée à votre compte.",
        "email_password_mismatch": "L’adresse ou le mot de passe ne correspond pas. Vérifiez les deux, ou demandez un "
        "nouveau mot de passe.",
        "email_taken": "Un compte porte déjà cette adresse. Connectez-vous, ou demandez un nouveau mot de passe.",
        "enter_current_password": "Tapez votre mot de passe actuel.",
        "incorrect_code": "Ce code n’est pas le bon. Attendez le suivant et réessayez.",
        "incorrect_password": "Ce mot de passe n’est pas le bon.",
        "too_many_login_attempts": "Trop d’essais sans succès. Attendez quelques minutes, puis réessayez.",
        "unverified_primary_email": "Confirmez d’abord votre adresse principale.",
        "rate_limited": "Trop de demandes à la suite. Attendez quelques minutes, puis réessayez.",
    }

    def send_mail(self, template_prefix, email, context):
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("Courriel de compte non parti (%s)", template_prefix)
            if self.request is None:
                raise
            if not getattr(self.request, "panne_de_courrier", False):
                self.request.panne_de_courrier = True
                messages.error(
                    self.request,
                    "Le courriel n’a pas pu partir : notre messagerie ne répond pas. Votre demande est gardée. "
                    "Revenez vous connecter dans quelques minutes pour le recevoir.",
                )

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        # Le courriel qui n'est pas parti n'est pas annoncé comme envoyé.
        envoi_annonce = (message_template or "").endswith("email_confirmation_sent.txt")
        if envoi_annonce and getattr(request, "panne_de_courrier", False):
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class AdaptateurSecondFacteur(DefaultMFAAdapter):
    """Les clés des applications de codes et les codes de secours sont chiffrés au repos, comme les IBAN."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Un compte protégé par un second facteur ne change pas d’adresse.",
        "incorrect_code": "Ce code n’est pas le bon. Attendez le suivant et réessayez.",
        "unverified_email": "Confirmez d’abord votre adresse électronique.",
    }

    def encrypt(self, text):
        return chiffrer(text)

    def decrypt(self, encrypted_text):
        return dechiffrer(encrypted_text)
