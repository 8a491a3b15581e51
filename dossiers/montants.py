"""Les montants : au centime, écrits à la française, répartis sans en perdre un."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0")


def euros(montant):
    entier, _, cents = f"{montant:,.2f}".replace(",", "\u202f").partition(".")
    return f"{entier}\u00a0€" if cents == "00" else f"{entier},{cents}\u00a0€"


def nombre(valeur):
    """Un nombre à la française, sans zéros inutiles : 80, 12,5."""
    return f"{Decimal(valeur):.2f}".rstrip("0").rstrip(".").replace(".", ",")


def pourcentage(part, total):
    return (part * 100 / total).quantize(CENT, ROUND_HALF_UP) if total else ZERO.quantize(CENT)


def repartir(total, poids):
    """Partage un total au prorata ; les centimes restants vont aux plus grands restes, la somme est exacte.

    À restes égaux, la part la plus lourde, puis la première, reçoit le centime.
    """
    somme = sum(poids, ZERO)
    if not somme:
        raise ValueError("Rien à quoi rapporter la répartition.")
    exactes = [total * part / somme for part in poids]
    parts = [exacte.quantize(CENT, ROUND_DOWN) for exacte in exactes]
    restants = int((total - sum(parts, ZERO)) / CENT)
    ordre = sorted(range(len(parts)), key=lambda i: (parts[i] - exactes[i], -poids[i], i))
    for i in ordre[:restants]:
        parts[i] += CENT
    return parts
