"""La fiche permanente d'un organisme et ses membres."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from comptes import operations
from comptes.acces import connecte
from comptes.forms import MembreForm, OrganismeForm
from comptes.models import Organisme


def _le_mien(request, pk):
    return get_object_or_404(Organisme.objects.visibles_par(request.user), pk=pk)


@connecte
def liste(request):
    organismes = Organisme.objects.visibles_par(request.user)
    if len(organismes) == 1:
        return redirect("organismes-detail", organismes[0].pk)
    return render(request, "comptes/organismes.html", {"organismes": organismes})


@connecte
def nouveau(request):
    form = OrganismeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisme = operations.creer_organisme(form.save(commit=False), par=request.user)
        except operations.OperationRefusee as refus:
            form.add_error("siret", str(refus))
        else:
            messages.success(request, f"« {organisme} » est inscrit. Vous pouvez commencer un dossier.")
            return redirect(_suite_sure(request) or reverse("organismes-detail", args=[organisme.pk]))
    return render(request, "comptes/organisme_form.html", {"form": form, "organisme": None})


def _suite_sure(request):
    """Où continuer ensuite, si c'est bien une page de ce site."""
    suite = request.GET.get("suite", "")
    return suite if url_has_allowed_host_and_scheme(suite, {request.get_host()}, request.is_secure()) else ""


@connecte
def detail(request, pk):
    organisme = _le_mien(request, pk)
    return render(
        request,
        "comptes/organisme.html",
        {
            "organisme": organisme,
            "membres": organisme.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"),
            "represente": request.user.represente(organisme.pk),
            "form": MembreForm(),
        },
    )


@connecte
def modifier(request, pk):
    organisme = _le_mien(request, pk)
    represente = request.user.represente(organisme.pk)
    form = OrganismeForm(request.POST or None, instance=organisme, represente=represente)
    if request.method == "POST" and form.is_valid():
        champs = {nom: form.cleaned_data[nom] for nom in form.Meta.fields if nom in form.fields}
        try:
            operations.modifier_organisme(
                organisme, par=request.user, version=form.cleaned_data["version"] or 0, **champs
            )
        except operations.OperationRefusee as refus:
            form.add_error(None, str(refus))
            form.data = form.data.copy()
            form.data["version"] = Organisme.objects.values_list("version", flat=True).get(pk=organisme.pk)
        else:
            messages.success(request, "La fiche est enregistrée.")
            return redirect("organismes-detail", organisme.pk)
    return render(request, "comptes/organisme_form.html", {"form": form, "organisme": _le_mien(request, pk)})


@require_POST
@connecte
def ajouter_membre(request, pk):
    organisme = _le_mien(request, pk)
    form = MembreForm(request.POST)
    if form.is_valid():
        try:
            membre = operations.ajouter_membre(organisme, par=request.user, **form.cleaned_data)
        except operations.OperationRefusee as refus:
            form.add_error("courriel", str(refus))
        else:
            messages.success(request, f"{membre.utilisateur} est membre de « {organisme} ».")
            return redirect("organismes-detail", organisme.pk)
    contexte = {
        "organisme": organisme,
        "membres": organisme.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"),
        "represente": request.user.represente(organisme.pk),
        "form": form,
    }
    return render(request, "comptes/organisme.html", contexte, status=422)


@require_POST
@connecte
def retirer_membre(request, pk, membre_pk):
    organisme = _le_mien(request, pk)
    membre = get_object_or_404(organisme.membres.select_related("utilisateur"), pk=membre_pk)
    try:
        operations.retirer_membre(membre, par=request.user)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"{membre.utilisateur} n’est plus membre de « {organisme} ».")
    if membre.utilisateur_id == request.user.pk:
        return redirect("organismes-liste")
    return redirect("organismes-detail", organisme.pk)
