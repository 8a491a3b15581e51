"""Les conflits d'intérêts vus du service : ceux d'une réunion, en consigner un, en annuler un, se déporter soi-même."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from comptes.acces import acces
from comptes.models import Membre, Role
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import operations
from evaluation.forms import ConsignerForm, DeportForm, MotifForm
from evaluation.historique import faits_de_deport, perdu_par
from evaluation.liens_possibles import de_la_reunion
from evaluation.models import Deport, PassageDossier
from evaluation.operations.deports import obstacle_a_l_annulation
from evaluation.views.communs import REFUS, reunion_thematique


@acces(Role.AGENT)
def de_reunion(request, pk):
    """Les déports et les liens possibles, sans rien des dossiers dont l'agent s'est lui-même déporté."""
    reunion = reunion_thematique(request, pk)
    donnees = request.POST if request.method == "POST" else None
    form = ConsignerForm(donnees, reunion=reunion, par=request.user, initial=_choisis(request))
    if request.method == "POST" and form.is_valid():
        donnees = form.cleaned_data
        personne, numero = donnees["personne"], donnees["dossier"].numero
        try:
            operations.consigner_deport(
                donnees["dossier"], personne, par=request.user, motif=donnees["motif"], recu=donnees["recu"]
            )
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(
                request,
                "Votre déport est enregistré. Le dossier ne vous est plus accessible."
                if personne == request.user
                else f"Le déport de {personne} pour le dossier {numero} est consigné. Un courriel l’en prévient.",
            )
            return redirect("reunions-deports", pk)
    return _page(request, reunion, form)


def _choisis(request):
    """Ce qu'un lien possible propose de consigner."""
    return {nom: request.GET[nom] for nom in ("personne", "dossier") if request.GET.get(nom, "").isdecimal()}


def _page(request, reunion, form):
    dossiers = list(
        Dossier.objects.filter(passages__reunion=reunion).select_related("organisme").order_by("passages__rang", "pk")
    )
    deports = list(
        Deport.objects.filter(dossier__in=dossiers)
        .select_related("utilisateur", "consigne_par", "dossier__organisme")
        .order_by("utilisateur__nom", "dossier__numero")
    )
    caches = {d.dossier_id for d in deports if d.utilisateur_id == request.user.pk}
    lisibles = [d for d in dossiers if d.pk not in caches]
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    appartenances = list(
        Membre.objects.filter(organisme__in={d.organisme_id for d in lisibles})
        .select_related("utilisateur", "organisme")
        .order_by("utilisateur__nom", "organisme__nom", "pk")
    )
    form.proposer(membres, lisibles)
    contexte = {
        "reunion": reunion,
        "deports": [d for d in deports if d.dossier_id not in caches],
        "caches": len(caches),
        "possibles": de_la_reunion(membres, lisibles, deports, appartenances),
        "du_porteur": _a_dire(appartenances, membres, lisibles, deports),
        "faits": faits_de_deport(lisibles),
        "form": form if lisibles else None,
    }
    return render(request, "evaluation/deports.html", contexte, status=422 if form.errors else 200)


def _a_dire(appartenances, membres, dossiers, deports):
    """Les membres de la réunion qui sont aussi ceux d'un organisme porteur, et ne se sont pas déportés partout."""
    convies = {membre.utilisateur_id for membre in membres}
    ecartes = {(deport.utilisateur_id, deport.dossier_id) for deport in deports}
    return [
        appartenance
        for appartenance in appartenances
        if appartenance.utilisateur_id in convies
        and any(
            dossier.organisme_id == appartenance.organisme_id
            and (appartenance.utilisateur_id, dossier.pk) not in ecartes
            for dossier in dossiers
        )
    ]


@acces(Role.AGENT)
def annuler(request, pk):
    deport = get_object_or_404(
        Deport.objects.filter(dossier__appel__collectivite__in=request.user.ids_collectivites(Role.AGENT))
        .exclude(dossier__deports__utilisateur=request.user)
        .select_related("utilisateur", "dossier__appel", "dossier__organisme"),
        pk=pk,
    )
    dossier = deport.dossier
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    form = MotifForm(request.POST if request.method == "POST" else None)
    form.fields["motif"].help_text = "Par exemple : la personne s’est trompée de dossier. L’historique le garde."
    if request.method == "POST" and form.is_valid():
        try:
            operations.annuler_deport(deport, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(
                request,
                f"Le déport de {deport.utilisateur} pour le dossier {dossier.numero} est annulé. "
                "Un courriel l’en prévient.",
            )
            if passage:
                return redirect("reunions-deports", passage.reunion_id)
            return redirect("dossiers-detail", dossier.numero)
    contexte = {
        "deport": deport,
        "passage": passage,
        "obstacle": obstacle_a_l_annulation(deport, dossier, passage.reunion if passage else None),
        "perdu": perdu_par(deport),
        "form": form,
    }
    return render(request, "evaluation/deport_annuler.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT, Role.FINANCEUR)
def se_deporter(request, numero):
    """Hors de toute réunion : l'agent qui instruit le dossier, ou le financeur qui le finance."""
    organismes = request.user.ids_organismes
    dossier = get_object_or_404(
        Dossier.objects.visibles_par(request.user)
        .exclude(deports__utilisateur=request.user)
        .exclude(etat=Etat.BROUILLON)
        .exclude(organisme__in=organismes)
        .select_related("organisme", "appel")
        .distinct(),
        numero=numero,
    )
    form = DeportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.declarer_deport(dossier, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"Votre déport est enregistré. Le dossier {numero} ne vous est plus accessible.")
            return redirect("accueil")
    contexte = {"dossier": dossier, "form": form}
    return render(request, "evaluation/se_deporter.html", contexte, status=422 if form.errors else 200)
