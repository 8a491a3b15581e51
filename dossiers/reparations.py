"""Rétablir l'équilibre d'un budget en un geste : des propositions chiffrées, jamais appliquées d'office."""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from dossiers import budget
from dossiers.budget import CENT, ZERO, euros
from dossiers.models import LigneBudget

REDUCTIBLES = ("60", "61", "62")


class Reparation(NamedTuple):
    code: str
    titre: str
    detail: str


def reparations(appel, lignes, demandes, totaux):
    """Au plus trois façons d'égaler charges et produits ; vide quand c'est fait ou qu'il n'y a rien à équilibrer."""
    ecart = totaux.ecart
    if not totaux.charges or not ecart:
        return []
    propositions = []
    if ecart > 0:
        if financeur := _financeur_possible(appel, demandes, totaux):
            avant = demandes.get(financeur, ZERO)
            propositions.append(
                Reparation(
                    f"demander-{financeur.pk}",
                    f"Demander {euros(ecart)} de plus à {financeur.sigle}",
                    f"{euros(avant)} → {euros(avant + ecart)}",
                )
            )
        propres = sum((ligne.montant for ligne in lignes if ligne.compte == "PRO"), ZERO)
        propositions.append(
            Reparation(
                "autofinancer",
                "Ajouter de l’autofinancement",
                f"Ressources propres {euros(propres)} → {euros(propres + ecart)}",
            )
        )
        base = _reductibles(lignes)
        if base > ecart:
            propositions.append(
                Reparation("reduire", "Réduire les charges", f"{euros(ecart)} répartis sur les comptes 60, 61 et 62")
            )
        return propositions
    exces = -ecart
    for financeur, montant in sorted(demandes.items(), key=lambda couple: -couple[1]):
        if montant > exces:
            return [
                Reparation(
                    f"demander-{financeur.pk}",
                    f"Demander {euros(exces)} de moins à {financeur.sigle}",
                    f"{euros(montant)} → {euros(montant - exces)}",
                )
            ]
    return []


def _financeur_possible(appel, demandes, totaux):
    """Le premier financeur à qui demander l'écart sans dépasser ni la part publique ni le maximum de l'appel."""
    if appel.montant_max is not None and totaux.demande + totaux.ecart > appel.montant_max:
        return None
    assiette = totaux.charges + (totaux.emplois_volontaires if appel.benevolat_dans_assiette else ZERO)
    marge = appel.taux_max_public * assiette / 100 - totaux.public
    candidats = sorted(appel.financeurs.all(), key=lambda f: (f not in demandes, f.ordre))
    return next((f for f in candidats if not f.est_public or totaux.ecart <= marge), None)


def _reductibles(lignes):
    return sum((ligne.montant for ligne in lignes if ligne.compte in REDUCTIBLES), ZERO)


def reparer(code, appel, lignes, demandes):
    """Applique une proposition à un budget saisi ; rend le budget tel quel quand elle n'a plus lieu d'être."""
    totaux = budget.totaliser(
        [budget.Ligne(li.sens, li.compte, li.montant, li.est_public) for li in lignes],
        [(f.pk, montant, f.est_public) for f, montant in demandes.items()],
    )
    if code not in {proposition.code for proposition in reparations(appel, lignes, demandes, totaux)}:
        return lignes, demandes
    if code == "autofinancer":
        return _autofinancer(lignes, totaux.ecart), demandes
    if code == "reduire":
        return _reduire(lignes, totaux.ecart), demandes
    financeur = next(f for f in appel.financeurs.all() if code == f"demander-{f.pk}")
    return lignes, {**demandes, financeur: demandes.get(financeur, ZERO) + totaux.ecart}


def _autofinancer(lignes, ecart):
    for ligne in lignes:
        if ligne.compte == "PRO":
            ligne.montant += ecart
            return lignes
    return [*lignes, LigneBudget(sens="P", compte="PRO", montant=ecart)]


def _reduire(lignes, ecart):
    """Répartit la baisse au prorata ; les centimes restants vont aux plus grands restes, la somme est exacte."""
    concernees = [ligne for ligne in lignes if ligne.compte in REDUCTIBLES]
    base = _reductibles(lignes)
    exactes = [ecart * ligne.montant / base for ligne in concernees]
    baisses = [part.quantize(CENT, ROUND_DOWN) for part in exactes]
    restants = int((ecart - sum(baisses, ZERO)) / CENT)
    plus_grands = sorted(range(len(baisses)), key=lambda i: baisses[i] - exactes[i])[:restants]
    for i, ligne in enumerate(concernees):
        ligne.montant -= baisses[i] + (CENT if i in plus_grands else Decimal(0))
    return lignes
