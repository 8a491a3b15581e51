"""Le fil des messages entre l'organisme et le service, et le retrait du dossier."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers import operations
from dossiers.cycle_de_vie import transitions_possibles
from dossiers.etats import Etat
from dossiers.forms import MessageForm
from dossiers.models import Dossier, fils_visibles_par
from dossiers.views.communs import REFUS, fil_de
from dossiers.views.onglets import onglets


@connecte
def fil(request, numero):
    """Le fil, du plus ancien au plus récent ; lire ne marque rien, un envoi à part le fait."""
    dossier = _dossier_du_fil(request, numero)
    form = MessageForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                message = operations.ecrire_message(
                    dossier, par=request.user, texte=form.cleaned_data["texte"], jeton=form.cleaned_data["jeton"]
                )
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                messages.success(request, "Votre message est envoyé.")
                return redirect(f"{reverse('dossiers-messages', args=[numero])}#message-{message.pk}")
        else:
            status = 422
    return _page(request, dossier, form, status)


def _page(request, dossier, form, status):
    membre = dossier.organisme_id in request.user.ids_organismes
    lignes = list(dossier.messages.all())
    nouveaux = {m.pk for m in lignes if m.lu_le is None and m.du_service == membre}
    # D'un brouillon, l'agent n'apprend que le numéro et ce qu'on lui a écrit.
    tait_le_contenu = not membre and dossier.etat == Etat.BROUILLON
    contexte = {
        "dossier": dossier,
        "membre": membre,
        "cache": tait_le_contenu,
        "lignes": lignes,
        "nouveaux": nouveaux,
        # Change quand un message à soi est parti : celui qu'on écrivait peut s'oublier dans le navigateur.
        "mien": max((m.pk for m in lignes if m.auteur_id == request.user.pk), default=0),
        "dernier": lignes[-1].pk if lignes else 0,
        "form": form,
        "onglets": [] if tait_le_contenu else onglets(request, dossier, "messages", non_lus=len(nouveaux)),
        "fil": [("Dossiers", reverse("dossiers-liste")), (dossier.numero, None)]
        if tait_le_contenu
        else fil_de(dossier, ("Messages", None)),
    }
    return render(request, "dossiers/messages.html", contexte, status=status)


def _dossier_du_fil(request, numero):
    return get_object_or_404(
        fils_visibles_par(request.user).select_related("appel__collectivite", "organisme").prefetch_related("messages"),
        numero=numero,
    )


@connecte
def lus(request, numero):
    """Marque lus les messages affichés ; htmx l'envoie à l'ouverture de la page, un bouton le fait sans lui."""
    dossier = _dossier_du_fil(request, numero)
    if request.method == "POST":
        affiches = {str(message.pk): message.pk for message in dossier.messages.all()}
        operations.marquer_lus(dossier, par=request.user, jusqu_a=affiches.get(request.POST.get("jusqu_a"), 0))
        if request.headers.get("HX-Request"):
            return HttpResponse()
    return redirect("dossiers-messages", numero)


@acces(Role.PORTEUR)
def retirer(request, numero):
    """Une page le demande une dernière fois ; le retrait est un second envoi."""
    dossier = get_object_or_404(
        Dossier.objects.ecrits_par(request.user).select_related("appel__collectivite", "organisme"), numero=numero
    )
    possible = "retirer" in transitions_possibles(dossier, request.user)
    if request.method != "POST":
        if not possible:
            messages.info(
                request,
                "Un dossier déposé se retire jusqu’à la décision, par une personne qui représente l’organisme.",
            )
            return redirect("dossiers-detail", numero)
        return render(
            request, "dossiers/retirer.html", {"dossier": dossier, "fil": fil_de(dossier, ("Retirer le dossier", None))}
        )
    try:
        operations.retirer(dossier, par=request.user, motif=request.POST.get("motif", "")[:4000])
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"Le dossier {dossier.numero} est retiré. Le service en est informé.")
    return redirect("dossiers-detail", numero)
