"""La grille d'évaluation et les pièces proposées d'office à un nouvel appel ; l'agent les change librement."""

from appels.models import PieceDemandee
from comptes.models import NatureDocument

Obligation = PieceDemandee.Obligation

# Six niveaux décrits par critère, de 0 à 5 : deux personnes qui lisent le même dossier donnent la même note.
GRILLE_PAR_DEFAUT = [
    {
        "libelle": "Pertinence au regard des enjeux et des objectifs",
        "aide": "L’action répond-elle à l’objectif choisi et à ce que vivent les habitants du quartier ?",
        "poids": 25,
        "niveaux": [
            "Aucun lien avec l’objectif choisi.",
            "Lien affirmé, sans explication.",
            "Lien réel avec l’objectif, sans appui sur la situation du quartier.",
            "Réponse claire à l’objectif, fondée sur un constat partagé.",
            "Réponse à un besoin démontré du quartier, mal couvert aujourd’hui.",
            "Réponse décisive à un besoin démontré, construite avec celles et ceux qui le vivent.",
        ],
    },
    {
        "libelle": "Effet pour les quartiers et leurs habitants",
        "aide": "Combien d’habitants du quartier, lesquels, et que change l’action pour eux ?",
        "poids": 20,
        "niveaux": [
            "Le public n’habite pas les quartiers.",
            "Public des quartiers cité, sans nombre ni moyen de le toucher.",
            "Public décrit, mais minoritaire parmi les personnes accueillies.",
            "Une majorité d’habitants des quartiers, avec des moyens crédibles de les toucher.",
            "Au moins six personnes sur dix viennent des quartiers, dont des personnes peu présentes ailleurs.",
            "Effet fort et durable sur un public nombreux ou très éloigné des services.",
        ],
    },
    {
        "libelle": "Méthode et faisabilité",
        "aide": "Les étapes, les moyens humains et le calendrier tiennent-ils ensemble ?",
        "poids": 15,
        "niveaux": [
            "L’action n’est pas décrite.",
            "Intentions sans étapes ni moyens.",
            "Étapes citées, calendrier ou moyens incertains.",
            "Étapes, moyens et calendrier cohérents.",
            "Méthode précise, équipe qualifiée, risques prévus.",
            "Méthode éprouvée ou nouveauté solidement préparée, prête à démarrer.",
        ],
    },
    {
        "libelle": "Partenariats et complémentarité avec le droit commun",
        "aide": "L’action s’ajoute-t-elle à ce que les services font déjà, avec eux ?",
        "poids": 10,
        "niveaux": [
            "Fait double emploi avec un service existant.",
            "Action menée seule, sans connaître l’offre du territoire.",
            "Partenaires cités, sans accord de leur part.",
            "Partenaires engagés, rôle de chacun décrit.",
            "Droit commun mobilisé ; l’action comble un manque reconnu.",
            "Action portée avec les services de droit commun, qui prévoient de prendre le relais.",
        ],
    },
    {
        "libelle": "Participation des habitants",
        "aide": "Les habitants et les conseils citoyens prennent-ils part au projet, au-delà d’en bénéficier ?",
        "poids": 10,
        "niveaux": [
            "Aucune place pour les habitants.",
            "Habitants seulement informés.",
            "Habitants consultés une fois.",
            "Habitants associés à des choix du projet.",
            "Habitants ou conseil citoyen présents de la conception au bilan.",
            "Action née d’habitants, qui la conduisent ou la décident.",
        ],
    },
    {
        "libelle": "Égalité entre les femmes et les hommes, lutte contre les discriminations",
        "aide": "Que fait l’action pour que chacune et chacun y trouve sa place ?",
        "poids": 5,
        "niveaux": [
            "L’action écarte de fait une partie du public.",
            "Sujet absent du dossier.",
            "Principe rappelé, sans mesure concrète.",
            "Une mesure concrète : horaires, garde d’enfants, accessibilité, communication.",
            "Plusieurs mesures, public suivi par sexe et par âge.",
            "Égalité au cœur de l’action, avec des résultats attendus et mesurés.",
        ],
    },
    {
        "libelle": "Transition écologique",
        "aide": "L’action ménage-t-elle les ressources, ou aide-t-elle les habitants à le faire ?",
        "poids": 5,
        "niveaux": [
            "Effets nuisibles évitables.",
            "Sujet absent du dossier.",
            "Intention générale.",
            "Un geste concret : déplacements, achats, réemploi.",
            "Plusieurs gestes, partagés avec le public.",
            "Contribue directement au cadre de vie ou au budget énergie des habitants.",
        ],
    },
    {
        "libelle": "Évaluation et indicateurs",
        "aide": "Comment saura-t-on, à la fin, si l’action a réussi ?",
        "poids": 5,
        "niveaux": [
            "Rien n’est prévu.",
            "Seul le nombre de participants est annoncé.",
            "Indicateurs cités, sans valeur visée.",
            "Indicateurs et valeurs visées.",
            "Indicateurs de résultat, manière de les recueillir décrite.",
            "Évaluation menée avec le public, dont les suites sont prévues.",
        ],
    },
    {
        "libelle": "Budget",
        "aide": "Le budget est-il cohérent, cofinancé, et le coût par personne raisonnable ?",
        "poids": 5,
        "niveaux": [
            "Budget incohérent avec l’action.",
            "Postes importants non expliqués.",
            "Budget cohérent, sans autre financement que celui demandé.",
            "Budget cohérent, cofinancement demandé.",
            "Budget précis, cofinancement acquis en partie, coût par personne justifié.",
            "Budget sobre et précis, cofinancement acquis, ressources propres engagées.",
        ],
    },
]

