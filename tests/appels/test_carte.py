"""La carte : des contours réels aux tracés, sans déformer ni sortir du cadre."""

import re
from types import SimpleNamespace

from appels.carte import HAUTEUR, LARGEUR, MARGE, dessiner
from appels.referentiel import lire_contours


def quartier(nom, *anneaux):
    return SimpleNamespace(nom=nom, contour={"type": "MultiPolygon", "coordinates": [[list(a)] for a in anneaux]})


CARRE = ((2.5, 50.4), (2.51, 50.4), (2.51, 50.41), (2.5, 50.41))


def test_les_trois_quartiers_de_bruay_tiennent_dans_le_cadre():
    carte = dessiner([SimpleNamespace(nom=code, contour=g) for code, g in sorted(lire_contours().items())])
    assert [trace.numero for trace in carte.traces] == [1, 2, 3]
    points = [(float(x), float(y)) for t in carte.traces for x, y in re.findall(r"([\d.]+) ([\d.]+)", t.chemin)]
    assert len(points) == 738
    assert all(MARGE - 1 <= x <= LARGEUR - MARGE + 1 and MARGE - 1 <= y <= HAUTEUR - MARGE + 1 for x, y in points)
    assert carte.echelle == "500\u00a0m"


def test_le_nord_est_en_haut_et_un_degre_de_longitude_plus_court():
    (trace,) = dessiner([quartier("Carré", CARRE)]).traces
    (x0, y0), (x1, _), (_, y2), _ = [tuple(map(float, p.split())) for p in trace.chemin[1:-1].split("L")]
    assert y2 < y0
    assert 0.63 < (x1 - x0) / (y0 - y2) < 0.645


def test_un_quartier_sans_contour_garde_son_numero_et_ne_se_dessine_pas():
    carte = dessiner([SimpleNamespace(nom="Sans", contour=None), quartier("Avec", CARRE)])
    assert [(trace.numero, trace.nom) for trace in carte.traces] == [(2, "Avec")]
    assert dessiner([SimpleNamespace(nom="Sans", contour=None)]) is None
