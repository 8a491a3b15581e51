"""Des notes équitables : la moyenne, corrigée de la sévérité de chacun ; un module pur, sans base.

Modèle additif à deux facteurs sans interaction, ajusté par moindres carrés : note = qualité du dossier + sévérité de
l'évaluateur (Searle, *Linear Models*, 1971, ch. 7). Les sévérités somment à zéro : un jury plus dur ne baisse personne.
Le calcul se montre, il ne s'impose pas : le classement de la réunion reste celui des moyennes.
"""

import math
from collections import defaultdict
from typing import NamedTuple

DECIMALES = 2
# Bien plus que l'erreur du calcul, bien moins que l'écart entre deux notes.
RESIDU = 1e-6
# En dessous, une note de plus ou de moins renverserait la correction.
NOTES_EN_TROP_MIN = 1
DEPLACEMENTS_DITS = 3


class Correction(NamedTuple):
    """Notes corrigées et sévérités, sur 100 ; `severites` : négative pour qui note plus bas que les autres."""

    notes: dict
    severites: dict


class CorrectionImpossible(Exception):
    """Ce que les lectures croisées ne permettent pas de comparer, dit en français."""


class Deplacement(NamedTuple):
    dossier: object
    avant: int
    apres: int


def corriger(notes):
    """Corrige `{(évaluateur, dossier): note sur 100}`, paires manquantes admises.

    Lève CorrectionImpossible si rien ne relie deux groupes de dossiers, ou si les notes suffisent à peine.
    """
    lecteurs, dossiers = _par_lecteur(notes), _par_dossier(notes)
    if len(lecteurs) < 2:
        raise CorrectionImpossible("Il faut les notes de deux évaluateurs au moins pour comparer leur sévérité.")
    groupes = _groupes(lecteurs, dossiers)
    if groupes > 1:
        raise CorrectionImpossible(
            f"Les dossiers forment {groupes} groupes que personne n’a lus en commun : rien ne permet de comparer la "
            "sévérité de leurs évaluateurs. Une lecture croisée entre ces groupes suffirait."
        )
    if len(notes) - (len(lecteurs) + len(dossiers) - 1) < NOTES_EN_TROP_MIN:
        raise CorrectionImpossible(
            "Trop peu de dossiers ont été lus par plusieurs évaluateurs : la correction ne reposerait sur rien."
        )
    severites = _severites(lecteurs, dossiers)
    corrigees = {
        dossier: _arrondir(sum(note - severites[lecteur] for lecteur, note in lues.items()) / len(lues))
        for dossier, lues in dossiers.items()
    }
    return Correction(corrigees, {lecteur: round(valeur, DECIMALES) for lecteur, valeur in severites.items()})


def _arrondir(note):
    """Le demi-centième au-dessus, comme la moyenne : un résidu du calcul en virgule flottante ne déplace personne."""
    return round(math.floor(note * 10**DECIMALES + 0.5 + RESIDU) / 10**DECIMALES, DECIMALES)


def _par_lecteur(notes):
    lecteurs = defaultdict(dict)
    for (lecteur, dossier), note in notes.items():
        lecteurs[lecteur][dossier] = float(note)
    return dict(lecteurs)


def _par_dossier(notes):
    dossiers = defaultdict(dict)
    for (lecteur, dossier), note in notes.items():
        dossiers[dossier][lecteur] = float(note)
    return dict(dossiers)


def _groupes(lecteurs, dossiers):
    """Le nombre de parties sans lecture commune."""
    restants, groupes = set(lecteurs), 0
    while restants:
        groupes += 1
        a_voir = [restants.pop()]
        while a_voir:
            for dossier in lecteurs[a_voir.pop()]:
                voisins = restants & dossiers[dossier].keys()
                restants -= voisins
                a_voir += voisins
    return groupes


def _severites(lecteurs, dossiers):
    """Les équations normales, les qualités des dossiers éliminées : une inconnue par évaluateur, le premier à zéro."""
    rangs = {lecteur: rang for rang, lecteur in enumerate(lecteurs)}
    taille = len(rangs)
    matrice = [[0.0] * (taille + 1) for _ in range(taille)]
    for lues in dossiers.values():
        moyenne, poids = sum(lues.values()) / len(lues), 1 / len(lues)
        for lecteur, note in lues.items():
            ligne = matrice[rangs[lecteur]]
            ligne[rangs[lecteur]] += 1
            ligne[taille] += note - moyenne
            for autre in lues:
                ligne[rangs[autre]] -= poids
    # Le système est de rang taille − 1 : on fixe le premier évaluateur, puis on recentre.
    solution = [0.0, *_resoudre([ligne[1:] for ligne in matrice[1:]])]
    centre = sum(solution) / taille
    return {lecteur: solution[rang] - centre for lecteur, rang in rangs.items()}


def _resoudre(matrice):
    """Élimination de Gauss d'une matrice augmentée symétrique définie positive : les pivots ne s'annulent pas."""
    taille = len(matrice)
    for pivot in range(taille):
        diviseur = matrice[pivot][pivot]
        for bas in range(pivot + 1, taille):
            if facteur := matrice[bas][pivot] / diviseur:
                haut = matrice[pivot]
                matrice[bas] = [valeur - facteur * haut[rang] for rang, valeur in enumerate(matrice[bas])]
    solution = [0.0] * taille
    for rang in reversed(range(taille)):
        ligne = matrice[rang]
        reste = ligne[taille] - sum(ligne[k] * solution[k] for k in range(rang + 1, taille))
        solution[rang] = reste / ligne[rang]
    return solution


def rangs(notes):
    """{dossier: rang} de la meilleure note à la moins bonne ; les ex æquo partagent le meilleur rang."""
    ordonnes = sorted(notes.values(), reverse=True)
    premier = {}
    for rang, note in enumerate(ordonnes, 1):
        premier.setdefault(note, rang)
    return {dossier: premier[note] for dossier, note in notes.items()}


def deplacements(avant, apres):
    """Les dossiers dont le rang change, du plus grand déplacement au plus petit."""
    changes = [Deplacement(d, avant[d], apres[d]) for d in avant if d in apres and avant[d] != apres[d]]
    return sorted(changes, key=lambda d: (-abs(d.avant - d.apres), d.apres, d.avant))


def rang_dit(rang):
    return "1re" if rang == 1 else f"{rang}e"


def phrase(changes, nommer):
    """La seule phrase qui compte : le classement change-t-il, et où. `nommer` : un dossier → son intitulé."""
    if not changes:
        return "Corrigé de la sévérité de chacun, le classement ne change pas."
    dits = " ; ".join(
        f"« {nommer(d.dossier)} » passe de la {rang_dit(d.avant)} à la {rang_dit(d.apres)} place"
        for d in changes[:DEPLACEMENTS_DITS]
    )
    nombre = f"{len(changes)} dossiers" if len(changes) > 1 else "un dossier"
    suite = _et_les_autres(len(changes) - DEPLACEMENTS_DITS)
    return f"Corrigé de la sévérité de chacun, le classement change pour {nombre} : {dits}{suite}"


def _et_les_autres(nombre):
    if nombre <= 0:
        return "."
    return f" ; {nombre} autres changent aussi de place." if nombre > 1 else " ; un autre change aussi de place."
