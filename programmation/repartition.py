"""Partager un montant sans perdre un centime : la méthode des plus forts restes. Un module pur."""

from decimal import Decimal


def repartir(montant, poids):
    """Partage `montant` selon des `poids` entiers ; la somme des parts rend exactement le montant.

    À restes égaux, les premiers servis reçoivent le centime : le résultat ne dépend que de l'ordre donné.
    """
    total = sum(poids)
    if total <= 0 or min(poids) < 0:
        raise ValueError("Les poids sont positifs et leur somme n’est pas nulle.")
    cents = int(montant * 100)
    if Decimal(cents) != montant * 100:
        raise ValueError("Le montant compte au plus deux décimales.")
    parts = [cents * p // total for p in poids]
    restes = [cents * p % total for p in poids]
    for rang in sorted(range(len(poids)), key=lambda i: (-restes[i], i))[: cents - sum(parts)]:
        parts[rang] += 1
    return [Decimal(part).scaleb(-2) for part in parts]


def parts_egales(montant, nombre):
    return repartir(montant, [1] * nombre)
