"""Qui tient quel rôle, et ce que la collectivité écrit sur ses lettres."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from comptes import operations
from comptes.acces import acces
from comptes.forms import AffectationForm, CollectiviteForm
from comptes.models import Affectation, Collectivite, Role

PAR_PAGE = 50


def _administrees(request):
    return Collectivite.objects.filter(pk__in=request.user.ids_collectivites(Role.ADMIN))


@acces(Role.ADMIN)
def accueil(request):
    return render(request, "comptes/administration.html", {"collectivites": _administrees(request)})


def _roles(request, collectivite, form, status=200):
    recherche = request.GET.get("q", "").strip()
    affectations = (
        collectivite.affectations.select_related("utilisateur", "partenaire")
        .order_by("utilisateur__nom", "utilisateur__prenom", "pk")
        .filter(
            Q(utilisateur__nom__icontains=recherche)
            | Q(utilisateur__prenom__icontains=recherche)
            | Q(utilisateur__email__icontains=recherche)
        )
    )
    contexte = {
        "collectivite": collectivite,
        "page": Paginator(affectations, PAR_PAGE).get_page(request.GET.get("page")),
        "recherche": recherche,
        "form": form,
    }
    return render(request, "comptes/roles.html", contexte, status=status)


@acces(Role.ADMIN)
def roles(request, pk):
    collectivite = get_object_or_404(_administrees(request), pk=pk)
    form = AffectationForm(request.POST or None, collectivite=collectivite)
    if request.method == "POST":
        if form.is_valid():
            try:
                affectation = operations.affecter(collectivite, par=request.user, **form.cleaned_data)
            except operations.OperationRefusee as refus:
                form.add_error(None, str(refus))
            else:
                messages.success(
                    request, f"{affectation.utilisateur} tient le rôle « {affectation.get_role_display()} »."
                )
                return redirect("administration-roles", collectivite.pk)
        return _roles(request, collectivite, form, status=422)
    return _roles(request, collectivite, form)


@require_POST
@acces(Role.ADMIN)
def retirer_role(request, pk, affectation_pk):
    collectivite = get_object_or_404(_administrees(request), pk=pk)
    affectation = get_object_or_404(Affectation, collectivite=collectivite, pk=affectation_pk)
    try:
        operations.retirer_affectation(affectation, par=request.user)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"{affectation.utilisateur} ne tient plus ce rôle.")
    request.user.oublier_les_roles()
    return (
        redirect("administration-roles", collectivite.pk)
        if _administrees(request).filter(pk=pk).exists()
        else redirect("accueil")
    )


@acces(Role.ADMIN)
def reglages(request, pk):
    collectivite = get_object_or_404(_administrees(request), pk=pk)
    form = CollectiviteForm(request.POST or None, instance=collectivite)
    if request.method == "POST" and form.is_valid():
        operations.regler_collectivite(form.instance, par=request.user, champs=form.changed_data)
        messages.success(request, "Les réglages sont enregistrés. Les prochaines lettres les portent.")
        return redirect("administration-reglages", collectivite.pk)
    return render(request, "comptes/reglages.html", {"collectivite": collectivite, "form": form})
