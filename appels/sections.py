"""Les sections du formulaire qu'un appel peut montrer ou non : leur code, leur nom, ce qu'elles demandent."""

from typing import NamedTuple


class Section(NamedTuple):
    code: str
    libelle: str
    aide: str


SECTIONS = (
    Section("moyens", "Moyens humains détaillés", "Bénévoles, salariés et volontaires, en nombre et en temps plein."),
    Section("participation", "Participation des habitants", "Comment les habitants sont associés à l’action."),
    Section("indicateurs", "Indicateurs chiffrés", "Deux ou trois chiffres, avec une cible, que le bilan reprendra."),
    Section("ages", "Âges et genre du public", "Le nombre de personnes par tranche d’âge, de femmes et d’hommes."),
    Section("droit_commun", "Droit commun mobilisé", "Les politiques ordinaires que l’action complète."),
    Section("montant_minimum", "Montant minimal pour agir", "En dessous, l’action n’aurait pas lieu."),
    Section("benevolat", "Bénévolat et dons en nature", "Les comptes 86 et 87 du budget."),
    Section("budget_structure", "Budget de la structure", "Le budget annuel de toute la structure, à part."),
    Section("aides_etat", "Aides d’État déjà reçues", "Les aides relevant de textes européens (Cerfa, § 7 bis)."),
)
CODES = tuple(section.code for section in SECTIONS)


def sections_par_defaut():
    return list(CODES)