PIECES_PAR_DEFAUT = [
    {
        "libelle": "Statuts en vigueur",
        "aide": "Datés et signés.",
        "obligation": Obligation.ASSOCIATION,
        "nature": NatureDocument.STATUTS,
    },
    {
        "libelle": "Avis de situation au répertoire Sirene",
        "aide": "À télécharger gratuitement sur avis-situation-sirene.insee.fr.",
        "obligation": Obligation.TOUJOURS,
        "nature": NatureDocument.SIRENE,
    },
    {
        "libelle": "Liste des dirigeants et dernier procès-verbal d’assemblée générale",
        "aide": "Conseil d’administration et bureau, avec la fonction de chaque personne.",
        "obligation": Obligation.ASSOCIATION,
        "nature": NatureDocument.DIRIGEANTS,
    },
    {
        "libelle": "Relevé d’identité bancaire",
        "aide": "Au nom exact de la structure.",
        "obligation": Obligation.TOUJOURS,
        "nature": NatureDocument.RIB,
        "confidentielle": True,
    },
    {
        "libelle": "Budget prévisionnel de la structure",
        "aide": "Celui de l’année de l’action, pour toute la structure.",
        "obligation": Obligation.ASSOCIATION,
        "nature": NatureDocument.BUDGET,
    },
    {
        "libelle": "Comptes approuvés du dernier exercice clos",
        "aide": "Avec le rapport du commissaire aux comptes s’il y en a un.",
        "obligation": Obligation.ASSOCIATION,
        "nature": NatureDocument.COMPTES,
    },
    {
        "libelle": "Rapport d’activité",
        "aide": "Le dernier présenté en assemblée générale.",
        "obligation": Obligation.ASSOCIATION,
        "nature": NatureDocument.RAPPORT_ACTIVITE,
    },
    {
        "libelle": "Compte rendu financier et bilan de l’action précédente",
        "aide": "Même provisoire, si l’action n’est pas terminée.",
        "obligation": Obligation.RENOUVELLEMENT,
    },
    {
        "libelle": "Délégation de signature",
        "aide": "Si la personne qui dépose n’est pas le représentant légal.",
        "obligation": Obligation.JAMAIS,
        "nature": NatureDocument.POUVOIR,
    },
    {"libelle": "Devis", "aide": "Pour les achats et prestations importants.", "obligation": Obligation.JAMAIS},
    {
        "libelle": "Attestation d’assurance",
        "aide": "Responsabilité civile de la structure.",
        "obligation": Obligation.JAMAIS,
        "nature": NatureDocument.ASSURANCE,
    },
]
