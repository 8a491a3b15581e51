"""Groupes de travail et pilotage communal : préparer les points, tenir la réunion, suivre ce qui reste à faire."""

import json

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from comptes.acces import acces
from comptes.models import Role
from evaluation import historique, lecture, operations, suites
from evaluation.forms.points import PointForm, PreparationForm, SansDossiersForm
from evaluation.models import MembreReunion, PointOrdreDuJour, Reunion
from evaluation.operations import convocation, points
from evaluation.operations.invites import marquer_presences
from evaluation.operations.sans_dossiers import preparer
from evaluation.views.communs import REFUS, tenter


def _conduite(request, pk):
    reunions = Reunion.objects.conduites_par(request.user).exclude(nature=Reunion.Nature.THEMATIQUE)
    return get_object_or_404(reunions.select_related("collectivite", "enjeu_prioritaire"), pk=pk)


def _point(request, pk):
    reunions = Reunion.objects.conduites_par(request.user).exclude(nature=Reunion.Nature.THEMATIQUE)
    pointees = PointOrdreDuJour.objects.filter(reunion__in=reunions).select_related("reunion__collectivite")
    return get_object_or_404(pointees, pk=pk)


@acces(Role.AGENT)
def nouvelle(request, nature):
    form = SansDossiersForm(request.POST or None, utilisateur=request.user, nature=nature)
    if request.method == "POST" and form.is_valid():
        try:
            reunion = preparer(par=request.user, nature=nature, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est créée. Écrivez l’ordre du jour, puis convoquez.")
            return redirect("reunions-detail", reunion.pk)
    return _formulaire(request, form, None, Reunion.Nature(nature).label)


def modifier(request, reunion):
    """Appelée par la page « Modifier la réunion », qui a déjà vérifié la personne."""
    form = SansDossiersForm(request.POST or None, instance=reunion, utilisateur=request.user, nature=reunion.nature)
    if request.method == "POST" and form.is_valid():
        try:
            reunion = operations.modifier_reunion(reunion, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est enregistrée.")
            return redirect("reunions-detail", reunion.pk)
    return _formulaire(request, form, reunion, reunion.get_nature_display())


def _formulaire(request, form, reunion, genre):
    contexte = {"form": form, "reunion": reunion, "genre": genre}
    return render(request, "evaluation/sans_dossiers/reunion_form.html", contexte, status=422 if form.errors else 200)


def detail(request, reunion):
    """Appelée par la page de la réunion : la même adresse pour toutes les natures."""
    agent = lecture.conduit(request.user, reunion)
    les_points = list(reunion.points.select_related("repris_de__reunion").order_by("rang", "pk"))
    contexte = {
        "reunion": reunion,
        "agent": agent,
        "ecrit": agent and not reunion.est_close,
        "points": les_points,
        "minutes": sum(point.minutes or 0 for point in les_points),
        "traites": sum(point.est_traite for point in les_points),
        "membres": list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk")),
        "invites": list(reunion.invites.all()),
        "presences": MembreReunion.Presence.choices,
        "proces_verbaux": list(reunion.proces_verbaux.all()),
    }
    if contexte["ecrit"]:
        contexte["a_reprendre"] = list(suites.a_reprendre(reunion))
        contexte["a_annoncer"] = convocation.a_annoncer(reunion)
    if agent:
        contexte["faits"] = historique.historique(reunion)
    return render(request, "evaluation/sans_dossiers/reunion.html", contexte)


@acces(Role.AGENT)
def ajouter_point(request, pk):
    reunion = _conduite(request, pk)
    form = PreparationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            points.ajouter_point(reunion, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "Le point est à l’ordre du jour.")
            return redirect("points-ajouter" if "encore" in request.POST else "reunions-detail", pk)
    contexte = {"form": form, "reunion": reunion}
    return render(request, "evaluation/sans_dossiers/point_nouveau.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT)
def modifier_point(request, pk):
    point = _point(request, pk)
    form = PointForm(request.POST or None, instance=point)
    if request.method == "POST" and form.is_valid():
        vu, reunion = form.cleaned_data["vu"], point.reunion
        try:
            # L'instance du formulaire porte déjà la saisie : l'opération relit la ligne.
            points.modifier_point(point, par=request.user, vu=vu, **form.champs())
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "Le point est enregistré.")
            suivant = reunion.points.filter(rang__gt=point.rang).order_by("rang", "pk").first()
            if "suivant" in request.POST and suivant:
                return redirect("points-modifier", suivant.pk)
            return redirect("reunions-detail", reunion.pk)
    actuel = PointOrdreDuJour.objects.get(pk=point.pk)
    contexte = {
        "form": form,
        "point": actuel,
        "reunion": point.reunion,
        "conflit": form.is_bound and not form.errors.keys() - {"__all__"} and bool(form.errors),
        "empreinte": json.dumps(points.empreinte(actuel)),
        "dernier": not point.reunion.points.filter(rang__gt=actuel.rang).exists(),
    }
    return render(request, "evaluation/sans_dossiers/point.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT)
@require_POST
def deplacer_point(request, pk):
    point = _point(request, pk)
    vers = point.rang + (1 if request.POST.get("sens") == "bas" else -1)
    tenter(
        request, lambda: points.deplacer_point(point, par=request.user, vers=vers), "L’ordre du jour est enregistré."
    )
    return redirect("reunions-detail", point.reunion_id)


@acces(Role.AGENT)
@require_POST
def retirer_point(request, pk):
    point = _point(request, pk)
    titre = point.titre
    tenter(
        request,
        lambda: points.retirer_point(point, par=request.user),
        f"« {titre} » n’est plus à l’ordre du jour.",
    )
    return redirect("reunions-detail", point.reunion_id)


@acces(Role.AGENT)
@require_POST
def solder_point(request, pk):
    point = _point(request, pk)
    solde = request.POST.get("solde") == "1"
    tenter(
        request,
        lambda: points.solder_point(point, solde, par=request.user),
        f"« {point.titre} » : la suite est faite." if solde else f"« {point.titre} » reste à faire.",
    )
    return redirect("reunions-detail", point.reunion_id)


@acces(Role.AGENT)
@require_POST
def reprendre_points(request, pk):
    reunion = _conduite(request, pk)
    tenter(
        request,
        lambda: points.reprendre_points(reunion, par=request.user),
        "Les points restés ouverts sont repris à la fin de l’ordre du jour.",
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def presences(request, pk):
    """Toute la feuille d'un coup : `membre-12=present`, `invite-3=excuse`."""
    reunion = _conduite(request, pk)
    lues = {"membre": {}, "invite": {}}
    for nom, valeur in request.POST.items():
        genre, _, cle = nom.partition("-")
        if genre in lues and cle.isdecimal() and len(cle) < 19:
            lues[genre][int(cle)] = valeur
    tenter(
        request,
        lambda: marquer_presences(reunion, par=request.user, membres=lues["membre"], invites=lues["invite"]),
        "Les présences sont enregistrées.",
    )
    return redirect("reunions-detail", pk)
