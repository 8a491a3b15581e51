"""Les étapes du formulaire : lesquelles ce dossier montre, et où chaque champ se remplit."""

from typing import NamedTuple


class Etape(NamedTuple):
    """Une page du formulaire. `section` : la section facultative de l'appel dont elle dépend ; vide : toujours là."""

    code: str
    libelle: str
    section: str = ""


COMPLET = (
    Etape("structure", "La structure"),
    Etape("action", "L’action"),
    Etape("objectifs", "Objectifs et quartiers"),
    Etape("public", "Public et calendrier"),
    Etape("moyens", "Moyens et partenaires"),
    Etape("resultats", "Résultats et indicateurs"),
    Etape("budget", "Budget de l’action"),
    Etape("budget-structure", "Budget de la structure", "budget_structure"),
    Etape("pieces", "Pièces"),
    Etape("relecture", "Relire et déposer"),
)
SIMPLIFIE = (
    Etape("structure", "La structure"),
    Etape("page-unique", "L’action, sur une page"),
    Etape("pieces", "Pièces"),
    Etape("relecture", "Relire et déposer"),
)
# Le champ du dossier que chaque étape écrit ; tout le reste (état, dates, issue) découle d'un verbe.
CHAMPS = {
    "action": ("intitule", "objectifs_action", "description", "lieux"),
    "public": (
        "public", "nb_beneficiaires", "part_qpv", "nb_femmes", "nb_hommes", "age_0_5", "age_6_15", "age_16_25",
        "age_26_49", "age_50_64", "age_65", "participation_financiere", "debut", "fin", "nb_annees",
    ),
    "moyens": ("moyens", "recrutement", "recrutement_etpt", "partenaires", "droit_commun"),
    "resultats": ("resultats_attendus", "participation", "information_complementaire"),
    "budget": ("montant_minimum",),
    "relecture": ("aides_plus_500k", "signataire"),
}  # fmt: skip
SECTION_DE = {champ: section for section, champs in CHAMPS.items() for champ in champs}
LIBELLES = {etape.code: etape.libelle for etape in (*COMPLET, *SIMPLIFIE)}
# Hors du parcours : on n'y revient que pour une réponse qui manque ou qui ne convient pas.
LIBELLES["eligibilite"] = "Éligibilité"
# Les étapes qui s'enregistrent d'elles-mêmes, et que la page unique réunit.
SUR_UNE_PAGE = {"action", "objectifs", "public", "moyens", "resultats", "budget"}


def etapes_de(dossier):
    """Les étapes de ce dossier, dans l'ordre, selon son formulaire et les sections que montre son appel."""
    if dossier.est_simplifie:
        return SIMPLIFIE
    return tuple(e for e in COMPLET if not e.section or e.section in dossier.appel.sections)


def ou_reparer(dossier, etape):
    """Le code de l'étape où se répare ce qui manque à `etape`, dans le formulaire de ce dossier."""
    return "page-unique" if dossier.est_simplifie and etape in SUR_UNE_PAGE else etape


def suivante(dossier, code):
    """Le code de l'étape d'après ; la dernière renvoie à elle-même."""
    codes = [etape.code for etape in etapes_de(dossier)]
    rang = codes.index(code) if code in codes else -1
    return codes[min(rang + 1, len(codes) - 1)]
