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
    "demander_proces_verbal",
    "demander_un_debat",
    "deplacer",
    "desinscrire",
    "ecarter_lien",
    "ecrire_notation",
    "effacer_les_liens",
    "enregistrer_evaluation",
    "demander_classeur",
    "envoyer_evaluation",
    "epingler",
    "fermer_aux_lies",
    "fermer_dossier",
    "fixer_membres",
    "fixer_ordre",
    "inscrire",
    "effacer_les_classeurs",
    "lever_lien",
    "lever_seance",
    "marquer_presence",
    "modifier_reunion",
    "oter_citation",
    "ouvrir_dossier",
    "fermer_classeurs",
    "ouvrir_seance",
    "passer",
    "pointer",
    "preparer_par_enjeu",
    "regler_minuteur",
    "rendre_avis",
    "renoncer_a_la_reprise",
    "repartir",
    "repartir_appel",
    "reprendre_reponse",
    "retirer_membre",
    "revenir_a_l_ordre_d_avant",
    "revenir_a_la_repartition_d_avant",
    "rouvrir_evaluation",
    "rouvrir_reunion",
    "produire_classeur",
    "se_declarer_present",
    "supprimer_reunion",
    "voter",
]
