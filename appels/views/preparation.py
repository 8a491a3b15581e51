"""L'agent prépare son appel à projets, une page par sujet, puis le publie."""

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from appels import operations
from appels.forms import (
    AppelForm,
    CritereForm,
    FinanceursForm,
    GrilleFormSet,
    ObjectifsForm,
    PieceDemandeeForm,
    PiecesFormSet,
)
from appels.grille import POIDS_ATTENDU
from appels.models import Appel, ConventionApplication
from comptes.acces import acces
from comptes.models import Role

lire_ou_ecrire = require_http_methods(["GET", "HEAD", "POST"])
ETAPES = {
    "appels-modifier": "Calendrier et règles",
    "appels-financeurs": "Financeurs",
    "appels-objectifs": "Objectifs retenus",
    "appels-grille": "Grille d’évaluation",
    "appels-pieces": "Pièces demandées",
    "appels-publier": "Publication",
}


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
    pas.insert(2, Pas("Enveloppes", reverse("programmation-enveloppes", args=[appel.slug]), False, ""))
    return pas


def _appel(request, slug):
    return get_object_or_404(
        Appel.objects.geres_par(request.user).select_related("collectivite", "convention"), slug=slug
    )


def _page(request, gabarit, appel, route, statut=200, **contexte):
    fil = [
        ("Appels à projets", reverse("appels-liste")),
        (appel.intitule, reverse("appels-detail", args=[appel.slug])),
        (ETAPES[route], None),
    ]
    contexte |= {"appel": appel, "fil": fil, "pas": _pas(appel, route), "titre": ETAPES[route]}
    return render(request, gabarit, contexte, status=statut)


def _suivant(appel, route):
    """Pendant la préparation on passe à l'étape d'après ; ensuite on revient où l'on était."""
    routes = list(ETAPES)
    return redirect(route if appel.publie_le else routes[routes.index(route) + 1], appel.slug)


