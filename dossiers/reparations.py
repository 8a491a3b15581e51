"""Rétablir un budget en un geste : des propositions chiffrées, montrées ligne par ligne, jamais appliquées d'office.

Sans Django. Une proposition ne sort d'ici que si, appliquée, elle tient sa promesse et n'abîme aucune autre règle.
"""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from dossiers.budget import BENEVOLAT, Budget, Ligne
from dossiers.montants import ZERO, euros, repartir
from dossiers.plan_comptable import (
    CHARGES,
    EMPLOIS_VOLONTAIRES,
    PAIRES,
    PRODUITS,
    RESSOURCES_VOLONTAIRES,
    SUBVENTIONS,
)
from dossiers.regles_budget import permis_public, verifier

AU_PLUS = 3
SOUPLES = ("60", "61", "62")


class Changement(NamedTuple):
    """Une ligne qui change : son champ, son nom, avant et après."""

    champ: str
    nom: str
    avant: object
    apres: object


@dataclass(frozen=True)
class Reparation:
    """`nom` dit le geste, `code` le geste et ses montants : ce qui s'applique est ce qui a été montré."""

    nom: str
    regle: str
    titre: str
    pourquoi: str
    changements: tuple
    resultat: Budget

    @property
    def code(self):
        montre = "|".join(f"{c.champ}:{c.avant:.2f}:{c.apres:.2f}" for c in self.changements)
        return f"{self.nom}.{hashlib.blake2s(montre.encode(), digest_size=4).hexdigest()}"


def reparations(budget, reglages, financeurs=()):
    """Au plus trois façons de réparer la première règle rompue qui sait se réparer.

    `financeurs` : des Demande à zéro, ceux de l'appel, dans l'ordre où les solliciter.
    """
    rompues = {constat.regle for constat in verifier(budget, reglages, tuple(GESTES))}
    for regle, gestes in GESTES.items():
        if regle in rompues and (trouvees := _valables(regle, gestes, budget, reglages, financeurs)):
            return trouvees
    return []


def valoriser(budget, reglages):
    """Porter en 864 et en 870 la valeur des heures déclarées (règle B9) ; None quand c'est fait ou sans objet."""
    if not reglages.benevolat or reglages.heures is None:
        return None
    emploi, ressource = BENEVOLAT
    postes = [*_porter(budget, "C", emploi, reglages.heures), *_porter(budget, "P", ressource, reglages.heures)]
    return _composer("B9", "benevolat", "Porter ces heures au budget", "", budget, postes)


def proposees(budget, reglages, financeurs=()):
    """Tout ce qui peut s'appliquer d'un clic, par code."""
    valorisation = valoriser(budget, reglages)
    toutes = [*reparations(budget, reglages, financeurs), *([valorisation] if valorisation else [])]
    return {reparation.code: reparation for reparation in toutes}


def _valables(regle, gestes, budget, reglages, financeurs):
    trouvees, vues = [], set()
    for geste in gestes:
        for nom, titre, pourquoi, postes in geste(budget, reglages, financeurs):
            reparation = _composer(regle, nom, titre, pourquoi, budget, postes)
            if reparation is None or reparation.changements in vues:
                continue
            if _tient(regle, budget, reparation.resultat, reglages):
                trouvees.append(reparation)
                vues.add(reparation.changements)
            if len(trouvees) == AU_PLUS:
                return trouvees
            if any(r.nom.split("-")[0] == nom.split("-")[0] for r in trouvees):
                # Une façon de chaque sorte : trois financeurs possibles ne font pas trois réparations.
                break
    return trouvees


def _tient(regle, avant, apres, reglages):
    """La règle visée est tenue, aucune autre ne s'aggrave, aucun montant n'est négatif."""
    if any(montant < 0 for montant in apres.montants.values()):
        return False
    ampleurs = {constat.identite: constat.ampleur for constat in verifier(avant, reglages)}
    constats = verifier(apres, reglages)
    return all(
        constat.regle != regle and constat.identite in ampleurs and constat.ampleur <= ampleurs[constat.identite]
        for constat in constats
    )


def _composer(regle, nom, titre, pourquoi, budget, postes):
    changements = tuple(
        Changement(poste.champ, poste.nom, avant, poste.montant)
        for poste in postes
        if (avant := budget.montants.get(poste.champ, ZERO)) != poste.montant
    )
    return Reparation(nom, regle, titre, pourquoi, changements, budget.avec(postes)) if changements else None


