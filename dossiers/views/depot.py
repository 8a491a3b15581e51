"""Relire, déposer, compléter, retirer : les gestes qui engagent l'organisme."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes.acces import acces
from comptes.models import Membre, Role
from dossiers import budget, operations
from dossiers.completude import constats, manques
from dossiers.cycle_de_vie import transitions_possibles
from dossiers.etats import Etat
from dossiers.forms import DepotForm
from dossiers.views.saisie import ETAPES, REFUS, contexte_etape, le_mien, refuser_si_fige


@acces(Role.PORTEUR)
def relecture(request, numero):
    dossier = le_mien(request, numero)
    return refuser_si_fige(request, dossier) or _relire(request, dossier, DepotForm())


def _relire(request, dossier, form, refus="", status=200):
    liste = manques(dossier)
    totaux = budget.totaux_du_dossier(dossier)
    contexte = contexte_etape(
        dossier,
        "relecture",
        form=form,
        refus=refus,
        manques=[
            (manque, reverse(f"dossiers-{manque.etape}", args=[dossier.numero]), ETAPES[manque.etape])
            for manque in liste
        ],
        avertissements=[constat for constat in constats(dossier, totaux) if not constat.bloquant],
        totaux=totaux,
        possibles=transitions_possibles(dossier, request.user),
        representants=dossier.organisme.membres.filter(role=Membre.Role.REPRESENTANT).select_related("utilisateur"),
        demande=dossier.demandes_complement.filter(repondue_le=None).first(),
        ouvert=dossier.appel.est_ouvert(),
    )
    return render(request, "dossiers/relecture.html", contexte, status=status)


@acces(Role.PORTEUR)
def deposer(request, numero):
    """Un second clic retrouve le dossier déposé ; un refus garde les cases cochées."""
    dossier = le_mien(request, numero)
    if request.method != "POST":
        return redirect("dossiers-relecture", numero)
    form = DepotForm(request.POST)
    form.is_valid()
    try:
        operations.deposer(
            dossier,
            par=request.user,
            atteste=form.cleaned_data.get("atteste", False),
            souscrit_cer=form.cleaned_data.get("souscrit_cer", False),
        )
    except REFUS as refus:
        dossier = le_mien(request, numero)
        if dossier.etat == Etat.BROUILLON:
            return _relire(request, dossier, form, refus=str(refus), status=409)
        messages.info(request, f"Le dossier {dossier.numero} est déjà déposé : il n’a pas été déposé deux fois.")
    else:
        messages.success(
            request,
            f"Votre dossier {dossier.numero} est déposé. L’accusé de réception arrive dans quelques minutes, "
            "ici et par courriel.",
        )
    return redirect("dossiers-detail", numero)


@acces(Role.PORTEUR)
def completer(request, numero):
    dossier = le_mien(request, numero)
    if request.method != "POST":
        return redirect("dossiers-detail", numero)
    try:
        operations.completer(dossier, par=request.user)
    except REFUS as refus:
        dossier = le_mien(request, numero)
        if dossier.est_modifiable:
            return _relire(request, dossier, DepotForm(), refus=str(refus), status=409)
        messages.info(request, "Vos compléments sont déjà partis : rien n’a été envoyé deux fois.")
    else:
        messages.success(request, "Vos compléments sont envoyés. Le service reprend l’examen de votre dossier.")
    return redirect("dossiers-detail", numero)


@acces(Role.PORTEUR)
def retirer(request, numero):
    dossier = le_mien(request, numero)
    if request.method != "POST":
        return redirect("dossiers-detail", numero)
    try:
        operations.retirer(dossier, par=request.user, motif=request.POST.get("motif", "")[:4000])
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"Le dossier {dossier.numero} est retiré. Le service en est informé.")
    return redirect("dossiers-detail", numero)
