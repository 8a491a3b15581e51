"""Les états d'un dossier, rien d'autre."""

from django.db.models import TextChoices


class Etat(TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    DEPOSE = "depose", "Déposé"
    A_COMPLETER = "a_completer", "À compléter"
    IRRECEVABLE = "irrecevable", "Irrecevable"
    RECEVABLE = "recevable", "Recevable"
    EN_EVALUATION = "en_evaluation", "En évaluation"
    EVALUE = "evalue", "Évalué"
    PROGRAMME = "programme", "Programmé"
    DECIDE = "decide", "Décidé"
    NOTIFIE = "notifie", "Notifié"
    EN_COURS = "en_cours", "En cours"
    BILAN_RENDU = "bilan_rendu", "Bilan rendu"
    CLOS = "clos", "Clos"
    RETIRE = "retire", "Retiré"


class Issue(TextChoices):
    """L'issue, gardée à côté de l'état pour que la base refuse qu'un projet refusé démarre."""

    AUCUNE = "", "Pas encore connue"
    IRRECEVABLE = "irrecevable", "Irrecevable"
    ACCORDE = "accorde", "Accordé"
    REFUSE = "refuse", "Refusé"


class Formulaire(TextChoices):
    """Sous le seuil fixé par l'appel, un dossier tient sur une page."""

    COMPLET = "complet", "Complet"
    SIMPLIFIE = "simplifie", "D’une page"
