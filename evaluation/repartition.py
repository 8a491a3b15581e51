"""Qui lit quoi : le calcul, sans base. Les mêmes dossiers donnent toujours la même répartition."""

from typing import NamedTuple

# Au-delà, l'équilibre ne gagne plus que des minutes ; chaque passage ne fait que rapprocher les charges.
PASSAGES_AU_PLUS = 50


class ALire(NamedTuple):
    """Un dossier à donner à lire. `candidats` : qui peut le lire ; `acquis` : ses lecteurs qui restent."""

    cle: object
    minutes: int
    candidats: frozenset
    acquis: frozenset = frozenset()
    quartiers: tuple = ()


class Manque(NamedTuple):
    """Un dossier qui n'a pas assez de lecteurs ; `possibles` : combien de personnes pourraient le lire en tout."""

    cle: object
    lecteurs: int
    voulus: int
    possibles: int


class Repartition(NamedTuple):
    lecteurs: dict
    charges: dict
    manques: tuple


def equitable(dossiers, personnes, voulus, charges=None):
    """Donne au moins `voulus` lecteurs à chaque dossier, en rapprochant les minutes de lecture de chacun.

    `personnes` : l'ordre qui départage deux charges égales ; `charges` : ce que chacun lit déjà par ailleurs.
    """
    ordre = {personne: rang for rang, personne in enumerate(personnes)}
    charges = {personne: (charges or {}).get(personne, 0) for personne in ordre}
    lecteurs = {}
    for dossier in dossiers:
        lecteurs[dossier.cle] = set(dossier.acquis)
        _charger(charges, dossier.acquis, dossier.minutes)
    # Les dossiers que peu de gens peuvent lire d'abord, puis les plus longs : les courts finissent l'équilibre.
    for dossier in sorted(dossiers, key=lambda d: (len(d.candidats), -d.minutes)):
        libres = sorted(dossier.candidats - dossier.acquis, key=lambda p: (charges[p], ordre[p]))
        choisis = libres[: max(0, voulus - len(dossier.acquis))]
        lecteurs[dossier.cle].update(choisis)
        _charger(charges, choisis, dossier.minutes)
    _rapprocher(dossiers, lecteurs, charges, ordre)
    return Repartition(lecteurs, charges, manques(dossiers, lecteurs, voulus))


def _charger(charges, personnes, minutes):
    for personne in personnes:
        if personne in charges:
            charges[personne] += minutes


def _rapprocher(dossiers, lecteurs, charges, ordre):
    """Passe un dossier de qui lit trop à qui lit moins, tant que l'écart entre les deux se réduit."""
    for _ in range(PASSAGES_AU_PLUS):
        change = False
        for dossier in dossiers:
            tenus = lecteurs[dossier.cle]
            for charge in sorted(tenus - dossier.acquis, key=lambda p: (-charges[p], ordre[p])):
                moindre = min(dossier.candidats - tenus, key=lambda p: (charges[p], ordre[p]), default=None)
                if moindre is not None and charges[charge] - charges[moindre] > dossier.minutes:
                    tenus.remove(charge)
                    tenus.add(moindre)
                    charges[charge] -= dossier.minutes
                    charges[moindre] += dossier.minutes
                    change = True
        if not change:
            return


def par_quartier(dossiers, choix, voulus, charges=None):
    """Donne chaque dossier aux personnes choisies pour ses quartiers, si elles peuvent le lire."""
    charges, lecteurs = dict(charges or {}), {}
    for dossier in dossiers:
        choisis = {personne for quartier in dossier.quartiers for personne in choix.get(quartier, ())}
        lecteurs[dossier.cle] = set(dossier.acquis) | (choisis & dossier.candidats)
        for personne in lecteurs[dossier.cle]:
            charges[personne] = charges.get(personne, 0) + dossier.minutes
    return Repartition(lecteurs, charges, manques(dossiers, lecteurs, voulus))


def manques(dossiers, lecteurs, voulus):
    return tuple(
        Manque(d.cle, len(lecteurs[d.cle]), voulus, len(d.candidats | d.acquis))
        for d in dossiers
        if len(lecteurs[d.cle]) < voulus
    )
