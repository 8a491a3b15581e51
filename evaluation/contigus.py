"""Ranger une suite pour que chaque groupe y tienne d'un seul tenant : un arbre PQ (Booth et Lueker, 1976), sans base.

Un nœud P laisse ses enfants dans n'importe quel ordre ; un nœud Q ne permet que de renverser les siens.
"""

from itertools import pairwise

VIDE, PARTIEL, PLEIN = range(3)
# Au-delà, chercher le moins de sorties en essayant tous les ordres prendrait trop de temps.
PROFILS_AU_PLUS = 10
REPRISES_AU_PLUS = 5
FIN = object()


class Impossible(Exception):
    """Aucun ordre ne garde tous les groupes d'un seul tenant."""


class _Noeud:
    __slots__ = ("enfants", "feuilles", "genre")

    def __init__(self, genre, enfants):
        self.genre, self.enfants = genre, enfants
        self.feuilles = frozenset().union(*(e.feuilles for e in enfants))


class _Feuille:
    __slots__ = ("element", "feuilles")
    genre, enfants = "F", ()

    def __init__(self, element):
        self.element, self.feuilles = element, frozenset([element])


def _marque(noeud, groupe):
    communs = len(noeud.feuilles & groupe)
    return VIDE if not communs else PLEIN if communs == len(noeud.feuilles) else PARTIEL


def _noeud_p(enfants):
    return [] if not enfants else [enfants[0] if len(enfants) == 1 else _Noeud("P", enfants)]


def _trier(noeud, groupe):
    """Les enfants vides, partiels et pleins d'un nœud."""
    tas = ([], [], [])
    for enfant in noeud.enfants:
        tas[_marque(enfant, groupe)].append(enfant)
    return tas


def _aligner(noeud, groupe):
    """Les morceaux d'un nœud partiel, du vide vers le plein."""
    if noeud.genre == "P":
        vides, partiels, pleins = _trier(noeud, groupe)
        if len(partiels) > 1:
            raise Impossible
        milieu = _aligner(partiels[0], groupe) if partiels else []
        return [*_noeud_p(vides), *milieu, *_noeud_p(pleins)]
    enfants = noeud.enfants
    if _marque(enfants[0], groupe) > _marque(enfants[-1], groupe):
        enfants = enfants[::-1]
    marques = [_marque(enfant, groupe) for enfant in enfants]
    if marques != sorted(marques) or marques.count(PARTIEL) > 1:
        raise Impossible
    return [m for e, n in zip(enfants, marques, strict=True) for m in (_aligner(e, groupe) if n == PARTIEL else [e])]


def _reduire(noeud, groupe):
    """Le même arbre, privé des ordres où le groupe n'est pas d'un seul tenant."""
    vides, partiels, pleins = _trier(noeud, groupe)
    if not noeud.enfants or not vides + partiels:
        return noeud
    if not pleins and len(partiels) == 1:
        return _Noeud(noeud.genre, [_reduire(e, groupe) if e is partiels[0] else e for e in noeud.enfants])
    if noeud.genre == "Q":
        return _Noeud("Q", _reduire_q(noeud, groupe))
    if len(partiels) > 2:
        raise Impossible
    if not partiels:
        return _Noeud("P", [*vides, *_noeud_p(pleins)])
    suite = [*_aligner(partiels[0], groupe), *_noeud_p(pleins)]
    if len(partiels) == 2:
        suite += _aligner(partiels[1], groupe)[::-1]
    return _noeud_p([*vides, _Noeud("Q", suite)])[0]


def _reduire_q(noeud, groupe):
    suite, dedans, passe = [], False, False
    for enfant in noeud.enfants:
        marque = _marque(enfant, groupe)
        if marque != VIDE and passe:
            raise Impossible
        if marque == VIDE:
            passe = dedans
        suite += [enfant] if marque != PARTIEL else _aligner(enfant, groupe)[:: -1 if dedans else 1]
        passe = passe or (marque == PARTIEL and dedans)
        dedans = dedans or marque != VIDE
    return suite


def _lire(noeud, rang):
    """L'ordre permis le plus proche de celui voulu : à chaque nœud, ce qui était premier reste premier."""
    if noeud.genre == "F":
        return [noeud.element]
    enfants = list(noeud.enfants)

    def premier(enfant):
        return min(rang[feuille] for feuille in enfant.feuilles)

    if noeud.genre == "P":
        enfants.sort(key=premier)
    elif FIN in enfants[0].feuilles or (FIN not in enfants[-1].feuilles and premier(enfants[0]) > premier(enfants[-1])):
        enfants.reverse()
    return [element for enfant in enfants for element in _lire(enfant, rang)]


