"""Un budget : ses lignes, ses demandes, ses totaux. Sans Django : l'écran, le PDF, l'API et le bilan s'en servent.

Le plan comptable est dans `plan_comptable`, les règles B1 à B9 dans `regles_budget`, ce qui répare dans `reparations`.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from dossiers.montants import CENT, ZERO, euros, nombre, pourcentage, repartir
from dossiers.plan_comptable import (
    BENEVOLAT,
    CHARGES,
    COMPTES,
    EMPLOIS_VOLONTAIRES,
    PRODUITS,
    RESSOURCES_VOLONTAIRES,
    SOUS_COMPTES,
    SUBVENTIONS,
    est_volontaire,
)

__all__ = [
    "BENEVOLAT", "CENT", "CHARGES", "COMPTES", "EMPLOIS_VOLONTAIRES", "PRODUITS", "RESSOURCES_VOLONTAIRES",
    "SOUS_COMPTES", "SUBVENTIONS", "ZERO", "Budget", "Demande", "Ligne", "Totaux", "budget_de", "euros", "nombre",
    "pourcentage", "repartir", "totaliser", "totaux_du_dossier",
]  # fmt: skip


class Ligne(NamedTuple):
    """Une ligne d'un compte. `rang` : sa rangée dans le compte. `firmete` : demande, accorde ou acquis."""

    sens: str
    compte: str
    montant: Decimal
    est_public: bool = False
    rang: int = 0
    libelle: str = ""
    firmete: str = ""

    @property
    def volontaire(self):
        return est_volontaire(self.compte)

    @property
    def champ(self):
        return champ_de(self.sens, self.compte, self.rang)

    @property
    def nom(self):
        """Court, pour une case étroite : le compte et sa précision, ou son intitulé sans les exemples."""
        court = self.libelle or COMPTES[self.sens].get(self.compte, "").partition(" (")[0]
        return f"{self.compte} {court}" if self.compte.isdigit() else court


class Demande(NamedTuple):
    """Ce qu'on demande à un financeur de l'appel : c'est sa ligne 74."""

    financeur: int
    montant: Decimal
    est_public: bool = True
    nom: str = ""

    @property
    def champ(self):
        return f"F-{self.financeur}-montant"


def champ_de(sens, compte, rang=0):
    return f"{sens}{compte}-{rang}-montant"


@dataclass(frozen=True)
class Totaux:
    """Tous les totaux d'un budget, en euros. `demande` : la somme demandée aux financeurs de l'appel."""

    charges: Decimal = ZERO
    produits: Decimal = ZERO
    emplois_volontaires: Decimal = ZERO
    ressources_volontaires: Decimal = ZERO
    public: Decimal = ZERO
    demande: Decimal = ZERO
    par_financeur: dict = field(default_factory=dict)

    @property
    def ecart(self):
        """Charges moins produits : positif quand il manque des produits."""
        return self.charges - self.produits

    @property
    def ecart_volontaire(self):
        return self.emplois_volontaires - self.ressources_volontaires

    @property
    def taux_demande(self):
        """Part demandée dans les produits, en %, à deux décimales (phrase de clôture du Cerfa)."""
        return pourcentage(self.demande, self.produits)

    def assiette(self, benevolat_dans_assiette=False):
        """Le coût auquel se rapporte la part publique (règle B6)."""
        return self.charges + (self.emplois_volontaires if benevolat_dans_assiette else ZERO)

    def taux_public(self, benevolat_dans_assiette=False):
        return pourcentage(self.public, self.assiette(benevolat_dans_assiette))


@dataclass(frozen=True)
class Budget:
    """Un budget entier, immuable : le changer en donne un autre."""

    lignes: tuple = ()
    demandes: tuple = ()

    @cached_property
    def totaux(self):
        return totaliser(self.lignes, self.demandes)

    @cached_property
    def montants(self):
        """Chaque montant, par nom de champ ; une ligne absente vaut zéro."""
        return {poste.champ: poste.montant for poste in (*self.lignes, *self.demandes)}

    def du_compte(self, compte):
        return [ligne for ligne in self.lignes if ligne.compte == compte]

    def somme(self, compte):
        return sum((ligne.montant for ligne in self.du_compte(compte)), ZERO)

    def par_compte(self):
        """Les sommes par compte, demandes comprises (elles sont des lignes 74) ; les comptes vides n'y sont pas."""
        sommes = {}
        for ligne in self.lignes:
            sommes[ligne.sens, ligne.compte] = sommes.get((ligne.sens, ligne.compte), ZERO) + ligne.montant
        subventions = sommes.get(("P", SUBVENTIONS), ZERO) + self.totaux.demande
        return {cle: montant for cle, montant in (sommes | {("P", SUBVENTIONS): subventions}).items() if montant}

    def avec(self, postes):
        """Le même budget, où ces lignes et ces demandes prennent leur nouveau montant ou s'ajoutent."""
        nouveaux = {poste.champ: poste for poste in postes}
        lignes = [
            li._replace(montant=nouveaux.pop(li.champ).montant) if li.champ in nouveaux else li for li in self.lignes
        ]
        demandes = [
            d._replace(montant=nouveaux.pop(d.champ).montant) if d.champ in nouveaux else d for d in self.demandes
        ]
        lignes += [poste for poste in nouveaux.values() if isinstance(poste, Ligne)]
        demandes += [poste for poste in nouveaux.values() if isinstance(poste, Demande)]
        return replace(self, lignes=tuple(lignes), demandes=tuple(demandes))


def totaliser(lignes, demandes):
    """Additionne le budget. `lignes` : des Ligne ; `demandes` : des Demande, ou (financeur, montant, est_public)."""
    sommes = {"C": ZERO, "P": ZERO, "VC": ZERO, "VP": ZERO}
    public = ZERO
    for ligne in lignes:
        sommes[("V" if ligne.volontaire else "") + ligne.sens] += ligne.montant
        if ligne.sens == "P" and ligne.est_public and not ligne.volontaire:
            public += ligne.montant
    par_financeur = {financeur: montant for financeur, montant, *_ in demandes}
    demande = sum(par_financeur.values(), ZERO)
    return Totaux(
        charges=sommes["C"],
        produits=sommes["P"] + demande,
        emplois_volontaires=sommes["VC"],
        ressources_volontaires=sommes["VP"],
        public=public + sum((montant for _, montant, est_public, *_ in demandes if est_public), ZERO),
        demande=demande,
        par_financeur=par_financeur,
    )


def budget_de(dossier):
    """Le budget enregistré d'un dossier, depuis ses lignes et ses demandes (préchargées ou non)."""
    financements = dossier.financements.all()
    if "financements" not in getattr(dossier, "_prefetched_objects_cache", {}):
        financements = financements.select_related("financeur")
    return Budget(
        tuple(
            Ligne(li.sens, li.compte, li.montant, li.est_public, li.rang, li.libelle, li.firmete)
            for li in dossier.lignes_budget.all()
        ),
        tuple(
            Demande(f.financeur_id, f.montant_demande, f.financeur.est_public, f.financeur.nom) for f in financements
        ),
    )


def totaux_du_dossier(dossier):
    return budget_de(dossier).totaux
