"""Chiffrement des coordonnées bancaires au repos (Fernet : AES-128-CBC et HMAC-SHA256)."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def _coffre():
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(cle.encode()).digest())) for cle in settings.CLES_CHIFFREMENT
    )


def chiffrer(clair):
    return _coffre().encrypt(clair.encode()).decode()


def dechiffrer(chiffre):
    return _coffre().decrypt(chiffre.encode()).decode()


class ChampChiffre(models.TextField):
    """Un texte clair en Python, chiffré en base ; on ne peut donc ni le chercher ni le trier en SQL."""

    def get_prep_value(self, value):
        return chiffrer(value) if value else ""

    def from_db_value(self, value, expression, connection):
        return dechiffrer(value) if value else ""
