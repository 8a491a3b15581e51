"""Montants, dates et heures, écrits comme dans une lettre française."""

from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words

FINE, INSECABLE = "\u202f", "\u00a0"
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def chiffres(montant):
    """« 23 500,00 » : milliers séparés par une espace fine insécable, sans unité."""
    centimes = Decimal(montant).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{centimes:,.2f}".replace(",", FINE).replace(".", ",")


def euros(montant):
    return f"{chiffres(montant)}{INSECABLE}€"


def pourcent(taux):
    texte = f"{Decimal(taux).quantize(Decimal('0.1'), ROUND_HALF_UP)}".replace(".", ",").removesuffix(",0")
    return f"{texte}{INSECABLE}%"


def montant_en_lettres(montant):
    """« vingt-trois mille cinq cents euros » ; « deux millions d’euros » ; centimes s'il y en a.

    `num2words` écrit la partie entière ; l'unité est de nous (il oublie le « d’ » après million).
    """
    montant = Decimal(montant).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if montant < 0:
        raise ValueError("Un montant accordé n’est pas négatif.")
    entier, centimes = divmod(int(montant * 100), 100)
    rond = entier >= 1_000_000 and entier % 1_000_000 == 0
    texte = num2words(entier, lang="fr") + (" d’euros" if rond else " euros" if entier > 1 else " euro")
    if centimes:
        texte += f" et {num2words(centimes, lang='fr')} centime{'s' if centimes > 1 else ''}"
    return texte


def date_longue(jour):
    """« vendredi 15 janvier 2027 »"""
    return f"{JOURS[jour.weekday()]} {date(jour)}"


def date(jour):
    """« 15 janvier 2027 », « 1er mars 2027 »"""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme}{INSECABLE}{MOIS[jour.month - 1]} {jour.year}"


def heure(instant):
    """« 22 h 41 »"""
    return f"{instant.hour}{INSECABLE}h{INSECABLE}{instant.minute:02d}"
