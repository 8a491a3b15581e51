"""Les règles B1 à B9 du budget. Chaque constat dit ce qui ne va pas, de combien, où, et comment le réparer.

Sans Django. L'appel fixe les taux et les bornes (Reglages) ; le bilan pourra n'en vérifier que quelques-unes.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from dossiers.budget import BENEVOLAT, Budget, champ_de
from dossiers.montants import CENT, ZERO, euros, nombre
from dossiers.plan_comptable import CHARGES, EMPLOIS_VOLONTAIRES, PRODUITS, RESSOURCES_VOLONTAIRES, SUBVENTIONS

# Ce qu'un achat d'investissement laisse voir dans sa précision ; un doute, jamais un refus.
INVESTISSEMENT = re.compile(
    r"\binvestissement|\bimmobili(?:er|sation)"
    r"|\bachats? d.(?:un |une )?(?:véhicule|minibus|voiture|local|terrain|bâtiment)"
    r"|\btravaux\b|\bconstruction\b|\bgros œuvre\b",
    re.IGNORECASE,
)
ACHATS = ("60", "61", "65", "67")


@dataclass(frozen=True)
class Constat:
    """Une règle non respectée. `bloquant` empêche le dépôt ; `champs` : où agir ; `ampleur` : de combien.

    `cle` distingue les façons de manquer à une même règle : trop peu, ou trop, demandé.
    """

    regle: str
    message: str
    bloquant: bool = True
    champs: tuple = ()
    ampleur: Decimal = ZERO
    cle: str = ""

    @property
    def identite(self):
        return self.cle or self.regle


@dataclass(frozen=True)
class Reglages:
    """Ce que l'appel et le dossier fixent autour du budget.

    `benevolat` : les comptes 86 et 87 sont montrés. `structure` : le budget annuel de la structure, s'il est saisi.
    `heures` : la valeur des heures de bénévolat déclarées. `montant_minimum` : ce sans quoi l'action n'a pas lieu.
    """

    taux_max_public: Decimal = Decimal(80)
    benevolat_dans_assiette: bool = False
    montant_min: Decimal = ZERO
    montant_max: Decimal | None = None
    benevolat: bool = True
    deborde: bool = False
    structure: Budget | None = None
    heures: Decimal | None = None
    montant_minimum: Decimal | None = None

    @property
    def compte_le_benevolat(self):
        return self.benevolat and self.benevolat_dans_assiette


def permis_public(totaux, reglages):
    """Le plus que les aides publiques peuvent atteindre, au centime."""
    assiette = totaux.assiette(reglages.compte_le_benevolat)
    return (reglages.taux_max_public * assiette / 100).quantize(CENT, ROUND_DOWN)


def _b1(budget, reglages):
    totaux = budget.totaux
    if not totaux.charges:
        yield Constat("B1", "Le budget ne compte encore aucune charge.", champs=(champ_de("C", "60"),), cle="B1.vide")
    elif totaux.ecart > 0:
        yield Constat(
            "B1",
            f"Il manque {euros(totaux.ecart)} de produits pour équilibrer le budget.",
            champs=_remplis(budget, PRODUITS) or (champ_de("P", "PRO"),),
            ampleur=totaux.ecart,
        )
    elif totaux.ecart < 0:
        yield Constat(
            "B1",
            f"Le total des produits dépasse celui des charges de {euros(-totaux.ecart)}. Réduisez un produit, ou "
            "ajoutez une charge oubliée.",
            champs=_remplis(budget, PRODUITS),
            ampleur=-totaux.ecart,
        )


def _b2(budget, reglages):
    ecart = budget.totaux.ecart_volontaire
    if not reglages.benevolat or not ecart:
        return
    plus, moins = ("emplois (86)", "ressources (87)") if ecart > 0 else ("ressources (87)", "emplois (86)")
    yield Constat(
        "B2",
        f"Le bénévolat et les dons en nature ne s’équilibrent pas : les {plus} dépassent les {moins} de "
        f"{euros(abs(ecart))}. Inscrivez le même total des deux côtés.",
        champs=_remplis(budget, {**EMPLOIS_VOLONTAIRES, **RESSOURCES_VOLONTAIRES}),
        ampleur=abs(ecart),
    )


def _b3(budget, reglages):
    structure = reglages.structure
    if structure is None or not structure.totaux.charges or not budget.totaux.charges:
        return
    if budget.par_compte() == structure.par_compte():
        yield Constat(
            "B3",
            "Ce budget est celui de toute la structure, compte par compte. Indiquez ici le seul coût de l’action.",
            champs=_remplis(budget, CHARGES),
        )
    elif (exces := budget.totaux.charges - structure.totaux.charges) > 0:
        yield Constat(
            "B3",
            f"L’action coûte {euros(exces)} de plus que le budget annuel de toute la structure. Vérifiez l’un et "
            "l’autre.",
            bloquant=False,
            champs=_remplis(budget, CHARGES),
            ampleur=exces,
            cle="B3.depasse",
        )


def _b4(budget, reglages):
    if not budget.totaux.demande:
        champs = tuple(demande.champ for demande in budget.demandes)
        yield Constat(
            "B4",
            "Aucun montant n’est demandé aux financeurs de l’appel. Indiquez-le en face d’au moins l’un d’eux.",
            champs=champs,
        )


def _b5(budget, reglages):
    totaux = budget.totaux
    depasse = totaux.public - permis_public(totaux, reglages)
    # Sans assiette, B1 dit déjà ce qui manque ; un taux n'aurait pas de sens.
    if not totaux.assiette(reglages.compte_le_benevolat) or depasse <= 0:
        return
    taux = totaux.taux_public(reglages.compte_le_benevolat)
    yield Constat(
        "B5",
        f"Les aides publiques dépassent de {euros(depasse)} ce que l’appel permet : elles représentent "
        f"{nombre(taux)}\u00a0% du coût, pour {nombre(reglages.taux_max_public)}\u00a0% au plus.",
        champs=(
            *(demande.champ for demande in budget.demandes if demande.est_public and demande.montant),
            *(ligne.champ for ligne in budget.du_compte(SUBVENTIONS) if ligne.est_public and ligne.montant),
        ),
        ampleur=depasse,
    )


def _b7(budget, reglages):
    if reglages.deborde:
        yield Constat(
            "B7",
            "L’action déborde la période de l’appel : le service vérifiera que c’est possible. Les dates se changent à "
            "l’étape « Public et calendrier ».",
            bloquant=False,
            champs=("debut", "fin"),
        )


def _b8(budget, reglages):
    demande = budget.totaux.demande
    champs = tuple(d.champ for d in budget.demandes if d.montant)
    if demande and demande < reglages.montant_min:
        manque = reglages.montant_min - demande
        yield Constat(
            "B8",
            f"Il manque {euros(manque)} au total demandé pour atteindre le minimum de l’appel, "
            f"{euros(reglages.montant_min)}.",
            champs=champs,
            ampleur=manque,
            cle="B8.min",
        )
    if reglages.montant_max is not None and demande > reglages.montant_max:
        exces = demande - reglages.montant_max
        yield Constat(
            "B8",
            f"Le total demandé dépasse de {euros(exces)} le maximum de l’appel, {euros(reglages.montant_max)}.",
            champs=champs,
            ampleur=exces,
            cle="B8.max",
        )
    for ligne in budget.lignes:
        if ligne.compte in ACHATS and ligne.montant and INVESTISSEMENT.search(ligne.libelle):
            yield Constat(
                "B8",
                f"« {ligne.libelle} » ressemble à un investissement, que l’appel ne finance pas. Si c’est une location "
                "ou une fourniture, précisez-le.",
                bloquant=False,
                champs=(ligne.champ,),
                cle=f"B8.investissement.{ligne.champ}",
            )


def _b9(budget, reglages):
    if not reglages.benevolat or reglages.heures is None:
        return
    emploi, ressource = (budget.somme(compte) for compte in BENEVOLAT)
    ecart = max(abs(emploi - reglages.heures), abs(ressource - reglages.heures))
    if ecart:
        yield Constat(
            "B9",
            f"Les heures déclarées valent {euros(reglages.heures)} ; le budget porte {euros(emploi)} en 864 et "
            f"{euros(ressource)} en 870. Un clic les met d’accord.",
            bloquant=False,
            champs=(champ_de("C", BENEVOLAT[0]), champ_de("P", BENEVOLAT[1])),
            ampleur=ecart,
        )


def _minimum(budget, reglages):
    minimum = reglages.montant_minimum
    if minimum is not None and budget.totaux.demande and minimum > budget.totaux.demande:
        yield Constat(
            "MIN",
            f"Le montant minimal pour que l’action ait lieu dépasse de {euros(minimum - budget.totaux.demande)} le "
            "montant demandé. Il lui est au plus égal.",
            champs=("montant_minimum",),
            ampleur=minimum - budget.totaux.demande,
        )


VERIFICATIONS = {
    "B1": _b1, "B2": _b2, "B3": _b3, "B4": _b4, "B5": _b5, "B7": _b7, "B8": _b8, "B9": _b9, "MIN": _minimum,
}  # fmt: skip


def verifier(budget, reglages, regles=tuple(VERIFICATIONS)):
    """Les manquements aux règles, dans l'ordre. B6 n'a pas de constat : elle choisit l'assiette de B5."""
    return [constat for regle in regles for constat in VERIFICATIONS[regle](budget, reglages)]


def _remplis(budget, comptes):
    """Les champs remplis de ces comptes ; les demandes comptent parmi les subventions."""
    champs = [ligne.champ for ligne in budget.lignes if ligne.compte in comptes and ligne.montant]
    if SUBVENTIONS in comptes:
        champs += [demande.champ for demande in budget.demandes if demande.montant]
    return tuple(champs)
