"""Les règles d'éligibilité proposées d'office, et leur énoncé en mots simples."""

from appels.models import RegleEligibilite
from comptes.models import Organisme
from documents.nombres import euros

REGLES_MAX = 5
Type = RegleEligibilite.Type

REGLES_PAR_DEFAUT = [
    {
        "type": Type.STRUCTURE,
        "question": "Quel est le type de votre structure ?",
        "parametres": {"types": [code for code in Organisme.Type.values if code != Organisme.Type.AUTRE]},
        "explication": "Cet appel aide des associations, des fondations et des organismes publics. Si votre structure "
        "est d’une autre sorte, une association partenaire peut porter l’action avec vous : parlez-en au service.",
    },
    {
        "type": Type.OUI_NON,
        "question": "Est-ce un projet précis, avec un début et une fin ?",
        "parametres": {"attendu": True},
        "explication": "Le contrat de ville aide des projets, pas le fonctionnement courant d’une structure ni ses "
        "investissements. Isolez l’action que vous voulez mener, ou demandez une aide au fonctionnement ailleurs.",
    },
    {
        "type": Type.PART_QPV,
        "question": "Quelle part de votre public habite un quartier prioritaire ?",
        "parametres": {"min": 50},
        "explication": "L’argent de la politique de la ville va d’abord aux habitants des quartiers prioritaires : ils "
        "sont au moins la moitié du public. Voyez avec le service comment mieux les toucher.",
    },
    {
        "type": Type.PERIODE,
        "question": "Quand l’action se déroule-t-elle ?",
        "parametres": {},
        "explication": "L’action sort de la période que finance cet appel. Décalez ses dates, ou attendez l’appel "
        "suivant.",
    },
    {
        "type": Type.MONTANT,
        "question": "Combien pensez-vous demander ?",
        "parametres": {},
        "explication": "Le montant sort des limites de cet appel. Revoyez la taille de l’action, ou cherchez un "
        "financement mieux adapté avec le service.",
    },
]


def structures(codes):
    """« association, commune ou CCAS » : les sortes de structures dans une phrase, leurs sigles intacts."""
    return ", ".join(nom[0].lower() + nom[1:] for code, nom in Organisme.Type.choices if code in codes)


def enonce(regle, appel):
    """La règle dite à qui veut déposer ; `regle` a un type, une question et des paramètres."""
    if regle.type == Type.STRUCTURE:
        admis = set(regle.parametres.get("types", ()))
        return f"La demande vient d’une structure de l’une de ces sortes : {structures(admis)}."
    if regle.type == Type.PART_QPV:
        return f"Au moins {regle.parametres.get('min', 0)} % du public habite un quartier prioritaire."
    if regle.type == Type.PERIODE:
        return f"L’action se déroule {periode(appel)}."
    if regle.type == Type.MONTANT:
        return f"Vous demandez {fourchette(appel)}."
    return f"{regle.question} La réponse attendue est « {'oui' if regle.parametres.get('attendu', True) else 'non'} »."


def periode(appel):
    rendu = f"en {appel.annee}"
    if appel.annee_scolaire:
        rendu += f", ou pendant l’année scolaire {appel.annee}-{appel.annee + 1}"
    if appel.pluriannuel_max > 1:
        rendu += f" ; une convention peut couvrir jusqu’à {appel.pluriannuel_max} ans"
    return rendu


def fourchette(appel):
    if appel.montant_max is not None:
        return f"de {somme(appel.montant_min)} à {somme(appel.montant_max)}"
    if appel.montant_min:
        return f"au moins {somme(appel.montant_min)}"
    return "la somme dont l’action a besoin, sans minimum ni maximum"


def somme(montant):
    return euros(montant).replace(",00", "")