# --- Les briques : des lignes à leur nouveau montant.


def _ajouter(budget, sens, compte, montant):
    """Ajoute à la première ligne du compte, ou l'ouvre."""
    ligne = next((li for li in budget.lignes if (li.sens, li.compte) == (sens, compte)), Ligne(sens, compte, ZERO))
    return [ligne._replace(montant=ligne.montant + montant)]


def _porter(budget, sens, compte, total):
    """Porte le total du compte à ce montant, sur sa première ligne ; les autres se vident."""
    premiere, *autres = budget.du_compte(compte) or [Ligne(sens, compte, ZERO)]
    return [premiere._replace(montant=total), *(ligne._replace(montant=ZERO) for ligne in autres)]


def _reduire(postes, baisse):
    """Baisse des postes à proportion de leur montant, au centime."""
    postes = [poste for poste in postes if poste.montant]
    parts = repartir(baisse, [poste.montant for poste in postes])
    return [poste._replace(montant=poste.montant - part) for poste, part in zip(postes, parts, strict=True)]


def _sollicites(budget, financeurs):
    """Ceux à qui l'on demande déjà, puis les autres de l'appel."""
    deja = [demande for demande in budget.demandes if demande.montant]
    connus = {demande.financeur for demande in deja}
    return [*deja, *(financeur for financeur in financeurs if financeur.financeur not in connus)]


# --- B1, il manque des produits.


def _demander_plus(budget, reglages, financeurs):
    if (ecart := budget.totaux.ecart) <= 0:
        return
    for demande in _sollicites(budget, financeurs):
        taux = "" if not demande.est_public else "La part publique reste dans la limite de l’appel."
        neuve = demande._replace(montant=demande.montant + ecart)
        yield f"demander-{demande.financeur}", f"Demander {euros(ecart)} de plus à {demande.nom}", taux, [neuve]


def _autofinancer(budget, reglages, financeurs):
    if (ecart := budget.totaux.ecart) > 0:
        pourquoi = "La structure prend la différence sur ses ressources propres."
        yield "autofinancer", "Ajouter de l’autofinancement", pourquoi, _ajouter(budget, "P", "PRO", ecart)


def _reduire_les_charges(budget, reglages, financeurs):
    if (ecart := budget.totaux.ecart) <= 0:
        return
    souples = [ligne for ligne in budget.lignes if ligne.compte in SOUPLES]
    toutes = [ligne for ligne in budget.lignes if ligne.compte in CHARGES]
    for lignes, pourquoi in (
        (souples, "La baisse se répartit sur les comptes 60, 61 et 62, à proportion."),
        (toutes, "La baisse se répartit sur toutes les charges, à proportion."),
    ):
        if sum((ligne.montant for ligne in lignes), ZERO) > ecart:
            yield "reduire", f"Réduire les charges de {euros(ecart)}", pourquoi, _reduire(lignes, ecart)


def _participer(budget, reglages, financeurs):
    if (ecart := budget.totaux.ecart) > 0:
        pourquoi = "Les personnes accueillies, ou ceux qui paient vos services, apportent la différence."
        yield "participer", "Augmenter les ventes et la participation", pourquoi, _ajouter(budget, "P", "70", ecart)


# --- B1, il y a trop de produits.


def _demander_moins(budget, reglages, financeurs):
    if (exces := -budget.totaux.ecart) <= 0:
        return
    pourquoi = "Vous demandez ce dont l’action a besoin."
    for demande in sorted(budget.demandes, key=lambda d: (-d.montant, d.financeur)):
        if demande.montant > exces:
            neuve = demande._replace(montant=demande.montant - exces)
            yield f"reduire-{demande.financeur}", f"Demander {euros(exces)} de moins à {demande.nom}", pourquoi, [neuve]
    if budget.totaux.demande > exces:
        yield "reduire-tous", f"Demander {euros(exces)} de moins en tout", pourquoi, _reduire(budget.demandes, exces)


def _reduire_les_produits(budget, reglages, financeurs):
    if (exces := -budget.totaux.ecart) <= 0:
        return
    propres = budget.du_compte("PRO")
    autres = [li for li in budget.lignes if li.compte in PRODUITS and li.compte != SUBVENTIONS]
    for lignes, pourquoi in (
        (propres, "La structure garde cette somme sur ses ressources propres."),
        (autres, "La baisse se répartit sur vos produits hors subventions, à proportion."),
    ):
        if sum((ligne.montant for ligne in lignes), ZERO) >= exces:
            yield "propres", f"Réduire vos autres produits de {euros(exces)}", pourquoi, _reduire(lignes, exces)


