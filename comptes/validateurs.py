"""Les identifiants que l'administration donne : clés et formes vérifiées (SIREN, SIRET, RNA, IBAN, BIC, QPV…)."""

import re

from django.core.exceptions import ValidationError
from stdnum import bic, iban
from stdnum.fr import siren, siret

# data.subvention : la Corse (W2A…) et l'outre-mer (W9G…) ont une lettre en troisième place.
RNA = re.compile(r"W\d[0-9A-Z]\d{7}", re.ASCII)
CODE_POSTAL = re.compile(r"(0[1-9]|[1-8]\d|9[0-5]|97|98)\d{3}", re.ASCII)
CODE_INSEE = re.compile(r"(?:(0[1-9]|[13-8]\d|2[1-9]|2[AB]|9[0-5])\d{3}|(97|98)\d{3})", re.ASCII)
QPV_2024 = re.compile(r"QN(0(?:0[1-9]|[1-8]\d|9[0-5])|02[AB]|97\d|98\d)\d{2}[MINC]", re.ASCII)
QPV_2015 = re.compile(r"QP\d{6}", re.ASCII)
RIB = re.compile(r"FR\d\d(?P<banque>\d{5})(?P<guichet>\d{5})(?P<compte>[0-9A-Z]{11})(?P<cle>\d\d)", re.ASCII)
LETTRES_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
TELEPHONE = re.compile(r"(?:0|\+33)[1-9]\d{8}", re.ASCII)


def normaliser(valeur):
    """Retire espaces et points, met en capitales : ce que les gens recopient d'un relevé."""
    return re.sub(r"[\s.\u00a0\u202f-]", "", valeur or "").upper()


def valider_siren(valeur):
    numero = normaliser(valeur)
    if not numero.isascii() or not siren.is_valid(numero) or set(numero) == {"0"}:
        raise ValidationError("Ce numéro SIREN n’est pas valable. Il compte neuf chiffres.", code="siren")


def valider_siret(valeur):
    numero = normaliser(valeur)
    if len(numero) != 14 or not (numero.isascii() and numero.isdigit()):
        raise ValidationError("Le numéro SIRET compte quatorze chiffres.", code="siret")
    if not siret.is_valid(numero) or set(numero[:9]) == {"0"}:
        raise ValidationError(
            "Ce numéro SIRET n’est pas valable : sa clé de contrôle est fausse. Vérifiez les chiffres sur votre avis "
            "de situation.",
            code="siret",
        )


def valider_rna(valeur):
    if not RNA.fullmatch(re.sub(r"[\s.-]", "", valeur)):
        raise ValidationError(
            "Le numéro RNA commence par W, suivi de neuf caractères (exemple : W623001234).", code="rna"
        )


def cle_rib(banque, guichet, compte):
    """La clé à deux chiffres d'un compte français ; les lettres du compte valent 1 à 9 (A et J 1, B, K et S 2…)."""
    chiffres = compte.translate(LETTRES_RIB)
    return 97 - (89 * int(banque) + 15 * int(guichet) + 3 * int(chiffres)) % 97


def valider_iban(valeur):
    numero = normaliser(valeur)
    if not iban.is_valid(numero):
        raise ValidationError(
            "Cet IBAN n’est pas valable. Recopiez-le depuis votre relevé d’identité bancaire.", code="iban"
        )
    # Deux fautes peuvent se compenser dans la clé de l'IBAN ; celle du RIB, dessous, les voit.
    rib = RIB.fullmatch(numero)
    if numero.startswith("FR") and not (rib and int(rib["cle"]) == cle_rib(*rib.group("banque", "guichet", "compte"))):
        raise ValidationError(
            "La clé RIB de cet IBAN n’est pas juste (ses deux derniers chiffres). Recopiez-le depuis votre relevé "
            "d’identité bancaire.",
            code="rib",
        )


def valider_bic(valeur):
    if not bic.is_valid(normaliser(valeur)):
        raise ValidationError("Ce BIC n’est pas valable. Il compte 8 ou 11 caractères.", code="bic")


def valider_code_postal(valeur):
    if not CODE_POSTAL.fullmatch(valeur):
        raise ValidationError(
            "Ce code postal n’existe pas. Il compte cinq chiffres (exemple : 62700).", code="code_postal"
        )


def valider_code_insee(valeur):
    if not CODE_INSEE.fullmatch(valeur):
        raise ValidationError("Ce code INSEE de commune n’existe pas.", code="code_insee")


def valider_code_qpv(valeur):
    if QPV_2015.fullmatch(valeur):
        raise ValidationError("Ce code est celui d’un quartier de 2015 ; donnez le code de 2024 (QN…).", code="qpv")
    if not QPV_2024.fullmatch(valeur):
        raise ValidationError("Ce code de quartier prioritaire n’est pas valable (exemple : QN06211M).", code="qpv")


def valider_telephone(valeur):
    if not TELEPHONE.fullmatch(normaliser(valeur)):
        raise ValidationError("Ce numéro de téléphone n’est pas valable. Il compte dix chiffres.", code="telephone")
