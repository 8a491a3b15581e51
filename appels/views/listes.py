"""Les listes d'un appel, une page chacune : financeurs, objectifs, éligibilité, pièces, grille."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from appels import operations
from appels.coherence import POIDS_ATTENDU
from appels.conditions import pieces_d_une_association
from appels.forms import (
    CritereForm,
    FinanceursForm,
    GrilleFormSet,
    ObjectifsForm,
    PieceDemandeeForm,
    PiecesFormSet,
    RegleForm,
    RegleFormSet,
)
from appels.regles import REGLES_MAX, enonce
from appels.views.cadre import dire, lire_ou_ecrire, mon_appel, page, suivant
from comptes.acces import acces
from comptes.fichiers import fichiers_abandonnes
from comptes.models import Role


@lire_ou_ecrire
@acces(Role.AGENT)
def financeurs(request, slug):
    appel = mon_appel(request, slug)
    form = FinanceursForm(request.POST or None, appel=appel)
    if request.method == "POST" and form.is_valid():
        try:
            operations.fixer_financeurs(appel, form.cleaned_data["financeurs"], par=request.user, nouveau=form.nouveau)
        except (operations.OperationRefusee, ValidationError) as refus:
            dire(form, refus)
        else:
            messages.success(request, "Les financeurs sont enregistrés.")
            return suivant(appel, "appels-financeurs")
    return page(request, "appels/financeurs.html", appel, "appels-financeurs", 422 if form.errors else 200, form=form)


@lire_ou_ecrire
@acces(Role.AGENT)
def objectifs(request, slug):
    appel = mon_appel(request, slug)
    form = ObjectifsForm(request.POST or None, appel=appel)
    if request.method == "POST" and form.is_valid():
        try:
            operations.fixer_objectifs(appel, form.cleaned_data["objectifs"], par=request.user)
        except operations.OperationRefusee as refus:
            dire(form, refus)
        else:
            messages.success(request, "Les objectifs retenus sont enregistrés.")
            return suivant(appel, "appels-objectifs")
    return page(request, "appels/objectifs.html", appel, "appels-objectifs", 422 if form.errors else 200, form=form)


@lire_ou_ecrire
@acces(Role.AGENT)
def eligibilite(request, slug):
    appel = mon_appel(request, slug)
    regles = list(appel.regles.all())
    return _lignes(
        request,
        appel,
        route="appels-regles-eligibilite",
        gabarit="appels/regles_eligibilite.html",
        lignes=RegleFormSet(
            request.POST or None,
            initial=[RegleForm.initial(regle, place) for place, regle in enumerate(regles, start=1)],
            prefix="lignes",
        ),
        fixer=operations.fixer_regles,
        enonces=[enonce(regle, appel) for regle in regles],
        au_plus=REGLES_MAX,
    )


@lire_ou_ecrire
@acces(Role.AGENT)
def pieces(request, slug):
    appel = mon_appel(request, slug)
    demandees = list(appel.pieces_demandees.all())
    lignes = PiecesFormSet(
        request.POST or None,
        request.FILES or None,
        initial=[PieceDemandeeForm.initial(piece, place) for place, piece in enumerate(demandees, start=1)],
        prefix="lignes",
    )
    for ligne, piece in zip(lignes.forms, demandees, strict=False):
        ligne.piece = piece
    return _lignes(
        request,
        appel,
        route="appels-pieces",
        gabarit="appels/pieces.html",
        lignes=lignes,
        fixer=operations.fixer_pieces,
        a_joindre=pieces_d_une_association(demandees),
        trop_lourds=fichiers_abandonnes(request),
    )


@lire_ou_ecrire
@acces(Role.AGENT)
def grille(request, slug):
    appel = mon_appel(request, slug)
    return _lignes(
        request,
        appel,
        route="appels-grille",
        gabarit="appels/grille.html",
        lignes=GrilleFormSet(
            request.POST or None,
            initial=[CritereForm.initial(critere) for critere in appel.criteres.all()],
            prefix="lignes",
        ),
        fixer=lambda appel, lignes, *, par, confirme: operations.fixer_grille(appel, lignes, par=par),
        gelee=operations.grille_gelee(appel),
        total=operations.total_des_poids(appel),
        attendu=POIDS_ATTENDU,
    )


def _lignes(request, appel, *, route, gabarit, lignes, fixer, trop_lourds=(), **contexte):
    """Une liste à reprendre : « ajouter » redonne la page avec des lignes vides de plus, rien n'est perdu."""
    refus, a_confirmer, statut = "", [], 200
    if trop_lourds:
        refus = f"Fichier trop lourd, non reçu : {', '.join(trop_lourds)}. Choisissez-en un plus léger."
    elif request.method == "POST" and lignes.is_valid():
        try:
            fixer(appel, lignes.lignes(), par=request.user, confirme="confirme" in request.POST)
        except operations.AConfirmer as confirmation:
            a_confirmer, statut = confirmation.effets, 409
        except operations.OperationRefusee as erreur:
            refus = str(erreur)
        else:
            messages.success(request, "La liste est enregistrée.")
            return redirect(route, appel.slug) if "rester" in request.POST else suivant(appel, route)
    statut = 422 if refus or lignes.total_error_count() else statut
    return page(request, gabarit, appel, route, statut, lignes=lignes, refus=refus, a_confirmer=a_confirmer, **contexte)
