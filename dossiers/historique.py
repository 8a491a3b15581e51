"""L'histoire d'un dossier : les faits du journal en phrases, et la ligne de temps de ses étapes."""

from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_date

from dossiers.etats import Etat, Issue
from dossiers.models import PreProjet
from journal.models import Evenement

PHRASES = {
    "dossier.commencer": "Dossier commencé",
    "relecture.ouvrir": "Lien de relecture donné",
    "relecture.revoquer": "Lien de relecture révoqué",
    "relecture.commenter": "Remarque de relecture reçue",
    "relecture.approuver": "« Bon pour envoi » de la personne qui a relu",
    "dossier.deposer": "Dossier déposé",
    "dossier.demander_complement": "Compléments demandés",
    "dossier.prolonger_complement": "Délai des compléments prolongé",
    "dossier.annuler_complement": "Demande de compléments annulée",
    "dossier.rappeler_complement": "Rappel envoyé pour les compléments",
    "dossier.completer": "Compléments envoyés",
    "dossier.reprendre_examen": "Examen repris en l’état",
    "dossier.declarer_recevable": "Dossier déclaré recevable",
    "dossier.declarer_irrecevable": "Dossier déclaré irrecevable",
    "dossier.mettre_en_evaluation": "Dossier inscrit à une réunion thématique",
    "dossier.preparer_fiche_habitant": "Fiche préparée pour les conseils citoyens",
    "dossier.repondre_aux_habitants": "Réponse publiée pour les habitants",
    "dossier.changer_de_reunion": "Passé à une autre réunion thématique",
    "dossier.constater_avis": "Avis de la réunion enregistré",
    "dossier.programmer": "Dossier programmé",
    "dossier.decider": "Décision prise",
    "dossier.constater_notification": "Décision notifiée",
    "dossier.demarrer": "Démarrage de l’action constaté",
    "dossier.rendre_bilan": "Bilan rendu",
    "dossier.clore": "Dossier clos",
    "dossier.retirer": "Dossier retiré par l’organisme",
    "dossier.revenir_au_depot": "Retour à l’examen de la recevabilité",
    "dossier.revenir_a_la_recevabilite": "Retiré de la réunion thématique",
    "dossier.revenir_en_evaluation": "Retour à l’évaluation",
    "dossier.revenir_a_l_avis": "Retour avant la programmation",
}

# Ce que les lecteurs demandent, et comment le service s'en charge, ne regarde que lui.
PHRASES_DU_SERVICE = {
    "evaluation.envoyer_questions": "Questions des lecteurs envoyées à l’organisme",
    "evaluation.retenir_reponse": "Réponse remise aux lecteurs",
    "evaluation.repondre_a_la_question": "Réponse du service à une question des lecteurs",
    "evaluation.ecarter_question": "Question d’un lecteur écartée",
}
RELECTURE = "relecture."


class Fait(NamedTuple):
    quand: datetime
    phrase: str
    qui: str
    precision: str = ""


def historique(dossier, *, interne):
    """Les faits en clair, le plus récent d'abord ; le porteur ne lit ni le nom des agents ni leurs motifs internes, et
    le service ne lit pas comment l'organisme a préparé son brouillon.
    """
    membres = set(dossier.organisme.membres.values_list("utilisateur_id", flat=True))
    faits, phrases = [], PHRASES | (PHRASES_DU_SERVICE if interne else {})
    for evenement in Evenement.objects.de(dossier).filter(type__in=phrases).order_by("-pk"):
        if evenement.type.startswith(RELECTURE):
            if not interne:
                # La personne qui relit n'a pas de compte : son nom est celui que porte le lien.
                qui = evenement.acteur if evenement.acteur_id else evenement.donnees["pour"]
                pour = f"Pour {evenement.donnees['pour']}." if evenement.acteur_id else ""
                faits.append(Fait(evenement.cree_le, PHRASES[evenement.type], qui, pour))
            continue
        chez_le_porteur = evenement.acteur_id in membres
        qui = evenement.acteur if interne or chez_le_porteur else "Service Politique de la Ville"
        faits.append(Fait(evenement.cree_le, phrases[evenement.type], qui, _precision(evenement, interne)))
    return faits


def _precision(evenement, interne):
    donnees, genre = evenement.donnees, evenement.type
    limite = parse_date(donnees.get("limite_le", ""))
    if genre == "dossier.demander_complement":
        lignes = [donnees.get("message", ""), *(_demande(element) for element in donnees.get("elements", []))]
        return "\n".join(filter(None, [*lignes, f"À fournir avant le {limite:%d/%m/%Y}." if limite else ""]))
    if genre == "dossier.prolonger_complement":
        return f"{donnees['motif']}\nÀ fournir avant le {limite:%d/%m/%Y}."
    if genre == "dossier.completer":
        return "\n".join(_reponse(element) for element in donnees.get("elements", []))
    if genre.startswith("dossier.revenir_"):
        return donnees.get("motif", "") if interne else ""
    return donnees.get("motif", "")


def _demande(element):
    motif = f" : {element['motif']}" if element["motif"] else ""
    refusee = f" (à refaire : {element['refusee']})" if element["refusee"] else ""
    return f"– {element['libelle']}{motif}{refusee}"


