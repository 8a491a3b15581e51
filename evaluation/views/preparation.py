"""Préparer : une réunion par enjeu, convier plusieurs personnes, supprimer, changer un dossier de réunion."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from appels.models import Appel
from comptes.acces import acces
from comptes.models import Affectation, Role
from dossiers.etats import Etat
from dossiers.models import Cible, Dossier
from evaluation import operations
from evaluation.forms import AutreReunionForm, MembreForm, ParEnjeuForm
from evaluation.models import Deport
from evaluation.operations.preparation import contenu, enjeux_pourvus
from evaluation.views.communs import REFUS, reunion_conduite, tenter

NOTENT_OU_LISENT = (Role.EVALUATEUR, Role.CITOYEN)
# Un groupe de travail ou un pilotage ne lit pas de dossiers : agents et financeurs y siègent aussi.
SIEGENT = (*NOTENT_OU_LISENT, Role.AGENT, Role.FINANCEUR)


@acces(Role.AGENT)
def par_enjeu(request):
    # D'abord les appels dont des dossiers attendent une réunion.
    attendent = Exists(Dossier.objects.filter(appel=OuterRef("pk"), etat=Etat.RECEVABLE))
    appels = list(
        Appel.objects.geres_par(request.user)
        .select_related("convention")
        .annotate(attendent=attendent)
        .order_by("-attendent", "-annee", "-pk")
    )
    choisi = request.POST.get("appel") or request.GET.get("appel")
    appel = next((a for a in appels if a.slug == choisi), appels[0] if appels else None)
    if appel is None:
        return render(request, "evaluation/par_enjeu.html", {"appels": [], "appel": None})
    pourvus = enjeux_pourvus(appel)
    libres = appel.convention.enjeux.exclude(pk__in=pourvus)
    form = ParEnjeuForm(request.POST or None, enjeux=libres, initial={"enjeux": libres})
    if request.method == "POST" and form.is_valid():
        try:
            reunions = operations.preparer_par_enjeu(appel, form.dates(), par=request.user, **form.communs())
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, _pretes(len(reunions)))
            return redirect("appels-repartir", appel.slug)
    nombres = _recevables_par_enjeu(appel)
    contexte = {
        "appels": appels,
        "appel": appel,
        "form": form,
        "prevues": [(enjeu, pourvus[enjeu.pk]) for enjeu in appel.convention.enjeux.all() if enjeu.pk in pourvus],
        "cases": [(case, nombres.get(case.data["value"].value, 0)) for case in form["enjeux"]],
    }
    return render(request, "evaluation/par_enjeu.html", contexte, status=422 if form.errors else 200)


def _pretes(nombre):
    if nombre > 1:
        return (
            f"{nombre} réunions sont prêtes. Relisez leurs dates, conviez les membres, puis répartissez les dossiers."
        )
    if nombre:
        return "La réunion est prête. Relisez sa date, conviez ses membres, puis répartissez les dossiers."
    return "Ces réunions existaient déjà : rien n’a été doublé."


def _recevables_par_enjeu(appel):
    """{enjeu: dossiers recevables qui le visent d'abord}."""
    return dict(
        Cible.objects.filter(dossier__appel=appel, dossier__etat=Etat.RECEVABLE)
        .order_by()
        .values_list("objectif__strategique__enjeu")
        .annotate(nombre=Count("dossier", distinct=True))
    )


@acces(Role.AGENT)
def convier(request, pk):
    reunion = reunion_conduite(request, pk)
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    places = {membre.utilisateur_id: membre for membre in membres}
    affectations = list(
        Affectation.objects.filter(
            collectivite=reunion.collectivite_id,
            role__in=NOTENT_OU_LISENT if reunion.est_thematique else SIEGENT,
            utilisateur__is_active=True,
        )
        .select_related("utilisateur", "partenaire")
        .order_by("partenaire__nom", "utilisateur__nom", "utilisateur__prenom", "pk")
    )
    coches = set(places)
    if request.method == "POST":
        coches, vus = _nombres(request.POST.getlist("personnes")), _nombres(request.POST.getlist("vus"))
        if _fixer(request, reunion, affectations, coches, vus):
            return redirect("reunions-detail", pk)
    contexte = {
        "reunion": reunion,
        "groupes": _groupes(affectations, places, coches),
        "autres": [
            (membre.utilisateur, membre.utilisateur_id in coches)
            for membre in membres
            if membre.utilisateur_id not in {a.utilisateur_id for a in affectations}
        ],
        "vus": sorted(places),
        # Une personne à la fois, quand sa structure ou son rôle dans cette réunion ne sont pas ceux d'ordinaire.
        "form_membre": MembreForm(reunion=reunion) if reunion.est_thematique and not reunion.est_close else None,
    }
    return render(request, "evaluation/convier.html", contexte, status=409 if request.method == "POST" else 200)


def _nombres(valeurs):
    return {int(valeur) for valeur in valeurs if valeur.isdecimal()}


def _fixer(request, reunion, affectations, coches, vus):
    """Ce que la personne a changé, elle seule : un autre agent a pu convier quelqu'un pendant ce temps."""
    connus = {}
    for affectation in affectations:
        structure = affectation.partenaire.nom if affectation.partenaire else ""
        connus.setdefault(affectation.utilisateur_id, (affectation.utilisateur, structure))
    ajouts = [connus[pk] for pk in sorted(coches - vus) if pk in connus]
    retraits = vus - coches
    if not ajouts and not retraits:
        messages.info(request, "Rien n’a changé.")
        return True
    return tenter(
        request,
        lambda: operations.fixer_membres(reunion, par=request.user, ajouts=ajouts, retraits=retraits),
        "La liste des membres est enregistrée. Les personnes ajoutées sont prévenues par courriel."
        if ajouts and (reunion.est_thematique or reunion.convoquee_le)
        else "La liste des membres est enregistrée.",
    )


def _groupes(affectations, places, coches):
    """Par structure : (nom, est un conseil citoyen, [(personne, coché, note les dossiers)])."""
    groupes, places_dites = {}, set()
    for affectation in affectations:
        if affectation.utilisateur_id in places_dites:
            continue
        places_dites.add(affectation.utilisateur_id)
        nom = affectation.partenaire.nom if affectation.partenaire else "Sans structure"
        citoyen = affectation.role == Role.CITOYEN
        groupe = groupes.setdefault((citoyen, nom), [])
        groupe.append((affectation.utilisateur, affectation.utilisateur_id in coches))
    return [(nom, citoyen, personnes) for (citoyen, nom), personnes in sorted(groupes.items(), key=lambda g: g[0])]


@acces(Role.AGENT)
def supprimer(request, pk):
    reunion = reunion_conduite(request, pk)
    if request.method == "POST" and tenter(
        request,
        lambda: operations.supprimer_reunion(reunion, par=request.user),
        f"La réunion « {reunion.titre} » est supprimée.",
    ):
        return redirect("evaluation-accueil")
    reste = contenu(reunion)
    contexte = {
        "reunion": reunion,
        "reste": reste,
        "a_des_dossiers": reunion.passages.exists(),
        "form": AutreReunionForm(reunion=reunion),
    }
    return render(request, "evaluation/supprimer.html", contexte, status=409 if request.method == "POST" else 200)


@acces(Role.AGENT)
@require_POST
def changer_tous(request, pk):
    reunion = reunion_conduite(request, pk)
    form = AutreReunionForm(request.POST, reunion=reunion)
    if not form.is_valid():
        messages.error(request, "Choisissez une réunion de la liste.")
        return redirect("reunions-supprimer", pk)
    vers = form.cleaned_data["vers"]
    if not tenter(
        request,
        lambda: operations.changer_tous(reunion, vers, par=request.user, motif=form.cleaned_data["motif"]),
        f"Tous les dossiers sont passés à « {vers.titre} ».",
    ):
        return redirect("reunions-supprimer", pk)
    return redirect("reunions-detail", vers.pk)


@acces(Role.AGENT)
def changer(request, pk, passage_pk):
    reunion = reunion_conduite(request, pk)
    deportes = Deport.objects.filter(utilisateur=request.user).values("dossier")
    passage = get_object_or_404(
        reunion.passages.exclude(dossier__in=deportes).select_related("dossier__organisme", "reunion"), pk=passage_pk
    )
    form = AutreReunionForm(request.POST or None, reunion=reunion)
    if request.method == "POST" and form.is_valid():
        vers = form.cleaned_data["vers"]
        try:
            operations.changer_de_reunion(passage, vers, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"Le dossier {passage.dossier.numero} passe à « {vers.titre} ».")
            return redirect("reunions-detail", vers.pk)
    contexte = {"form": form, "passage": passage, "reunion": reunion}
    return render(request, "evaluation/changer.html", contexte, status=422 if form.errors else 200)
