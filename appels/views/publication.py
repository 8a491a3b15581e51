"""Relire tout l'appel, le publier, le remettre en préparation ; repartir de celui de l'an passé."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from appels import operations
from appels.forms import DuplicationForm
from appels.models import Appel
from appels.recapitulatif import recapitulatif
from appels.views.cadre import dire, lire_ou_ecrire, mon_appel, page
from comptes.acces import acces
from comptes.models import Role


@lire_ou_ecrire
@acces(Role.AGENT)
def publier(request, slug):
    appel = mon_appel(request, slug)
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
        "manques": _avec_adresse(appel, manques),
        "avertissements": _avec_adresse(appel, operations.avertissements(appel)),
        "recapitulatif": recapitulatif(appel),
    }
    return page(request, "appels/publier.html", appel, "appels-publier", statut, **contexte)


def _avec_adresse(appel, phrases):
    return [(phrase, reverse(route, args=[appel.slug])) for phrase, route in phrases]


@require_POST
@acces(Role.AGENT)
def depublier(request, slug):
    appel = mon_appel(request, slug, avec_listes=False)
    try:
        operations.depublier_appel(appel, par=request.user)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "L’appel est de nouveau en préparation : il n’est plus visible du public.")
    return redirect("appels-publier", appel.slug)


@lire_ou_ecrire
@acces(Role.AGENT)
def dupliquer(request, slug):
    """Ce que la copie reprend et propose ; elle naît au bouton, une seule fois même cliqué deux fois."""
    appel = mon_appel(request, slug, avec_listes=False)
    reprise = operations.preparer_reprise(appel)
    form = DuplicationForm(request.POST or None, instance=Appel(), initial=reprise.champs)
    if request.method == "POST" and form.is_valid():
        try:
            copie = operations.dupliquer_appel(appel, par=request.user, **form.champs)
        except (operations.OperationRefusee, ValidationError) as refus:
            dire(form, refus)
        else:
            messages.success(
                request, "La copie est prête, en préparation. Relisez ses dates, ses règles, puis ses enveloppes."
            )
            return redirect("appels-modifier", copie.slug)
    contexte = {
        "appel": appel,
        "form": form,
        "reprise": reprise,
        "recapitulatif": recapitulatif(appel),
        "fil": [
            ("Appels à projets", reverse("appels-liste")),
            (appel.intitule, reverse("appels-detail", args=[appel.slug])),
            ("Dupliquer", None),
        ],
    }
    return render(request, "appels/dupliquer.html", contexte, status=422 if form.errors else 200)
