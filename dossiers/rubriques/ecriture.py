"""Écrire les valeurs figées : montants, dates, comptes, textes."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from documents import nombres
from documents.dossier_complet import Budget, Recit
from dossiers import budget


def euros(montant):
    return "" if montant in (None, "") else budget.euros(Decimal(montant))


def nombre(valeur):
    return "" if valeur in (None, "") else budget.nombre(valeur)


def jour(texte):
    return nombres.date(date.fromisoformat(texte)) if texte else ""


def instant(texte):
    local = timezone.localtime(datetime.fromisoformat(texte))
    return f"le {nombres.date(local)} à {nombres.heure(local)}"


def oui(valeur):
    return "" if valeur is None else "Oui" if valeur else "Non"


def periode(debut, fin):
    if debut and fin:
        return f"du {jour(debut)} au {jour(fin)}"
    return f"à partir du {jour(debut)}" if debut else ""


def renseignes(*lignes):
    """Les seules lignes remplies : ce que l'appel n'a pas demandé ne s'imprime pas vide."""
    return tuple((libelle, valeur) for libelle, valeur in lignes if valeur)


def compte(ligne):
    numero = ligne["compte"]
    return f"{numero} {ligne['libelle_compte']}" if numero.isdecimal() else ligne["libelle_compte"]


def est_volontaire(ligne):
    return ligne["compte"].startswith(("86", "87"))


def en_regard(titre, charges, produits, emplois, ressources, totaux):
    return Budget(
        titre,
        charges,
        produits,
        euros(totaux["charges"]),
        euros(totaux["produits"]),
        emplois,
        ressources,
        euros(totaux["emplois_volontaires"]),
        euros(totaux["ressources_volontaires"]),
    )


def recits(donnees, *champs):
    """Les textes demandés, même vides ; ceux que l'appel ne montre pas, seulement s'ils sont remplis."""
    d, sections = donnees["dossier"], donnees["appel"]["sections"]
    return tuple(
        Recit(titre, d[champ]) for champ, titre, section in champs if d[champ] or section is None or section in sections
    )
