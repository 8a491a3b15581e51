"""Les pages de la réunion : file de lecture, ordre du jour, notation, avis, procès-verbal."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers.budget import totaux_du_dossier
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Cible, Dossier, Financement
from dossiers.operations import OperationRefusee
from evaluation import lecture, operations
from evaluation.forms import AvisForm, DeportForm, EvaluationForm, MembreForm, MotifForm, PresenceForm, ReunionForm
from evaluation.models import Avis, Evaluation, MembreReunion, PassageDossier, ProcesVerbal, Reunion

LECTEURS = (Role.EVALUATEUR, Role.CITOYEN, Role.AGENT)
REUNIONS_PAR_PAGE = 20
CANDIDATS_PAR_PAGE = 50
REFUS = (OperationRefusee, TransitionInterdite)


def _reunion(request, pk):
    return get_object_or_404(
        Reunion.objects.visibles_par(request.user).select_related("appel__collectivite", "enjeu"), pk=pk
    )


def _conduite(request, pk):
    return get_object_or_404(
        Reunion.objects.conduites_par(request.user).select_related("appel__collectivite", "appel__convention", "enjeu"),
        pk=pk,
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
    par_passage = PassageDossier.objects.filter(reunion=OuterRef("pk")).order_by().values("reunion")
    par_avis = Avis.objects.filter(reunion=OuterRef("pk")).exclude(dossier__etat=Etat.EN_EVALUATION).order_by()
    reunions = (
        Reunion.objects.visibles_par(request.user)
        .select_related("appel", "enjeu")
        .annotate(
            nb_dossiers=Coalesce(Subquery(par_passage.annotate(n=Count("pk")).values("n")), 0),
            nb_avis=Coalesce(Subquery(par_avis.values("reunion").annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by(F("close_le").desc(nulls_first=True), "debut", "pk")
    )
    contexte = {
        "page": Paginator(reunions, REUNIONS_PAR_PAGE).get_page(request.GET.get("page")),
        "agent": Role.AGENT in request.user.roles,
        "file": _file(request.user),
    }
    return render(request, "evaluation/accueil.html", contexte)


def _file(utilisateur):
    """Ma file de lecture : par réunion ouverte où je suis convié, les dossiers à lire, et à noter si j'y note."""
    membres = list(
        MembreReunion.objects.filter(utilisateur=utilisateur, reunion__close_le=None)
        .select_related("reunion")
        .order_by("reunion__debut", "pk")
    )
    passages = (
        PassageDossier.objects.filter(
            reunion__in=[m.reunion_id for m in membres],
            dossier__in=Dossier.objects.visibles_par(utilisateur).values("pk"),
        )
        .exclude(dossier__deports__utilisateur=utilisateur)
        .select_related("dossier__organisme")
        .order_by("rang", "pk")
    )
    envoyees = dict(Evaluation.objects.filter(evaluateur=utilisateur).values_list("dossier_id", "envoyee_le"))
    par_reunion = {membre.reunion_id: [] for membre in membres}
    for passage in passages:
        dossier = passage.dossier
        dossier.minutes = lecture.minutes_de_lecture(dossier)
        dossier.commence = dossier.pk in envoyees
        dossier.envoye_le = envoyees.get(dossier.pk)
        dossier.a_faire = dossier.etat == Etat.EN_EVALUATION and not dossier.envoye_le
        par_reunion[passage.reunion_id].append(dossier)
    return [
        {
            "reunion": membre.reunion,
            "note": membre.evalue,
            "dossiers": par_reunion[membre.reunion_id],
            "a_faire": sum(d.a_faire for d in par_reunion[membre.reunion_id]),
            "faits": sum(bool(d.envoye_le) for d in par_reunion[membre.reunion_id]),
            "minutes": sum(d.minutes for d in par_reunion[membre.reunion_id] if d.a_faire),
        }
        for membre in membres
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


def _lisible(passage, utilisateur, agent, deports):
    """Ni titre, ni porteur, ni montants pour qui s'est déporté ; ni dossier retiré pour les partenaires."""
    dossier = passage.dossier
    passage.deporte = utilisateur.pk in deports[dossier.pk]
    passage.retire = dossier.etat == Etat.RETIRE
    return not passage.deporte and (agent or not passage.retire)


@acces(*LECTEURS)
@require_GET
def detail(request, pk):
    reunion = _reunion(request, pk)
    agent = lecture.conduit(request.user, reunion)
    passages = list(
        reunion.passages.select_related("dossier__organisme", "dossier__avis")
        .prefetch_related(Prefetch("dossier__cibles", Cible.objects.select_related("quartier")))
        .annotate(demande=Sum("dossier__financements__montant_demande"))
        .order_by("rang", "pk")
    )
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    dossiers = [passage.dossier for passage in passages]
    deports = lecture.deports_de(dossiers)
    evaluations = lecture.evaluations_envoyees(dossiers, deports)
    attendus = lecture.attendus(reunion, dossiers, deports, membres)
    je_note = any(m.utilisateur_id == request.user.pk and m.evalue for m in membres)
    for passage in passages:
        dossier, passage.reunion = passage.dossier, reunion
        envoyees = evaluations[dossier.pk]
        passage.ferme = not _lisible(passage, request.user, agent, deports)
        passage.envoyees, passage.attendues = (
            len(envoyees),
            len(attendus[dossier.pk] | {e.evaluateur_id for e in envoyees}),
        )
        passage.mienne = any(e.evaluateur_id == request.user.pk for e in envoyees)
        passage.revele = lecture.est_revele(passage, attendus[dossier.pk], envoyees)
        # Qui doit encore noter ne lit pas la moyenne des autres.
        lit_les_notes = passage.revele and (passage.mienne or not je_note or reunion.est_close)
        passage.moyenne = lecture.synthese_des_notes(envoyees).moyenne if lit_les_notes else None
        passage.a_un_avis = dossier.etat != Etat.EN_EVALUATION and hasattr(dossier, "avis")
        passage.attend_un_avis = dossier.etat == Etat.EN_EVALUATION
    ouverts = [p for p in passages if not p.ferme]
    contexte = {
        "reunion": reunion,
        "agent": agent,
        "passages": passages,
        "membres": membres,
        "je_note": je_note,
        "mes_deports": any(p.deporte for p in passages),
        "bilan": {
            "dossiers": len(passages),
            "envoyees": sum(p.envoyees for p in ouverts),
            "attendues": sum(p.attendues for p in ouverts),
            "avis": sum(p.a_un_avis for p in passages),
            "sans_avis": sum(p.attend_un_avis for p in passages),
            "demande": sum(p.demande or 0 for p in ouverts),
        },
        "presences": MembreReunion.Presence.choices,
        "proces_verbaux": list(reunion.proces_verbaux.all()) if agent and not any(p.deporte for p in passages) else [],
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
            f"{donnees['utilisateur']} fait maintenant partie de la réunion.",
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
        f"{membre.utilisateur} ne fait plus partie de la réunion.",
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


def _candidats(request, reunion, filtre):
    """Les dossiers recevables de l'appel, avec ce qui aide à choisir."""
    candidats = Dossier.objects.instruits_par(request.user).filter(appel=reunion.appel, etat=Etat.RECEVABLE)
    if filtre.isdigit():
        candidats = candidats.filter(
            pk__in=Cible.objects.filter(objectif__strategique__enjeu=int(filtre)).values("dossier")
        )
    return candidats.pour_liste().order_by("numero")


@acces(Role.AGENT)
def ordre_du_jour(request, pk):
    reunion = _conduite(request, pk)
    d_office = str(reunion.enjeu_id or "") if request.method == "GET" else ""
    filtre = request.GET.get("enjeu", d_office)
    candidats = _candidats(request, reunion, filtre)
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
            messages.error(request, "Cochez au moins un dossier encore recevable.")
    contexte = {
        "reunion": reunion,
        "page": Paginator(candidats, CANDIDATS_PAR_PAGE).get_page(request.GET.get("page")),
        "enjeux": reunion.appel.convention.enjeux.all(),
        "filtre": filtre,
    }
    return render(request, "evaluation/ordre_du_jour.html", contexte)


def _passage(request, pk, passage_pk):
    reunion = _conduite(request, pk)
    passages = reunion.passages.exclude(dossier__deports__utilisateur=request.user)
    return get_object_or_404(passages.select_related("dossier", "reunion"), pk=passage_pk)


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


@acces(Role.AGENT)
def rouvrir_reunion(request, pk):
    reunion = _conduite(request, pk)
    form = MotifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.rouvrir_reunion(reunion, par=request.user, motif=form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, "La réunion est rouverte. Clôturez-la de nouveau après la correction.")
            return redirect("reunions-detail", pk)
    return render(request, "evaluation/rouvrir.html", {"form": form, "reunion": reunion})


def _dossier_a_lire(request, numero):
    """Un dossier d'une réunion où la personne est conviée ; jamais après un déport, fût-elle agent ou porteuse."""
    dossiers = (
        Dossier.objects.visibles_par(request.user)
        .filter(passages__reunion__membres__utilisateur=request.user)
        .exclude(deports__utilisateur=request.user)
        .select_related("appel", "organisme", "avis")
        .distinct()
    )
    if request.method == "GET":
        dossiers = dossiers.prefetch_related(
            Prefetch("cibles", Cible.objects.select_related("objectif", "quartier")),
            Prefetch("financements", Financement.objects.select_related("financeur")),
            "lignes_budget",
        )
    return get_object_or_404(dossiers, numero=numero)


def _page_de_notation(request, dossier, form=None, status=200):
    passage = dossier.passages.select_related("reunion").get()
    reunion = passage.reunion
    membres = list(reunion.membres.all())
    je_note = any(m.utilisateur_id == request.user.pk and m.evalue for m in membres)
    evaluation = Evaluation.objects.visibles_par(request.user).filter(dossier=dossier).first()
    envoyee = bool(evaluation and evaluation.envoyee_le)
    envoyees, revele = [], False
    if envoyee:
        # Qui n'a pas envoyé ne lit rien des autres : on ne va pas le chercher.
        deports = lecture.deports_de([dossier])
        envoyees = lecture.evaluations_envoyees([dossier], deports)[dossier.pk]
        revele = lecture.est_revele(
            passage, lecture.attendus(reunion, [dossier], deports, membres)[dossier.pk], envoyees
        )
    en_cours = not reunion.est_close and not hasattr(dossier, "avis") and dossier.etat == Etat.EN_EVALUATION
    notes = {n.critere_id: n.valeur for n in evaluation.notes.all()} if evaluation and not envoyee else {}
    if form is None:
        form = EvaluationForm(
            criteres=dossier.appel.criteres.all(), notes=notes, commentaire=evaluation.commentaire if evaluation else ""
        )
    mienne = next((e for e in envoyees if e.evaluateur_id == request.user.pk), None)
    contexte = {
        "dossier": dossier,
        "reunion": reunion,
        "totaux": totaux_du_dossier(dossier),
        "form": form,
        "evaluation": evaluation,
        "notes": len(notes),
        "envoyee": envoyee,
        "mienne": mienne,
        "mes_notes": mienne.notes.select_related("critere").order_by("critere__ordre", "pk") if mienne else [],
        "ouverte": je_note and not envoyee and en_cours,
        "je_note": je_note,
        "revele": revele,
        "reprenable": envoyee and not revele and en_cours,
        "synthese": lecture.synthese_des_notes(envoyees) if revele else None,
        "autres": [e for e in envoyees if e.evaluateur_id != request.user.pk] if revele else [],
        "minutes": lecture.minutes_de_lecture(dossier),
        "form_deport": DeportForm(auto_id="deport-%s"),
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
    envoyer = "envoyer" in request.POST
    try:
        operations.enregistrer_evaluation(
            dossier, par=request.user, notes=form.notes(), commentaire=form.cleaned_data["commentaire"]
        )
        if envoyer and not form.exiger_toutes_les_notes():
            return _page_de_notation(request, dossier, form, status=422)
        if envoyer:
            operations.envoyer_evaluation(dossier, par=request.user)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page_de_notation(request, dossier, form, status=409)
    if envoyer:
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
        "envoyees": len(envoyees),
        "attendues": len(attendus | ont_envoye),
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
    """Réservé aux agents qui ne se sont déportés d'aucun dossier de la réunion : le procès-verbal les cite tous."""
    proces_verbal = get_object_or_404(
        ProcesVerbal.objects.filter(
            reunion__in=Reunion.objects.conduites_par(request.user), produit_le__isnull=False
        ).exclude(reunion__passages__dossier__deports__utilisateur=request.user),
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
