"""Le suivi honnête : ce qui se passe maintenant, quand il y aura des nouvelles, et ce que l'an dernier a montré."""

from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from appels.models import Appel
from dossiers.cycle_de_vie import AVANT_DECISION
from dossiers.etats import Etat, Issue
from dossiers.models import Dossier

# En dessous, un pourcentage ne dirait rien.
DOSSIERS_MIN = 10
PART_OBSERVEE = 9, 10
CACHE_SECONDES = 24 * 3600
LECTURE_MAX = 5_000
INCONNU = "inconnu"


class Situation(NamedTuple):
    """`maintenant` : qui fait quoi ; `nouvelles` : quand l'organisme en saura plus."""

    maintenant: str
    nouvelles: str = ""


class DelaiObserve(NamedTuple):
    annee: int
    jours: int


def situation(dossier, *, reunion=None, limite_le=None):
    """Ce qui se passe maintenant, dit à l'organisme ; None pour un brouillon : c'est à lui d'agir."""
    appel, etat = dossier.appel, dossier.etat
    decision = f"La décision est attendue {appel.periode_decision}." if appel.periode_decision else ""
    if etat == Etat.EN_EVALUATION and reunion:
        quand = timezone.localtime(reunion.debut)
        verbe = "Elle a lieu" if quand >= timezone.localtime() else "Elle a eu lieu"
        return Situation(
            f"Votre dossier est inscrit à la réunion thématique « {reunion.titre} ». {verbe} le {quand:%d/%m/%Y}.",
            f"Son avis est consultatif. {decision}".strip(),
        )
    if etat == Etat.A_COMPLETER:
        quand = f" au plus tard le {limite_le:%d/%m/%Y}" if limite_le else ""
        return Situation(f"Le service attend vos compléments{quand}.", "L’examen reprend dès que vous les envoyez.")
    if etat == Etat.NOTIFIE and dossier.issue == Issue.REFUSE:
        return Situation("La décision vous est notifiée.", "Le service peut vous aider à préparer un prochain dépôt.")
    reunions = f"Les réunions se tiennent {appel.periode_reunions}." if appel.periode_reunions else ""
    return {
        Etat.DEPOSE: Situation(
            "Le service vérifie que votre dossier est complet.",
            "Vous recevez un courriel quand il est déclaré recevable, ou s’il manque quelque chose.",
        ),
        Etat.IRRECEVABLE: Situation("Votre dossier n’est pas recevable.", "La lettre qui l’explique vous parvient."),
        Etat.RECEVABLE: Situation(
            "Votre dossier est recevable. Il attend d’être inscrit à une réunion thématique.",
            reunions or "Sa date apparaîtra ici.",
        ),
        Etat.EN_EVALUATION: Situation("Votre dossier est inscrit à une réunion thématique.", decision),
        Etat.EVALUE: Situation(
            "La réunion a donné son avis. Les financeurs préparent leurs propositions.",
            decision or "La date du vote apparaîtra ici.",
        ),
        Etat.PROGRAMME: Situation("Votre dossier est au programme soumis au vote.", decision),
        Etat.DECIDE: Situation("La décision est prise.", "Sa lettre arrive ici et par courriel."),
        Etat.NOTIFIE: Situation("La subvention vous est accordée.", "Le service constate ensuite le démarrage."),
        Etat.EN_COURS: Situation("Votre action est en cours.", "Le bilan se rend une fois l’action finie."),
        Etat.BILAN_RENDU: Situation("Le service lit votre bilan.", "Vous êtes prévenu quand le dossier est clos."),
        Etat.CLOS: Situation("Le dossier est clos."),
        Etat.RETIRE: Situation("Vous avez retiré ce dossier. Il n’est plus examiné."),
    }.get(etat)


def delai_observe(dossier):
    """« 9 dossiers sur 10 ont eu leur réponse en N jours », sur l'appel précédent ; None quand rien ne le montre."""
    if dossier.etat not in AVANT_DECISION:
        return None
    cle = f"delai-observe:{dossier.appel_id}"
    garde = cache.get(cle)
    if garde is None:
        garde = _mesurer(dossier.appel) or INCONNU
        cache.set(cle, garde, CACHE_SECONDES)
    return None if garde == INCONNU else DelaiObserve(*garde)


def _mesurer(appel):
    """Sur tous les dossiers déposés, et pas seulement ceux qui ont eu leur réponse : sans elle, l'attente continue."""
    precedent = Appel.objects.filter(collectivite=appel.collectivite_id, annee__lt=appel.annee).order_by(
        "-annee", "-pk"
    )
    passe = Appel.objects.filter(pk=appel.copie_de_id).first() if appel.copie_de_id else precedent.first()
    if passe is None:
        return None
    dates = list(
        Dossier.objects.filter(appel=passe, depose_le__isnull=False)
        .exclude(etat=Etat.RETIRE)
        .order_by()
        .values_list("depose_le", "notifie_le")[:LECTURE_MAX]
    )
    attentes = sorted(
        (timezone.localtime(notifie).date() - timezone.localtime(depose).date()).days
        for depose, notifie in dates
        if notifie
    )
    neuf, dix = PART_OBSERVEE
    rang = -(-len(dates) * neuf // dix)
    if len(dates) < DOSSIERS_MIN or len(attentes) < rang:
        return None
    return passe.annee, attentes[rang - 1]
