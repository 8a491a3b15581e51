"""La petite carte des quartiers : des contours GeoJSON aux tracés SVG, sans fond ni service tiers."""

from functools import lru_cache
from math import cos, floor, log10, radians
from typing import NamedTuple

LARGEUR, HAUTEUR, MARGE = 420, 300, 26
METRES_PAR_DEGRE = 111_320
TEINTES = 6


class Trace(NamedTuple):
    numero: int
    nom: str
    chemin: str
    x: float
    y: float
    teinte: int


class Carte(NamedTuple):
    traces: tuple
    largeur: int
    hauteur: int
    echelle: str
    echelle_px: float

    @property
    def echelle_x(self):
        return round(self.largeur - MARGE - self.echelle_px, 1)


def dessiner(quartiers):
    """La carte des quartiers qui ont un contour, numérotés dans l'ordre donné ; None s'il n'y en a aucun."""
    contours = tuple(
        (numero, quartier.nom, _figer(quartier.contour))
        for numero, quartier in enumerate(quartiers, 1)
        if quartier.contour
    )
    return _dessiner(contours) if contours else None


def _figer(contour):
    """Les anneaux d'un Polygon ou d'un MultiPolygon, sous une forme qui sert de clé de cache."""
    polygones = contour["coordinates"] if contour["type"] == "MultiPolygon" else [contour["coordinates"]]
    return tuple(tuple((x, y) for x, y, *_ in anneau) for polygone in polygones for anneau in polygone)


@lru_cache(maxsize=64)
def _dessiner(contours):
    points = [point for _, _, anneaux in contours for anneau in anneaux for point in anneau]
    ouest, est = min(x for x, _ in points), max(x for x, _ in points)
    sud, nord = min(y for _, y in points), max(y for _, y in points)
    # À cette latitude un degré de longitude est plus court qu'un degré de latitude.
    resserre = cos(radians((sud + nord) / 2))
    pixels_par_degre = min(
        (LARGEUR - 2 * MARGE) / max((est - ouest) * resserre, 1e-6), (HAUTEUR - 2 * MARGE) / max(nord - sud, 1e-6)
    )
    decale_x = (LARGEUR - (est - ouest) * resserre * pixels_par_degre) / 2
    decale_y = (HAUTEUR - (nord - sud) * pixels_par_degre) / 2

    def projeter(point):
        x, y = point
        return (
            round(decale_x + (x - ouest) * resserre * pixels_par_degre, 1),
            round(decale_y + (nord - y) * pixels_par_degre, 1),
        )

    traces = []
    for numero, nom, anneaux in contours:
        projetes = [[projeter(point) for point in anneau] for anneau in anneaux]
        x, y = _coeur(max(projetes, key=_aire))
        traces.append(Trace(numero, nom, "".join(map(_chemin, projetes)), x, y, (numero - 1) % TEINTES + 1))
    metres = _longueur_ronde(90 / pixels_par_degre * METRES_PAR_DEGRE)
    return Carte(
        tuple(traces),
        LARGEUR,
        HAUTEUR,
        f"{metres}\u00a0m" if metres < 1000 else f"{metres // 1000}\u00a0km",
        round(metres / METRES_PAR_DEGRE * pixels_par_degre, 1),
    )


def _chemin(points):
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _aire(points):
    suivants = [*points[1:], points[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, suivants, strict=True))) / 2


def _coeur(points):
    """Un point bien à l'intérieur : le milieu du plus long segment intérieur, sur quelques horizontales."""
    haut, bas = min(y for _, y in points), max(y for _, y in points)
    meilleur = (0, points[0][0], points[0][1])
    for rang in range(1, 12):
        y = haut + (bas - haut) * rang / 12
        coupes = sorted(
            x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True)
            if (y1 > y) != (y2 > y)
        )
        for gauche, droite in zip(coupes[::2], coupes[1::2], strict=False):
            # À longueur égale on préfère le milieu de la hauteur.
            valeur = (droite - gauche) * (1 - abs(rang - 6) / 12)
            meilleur = max(meilleur, (valeur, (gauche + droite) / 2, y))
    return round(meilleur[1], 1), round(meilleur[2], 1)


def _longueur_ronde(metres):
    """Le plus grand 1, 2 ou 5 × 10ⁿ mètres qui tient dans cette longueur."""
    puissance = 10 ** floor(log10(metres))
    return int(max(pas * puissance for pas in (1, 2, 5) if pas * puissance <= metres))
