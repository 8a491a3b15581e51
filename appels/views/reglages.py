"""Les réglages d'un appel, une page par sujet : calendrier, règles et plafonds, formulaire."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse

from appels import operations
from appels.apercu import apercu_de
from appels.forms import CalendrierForm, FormulaireForm, NouvelAppelForm, ReglesForm
from appels.models import Appel, ConventionApplication
from appels.views.cadre import dire, lire_ou_ecrire, mon_appel, page, suivant
from comptes.acces import acces
from comptes.models import Role

APPELS_A_REPRENDRE = 3


@lire_ou_ecrire
@acces(Role.AGENT)
def nouveau(request):
    conventions = ConventionApplication.objects.filter(collectivite__in=request.user.ids_collectivites(Role.AGENT))
    if not conventions.exists():
        return render(request, "appels/sans_convention.html")
    form = NouvelAppelForm(request.POST or None, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            appel = operations.creer_appel(form.cleaned_data["convention"], par=request.user, **form.champs)
        except (operations.OperationRefusee, ValidationError) as refus:
            dire(form, refus)
        else:
            messages.success(request, "L’appel est enregistré, en préparation. Personne d’autre que vous ne le voit.")
            return suivant(appel, "appels-modifier")
    contexte = {
        "form": form,
        "fil": [("Appels à projets", reverse("appels-liste")), ("Nouvel appel", None)],
        "passes": Appel.objects.geres_par(request.user).publies()[:APPELS_A_REPRENDRE],
    }
    return render(request, "appels/nouveau.html", contexte, status=422 if form.errors else 200)


@lire_ou_ecrire
@acces(Role.AGENT)
def modifier(request, slug):
    return _reglage(request, slug, CalendrierForm, "appels-modifier", "appels/modifier.html", "Le calendrier")


@lire_ou_ecrire
@acces(Role.AGENT)
def regles(request, slug):
    return _reglage(request, slug, ReglesForm, "appels-regles", "appels/regles.html", "Les règles")


@lire_ou_ecrire
@acces(Role.AGENT)
def formulaire(request, slug):
    return _reglage(
        request, slug, FormulaireForm, "appels-formulaire", "appels/formulaire.html", "Le formulaire", _avec_apercu
    )


def _avec_apercu(appel):
    return {"apercu": apercu_de(appel)}


def _reglage(request, slug, formulaire, route, gabarit, quoi, plus=lambda appel: {}):
    """Lire ou changer une page de réglages ; ce qui touche des dossiers déjà écrits se confirme."""
    appel, a_confirmer, statut = mon_appel(request, slug), [], 200
    # Le formulaire écrit dans son instance avant d'être jugé : il reçoit la sienne.
    form = formulaire(request.POST or None, instance=copy(appel), geles=operations.champs_geles(appel))
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_appel(appel, par=request.user, confirme="confirme" in request.POST, **form.champs)
        except operations.AConfirmer as confirmation:
            a_confirmer, statut = confirmation.effets, 409
        except (operations.OperationRefusee, ValidationError) as refus:
            dire(form, refus)
        else:
            messages.success(request, f"{quoi} : c’est enregistré.")
            return suivant(appel, route)
    statut = 422 if form.errors else statut
    return page(request, gabarit, appel, route, statut, form=form, a_confirmer=a_confirmer, **plus(appel))
