"""Les verbes de la réunion, un fichier par parcours : chacun vérifie, écrit et laisse un fait."""

from evaluation.operations.agenda import fixer_ordre, revenir_a_l_ordre_d_avant
from evaluation.operations.avis import demander_proces_verbal, rendre_avis
from evaluation.operations.changement import changer_de_reunion, changer_tous
from evaluation.operations.citations import epingler, oter_citation
from evaluation.operations.classeurs import (
    demander_classeur,
    effacer_les_classeurs,
    fermer_classeurs,
    produire_classeur,
)
from evaluation.operations.communs import OperationRefusee
from evaluation.operations.deports import annuler_deport, consigner_deport, declarer_deport
from evaluation.operations.liens import (
    declarer_lien,
    ecarter_lien,
    effacer_les_liens,
    fermer_aux_lies,
    lever_lien,
    reprendre_reponse,
)
from evaluation.operations.notation import (
    ecrire_notation,
    enregistrer_evaluation,
    envoyer_evaluation,
    renoncer_a_la_reprise,
    rouvrir_evaluation,
)
from evaluation.operations.ordre_du_jour import deplacer, desinscrire, inscrire
from evaluation.operations.preparation import fixer_membres, preparer_par_enjeu, supprimer_reunion
from evaluation.operations.presences import pointer, se_declarer_present
from evaluation.operations.questions import (
    ecarter_question,
    envoyer_questions,
    poser_question,
    repondre_a_la_question,
    retenir_reponse,
    retirer_question,
)
from evaluation.operations.repartition import (
    annuler_repartition_appel,
    repartir,
    repartir_appel,
    revenir_a_la_repartition_d_avant,
)
from evaluation.operations.reunions import (
    clore_reunion,
    convier,
    creer_reunion,
    marquer_presence,
    modifier_reunion,
    retirer_membre,
    rouvrir_reunion,
)
from evaluation.operations.seance import (
    QuorumNonAtteint,
    SeanceAvancee,
    adopter_sans_debat,
    conclure,
    fermer_dossier,
    lever_seance,
    ouvrir_dossier,
    ouvrir_seance,
    passer,
    regler_minuteur,
)
from evaluation.operations.votes import MontantRefuse, VoteDejaDonne, demander_un_debat, voter

__all__ = [
    "MontantRefuse",
    "OperationRefusee",
    "QuorumNonAtteint",
    "SeanceAvancee",
    "VoteDejaDonne",
    "adopter_sans_debat",
    "annuler_deport",
    "annuler_repartition_appel",
    "changer_de_reunion",
    "changer_tous",
    "clore_reunion",
    "conclure",
    "consigner_deport",
    "convier",
    "creer_reunion",
    "declarer_deport",
    "declarer_lien",
    "demander_classeur",
    "demander_proces_verbal",
    "demander_un_debat",
    "deplacer",
    "desinscrire",
    "ecarter_lien",
    "ecarter_question",
    "ecrire_notation",
    "effacer_les_classeurs",
    "effacer_les_liens",
    "enregistrer_evaluation",
    "envoyer_evaluation",
    "envoyer_questions",
    "epingler",
    "fermer_aux_lies",
    "fermer_classeurs",
    "fermer_dossier",
    "fixer_membres",
    "fixer_ordre",
    "inscrire",
    "lever_lien",
    "lever_seance",
    "marquer_presence",
    "modifier_reunion",
    "oter_citation",
    "ouvrir_dossier",
    "ouvrir_seance",
    "passer",
    "pointer",
    "poser_question",
    "preparer_par_enjeu",
    "produire_classeur",
    "regler_minuteur",
    "rendre_avis",
    "renoncer_a_la_reprise",
    "repartir",
    "repartir_appel",
    "repondre_a_la_question",
    "reprendre_reponse",
    "retenir_reponse",
    "retirer_membre",
    "retirer_question",
    "revenir_a_l_ordre_d_avant",
    "revenir_a_la_repartition_d_avant",
    "rouvrir_evaluation",
    "rouvrir_reunion",
    "se_declarer_present",
    "supprimer_reunion",
    "voter",
]
