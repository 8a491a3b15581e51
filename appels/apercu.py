"""Le formulaire tel que l'organisme le verra : ses étapes, ce qu'elles demandent, le temps que cela prend."""

from typing import NamedTuple

from appels.conditions import pieces_d_une_association

# Les durées se comptent en minutes, pour une personne bénévole qui connaît son action : un texte de dix lignes se
# compose en une dizaine de minutes, une case ou un nombre en une ou deux, un poste de budget en deux.
MINUTES_PAR_PIECE = 3
PAS_DE_DUREE = 15


class Demande(NamedTuple):
    """Ce qu'une étape demande. `section` : la section facultative de l'appel dont elle dépend."""

    libelle: str
    minutes: int
    section: str = ""


class Etape(NamedTuple):
    libelle: str
    demandes: tuple


class Formulaire(NamedTuple):
    etapes: list
    minutes: int

    @property
    def duree(self):
        return en_clair(self.minutes)


class Apercu(NamedTuple):
    complet: Formulaire
    simplifie: Formulaire | None


STRUCTURE = Etape(
    "La structure",
    (Demande("Vérifier la fiche de la structure, remplie une fois pour toutes", 3),),
)
RELECTURE = Etape(
    "Relire et déposer",
    (
        Demande("Relire le dossier", 8),
        Demande("Aides relevant de textes européens déjà reçues", 4, "aides_etat"),
        Demande("Contrat d’engagement républicain et attestation sur l’honneur", 3),
    ),
)
COMPLET = (
    STRUCTURE,
    Etape(
        "L’action",
        (
            Demande("Intitulé et lieux", 3),
            Demande("Objectifs de l’action", 6),
            Demande("Description de l’action", 15),
        ),
    ),
    Etape("Objectifs et quartiers", (Demande("Objectifs du contrat de ville et quartiers concernés", 6),)),
    Etape(
        "Public et calendrier",
        (
            Demande("Public visé, nombre de personnes, part habitant en quartier prioritaire", 6),
            Demande("Nombre par tranche d’âge, de femmes et d’hommes", 4, "ages"),
            Demande("Dates de début et de fin", 2),
        ),
    ),
    Etape(
        "Moyens et partenaires",
        (
            Demande("Moyens matériels et humains", 6),
            Demande("Bénévoles, salariés et volontaires, en nombre et en temps plein", 6, "moyens"),
            Demande("Partenaires de l’action", 4),
            Demande("Droit commun mobilisé", 5, "droit_commun"),
        ),
    ),
    Etape(
        "Résultats et indicateurs",
        (
            Demande("Résultats attendus", 8),
            Demande("Deux ou trois indicateurs, avec une cible", 8, "indicateurs"),
            Demande("Participation des habitants", 6, "participation"),
        ),
    ),
    Etape(
        "Budget de l’action",
        (
            Demande("Charges et produits de l’action, aide demandée à chaque financeur", 25),
            Demande("Heures de bénévolat et dons en nature", 6, "benevolat"),
            Demande("Montant en dessous duquel l’action n’aurait pas lieu", 1, "montant_minimum"),
        ),
    ),
    Etape("Budget de la structure", (Demande("Budget annuel de toute la structure", 15, "budget_structure"),)),
    Etape("Pièces", ()),
    RELECTURE,
)
SIMPLIFIE = (
    STRUCTURE,
    Etape(
        "L’action, sur une page",
        (
            Demande("Intitulé et description courte", 8),
            Demande("Objectif, quartiers, public et dates", 6),
            Demande("Budget en quelques postes", 8),
        ),
    ),
    Etape("Pièces", ()),
    Etape("Relire et déposer", tuple(demande for demande in RELECTURE.demandes if not demande.section)),
)


def apercu_de(appel):
    """La seule estimation du temps que prend un dossier : la page de l'appel, ses réglages et le choix du formulaire
    disent la même.
    """
    return apercu(appel, len(pieces_d_une_association(appel.pieces_demandees.all()).a_chercher))


def apercu(appel, pieces):
    """`pieces` : le nombre de pièces à joindre à un premier dossier d'association, hors porte-documents."""
    return Apercu(
        _formulaire(COMPLET, appel.sections, pieces),
        None if appel.seuil_simplifie is None else _formulaire(SIMPLIFIE, appel.sections, pieces),
    )


def _formulaire(etapes, sections, pieces):
    montrees = []
    for etape in etapes:
        demandes = [demande for demande in etape.demandes if not demande.section or demande.section in sections]
        if etape.libelle == "Pièces":
            demandes = [Demande(_pieces(pieces), MINUTES_PAR_PIECE * pieces)]
        if demandes:
            montrees.append(Etape(etape.libelle, tuple(demandes)))
    return Formulaire(montrees, sum(demande.minutes for etape in montrees for demande in etape.demandes))


def _pieces(nombre):
    if nombre == 0:
        return "Rien à chercher hors du porte-documents"
    return f"{nombre} pièce{'s' if nombre > 1 else ''} à joindre ; le porte-documents ressert d’un dossier à l’autre"


def en_clair(minutes):
    """« 2 h 15 », au quart d'heure supérieur : mieux vaut finir avant l'heure dite."""
    heures, reste = divmod(-(-minutes // PAS_DE_DUREE) * PAS_DE_DUREE, 60)
    if not heures:
        return f"{reste} min"
    return f"{heures} h {reste:02d}" if reste else f"{heures} h"
