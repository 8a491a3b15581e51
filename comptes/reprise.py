"""Une session finie au milieu d'un formulaire : ce qui était tapé attend, chiffré, la fin de la connexion."""

import json
import time

from comptes.chiffrement import chiffrer, dechiffrer

CLE = "reprise"
DUREE = 2 * 3600
TAILLE_MAX = 100_000
JAMAIS_GARDES = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code"}


def champs(request):
    """Ce que le formulaire portait, sans jeton ni mot de passe : [(nom, valeur)]."""
    return [(nom, valeur) for nom, valeurs in request.POST.lists() for valeur in valeurs if nom not in JAMAIS_GARDES]


def garder(request):
    """Met la saisie de côté dans la session anonyme ; rend False quand il n'y a rien à garder."""
    saisie = {
        "adresse": request.get_full_path(),
        "champs": champs(request),
        "fichiers": bool(request.FILES),
        "instant": time.time(),
    }
    texte = json.dumps(saisie)
    if not saisie["champs"] or len(texte) > TAILLE_MAX:
        return False
    request.session[CLE] = chiffrer(texte)
    return True


def lire(request):
    """La saisie mise de côté il y a moins de deux heures, ou None."""
    if CLE not in request.session:
        return None
    saisie = json.loads(dechiffrer(request.session[CLE]))
    if time.time() - saisie["instant"] > DUREE:
        del request.session[CLE]
        return None
    return saisie
