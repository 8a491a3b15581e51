"""Le budget annuel de la structure : la même page pour tous les dossiers de l'organisme."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from comptes.acces import ENTETE_CHAMPS, acces
from comptes.models import Role
from dossiers import budget, operations
from dossiers.completude import budget_de_structure
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etapes import etapes_de
from dossiers.forms.champs import Lecture
from dossiers.forms.structure import BudgetStructureForm
from dossiers.operations.structure import budget_precedent, enregistrer_structure, reprendre_structure
from dossiers.views.communs import REFUS, contexte_etape, le_mien, refuser_si_fige, url_etape
from dossiers.views.enregistrement import a_lire, pour_le_script
from dossiers.views.saisie import suite

CODE = "budget-structure"
CONFLIT = (
    "Une autre personne de votre organisme a modifié les mêmes lignes pendant que vous écriviez. Votre saisie est "
    "conservée ci-dessous : relisez, puis enregistrez à nouveau pour la garder."
)


@acces(Role.PORTEUR)
def budget_structure(request, numero):
    """Lire ou enregistrer le budget de la structure ; rien de ce qui est tapé ne se perd."""
    dossier = le_mien(request, numero)
    if CODE not in {etape.code for etape in etapes_de(dossier)}:
        raise Http404
    if request.method == "POST" and request.headers.get(ENTETE_CHAMPS):
        return _champs(request, dossier)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    form, conflits, status = BudgetStructureForm(dossier=dossier), {}, 200
    if request.method == "POST" and "reprendre" in request.POST:
        return _reprendre(request, dossier)
    if request.method == "POST":
        form, conflits, status = _enregistrer(request, dossier)
        if status == 302:
            return redirect(suite(request, dossier, CODE))
        dossier = le_mien(request, numero)
    saisi = form.budget() if form.is_bound and form.is_valid() else budget_de_structure(dossier)
    return render(
        request,
        "dossiers/budget_structure.html",
        contexte_etape(
            dossier,
            CODE,
            form=form,
            totaux=saisi.totaux,
            exces=-saisi.totaux.ecart,
            plus_grand=max(saisi.totaux.charges, saisi.totaux.produits),
            plus_petit=min(saisi.totaux.charges, saisi.totaux.produits),
            action=budget.totaux_du_dossier(dossier),
            precedent=budget_precedent(dossier),
            conflits=a_lire(form, conflits),
        ),
        status=status,
    )


def _reprendre(request, dossier):
    try:
        reprises = reprendre_structure(dossier, par=request.user)
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        if reprises:
            messages.success(request, "L’exercice précédent est repris. Mettez à jour ce qui change.")
        else:
            messages.info(request, "Il n’y avait rien de plus à reprendre.")
    return redirect(url_etape(dossier, CODE))


def _enregistrer(request, dossier):
    envoyees = request.POST
    lecture = Lecture.de(envoyees.get("version", ""))
    try:
        ecriture = enregistrer_structure(dossier, BudgetStructureForm, envoyees, par=request.user, lecture=lecture)
    except REFUS as refus:
        form = BudgetStructureForm(envoyees, dossier=dossier)
        form.add_error(None, str(refus))
        return form, {}, 409
    if not ecriture.erreurs and not ecriture.conflits:
        return None, {}, 302
    frais = BudgetStructureForm(dossier=ecriture.dossier)
    gardes = set(frais.saisis) - ecriture.recus.keys()
    form = BudgetStructureForm(frais.fondre(envoyees, gardes), dossier=ecriture.dossier)
    form.is_valid()
    if ecriture.conflits:
        form.add_error(None, CONFLIT)
    return form, ecriture.conflits, 409 if ecriture.conflits else 422


def _champs(request, dossier):
    try:
        ecriture = enregistrer_structure(
            dossier,
            BudgetStructureForm,
            request.POST,
            par=request.user,
            lecture=Lecture.de(request.POST.get("version", "")),
            noms=set(request.POST.getlist("champs")),
            garder=set(request.POST.getlist("garder")),
        )
    except TransitionInterdite as refus:
        raise Http404 from refus
    except operations.OperationRefusee as refus:
        return JsonResponse({"fige": str(refus)}, status=409)
    temoin = BudgetStructureForm(dossier=ecriture.dossier).temoin
    return pour_le_script(ecriture, temoin, timezone.now())
