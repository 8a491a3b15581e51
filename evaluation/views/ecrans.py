"""Servir un écran de la séance : la page entière, ou son seul cœur quand le script le demande."""

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from evaluation.salle import CONDUITE, PROJECTEUR, TELEPHONE

# L'en-tête qu'ajoute static/seance.js.
ENTETE = "Parvis-Fragment"
ROUTES = {CONDUITE: "seance-conduite", PROJECTEUR: "seance-projecteur", TELEPHONE: "seance-membre"}
# La page entière, et son seul cœur.
GABARITS = {
    CONDUITE: ("evaluation/seance/conduite.html", "evaluation/seance/_conduite.html"),
    PROJECTEUR: ("evaluation/seance/projecteur.html", "evaluation/seance/_projecteur.html"),
    TELEPHONE: ("evaluation/seance/telephone.html", "evaluation/seance/_telephone.html"),
}


def en_partie(request):
    return bool(request.headers.get(ENTETE))


def fragment(request, gabarit, contexte, status=200):
    """Le cœur d'un écran : ni navigation ni messages, donc aucun des calculs qu'ils demandent."""
    contexte = contexte | {"csrf_token": get_token(request)}
    return HttpResponse(render_to_string(gabarit, contexte), status=status)


def montrer(request, salle, status=200, **contexte):
    reunion, ecran = salle.reunion, salle.ecran
    adresse = reverse(ROUTES[ecran], args=[reunion.pk])
    contexte |= {
        "salle": salle,
        "reunion": reunion,
        "adresse": adresse,
        "maintenant": timezone.now().timestamp() * 1000,
    }
    gabarit = GABARITS[ecran][en_partie(request)]
    if ecran == PROJECTEUR:
        # Rien ne s'envoie depuis le mur : ni navigation, ni jeton de formulaire.
        return HttpResponse(render_to_string(gabarit, contexte), status=status)
    return (fragment if en_partie(request) else render)(request, gabarit, contexte, status=status)
