"""Le plan comptable du budget de l'action et ses règles B1 à B8 : un module pur, pour l'écran, le PDF et l'API."""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal("0")

# Cerfa 12156*06, § 5 et 6 : charges 60 à 69 et charges indirectes, produits 70 à 79, classes 86 et 87.
CHARGES = {
    "60": "Achats (matières, fournitures)",
    "61": "Services extérieurs (locations, entretien, assurance)",
    "62": "Autres services extérieurs (honoraires, publicité, déplacements)",
    "63": "Impôts et taxes",
    "64": "Charges de personnel",
    "65": "Autres charges de gestion courante",
    "66": "Charges financières",
    "67": "Charges exceptionnelles",
    "68": "Dotations aux amortissements et provisions",
    "69": "Impôt sur les bénéfices",
    "IND": "Charges indirectes affectées à l’action",
}
PRODUITS = {
    "70": "Ventes et prestations (participation des usagers)",
    "73": "Dotations et produits de tarification",
    "74": "Autres subventions et aides",
    "75": "Autres produits de gestion courante",
    "756": "Cotisations",
    "758": "Dons et mécénat",
    "76": "Produits financiers",
    "77": "Produits exceptionnels",
    "78": "Reprises sur amortissements et provisions",
    "79": "Transfert de charges",
    "PRO": "Ressources propres affectées à l’action",
}
EMPLOIS_VOLONTAIRES = {
    "860": "Secours en nature",
    "861": "Mise à disposition gratuite de biens et services",
    "862": "Prestations",
    "864": "Personnel bénévole",
}
RESSOURCES_VOLONTAIRES = {"870": "Bénévolat", "871": "Prestations en nature", "875": "Dons en nature"}
COMPTES = {"C": {**CHARGES, **EMPLOIS_VOLONTAIRES}, "P": {**PRODUITS, **RESSOURCES_VOLONTAIRES}}


class Ligne(NamedTuple):
    sens: str
    compte: str
    montant: Decimal
    est_public: bool = False

    @property
    def volontaire(self):
        return self.compte in EMPLOIS_VOLONTAIRES or self.compte in RESSOURCES_VOLONTAIRES


@dataclass(frozen=True)
class Constat:
    """Une règle non respectée ; `bloquant` empêche le dépôt."""

    regle: str
    message: str
    bloquant: bool = True


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
    def taux_demande(self):
        """Part demandée dans les produits, en %, à deux décimales (phrase de clôture du Cerfa)."""
        return pourcentage(self.demande, self.produits)

    def taux_public(self, benevolat_dans_assiette=False):
        assiette = self.charges + (self.emplois_volontaires if benevolat_dans_assiette else ZERO)
        return pourcentage(self.public, assiette)


def pourcentage(part, total):
    return (part * 100 / total).quantize(CENT, ROUND_HALF_UP) if total else ZERO.quantize(CENT)


def totaliser(lignes, demandes):
    """Additionne le budget. `lignes` : des Ligne ; `demandes` : (financeur_id, montant, est_public)."""
    sommes = {"C": ZERO, "P": ZERO, "VC": ZERO, "VP": ZERO}
    public = ZERO
    for ligne in lignes:
        sommes[("V" if ligne.volontaire else "") + ligne.sens] += ligne.montant
        if ligne.sens == "P" and ligne.est_public and not ligne.volontaire:
            public += ligne.montant
    par_financeur = {financeur: montant for financeur, montant, _ in demandes}
    demande = sum(par_financeur.values(), ZERO)
    return Totaux(
        charges=sommes["C"],
        produits=sommes["P"] + demande,
        emplois_volontaires=sommes["VC"],
        ressources_volontaires=sommes["VP"],
        public=public + sum((montant for _, montant, est_public in demandes if est_public), ZERO),
        demande=demande,
        par_financeur=par_financeur,
    )


def totaux_du_dossier(dossier):
    """Les totaux d'un dossier, depuis ses lignes et ses demandes (préchargées ou non)."""
    lignes = [Ligne(li.sens, li.compte, li.montant, li.est_public) for li in dossier.lignes_budget.all()]
    financements = dossier.financements.all()
    if "financements" not in getattr(dossier, "_prefetched_objects_cache", {}):
        financements = financements.select_related("financeur")
    demandes = [(f.financeur_id, f.montant_demande, f.financeur.est_public) for f in financements]
    return totaliser(lignes, demandes)


def euros(montant):
    entier, _, cents = f"{montant:,.2f}".replace(",", "\u202f").partition(".")
    return f"{entier}\u00a0€" if cents == "00" else f"{entier},{cents}\u00a0€"


def nombre(valeur):
    """Un nombre à la française, sans zéros inutiles : 80, 12,5."""
    return f"{Decimal(valeur):.2f}".rstrip("0").rstrip(".").replace(".", ",")


def verifier(totaux, *, taux_max_public, benevolat_dans_assiette, montant_min=ZERO, montant_max=None, hors_annee=False):
    """Applique les règles du § 2.4 de la fiche métier. B3 est vraie par construction ; B6 choisit l'assiette de B5."""
    constats = []
    if not totaux.charges:
        constats.append(Constat("B1", "Le budget ne compte encore aucune charge."))
    elif totaux.ecart > 0:
        constats.append(Constat("B1", f"Il manque {euros(totaux.ecart)} de produits pour équilibrer le budget."))
    elif totaux.ecart < 0:
        constats.append(Constat("B1", f"Le total des produits dépasse celui des charges de {euros(-totaux.ecart)}."))
    if totaux.emplois_volontaires != totaux.ressources_volontaires:
        ecart = abs(totaux.emplois_volontaires - totaux.ressources_volontaires)
        constats.append(
            Constat("B2", f"Les contributions volontaires (86 et 87) diffèrent de {euros(ecart)} ; elles sont égales.")
        )
    assiette = totaux.charges + (totaux.emplois_volontaires if benevolat_dans_assiette else ZERO)
    permis = (taux_max_public * assiette / 100).quantize(CENT, ROUND_DOWN)
    # Sans assiette, B1 dit déjà ce qui manque ; un taux n'aurait pas de sens.
    if assiette and totaux.public > permis:
        taux = totaux.taux_public(benevolat_dans_assiette)
        constats.append(
            Constat(
                "B5",
                f"Les aides publiques dépassent de {euros(totaux.public - permis)} ce que l’appel permet : elles "
                f"représentent {nombre(taux)}\u00a0% du coût, pour {nombre(taux_max_public)}\u00a0% au plus.",
            )
        )
    if hors_annee:
        constats.append(
            Constat(
                "B7",
                "L’action déborde l’année civile de l’appel : le service vérifiera que c’est possible.",
                bloquant=False,
            )
        )
    if not totaux.demande:
        constats.append(Constat("B4", "Aucun montant n’est demandé aux financeurs de l’appel."))
    elif totaux.demande < montant_min:
        constats.append(Constat("B8", f"Le total demandé est inférieur au minimum de l’appel, {euros(montant_min)}."))
    if montant_max is not None and totaux.demande > montant_max:
        constats.append(Constat("B8", f"Le total demandé dépasse le maximum de l’appel, {euros(montant_max)}."))
    return constats
