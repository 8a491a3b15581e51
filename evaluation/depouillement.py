"""Dépouiller un tour de vote sur le montant : un module pur, sans base. Des montants, jamais des noms."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")

# Le dessin de l'axe, en unités du viewBox.
LARGEUR, MARGE, RAYON, PAS = 1000, 60, 13, 28
HAUT = 64


class Resultat(NamedTuple):
    """Ce que la salle lit d'un tour dévoilé."""

    nombre: int
    mediane: Decimal
    moyenne: Decimal
    mini: Decimal
    maxi: Decimal
    montants: tuple

    @property
    def etendue(self):
        return self.maxi - self.mini


class Point(NamedTuple):
    x: int
    y: int


class Axe(NamedTuple):
    """De zéro au montant demandé ; les propositions égales ou voisines s'empilent."""

    largeur: int
    hauteur: int
    ligne: int
    debut: int
    fin: int
    points: tuple
    mediane: int
    ancre: str


def _arrondir(montant):
    return Decimal(montant).quantize(CENT, ROUND_HALF_UP)


def depouiller(montants):
    """Le résultat d'un tour ; None tant que personne n'a voté."""
    tries = sorted(montants)
    if not tries:
        return None
    milieu, nombre = len(tries) // 2, len(tries)
    mediane = tries[milieu] if nombre % 2 else (tries[milieu - 1] + tries[milieu]) / 2
    return Resultat(nombre, _arrondir(mediane), _arrondir(sum(tries) / nombre), tries[0], tries[-1], tuple(tries))


def est_extreme(montant, resultat):
    """« bas » ou « haut » quand cette proposition borne l'étendue ; rien si tous disent la même chose."""
    if montant is None or resultat is None or not resultat.etendue:
        return ""
    return "bas" if montant == resultat.mini else "haut" if montant == resultat.maxi else ""


def _abscisse(montant, plafond):
    part = montant / plafond if plafond else Decimal(0)
    return MARGE + int((part * (LARGEUR - 2 * MARGE)).to_integral_value(ROUND_HALF_UP))


def axe(resultat, plafond):
    """Les points et la médiane, posés sur l'axe."""
    etages, places = [], []
    for montant in resultat.montants:
        x = _abscisse(montant, plafond)
        etage = next((i for i, dernier in enumerate(etages) if x - dernier >= PAS), len(etages))
        if etage == len(etages):
            etages.append(x)
        else:
            etages[etage] = x
        places.append((x, etage))
    ligne = HAUT + RAYON + (len(etages) - 1) * PAS
    mediane = _abscisse(resultat.mediane, plafond)
    ancre = "start" if mediane < LARGEUR // 4 else "end" if mediane > LARGEUR * 3 // 4 else "middle"
    points = tuple(Point(x, ligne - etage * PAS) for x, etage in places)
    return Axe(LARGEUR, ligne + 60, ligne, MARGE, LARGEUR - MARGE, points, mediane, ancre)
