"""L'éligibilité : les règles que l'appel déclare, contre des réponses ou contre un dossier. Module pur."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from appels.models import Appel, RegleEligibilite
from appels.regles import structures
from comptes.models import Organisme
from dossiers import budget
from dossiers.calendrier import periode_permise

# Au-delà, ce n'est plus une question avant d'écrire, c'est un formulaire.
QUESTIONS_MAX = 5
Type = RegleEligibilite.Type
# L'étape où se corrige ce que dit la règle ; le montant a déjà la sienne (règle B8 du budget).
ETAPES = {Type.STRUCTURE: "structure", Type.PART_QPV: "public", Type.PERIODE: "public", Type.OUI_NON: "eligibilite"}


class Verdict(NamedTuple):
    """Une règle devant une réponse. `tenue` : True, False, ou None sans réponse."""

    regle: RegleEligibilite
    tenue: bool | None
    explication: str = ""
    que_faire: str = ""

    @property
    def bloque(self):
        return self.tenue is False and self.regle.bloquante


class Cadre(NamedTuple):
    """Ce à quoi une réponse se mesure : l'appel, et le nombre d'années demandées."""

    appel: Appel
    nb_annees: int

    @property
    def periode(self):
        return periode_permise(self.appel, self.nb_annees)


def questions(regles):
    return list(regles)[:QUESTIONS_MAX]


def verifier(regles, reponses, appel, nb_annees=1):
    """Un verdict par règle. `reponses` : {clé de la règle, en texte: réponse}, telles que le formulaire les garde."""
    return [_juger(regle, reponses.get(str(regle.pk)), Cadre(appel, nb_annees)) for regle in questions(regles)]


def _juger(regle, reponse, cadre):
    lire, tenir, conseiller = JUGES[regle.type]
    valeur = lire(reponse)
    if valeur is None:
        return Verdict(regle, None)
    if tenir(valeur, regle.parametres, cadre):
        return Verdict(regle, True)
    return Verdict(regle, False, regle.explication, conseiller(regle.parametres, cadre))


def _choix(reponse):
    return reponse if isinstance(reponse, str) and reponse in Organisme.Type.values else None


def _entier(reponse):
    return reponse if isinstance(reponse, int) and not isinstance(reponse, bool) else None


def _dates(reponse):
    try:
        debut, fin = (date.fromisoformat(jour) for jour in reponse)
    except (TypeError, ValueError):
        return None
    return debut, fin


def _montant(reponse):
    try:
        return Decimal(reponse)
    except (TypeError, ValueError, InvalidOperation):
        return None


def _oui(reponse):
    return {"oui": True, "non": False}.get(reponse) if isinstance(reponse, str) else None


def _conseil_structure(parametres, cadre):
    admises = structures(parametres.get("types", ()))
    return f"Peuvent déposer : {admises}. Une structure partenaire peut porter l’action avec vous."


def _conseil_qpv(parametres, cadre):
    return (
        f"L’appel demande {parametres.get('min', 0)}\u00a0% au moins. Recentrez le public, ou demandez au service ce "
        "qu’il accepte."
    )


def _conseil_periode(parametres, cadre):
    debut, fin = cadre.periode
    return f"Déplacez l’action entre le {debut:%d/%m/%Y} et le {fin:%d/%m/%Y}."


def _conseil_montant(parametres, cadre):
    appel = cadre.appel
    if appel.montant_max is None:
        return f"Demandez {budget.euros(appel.montant_min)} au moins."
    return f"Demandez entre {budget.euros(appel.montant_min)} et {budget.euros(appel.montant_max)}."


def _dans_les_bornes(montant, appel):
    return montant >= appel.montant_min and (appel.montant_max is None or montant <= appel.montant_max)


def _dans_la_periode(dates, cadre):
    debut, fin = cadre.periode
    return debut <= dates[0] <= dates[1] <= fin


JUGES = {
    Type.STRUCTURE: (_choix, lambda v, p, c: v in p.get("types", ()), _conseil_structure),
    Type.PART_QPV: (_entier, lambda v, p, c: v >= p.get("min", 0), _conseil_qpv),
    Type.PERIODE: (_dates, lambda v, p, c: _dans_la_periode(v, c), _conseil_periode),
    Type.MONTANT: (_montant, lambda v, p, c: _dans_les_bornes(v, c.appel), _conseil_montant),
    Type.OUI_NON: (
        _oui,
        lambda v, p, c: v is bool(p.get("attendu", True)),
        lambda p, c: "Demandez conseil au service.",
    ),
}


def reponses_du_dossier(dossier, regles):
    """Ce que le dossier dit vraiment ; une question par oui ou non garde la réponse donnée."""
    vraies = {
        Type.STRUCTURE: dossier.organisme.type,
        Type.PART_QPV: dossier.part_qpv,
        Type.PERIODE: dossier.debut and dossier.fin and [dossier.debut.isoformat(), dossier.fin.isoformat()],
    }
    return {
        str(regle.pk): dossier.eligibilite.get(str(regle.pk)) if regle.type == Type.OUI_NON else vraies.get(regle.type)
        for regle in regles
    }


def verdicts_du_dossier(dossier):
    regles = questions(dossier.appel.regles.all())
    return verifier(regles, reponses_du_dossier(dossier, regles), dossier.appel, dossier.nb_annees)


def manques_d_eligibilite(dossier):
    """[(étape, champ, message)] : les règles bloquantes que le dossier ne tient pas.

    Un champ encore vide n'est pas redit ici ; une question sans réponse l'est, elle n'est posée nulle part ailleurs.
    """
    manques = []
    for verdict in verdicts_du_dossier(dossier):
        regle = verdict.regle
        champ = f"eligibilite-{regle.pk}"
        if verdict.bloque:
            manques.append((ETAPES[regle.type], champ, f"{verdict.explication} {verdict.que_faire}".strip()))
        elif verdict.tenue is None and regle.bloquante and regle.type == Type.OUI_NON:
            manques.append((ETAPES[regle.type], champ, f"Répondez à la question : {regle.question}"))
    return manques


def avertissements_d_eligibilite(dossier):
    """Les règles non bloquantes que le dossier ne tient pas : elles préviennent, sans empêcher le dépôt."""
    return [v.explication for v in verdicts_du_dossier(dossier) if v.tenue is False and not v.regle.bloquante]