def _arbre(elements, groupes, dernier, *, tolerant=False):
    """L'ordre qui tient les groupes ensemble ; `tolerant` : laisse de côté ceux qui ne s'accordent pas."""
    tous = [*elements, dernier, FIN] if dernier is not None else list(elements)
    rang = {element: n for n, element in enumerate(tous)}
    racine = _Noeud("P", [_Feuille(element) for element in tous])
    if dernier is not None:
        racine = _reduire(_reduire(racine, frozenset(tous) - {FIN}), frozenset([dernier, FIN]))
    for groupe in groupes:
        try:
            racine = _reduire(racine, groupe)
        except Impossible:
            if not tolerant:
                raise
    return [element for element in _lire(racine, rang) if element is not FIN]


def sorties(suite, groupes):
    """Pour chaque groupe, le nombre de morceaux qu'il occupe dans la suite."""
    return [
        sum(element in groupe and (n == 0 or suite[n - 1] not in groupe) for n, element in enumerate(suite))
        for groupe in groupes
    ]


def ranger(elements, groupes, dernier=None):
    """Les éléments, chaque groupe d'un seul tenant si c'est possible, sinon en aussi peu de morceaux que possible.

    L'ordre donné départage. `dernier` reste en queue. Quand les groupes se contredisent, le minimum est exact
    jusqu'à dix profils différents ; au-delà, c'est le meilleur ordre trouvé.
    """
    groupes = [frozenset(groupe) for groupe in groupes]
    try:
        return _arbre(elements, groupes, dernier)
    except Impossible:
        pass
    profils = {}
    for element in elements:
        profils.setdefault(frozenset(n for n, g in enumerate(groupes) if element in g), []).append(element)
    queue = frozenset(n for n, g in enumerate(groupes) if dernier in g) if dernier is not None else frozenset()
    if len(profils) <= PROFILS_AU_PLUS:
        suite = _essayer_tout(list(profils), queue)
    else:
        approche = _arbre(elements, sorted(groupes, key=len, reverse=True), dernier, tolerant=True)
        suite = _reprendre(_profils_dans_l_ordre(approche, profils), queue)
    rangee = [element for profil in suite for element in profils[profil]]
    return [*rangee, dernier] if dernier is not None else rangee


def _profils_dans_l_ordre(suite, profils):
    place = {element: n for n, element in enumerate(suite)}
    return sorted(profils, key=lambda profil: min(place[element] for element in profils[profil]))


def _essayer_tout(profils, queue):
    """Le chemin qui fait sortir le moins de monde, en ne retenant que le meilleur pour chaque partie (Held et Karp)."""
    nombre = len(profils)
    cout = [[len(suivant - profil) for suivant in profils] for profil in profils]
    meilleurs = {(1 << n, n): (len(profil), None) for n, profil in enumerate(profils)}
    for partie in range(1, 1 << nombre):
        for dernier in range(nombre):
            if (partie, dernier) not in meilleurs:
                continue
            jusque_la = meilleurs[partie, dernier][0]
            for suivant in range(nombre):
                if partie >> suivant & 1:
                    continue
                cle, total = (partie | 1 << suivant, suivant), jusque_la + cout[dernier][suivant]
                if cle not in meilleurs or total < meilleurs[cle][0]:
                    meilleurs[cle] = (total, dernier)
    partie = (1 << nombre) - 1
    ici = min(range(nombre), key=lambda n: meilleurs[partie, n][0] + len(queue - profils[n]))
    chemin = []
    while ici is not None:
        chemin.append(profils[ici])
        partie, ici = partie & ~(1 << ici), meilleurs[partie, ici][1]
    return chemin[::-1]


def _reprendre(suite, queue):
    """Déplace un profil à la fois tant que cela épargne une sortie."""

    def cout(essai):
        return len(essai[0]) + sum(len(b - a) for a, b in pairwise([*essai, queue]))

    actuel = cout(suite)
    for _ in range(REPRISES_AU_PLUS):
        avant = actuel
        for profil in list(suite):
            reste = [autre for autre in suite if autre is not profil]
            for place in range(len(suite)):
                essai = [*reste[:place], profil, *reste[place:]]
                if (total := cout(essai)) < actuel:
                    suite, actuel = essai, total
        if actuel == avant:
            break
    return suite
