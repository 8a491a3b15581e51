"""Le cadre des pages de préparation : les étapes à gauche, le fil, l'étape d'après."""

from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from appels import operations
from appels.models import Appel

lire_ou_ecrire = require_http_methods(["GET", "HEAD", "POST"])
ETAPES = {
    "appels-modifier": "Calendrier",
    "appels-regles": "Règles et plafonds",
    "appels-financeurs": "Financeurs",
    "appels-objectifs": "Objectifs retenus",
    "appels-regles-eligibilite": "Éligibilité",
    "appels-formulaire": "Formulaire",
    "appels-pieces": "Pièces demandées",
    "appels-grille": "Grille d’évaluation",
    "appels-publier": "Publication",
}
RANG_DES_ENVELOPPES = list(ETAPES).index("appels-financeurs") + 1


class Pas(NamedTuple):
    libelle: str
    url: str
    ici: bool
    etat: str  # "fait", "alerte" ou ""


def _pas(appel, ici):
    """Les étapes à gauche de la page, avec ce qui reste à faire."""
    manques = {route for _, route in operations.manques_pour_publier(appel)} if not appel.publie_le else set()
    pas = [
        Pas(
            libelle,
            reverse(route, args=[appel.slug]),
            route == ici,
            "alerte" if route in manques else "fait" if route != "appels-publier" or appel.publie_le else "",
        )
        for route, libelle in ETAPES.items()
    ]
    enveloppes = reverse("programmation-enveloppes", args=[appel.slug])
    pas.insert(RANG_DES_ENVELOPPES, Pas("Enveloppes", enveloppes, False, ""))
    return pas


def mon_appel(request, slug, avec_listes=True):
    appels = Appel.objects.geres_par(request.user).select_related("collectivite", "convention__contrat")
    if avec_listes:
        # Les étapes à gauche, les manques et la page lisent les mêmes listes : une requête chacune.
        appels = appels.prefetch_related("financeurs", "criteres", "pieces_demandees", "regles")
    return get_object_or_404(appels, slug=slug)


def page(request, gabarit, appel, route, statut=200, **contexte):
    fil = [
        ("Appels à projets", reverse("appels-liste")),
        (appel.intitule, reverse("appels-detail", args=[appel.slug])),
        (ETAPES[route], None),
    ]
    contexte |= {"appel": appel, "fil": fil, "pas": _pas(appel, route), "titre": ETAPES[route]}
    return render(request, gabarit, contexte, status=statut)


def suivant(appel, route):
    """Pendant la préparation on passe à l'étape d'après ; ensuite on revient où l'on était."""
    routes = list(ETAPES)
    return redirect(route if appel.publie_le else routes[routes.index(route) + 1], appel.slug)


def dire(form, refus):
    """Le refus du métier, au champ qu'il nomme quand le formulaire l'a."""
    if not isinstance(refus, ValidationError):
        form.add_error(None, str(refus))
        return
    for champ, erreurs in refus.update_error_dict({}).items():
        form.add_error(champ if champ in form.fields and champ != NON_FIELD_ERRORS else None, erreurs)
