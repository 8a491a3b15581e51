"""Le cycle de vie : une table, une porte. Personne d'autre n'écrit `etat`."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import transaction

from comptes.models import Role
from dossiers.etats import Etat, Issue
from dossiers.models import Dossier
from journal.publication import publier


class TransitionInterdite(Exception):
    """Le passage demandé n'existe pas depuis cet état, ou pas pour cette personne."""


def un_representant(dossier, par):
    return un_membre(dossier, par) and par.represente(dossier.organisme_id)


def un_membre(dossier, par):
    return par is not None and dossier.organisme_id in par.ids_organismes


def un_agent(dossier, par):
    return par is not None and dossier.appel.collectivite_id in par.ids_collectivites(Role.AGENT)


def un_agent_si_accorde(dossier, par):
    return un_agent(dossier, par) and dossier.issue == Issue.ACCORDE


def un_agent_sauf_accorde(dossier, par):
    return un_agent(dossier, par) and (dossier.etat == Etat.BILAN_RENDU or dossier.issue != Issue.ACCORDE)


def le_systeme(dossier, par):
    return par is None


class Transition(NamedTuple):
    depuis: tuple[Etat, ...]
    vers: Etat
    qui: Callable[[Dossier, object], bool]
    libelle: str


AVANT_DECISION = (Etat.DEPOSE, Etat.A_COMPLETER, Etat.RECEVABLE, Etat.EN_EVALUATION, Etat.EVALUE, Etat.PROGRAMME)

TRANSITIONS = {
    "deposer": Transition((Etat.BROUILLON,), Etat.DEPOSE, un_representant, "Déposer le dossier"),
    "demander_complement": Transition((Etat.DEPOSE,), Etat.A_COMPLETER, un_agent, "Demander des compléments"),
    "completer": Transition((Etat.A_COMPLETER,), Etat.DEPOSE, un_membre, "Envoyer les compléments"),
    "reprendre_examen": Transition((Etat.A_COMPLETER,), Etat.DEPOSE, un_agent, "Reprendre l’examen en l’état"),
    "annuler_complement": Transition((Etat.A_COMPLETER,), Etat.DEPOSE, un_agent, "Annuler la demande de compléments"),
    "declarer_recevable": Transition((Etat.DEPOSE,), Etat.RECEVABLE, un_agent, "Déclarer recevable"),
    "declarer_irrecevable": Transition((Etat.DEPOSE,), Etat.IRRECEVABLE, un_agent, "Déclarer irrecevable"),
    "mettre_en_evaluation": Transition((Etat.RECEVABLE,), Etat.EN_EVALUATION, un_agent, "Inscrire à une réunion"),
    "constater_avis": Transition((Etat.EN_EVALUATION,), Etat.EVALUE, un_agent, "Enregistrer l’avis"),
    "programmer": Transition((Etat.EVALUE,), Etat.PROGRAMME, un_agent, "Programmer"),
    "decider": Transition((Etat.PROGRAMME,), Etat.DECIDE, un_agent, "Décider"),
    "constater_notification": Transition((Etat.DECIDE, Etat.IRRECEVABLE), Etat.NOTIFIE, le_systeme, "Notifier"),
    "demarrer": Transition((Etat.NOTIFIE,), Etat.EN_COURS, un_agent_si_accorde, "Constater le démarrage"),
    "rendre_bilan": Transition((Etat.EN_COURS,), Etat.BILAN_RENDU, un_representant, "Rendre le bilan"),
    "clore": Transition((Etat.NOTIFIE, Etat.BILAN_RENDU), Etat.CLOS, un_agent_sauf_accorde, "Clore le dossier"),
    "retirer": Transition(AVANT_DECISION, Etat.RETIRE, un_representant, "Retirer le dossier"),
    "revenir_au_depot": Transition((Etat.RECEVABLE,), Etat.DEPOSE, un_agent, "Revenir à la recevabilité"),
    "revenir_a_la_recevabilite": Transition((Etat.EN_EVALUATION,), Etat.RECEVABLE, un_agent, "Retirer de la réunion"),
    "revenir_en_evaluation": Transition((Etat.EVALUE,), Etat.EN_EVALUATION, un_agent, "Revenir à l’évaluation"),
    "revenir_a_l_avis": Transition((Etat.PROGRAMME,), Etat.EVALUE, un_agent, "Revenir avant la programmation"),
}
RETOURS = {nom for nom in TRANSITIONS if nom.startswith("revenir_")}

# Un type de fait par transition ; les abonnements les nomment, un test compare les deux listes.
FAITS = {nom: f"dossier.{nom}" for nom in TRANSITIONS}


def transitions_possibles(dossier, par):
    """Les noms des passages ouverts à cette personne, maintenant : ce que la vue propose."""
    return [nom for nom, t in TRANSITIONS.items() if dossier.etat in t.depuis and t.qui(dossier, par)]


def verrouiller(dossier):
    """Relit le dossier en verrouillant sa ligne jusqu'à la fin de la transaction."""
    return Dossier.objects.select_for_update(of=("self",)).select_related("appel", "organisme").get(pk=dossier.pk)


@transaction.atomic
def franchir(dossier, nom, *, par, donnees=None, **champs):
    """Franchit une transition sur un dossier verrouillé et en publie le fait.

    `par` est la personne qui agit (None : le système) ; `champs` sont écrits avec l'état ; `donnees`
    sont les valeurs décisives recopiées dans le journal. Lève TransitionInterdite.
    """
    if "etat" in champs:
        raise ValueError("L’état ne se choisit pas : il découle de la transition.")
    transition = TRANSITIONS[nom]
    verrouille = verrouiller(dossier)
    if verrouille.etat not in transition.depuis or not transition.qui(verrouille, par):
        raise TransitionInterdite(
            f"« {transition.libelle} » n’est pas possible : le dossier {verrouille.numero} est "
            f"« {verrouille.get_etat_display().lower()} »."
        )
    avant, verrouille.etat = verrouille.etat, transition.vers
    for champ, valeur in champs.items():
        setattr(verrouille, champ, valeur)
    verrouille.version += 1
    verrouille.save(update_fields=["etat", "version", "modifie_le", *champs])
    publier(FAITS[nom], verrouille, par=par, avant=avant, apres=transition.vers, **(donnees or {}))
    return verrouille
