"""Les pages de la réunion : file de lecture, ordre du jour, notation, avis, procès-verbal."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers.budget import totaux_du_dossier
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Dossier
from dossiers.operations import OperationRefusee
from evaluation import lecture, operations
from evaluation.forms import AvisForm, DeportForm, EvaluationForm, MembreForm, MotifForm, PresenceForm, ReunionForm
from evaluation.models import Evaluation, MembreReunion, PassageDossier, ProcesVerbal, Reunion

LECTEURS = (Role.EVALUATEUR, Role.CITOYEN, Role.AGENT)
REFUS = (OperationRefusee, TransitionInterdite)


def _reunion(request, pk):
    return get_object_or_404(
        Reunion.objects.visibles_par(request.user).select_related("appel__collectivite", "enjeu"), pk=pk
    )


def _conduite(request, pk):
    return get_object_or_404(
        Reunion.objects.conduites_par(request.user).select_related("appel__collectivite", "enjeu"), pk=pk
    )


def _tenter(request, action, succes):
    """Exécute un verbe ; dit le succès ou le refus. Rend True si le verbe a eu lieu."""
    try:
        action()
    except REFUS as refus:
        messages.error(request, str(refus))
        return False
    messages.success(request, succes)
    return True


@acces(*LECTEURS)
@require_GET
def accueil(request):
    reunions = list(
        Reunion.objects.visibles_par(request.user)
        .select_related("appel", "enjeu")
        .annotate(
            nb_dossiers=Count("passages", distinct=True),
            nb_membres=Count("membres", distinct=True),
            nb_avis=Count("avis", distinct=True),
        )
        .order_by("close_le", "debut", "pk")
    )
    contexte = {"reunions": reunions, "agent": Role.AGENT in request.user.roles, "file": _file(request.user, reunions)}
    return render(request, "evaluation/accueil.html", contexte)


def _file(utilisateur, reunions):
    """Ma file de lecture : (réunion, dossiers à noter) pour les réunions ouvertes où je note."""
    ou_je_note = set(
        MembreReunion.objects.filter(utilisateur=utilisateur, evalue=True).values_list("reunion_id", flat=True)
    )
    ouvertes = [r for r in reunions if r.pk in ou_je_note and not r.est_close]
    passages = (
        PassageDossier.objects.filter(
            reunion__in=ouvertes, dossier__in=Dossier.objects.visibles_par(utilisateur).values("pk")
        )
        .select_related("dossier__organisme")
        .order_by("rang", "pk")
    )
    envoyees = dict(Evaluation.objects.filter(evaluateur=utilisateur).values_list("dossier_id", "envoyee_le"))
    par_reunion = {reunion.pk: [] for reunion in ouvertes}
    for passage in passages:
        dossier = passage.dossier
        dossier.minutes = lecture.minutes_de_lecture(dossier)
        dossier.commence = dossier.pk in envoyees
        dossier.envoye_le = envoyees.get(dossier.pk)
        par_reunion[passage.reunion_id].append(dossier)
    return [
        {
            "reunion": reunion,
            "dossiers": par_reunion[reunion.pk],
            "a_faire": sum(not d.envoye_le for d in par_reunion[reunion.pk]),
            "minutes": sum(d.minutes for d in par_reunion[reunion.pk] if not d.envoye_le),
        }
        for reunion in ouvertes
    ]


@acces(Role.AGENT)
def nouvelle(request):
    form = ReunionForm(request.POST or None, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        reunion = operations.creer_reunion(par=request.user, **form.cleaned_data)
        messages.success(request, "La réunion est créée. Conviez ses membres, puis inscrivez les dossiers.")
        return redirect("reunions-detail", reunion.pk)
    return render(request, "evaluation/reunion_form.html", {"form": form, "reunion": None})


@acces(Role.AGENT)
def modifier(request, pk):
    reunion = _conduite(request, pk)
    form = ReunionForm(request.POST or None, instance=reunion, utilisateur=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_reunion(reunion, par=request.user, **form.cleaned_data)
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est enregistrée.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/reunion_form.html", {"form": form, "reunion": reunion})


@acces(*LECTEURS)
@require_GET
def detail(request, pk):
    reunion = _reunion(request, pk)
    agent = lecture.conduit(request.user, reunion)
    passages = list(
        reunion.passages.select_related("dossier__organisme", "dossier__avis")
        .prefetch_related("dossier__cibles__quartier", "dossier__financements")
        .order_by("rang", "pk")
    )
    dossiers = [passage.dossier for passage in passages]
    visibles = set(
        Dossier.objects.visibles_par(request.user).filter(pk__in=[d.pk for d in dossiers]).values_list("pk", flat=True)
    )
    evaluations = lecture.evaluations_envoyees(dossiers)
    attendus = lecture.attendus(reunion, dossiers)
    for passage in passages:
        dossier = passage.dossier
        # Un membre déporté ne lit ni le titre, ni le porteur, ni les montants.
        passage.ferme = dossier.pk not in visibles
        passage.envoyees = len(evaluations[dossier.pk])
        passage.attendues = len(attendus[dossier.pk])
        passage.revele = lecture.est_revele(reunion, attendus[dossier.pk], evaluations[dossier.pk])
        passage.moyenne = lecture.synthese_des_notes(evaluations[dossier.pk]).moyenne if passage.revele else None
        passage.demande = sum(f.montant_demande for f in dossier.financements.all())
        passage.mienne = any(e.evaluateur_id == request.user.pk for e in evaluations[dossier.pk])
        passage.a_un_avis = dossier.etat != Etat.EN_EVALUATION and hasattr(dossier, "avis")
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    contexte = {
        "reunion": reunion,
        "agent": agent,
        "passages": passages,
        "membres": membres,
        "je_note": any(m.utilisateur_id == request.user.pk and m.evalue for m in membres),
        "presences": MembreReunion.Presence.choices,
        "proces_verbaux": list(reunion.proces_verbaux.all()) if agent else [],
        "form_membre": MembreForm(reunion=reunion) if agent and not reunion.est_close else None,
    }
    return render(request, "evaluation/reunion.html", contexte)


@acces(Role.AGENT)
@require_POST
def membres(request, pk):
    reunion = _conduite(request, pk)
    form = MembreForm(request.POST, reunion=reunion)
    if form.is_valid():
        donnees = form.cleaned_data
        _tenter(
            request,
            lambda: operations.convier(
                reunion,
                donnees["utilisateur"],
                par=request.user,
                structure=donnees["structure"],
                evalue=donnees["evalue"],
            ),
            f"{donnees['utilisateur']} est convié à la réunion.",
        )
    else:
        messages.error(request, "Choisissez une personne de la liste.")
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def retirer_membre(request, pk, membre_pk):
    reunion = _conduite(request, pk)
    membre = get_object_or_404(reunion.membres.select_related("utilisateur", "reunion"), pk=membre_pk)
    _tenter(
        request,
        lambda: operations.retirer_membre(membre, par=request.user),
        f"{membre.utilisateur} n’est plus convié.",
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
@require_POST
def presence(request, pk, membre_pk):
    reunion = _conduite(request, pk)
    membre = get_object_or_404(reunion.membres.select_related("utilisateur", "reunion"), pk=membre_pk)
    form = PresenceForm(request.POST)
    if form.is_valid():
        _tenter(
            request,
            lambda: operations.marquer_presence(membre, form.cleaned_data["presence"], par=request.user),
            f"Présence de {membre.utilisateur} enregistrée.",
        )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
def ordre_du_jour(request, pk):
    reunion = _conduite(request, pk)
    candidats = (
        Dossier.objects.instruits_par(request.user)
        .filter(appel=reunion.appel, etat=Etat.RECEVABLE)
        .select_related("organisme")
        .prefetch_related("cibles__objectif__strategique__enjeu")
        .order_by("numero")
    )
    enjeux = reunion.appel.convention.enjeux.all()
    filtre = request.GET.get("enjeu", str(reunion.enjeu_id or "") if request.method == "GET" else "")
    if filtre.isdigit():
        candidats = candidats.filter(cibles__objectif__strategique__enjeu=int(filtre)).distinct()
    if request.method == "POST":
        choisis = list(candidats.filter(numero__in=request.POST.getlist("dossiers")))
        inscrits = 0
        for dossier in choisis:
            try:
                operations.inscrire(reunion, dossier, par=request.user)
                inscrits += 1
            except REFUS as refus:
                messages.error(request, str(refus))
        if inscrits:
            messages.success(
                request,
                f"{inscrits} dossiers sont inscrits à l’ordre du jour."
                if inscrits > 1
                else "Un dossier est inscrit à l’ordre du jour.",
            )
            return redirect("reunions-detail", pk)
        if not choisis:
            messages.error(request, "Cochez au moins un dossier.")
    contexte = {"reunion": reunion, "candidats": candidats, "enjeux": enjeux, "filtre": filtre}
    return render(request, "evaluation/ordre_du_jour.html", contexte)


def _passage(request, pk, passage_pk):
    reunion = _conduite(request, pk)
    return get_object_or_404(reunion.passages.select_related("dossier", "reunion"), pk=passage_pk)


@acces(Role.AGENT)
@require_POST
def deplacer(request, pk, passage_pk):
    passage = _passage(request, pk, passage_pk)
    vers = passage.rang + (1 if request.POST.get("sens") == "bas" else -1)
    _tenter(
        request, lambda: operations.deplacer(passage, par=request.user, vers=vers), "L’ordre du jour est enregistré."
    )
    return redirect("reunions-detail", pk)


@acces(Role.AGENT)
def desinscrire(request, pk, passage_pk):
    passage = _passage(request, pk, passage_pk)
    form = MotifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        numero = passage.dossier.numero
        try:
            operations.desinscrire(passage, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"Le dossier {numero} n’est plus à l’ordre du jour.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/desinscrire.html", {"form": form, "passage": passage})


@acces(Role.AGENT)
@require_POST
def clore(request, pk):
    reunion = _conduite(request, pk)
    _tenter(request, lambda: operations.clore_reunion(reunion, par=request.user), "La réunion est close.")
    return redirect("reunions-detail", pk)


def _dossier_a_lire(request, numero):
    return get_object_or_404(
        Dossier.objects.visibles_par(request.user)
        .filter(passages__reunion__membres__utilisateur=request.user)
        .select_related("appel", "organisme")
        .prefetch_related(
            "cibles__objectif", "cibles__quartier", "financements__financeur", "lignes_budget", "pieces__demandee"
        )
        .distinct(),
        numero=numero,
    )


def _page_de_notation(request, dossier, form=None, status=200):
    passage = dossier.passages.select_related("reunion").get()
    evaluation = Evaluation.objects.visibles_par(request.user).filter(dossier=dossier).prefetch_related("notes").first()
    je_note = MembreReunion.objects.filter(reunion=passage.reunion, utilisateur=request.user, evalue=True).exists()
    envoyees = lecture.evaluations_envoyees([dossier])[dossier.pk]
    revele = lecture.est_revele(passage.reunion, lecture.attendus(passage.reunion, [dossier])[dossier.pk], envoyees)
    envoyee = bool(evaluation and evaluation.envoyee_le)
    if form is None:
        notes = {n.critere_id: n.valeur for n in evaluation.notes.all()} if evaluation else {}
        form = EvaluationForm(
            criteres=dossier.appel.criteres.all(), notes=notes, commentaire=evaluation.commentaire if evaluation else ""
        )
    contexte = {
        "dossier": dossier,
        "reunion": passage.reunion,
        "totaux": totaux_du_dossier(dossier),
        "form": form,
        "evaluation": evaluation,
        "envoyee": envoyee,
        "ouverte": je_note and not envoyee and not passage.reunion.est_close and dossier.etat == Etat.EN_EVALUATION,
        "je_note": je_note,
        "revele": revele and envoyee,
        "autres": [e for e in envoyees if e.evaluateur_id != request.user.pk] if revele else [],
        "minutes": lecture.minutes_de_lecture(dossier),
        "form_deport": DeportForm(),
    }
    return render(request, "evaluation/noter.html", contexte, status=status)


@acces(Role.EVALUATEUR, Role.CITOYEN)
def noter(request, numero):
    dossier = _dossier_a_lire(request, numero)
    if request.method != "POST":
        return _page_de_notation(request, dossier)
    form = EvaluationForm(request.POST, criteres=dossier.appel.criteres.all())
    if not form.is_valid():
        return _page_de_notation(request, dossier, form, status=422)
    try:
        operations.enregistrer_evaluation(
            dossier, par=request.user, notes=form.notes(), commentaire=form.cleaned_data["commentaire"]
        )
        if "envoyer" in request.POST:
            operations.envoyer_evaluation(dossier, par=request.user)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page_de_notation(request, dossier, form, status=409)
    if "envoyer" in request.POST:
        messages.success(request, f"Vos notes pour le dossier {numero} sont envoyées.")
        return redirect("evaluation-accueil")
    messages.success(request, "Vos notes sont enregistrées. Elles ne sont pas encore envoyées.")
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR)
@require_POST
def rouvrir(request, numero):
    dossier = _dossier_a_lire(request, numero)
    _tenter(
        request, lambda: operations.rouvrir_evaluation(dossier, par=request.user), "Vous pouvez reprendre vos notes."
    )
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR, Role.CITOYEN)
@require_POST
def deport(request, numero):
    dossier = _dossier_a_lire(request, numero)
    form = DeportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Dites en quelques mots quel lien vous avez avec le porteur ou l’action.")
        return redirect("evaluation-noter", numero)
    if _tenter(
        request,
        lambda: operations.declarer_deport(dossier, par=request.user, motif=form.cleaned_data["motif"]),
        f"Votre déport est enregistré. Le dossier {numero} ne vous est plus accessible.",
    ):
        return redirect("evaluation-accueil")
    return redirect("evaluation-noter", numero)


@acces(Role.AGENT)
def avis(request, numero):
    dossier = get_object_or_404(
        Dossier.objects.instruits_par(request.user)
        .filter(passages__isnull=False)
        .select_related("appel", "organisme")
        .prefetch_related("financements__financeur", "lignes_budget", "cibles__quartier", "cibles__objectif"),
        numero=numero,
    )
    passage = dossier.passages.select_related("reunion").get()
    rendu = getattr(dossier, "avis", None)
    initial = {}
    if rendu:
        initial = {"sens": rendu.sens, "reserves": rendu.reserves, "observations": rendu.observations}
        initial |= {f"montant-{m.financeur_id}": m.montant for m in rendu.montants.all()}
    form = AvisForm(request.POST or None, financements=dossier.financements.all(), initial=initial)
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
    envoyees = lecture.evaluations_envoyees([dossier])[dossier.pk]
    attendus = lecture.attendus(passage.reunion, [dossier])[dossier.pk]
    revele = lecture.est_revele(passage.reunion, attendus, envoyees)
    contexte = {
        "dossier": dossier,
        "reunion": passage.reunion,
        "rendu": rendu,
        "form": form,
        "ouvert": dossier.etat == Etat.EN_EVALUATION and not passage.reunion.est_close,
        "revele": revele,
        "evaluations": envoyees if revele else [],
        "synthese": lecture.synthese_des_notes(envoyees) if revele else None,
        "envoyees": len(envoyees),
        "attendues": len(attendus),
        "totaux": totaux_du_dossier(dossier),
    }
    return render(request, "evaluation/avis.html", contexte, status=422 if form.errors else 200)


@acces(Role.AGENT)
@require_POST
def demander_proces_verbal(request, pk):
    reunion = _conduite(request, pk)
    _tenter(
        request,
        lambda: operations.demander_proces_verbal(reunion, par=request.user),
        "Le procès-verbal se prépare. Il apparaît ici dans un instant ; rechargez la page.",
    )
    return redirect("reunions-detail", pk)


@connecte
@require_GET
def telecharger_proces_verbal(request, pk):
    """Réservé aux agents de la collectivité : le procès-verbal cite tous les dossiers, même ceux d'un déport."""
    proces_verbal = get_object_or_404(
        ProcesVerbal.objects.filter(
            Q(reunion__appel__collectivite__in=request.user.ids_collectivites(Role.AGENT)), produit_le__isnull=False
        ),
        pk=pk,
    )
    if not proces_verbal.fichier:
        raise Http404
    return FileResponse(
        proces_verbal.fichier.open(),
        as_attachment=True,
        filename=f"proces-verbal-{proces_verbal.reunion_id}-v{proces_verbal.version}.pdf",
        content_type="application/pdf",
    )
