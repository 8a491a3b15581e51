"""Ce qui, dans les réglages d'un appel, se contredit ou étonne : [(phrase, nom de la route où le réparer)]."""

import re

from django.utils import timezone

from appels.models import PieceDemandee, RegleEligibilite
from appels.regles import fourchette
from comptes.models import NATURES_CONFIDENTIELLES

POIDS_ATTENDU = 100
BANCAIRE = re.compile(r"\b(RIB|IBAN|bancaire)\b", re.IGNORECASE)
JOURS_DE_DEPOT_MIN = 21
SAMEDI = 5
PART_QPV_EXIGEANTE = 90


def incoherences(appel):
    """Ce qui empêche l'appel de fonctionner, lu sans requête : refusé aussi quand il est déjà publié."""
    rendus = []
    if appel.cloture_le <= appel.ouvre_le:
        rendus.append(("La clôture vient avant l’ouverture du dépôt.", "appels-modifier"))
    if appel.montant_max is not None and appel.montant_max <= 0:
        rendus.append(("Le montant maximal est de 0 € : aucune aide ne peut être demandée.", "appels-regles"))
    if appel.taux_max_public <= 0:
        rendus.append(("La part publique maximale est de 0 % : aucun dossier ne peut la tenir.", "appels-regles"))
    if appel.seuil_simplifie is not None and appel.montant_max is not None:
        if appel.seuil_simplifie > appel.montant_max:
            rendus.append(
                ("Le seuil du formulaire d’une page dépasse le montant maximal demandé.", "appels-formulaire")
            )
    return rendus


def listes_incoherentes(appel):
    """Les lignes qui ne peuvent pas être tenues. Deux requêtes."""
    rendus = []
    for piece in appel.pieces_demandees.all():
        if piece.obligation == PieceDemandee.Obligation.MONTANT and piece.a_partir_de is None:
            rendus.append((f"« {piece} » est demandée à partir d’un montant qui n’est pas dit.", "appels-pieces"))
    for regle in appel.regles.all():
        if regle.type == RegleEligibilite.Type.STRUCTURE and not regle.parametres.get("types"):
            rendus.append((f"La règle « {regle} » n’admet aucune structure.", "appels-regles-eligibilite"))
        if regle.type == RegleEligibilite.Type.PART_QPV and not 0 < regle.parametres.get("min", 0) <= 100:
            rendus.append((f"La règle « {regle} » demande une part qui n’existe pas.", "appels-regles-eligibilite"))
    return rendus


def avertissements(appel):
    """Ce qui étonne sans empêcher."""
    rendus = []
    poids = sum(critere.poids for critere in appel.criteres.all())
    if poids and poids != POIDS_ATTENDU:
        rendus.append(
            (f"Les poids de la grille font {poids} et non {POIDS_ATTENDU} : les notes restent sur 100.",
             "appels-grille")
        )  # fmt: skip
    return [*rendus, *_calendrier(appel), *_regles(appel), *_pieces(appel)]


def _calendrier(appel):
    cloture = timezone.localtime(appel.cloture_le)
    duree = (appel.cloture_le - appel.ouvre_le).days
    if duree < JOURS_DE_DEPOT_MIN:
        yield "Le dépôt dure moins de trois semaines.", "appels-modifier"
    if cloture.weekday() >= SAMEDI:
        yield "Le dépôt se clôt pendant un week-end : le service ne pourra pas répondre.", "appels-modifier"
    if cloture.year > appel.annee:
        yield f"Le dépôt se clôt après l’année {appel.annee}, celle des actions.", "appels-modifier"
    if appel.pre_projet_delai_jours and appel.pre_projet_delai_jours >= duree:
        yield "La réponse à un pré-projet peut arriver après la clôture du dépôt.", "appels-formulaire"
    fin_du_contrat = appel.convention.contrat.fin
    if appel.pluriannuel_max > 1 and appel.annee + appel.pluriannuel_max - 1 > fin_du_contrat:
        yield f"Une convention pluriannuelle irait au-delà du contrat, qui finit en {fin_du_contrat}.", "appels-regles"
    elif appel.annee > fin_du_contrat:
        yield f"Le contrat de ville finit en {fin_du_contrat}, avant l’année des actions.", "appels-modifier"


def _regles(appel):
    if not appel.taux_horaire_benevolat and "benevolat" in appel.sections:
        yield "L’heure de bénévolat vaut 0 € : le bénévolat ne se verra pas dans les budgets.", "appels-regles"
    if appel.seuil_simplifie is not None and appel.seuil_simplifie < appel.montant_min:
        yield (
            f"Le formulaire d’une page ne servira pas : une demande va {fourchette(appel)}."
            if appel.montant_max is not None
            else "Le formulaire d’une page ne servira pas : le minimum demandé dépasse son seuil.",
            "appels-formulaire",
        )
    regles = list(appel.regles.all())
    if not regles:
        yield (
            "Aucune règle d’éligibilité : une association écrira peut-être pour rien.",
            "appels-regles-eligibilite",
        )
    for regle in regles:
        minimum = regle.parametres.get("min", 0)
        if regle.type == RegleEligibilite.Type.PART_QPV and minimum > PART_QPV_EXIGEANTE:
            yield f"Une part de {minimum} % du public est rarement tenue.", "appels-regles-eligibilite"


def _pieces(appel):
    pieces = list(appel.pieces_demandees.all())
    if not pieces:
        yield "Aucune pièce n’est demandée.", "appels-pieces"
    for piece in pieces:
        if BANCAIRE.search(piece.libelle) and not (piece.confidentielle or piece.nature in NATURES_CONFIDENTIELLES):
            yield (
                f"« {piece} » pourra être lue par les évaluateurs : cochez « réservée au service ».",
                "appels-pieces",
            )
        if piece.a_partir_de and appel.montant_max is not None and piece.a_partir_de > appel.montant_max:
            yield (
                f"« {piece} » ne sera jamais demandée : son seuil dépasse le montant maximal.",
                "appels-pieces",
            )