def _charges_indirectes(budget, reglages, financeurs):
    exces = -budget.totaux.ecart
    if exces > 0 and budget.totaux.charges:
        pourquoi = "Si l’action supporte une part du loyer, de l’énergie ou de la comptabilité qui manquait ici."
        yield "indirectes", "Compter des charges indirectes oubliées", pourquoi, _ajouter(budget, "C", "IND", exces)


# --- B2, 86 et 87.


def _completer_volontaires(budget, reglages, financeurs):
    ecart = budget.totaux.ecart_volontaire
    manques = {
        (emploi, ressource): budget.somme(emploi) - budget.somme(ressource) for emploi, ressource in PAIRES.items()
    }
    # Là où l'écart est le plus grand, c'est là qu'une contrepartie manque.
    emploi, ressource = max(manques, key=lambda paire: manques[paire] * (1 if ecart > 0 else -1))
    pourquoi = "Ce qui est donné s’inscrit des deux côtés, pour le même montant."
    if ecart > 0:
        postes = _ajouter(budget, "P", ressource, ecart)
        yield "completer", f"Inscrire {euros(ecart)} de plus en ressources (87)", pourquoi, postes
    else:
        postes = _ajouter(budget, "C", emploi, -ecart)
        yield "completer", f"Inscrire {euros(-ecart)} de plus en emplois (86)", pourquoi, postes


def _reduire_volontaires(budget, reglages, financeurs):
    ecart = budget.totaux.ecart_volontaire
    comptes, nom = (EMPLOIS_VOLONTAIRES, "emplois (86)") if ecart > 0 else (RESSOURCES_VOLONTAIRES, "ressources (87)")
    postes = _reduire([ligne for ligne in budget.lignes if ligne.compte in comptes], abs(ecart))
    yield "alleger", f"Réduire les {nom} de {euros(abs(ecart))}", "Si ce côté comptait trop.", postes


def _suivre_les_heures(budget, reglages, financeurs):
    if valorisation := valoriser(budget, reglages):
        postes = [poste for poste in valorisation.resultat.lignes if poste.compte in BENEVOLAT]
        yield (
            "heures",
            "Suivre les heures de bénévolat déclarées",
            "Les heures donnent le montant des deux côtés.",
            postes,
        )


# --- B5, trop d'aides publiques : demander moins, et compenser pour que l'équilibre reste tel qu'il est.


def _compenser(compte, suffixe, titre, pourquoi):
    def geste(budget, reglages, financeurs):
        baisse = budget.totaux.public - permis_public(budget.totaux, reglages)
        publiques = [demande for demande in budget.demandes if demande.est_public and demande.montant]
        for demande in sorted(publiques, key=lambda d: (-d.montant, d.financeur)):
            if demande.montant > baisse:
                postes = [demande._replace(montant=demande.montant - baisse), *_ajouter(budget, "P", compte, baisse)]
                yield suffixe, titre.format(montant=euros(baisse), nom=demande.nom), pourquoi, postes
        if sum((demande.montant for demande in publiques), ZERO) > baisse:
            postes = [*_reduire(publiques, baisse), *_ajouter(budget, "P", compte, baisse)]
            yield suffixe, titre.format(montant=euros(baisse), nom="tous vos financeurs publics"), pourquoi, postes

    return geste


GESTES = {
    "B1": (
        _demander_plus, _autofinancer, _reduire_les_charges, _participer,
        _demander_moins, _reduire_les_produits, _charges_indirectes,
    ),
    "B2": (_suivre_les_heures, _completer_volontaires, _reduire_volontaires),
    "B5": (
        _compenser("PRO", "plafonner", "Demander {montant} de moins à {nom}, et l’apporter en ressources propres",
                   "La part publique descend au plafond de l’appel ; l’équilibre ne change pas."),
        _compenser("758", "mecenat", "Demander {montant} de moins à {nom}, et trouver un don ou un mécénat",
                   "Une aide privée ne compte pas dans la part publique."),
        _compenser("70", "usagers", "Demander {montant} de moins à {nom}, et l’attendre des ventes et participations",
                   "Ce que paient les usagers ne compte pas dans la part publique."),
    ),
}  # fmt: skip