@lire_ou_ecrire
@acces(Role.AGENT)
def nouveau(request):
    conventions = ConventionApplication.objects.filter(collectivite__in=request.user.ids_collectivites(Role.AGENT))
    if not conventions.exists():
        return render(request, "appels/sans_convention.html")
    form = AppelForm(request.POST or None, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            appel = operations.creer_appel(form.cleaned_data["convention"], par=request.user, **form.champs)
        except (operations.OperationRefusee, ValidationError) as refus:
            _dire(form, refus)
        else:
            messages.success(request, "L’appel est enregistré, en préparation. Personne d’autre que vous ne le voit.")
            return _suivant(appel, "appels-modifier")
    contexte = {"form": form, "fil": [("Appels à projets", reverse("appels-liste")), ("Nouvel appel", None)]}
    return render(request, "appels/nouveau.html", contexte, status=422 if form.errors else 200)


@lire_ou_ecrire
@acces(Role.AGENT)
def modifier(request, slug):
    appel = _appel(request, slug)
    # Le formulaire écrit dans son instance avant d'être jugé : il reçoit la sienne.
    form = AppelForm(request.POST or None, instance=_appel(request, slug), utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_appel(appel, par=request.user, **form.champs)
        except (operations.OperationRefusee, ValidationError) as refus:
            _dire(form, refus)
        else:
            messages.success(request, "Le calendrier et les règles sont enregistrés.")
            return _suivant(appel, "appels-modifier")
    return _page(request, "appels/modifier.html", appel, "appels-modifier", 422 if form.errors else 200, form=form)


@lire_ou_ecrire
@acces(Role.AGENT)
def financeurs(request, slug):
    appel = _appel(request, slug)
    form = FinanceursForm(request.POST or None, appel=appel)
    if request.method == "POST" and form.is_valid():
        try:
            operations.fixer_financeurs(appel, form.cleaned_data["financeurs"], par=request.user, nouveau=form.nouveau)
        except (operations.OperationRefusee, ValidationError) as refus:
            _dire(form, refus)
        else:
            messages.success(request, "Les financeurs sont enregistrés.")
            return _suivant(appel, "appels-financeurs")
    return _page(request, "appels/financeurs.html", appel, "appels-financeurs", 422 if form.errors else 200, form=form)


@lire_ou_ecrire
@acces(Role.AGENT)
def objectifs(request, slug):
    appel = _appel(request, slug)
    form = ObjectifsForm(request.POST or None, appel=appel)
    if request.method == "POST" and form.is_valid():
        try:
            operations.fixer_objectifs(appel, form.cleaned_data["objectifs"], par=request.user)
        except operations.OperationRefusee as refus:
            _dire(form, refus)
        else:
            messages.success(request, "Les objectifs retenus sont enregistrés.")
            return _suivant(appel, "appels-objectifs")
    return _page(request, "appels/objectifs.html", appel, "appels-objectifs", 422 if form.errors else 200, form=form)


@lire_ou_ecrire
@acces(Role.AGENT)
def grille(request, slug):
    appel = _appel(request, slug)
    return _lignes(
        request,
        appel,
        route="appels-grille",
        gabarit="appels/grille.html",
        formset=GrilleFormSet,
        initiales=[CritereForm.initial(critere) for critere in appel.criteres.all()],
        fixer=operations.fixer_grille,
        gelee=operations.grille_gelee(appel),
        total=operations.total_des_poids(appel),
        attendu=POIDS_ATTENDU,
    )


@lire_ou_ecrire
@acces(Role.AGENT)
def pieces(request, slug):
    appel = _appel(request, slug)
    return _lignes(
        request,
        appel,
        route="appels-pieces",
        gabarit="appels/pieces.html",
        formset=PiecesFormSet,
        initiales=[PieceDemandeeForm.initial(piece) for piece in appel.pieces_demandees.all()],
        fixer=operations.fixer_pieces,
    )


def _lignes(request, appel, *, route, gabarit, formset, initiales, fixer, **contexte):
    """Une liste à reprendre : « ajouter » redonne la page avec des lignes vides de plus, rien n'est perdu."""
    lignes = formset(request.POST or None, initial=initiales, prefix="lignes")
    refus = ""
    if request.method == "POST" and lignes.is_valid():
        try:
            fixer(appel, lignes.lignes(), par=request.user)
        except operations.OperationRefusee as erreur:
            refus = str(erreur)
        else:
            messages.success(request, "La liste est enregistrée.")
            return redirect(route, appel.slug) if "rester" in request.POST else _suivant(appel, route)
    fautif = refus or lignes.total_error_count()
    return _page(request, gabarit, appel, route, 422 if fautif else 200, lignes=lignes, refus=refus, **contexte)


@lire_ou_ecrire
@acces(Role.AGENT)
def publier(request, slug):
    appel = _appel(request, slug)
    manques, statut = operations.manques_pour_publier(appel), 200
    if request.method == "POST":
        try:
            operations.publier_appel(appel, par=request.user)
        except operations.PublicationImpossible as refus:
            manques, statut = refus.manques, 422
        else:
            messages.success(request, "L’appel à projets est publié.")
            return redirect("appels-detail", appel.slug)
    contexte = {
        "manques": [(phrase, reverse(route, args=[appel.slug])) for phrase, route in manques],
        "avertissements": [
            (phrase, reverse(route, args=[appel.slug])) for phrase, route in operations.avertissements(appel)
        ],
        "total": operations.total_des_poids(appel),
    }
    return _page(request, "appels/publier.html", appel, "appels-publier", statut, **contexte)


@require_POST
@acces(Role.AGENT)
def depublier(request, slug):
    appel = _appel(request, slug)
    try:
        operations.depublier_appel(appel, par=request.user)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "L’appel est de nouveau en préparation : il n’est plus visible du public.")
    return redirect("appels-publier", appel.slug)


def _dire(form, refus):
    """Le refus du métier, au champ qu'il nomme quand le formulaire l'a."""
    if not isinstance(refus, ValidationError):
        form.add_error(None, str(refus))
        return
    for champ, erreurs in refus.update_error_dict({}).items():
        form.add_error(champ if champ in form.fields and champ != NON_FIELD_ERRORS else None, erreurs)
