"""L'avis de la réunion et son procès-verbal."""

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat
from dossiers.models import Dossier, Financement
from evaluation import lecture, operations
from evaluation.bloquants import bloquants_de
from evaluation.forms import AvisForm
from evaluation.habitants import avis_des_habitants
from evaluation.models import Deport, ProcesVerbal, Reunion
from evaluation.views.communs import REFUS, reunion_conduite, tenter


@acces(Role.AGENT)
def avis(request, numero):
    dossier = get_object_or_404(
        Dossier.objects.instruits_par(request.user)
        .filter(passages__isnull=False)
        .select_related("appel", "organisme")
        .prefetch_related(
            Prefetch("financements", Financement.objects.select_related("financeur")), "lignes_budget", "avis__montants"
        ),
        numero=numero,
    )
    passage = dossier.passages.select_related("reunion").get()
    rendu = getattr(dossier, "avis", None)
    initial = {}
    if rendu:
        initial = {"sens": rendu.sens, "reserves": rendu.reserves, "observations": rendu.observations}
        initial |= {f"montant-{m.financeur_id}": m.montant for m in rendu.montants.all()}
    donnees = request.POST if request.method == "POST" else None
    form = AvisForm(donnees, financements=dossier.financements.all(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.rendre_avis(
                dossier,
                par=request.user,
                sens=form.cleaned_data["sens"],
                montants=form.montants(),
                observations=form.cleaned_data["observations"],
                reserves=form.cleaned_data["reserves"],
            )
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"L’avis sur le dossier {numero} est enregistré.")
            return redirect("reunions-detail", passage.reunion_id)
    membres = list(passage.reunion.membres.select_related("utilisateur"))
    deports = lecture.deports_de([dossier])
    envoyees = lecture.evaluations_envoyees([dossier], deports)[dossier.pk]
    attendus = lecture.attendus(passage.reunion, [dossier], deports, membres)[dossier.pk]
    ont_envoye = {e.evaluateur_id for e in envoyees}
    revele = lecture.est_revele(passage, attendus, envoyees)
    contexte = {
        "dossier": dossier,
        "reunion": passage.reunion,
        "rendu": rendu,
        "form": form,
        "ouvert": dossier.etat == Etat.EN_EVALUATION and not passage.reunion.est_close,
        "revele": revele,
        "evaluations": envoyees if revele else [],
        "synthese": lecture.synthese_des_notes(envoyees) if revele else None,
        # L'agent sait qui a envoyé ; il ne sait pas quoi avant que tous l'aient fait.
        "evaluateurs": [
            (m, m.utilisateur_id in ont_envoye) for m in membres if m.utilisateur_id in attendus | ont_envoye
        ],
        "deportes": [m.utilisateur for m in membres if m.utilisateur_id in deports[dossier.pk]],
        "bloquants": bloquants_de([dossier.pk]).get(dossier.pk, []) if revele else [],
        "habitants": avis_des_habitants([dossier.pk])[dossier.pk],
        "envoyees": len(envoyees),
        "attendues": len(attendus | ont_envoye),
        "totaux": totaux_du_dossier(dossier),
    }
    return render(request, "evaluation/avis.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT)
@require_POST
def demander_proces_verbal(request, pk):
    reunion = reunion_conduite(request, pk)
    tenter(
        request,
        lambda: operations.demander_proces_verbal(reunion, par=request.user),
        "Le procès-verbal se prépare. Il apparaît ici dans un instant ; rechargez la page.",
    )
    return redirect("reunions-detail", pk)


@connecte
@require_GET
def telecharger_proces_verbal(request, pk):
    """Celui d'une réunion thématique cite tous les dossiers : aux seuls agents qui ne s'en sont déportés d'aucun.

    Celui d'une réunion sans dossiers se lit par toutes les personnes qui y sont conviées.
    """
    sans_dossiers = Reunion.objects.visibles_par(request.user).filter(appel=None)
    proces_verbal = get_object_or_404(
        ProcesVerbal.objects.select_related("reunion")
        .filter(
            Q(reunion__in=Reunion.objects.conduites_par(request.user)) | Q(reunion__in=sans_dossiers),
            produit_le__isnull=False,
        )
        .exclude(reunion__passages__dossier__deports__utilisateur=request.user),
        pk=pk,
    )
    # Un dossier passé depuis à une autre réunion y figure encore.
    cites = [dossier["numero"] for dossier in proces_verbal.donnees.get("dossiers", ())]
    deporte = Deport.objects.filter(utilisateur=request.user, dossier__numero__in=cites).exists()
    if deporte or not proces_verbal.fichier:
        raise Http404
    genre = "proces-verbal" if proces_verbal.reunion.est_thematique else "compte-rendu"
    return FileResponse(
        proces_verbal.fichier.open(),
        as_attachment=True,
        filename=f"{genre}-{proces_verbal.reunion_id}-v{proces_verbal.version}.pdf",
        content_type="application/pdf",
    )
