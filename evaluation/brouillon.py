"""Ce qu'un lecteur est en train d'écrire, champ par champ, sous les noms que la page leur donne."""

import json
import secrets

from dossiers.forms.champs import empreinte

CRITERE, COMMENTAIRE = "critere-", "commentaire"
# Ce que la page emporte en plus de l'empreinte de ses champs : qui l'a ouverte, et laquelle c'est.
PAGE, PERSONNE = "_page", "_personne"


def nom_du(critere):
    return f"{CRITERE}{critere.pk}"


def en_cours(evaluation):
    """{nom du champ: valeur} de ce qui s'écrit ; à défaut, de ce qui a été envoyé."""
    if evaluation is None:
        return {}
    if evaluation.brouillon is not None:
        return dict(evaluation.brouillon)
    notes = {f"{CRITERE}{note.critere_id}": note.valeur for note in evaluation.notes.all()}
    return notes | ({COMMENTAIRE: evaluation.commentaire} if evaluation.commentaire else {})


def notes_de(etat, criteres):
    """{critère: niveau} des critères déjà notés."""
    return {critere: etat[nom_du(critere)] for critere in criteres if etat.get(nom_du(critere)) is not None}


def comme_envoye(valeur):
    """La valeur telle qu'un navigateur l'enverrait."""
    return [] if valeur in (None, "") else [str(valeur)]


def empreinte_de(valeur):
    return empreinte(comme_envoye(valeur))


def temoin(etat, noms, *, par=None, page=""):
    """Ce que la page a montré : au retour, on sait ce qui a changé ici, et ce qui a changé sur un autre appareil."""
    champs = {nom: empreinte_de(etat.get(nom)) for nom in noms}
    if par is not None:
        champs |= {PERSONNE: str(par.pk), PAGE: page or secrets.token_hex(4)}
    return json.dumps({"v": 0, "c": champs}, separators=(",", ":"))
