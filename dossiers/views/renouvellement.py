"""Renouveler une action : choisir l'appel, dire ce qui a été réalisé, répondre aux réserves, comparer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from comptes.acces import ENTETE_CHAMPS, acces, connecte, exiger
from comptes.models import Role
from dossiers import operations
from dossiers.forms.renouvellement import RealisationForm, ReservesForm
from dossiers.memoire import appels_pour, memoire, taire_l_an_passe
from dossiers.models import Dossier
from dossiers.operations import RENOUVELABLES
from dossiers.views.communs import REFUS, fil_de, le_mien, refuser_si_fige
from dossiers.views.enregistrement import a_lire, enregistrer_champs, enregistrer_page


@acces(Role.PORTEUR)
def renouveler(request, numero):
    """Depuis un dossier d'avant : l'appel ouvert où le reconduire."""
    ancien = get_object_or_404(
        Dossier.objects.ecrits_par(request.user).select_related("appel", "organisme").filter(etat__in=RENOUVELABLES),
        numero=numero,
    )
    appels = list(appels_pour(ancien))
    erreur = ""
    if request.method == "POST":
        appel = next((appel for appel in appels if appel.slug == request.POST.get("appel")), None)
        if appel is None:
            erreur = "Choisissez un appel à projets ouvert."
        else:
            try:
                dossier, perdus = operations.renouveler(ancien, appel, par=request.user)
            except REFUS as refus:
                erreur = str(refus)
            else:
                for phrase in perdus:
                    messages.warning(request, phrase)
                return redirect("dossiers-realise", dossier.numero)
    contexte = {
        "ancien": ancien,
        "appels": appels,
        "erreur": erreur,
        "fil": fil_de(ancien, ("Renouveler l’action", None)),
    }
    return render(request, "dossiers/avant/renouveler.html", contexte, status=409 if erreur else 200)


def _renouvellement(request, numero):
    dossier = le_mien(request, numero)
    passe = memoire(dossier)
    if passe is None:
        raise Http404
    return dossier, passe


@connecte
def realise(request, numero):
    """Facultatif : ce que l'action de l'an passé a donné, à côté de ce qui était prévu."""
    return _section(request, numero, RealisationForm, "dossiers/avant/realise.html", "Ce qui a été réalisé")


@connecte
def reserves(request, numero):
    """Une réserve, une case, une réponse."""
    return _section(request, numero, ReservesForm, "dossiers/avant/reserves.html", "Les réserves de l’an passé")


MERCI = {
    "realise": "Ce qui a été réalisé est enregistré ; votre bilan partira de ces chiffres.",
    "reserves": "Vos réponses sont enregistrées. Les personnes qui liront le dossier les verront.",
}


def _section(request, numero, formulaire, gabarit, titre):
    """Comme les sections du dossier : champ par champ à mesure, ou toute la page par le bouton."""
    if request.headers.get(ENTETE_CHAMPS):
        return enregistrer_champs(request, Dossier(numero=numero), formulaire)
    exiger(request.user, Role.PORTEUR)
    dossier, passe = _renouvellement(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    code = formulaire.section
    if code == "reserves" and not passe.reserves:
        raise Http404
    suite = "dossiers-reserves" if code == "realise" and passe.reserves else "dossiers-comparaison"
    form, conflits, status = formulaire(dossier=dossier), {}, 200
    if request.method == "POST":
        form, conflits, status = enregistrer_page(request, dossier, formulaire, request.POST)
        if status == 302:
            messages.success(request, MERCI[code])
            return redirect(suite, numero)
    contexte = {
        "dossier": dossier,
        "passe": passe,
        "form": form,
        "conflits": a_lire(form, conflits),
        "suite": suite,
        "fil": fil_de(dossier, (titre, None)),
    }
    return render(request, gabarit, contexte, status=status)


@connecte
def comparer(request, numero):
    """Prévu et réalisé de l'an passé, prévu de cette année ; pour qui voit le dossier."""
    dossier = get_object_or_404(
        Dossier.objects.visibles_par(request.user).avec_contenu().prefetch_related("indicateurs"), numero=numero
    )
    passe = memoire(taire_l_an_passe(dossier, request.user))
    if passe is None:
        raise Http404
    contexte = {
        "dossier": dossier,
        "passe": passe,
        "modifiable": dossier.est_modifiable and dossier.organisme_id in request.user.ids_organismes,
        "fil": fil_de(dossier, ("D’une année à l’autre", None)),
    }
    return render(request, "dossiers/avant/comparaison.html", contexte)