def _reponse(element):
    quoi = ", ".join([*element["pieces"], *filter(None, [element["reponse"]])])
    return f"– {element['libelle']} : {quoi or ('repris' if element['fourni'] else 'non fourni')}"


PHRASES_DU_PRE_PROJET = {
    "pre_projet.commencer": "Pré-projet commencé",
    "pre_projet.envoyer": "Pré-projet envoyé au service",
    "pre_projet.repondre": "Réponse du service",
    "pre_projet.devenir_dossier": "Dossier ouvert",
}
REPONSES = dict(PreProjet.Reponse.choices)


def echanges_du_pre_projet(pre_projet, *, interne):
    """Ce que l'organisme et le service se sont dit, dans l'ordre ; une réponse remplacée s'y lit encore."""
    faits = []
    for evenement in Evenement.objects.de(pre_projet).filter(type__in=PHRASES_DU_PRE_PROJET).order_by("pk"):
        phrase, donnees = PHRASES_DU_PRE_PROJET[evenement.type], evenement.donnees
        du_service = evenement.type == "pre_projet.repondre"
        if du_service:
            phrase = f"{phrase} : {REPONSES[donnees['reponse']].lower()}"
        qui = "Service Politique de la Ville" if du_service and not interne else evenement.acteur
        faits.append(Fait(evenement.cree_le, phrase, qui, donnees.get("explication") or donnees.get("numero", "")))
    return faits


class Jalon(NamedTuple):
    """Une étape de la vie du dossier ; `statut` : fait, ici ou vide (à venir)."""

    libelle: str
    quand: datetime | date | None
    texte: str
    statut: str


EN_EXAMEN = {Etat.DEPOSE, Etat.A_COMPLETER}
EN_REUNION = {Etat.RECEVABLE, Etat.EN_EVALUATION}
AVANT_VOTE = {Etat.EVALUE, Etat.PROGRAMME}


def jalons(dossier, *, avis_le=None, reunion_le=None):
    """Les étapes réelles, passées et à venir, dans l'ordre ; ce qui ne viendra plus n'y figure pas."""
    etat, appel = dossier.etat, dossier.appel
    liste = [
        _jalon("Dossier commencé", dossier.cree_le, "", etat == Etat.BROUILLON),
        _jalon("Dépôt du dossier", dossier.depose_le, "" if dossier.depose_le else _cloture(appel), False),
    ]
    if etat == Etat.RETIRE:
        return [*liste, _jalon("Dossier retiré", dossier.modifie_le, "à la demande de l’organisme", False)]
    if dossier.issue == Issue.IRRECEVABLE:
        return [
            *liste,
            _jalon("Déclaré irrecevable", dossier.modifie_le if etat == Etat.IRRECEVABLE else None,
                   dossier.motif_irrecevabilite, etat == Etat.IRRECEVABLE, passe=True),
            _jalon("Notification", dossier.notifie_le, "Un courrier vous l’explique.", False),
            *_cloture_du_dossier(dossier),
        ]  # fmt: skip
    examen = "Compléments attendus" if etat == Etat.A_COMPLETER else "Le service vérifie qu’il est complet"
    liste.append(
        _jalon("Recevabilité", dossier.recevable_le, "" if dossier.recevable_le else f"{examen}.", etat in EN_EXAMEN)
    )
    reunion = "" if reunion_le else f"Réunions {appel.periode_reunions}" if appel.periode_reunions else ""
    liste.append(_jalon("Réunion thématique", avis_le or reunion_le, reunion, etat in EN_REUNION, passe=bool(avis_le)))
    decision = "" if dossier.decide_le else f"Décision {appel.periode_decision}" if appel.periode_decision else ""
    liste.append(_jalon("Décision", dossier.decide_le, decision, etat in AVANT_VOTE))
    liste.append(_jalon("Notification", dossier.notifie_le, "", etat == Etat.DECIDE))
    if dossier.issue != Issue.REFUSE:
        liste.append(
            _jalon("L’action", None, _periode(dossier), etat == Etat.EN_COURS,
                   passe=etat in {Etat.EN_COURS, Etat.BILAN_RENDU, Etat.CLOS})
        )  # fmt: skip
        liste.append(_jalon("Bilan", None, "", etat == Etat.BILAN_RENDU, passe=etat in {Etat.BILAN_RENDU, Etat.CLOS}))
    return [*liste, *_cloture_du_dossier(dossier)]


def _jalon(libelle, quand, texte, ici, passe=None):
    fait = quand is not None if passe is None else passe
    return Jalon(libelle, quand, texte, "ici" if ici else "fait" if fait else "")


def _cloture(appel):
    cloture = timezone.localtime(appel.cloture_le)
    return f"À déposer avant le {cloture:%d/%m/%Y} à {cloture:%H} h {cloture:%M}."


def _periode(dossier):
    if not dossier.debut or not dossier.fin:
        return ""
    return f"Du {dossier.debut:%d/%m/%Y} au {dossier.fin:%d/%m/%Y}."


def _cloture_du_dossier(dossier):
    clos = dossier.etat == Etat.CLOS
    return [Jalon("Dossier clos", dossier.modifie_le if clos else None, "", "fait" if clos else "")]
