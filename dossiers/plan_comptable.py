"""Le plan comptable du Cerfa 12156*06 (§ 5 et 6) : comptes, intitulés, ce que chacun recouvre. Aucun Django."""

# Charges 60 à 69 et charges indirectes, produits 70 à 79 et ressources propres, classes 86 et 87 à part.
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
SUBVENTIONS = "74"
BENEVOLAT = ("864", "870")
# Chaque emploi volontaire a sa ressource : ce qui est donné s'inscrit des deux côtés.
PAIRES = {"864": "870", "861": "871", "862": "871", "860": "875"}

# Les sous-comptes du Cerfa : ce qu'un intitulé recouvre, dit sous la ligne.
SOUS_COMPTES = {
    "60": "Achats de matières et de fournitures ; autres fournitures.",
    "61": "Locations ; entretien et réparation ; assurance ; documentation.",
    "62": "Intermédiaires et honoraires ; publicité et publication ; déplacements et missions ; banque.",
    "63": "Sur rémunération ; autres impôts et taxes.",
    "64": "Rémunération des personnels ; charges sociales ; autres charges de personnel.",
    "65": "Droits d’auteur, adhésions à un réseau, bourses versées.",
    "66": "Intérêts d’emprunt.",
    "67": "Ce qui ne se reproduira pas.",
    "68": "L’usure du matériel déjà acheté ; engagements à réaliser.",
    "69": "Et participation des salariés.",
    "IND": "Charges fixes de fonctionnement, frais financiers, autres : la part que l’action en supporte.",
    "70": "Produits finis, marchandises, prestations de services.",
    "73": "Tarifs fixés par une autorité : établissements sociaux et médico-sociaux.",
    "74": "État, région, département, communes, CAF, Europe, aides à l’emploi (ASP), fondations.",
    "75": "Hors cotisations, dons et mécénat.",
    "756": "Ce que versent les adhérents.",
    "758": "Dons manuels, mécénat.",
    "76": "Intérêts d’un livret.",
    "77": "Ce qui ne se reproduira pas.",
    "78": "Et dépréciations.",
    "79": "Remboursements d’assurance, aides à la formation.",
    "PRO": "Ce que la structure prend sur ses propres réserves.",
    "860": "Aliments, vêtements donnés.",
    "861": "Salle ou matériel prêtés.",
    "862": "Un travail qu’un professionnel offre.",
    "864": "Les heures données par les bénévoles.",
    "870": "Face aux heures des bénévoles (864).",
    "871": "Face aux prêts et aux prestations (861, 862).",
    "875": "Face aux secours en nature (860).",
}


def est_volontaire(compte):
    return compte in EMPLOIS_VOLONTAIRES or compte in RESSOURCES_VOLONTAIRES
