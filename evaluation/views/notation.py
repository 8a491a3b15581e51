"""Lire un dossier et le noter à l'aveugle ; reprendre ses notes ; se déporter."""

from decimal import Decimal

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import ENTETE_CHAMPS, acces
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.forms.champs import Lecture
from dossiers.models import Cible, Dossier, Financement
from dossiers.veille import signalements_pour
from dossiers.views.enregistrement import pour_le_script
from evaluation import brouillon, lecture, operations, questions, versions
from evaluation.citations import CHAMPS
from evaluation.decouverte import notes_decouvertes
from evaluation.file_de_lecture import passages_de_la_file, voisins
from evaluation.forms import CitationForm, DeportForm, EvaluationForm, QuestionForm
from evaluation.habitants import avis_des_habitants
from evaluation.models import Evaluation
from evaluation.views.communs import REFUS, tenter


def dossier_a_lire(request, numero):
    """Un dossier d'une réunion où la personne est conviée ; jamais après un déport, fût-elle agent ou porteuse."""
    dossiers = (
        Dossier.objects.visibles_par(request.user)
        .filter(passages__reunion__membres__utilisateur=request.user)
        .exclude(deports__utilisateur=request.user)
        .select_related("appel", "organisme", "avis", "renouvelle__appel")
        .avec_cout_total()
        .distinct()
    )
    if request.method == "GET":
        dossiers = dossiers.prefetch_related(
            Prefetch(
                "cibles",
                Cible.objects.select_related("objectif", "quartier").defer("quartier__contour"),
            ),
            Prefetch("financements", Financement.objects.select_related("financeur")),
        )
    return get_object_or_404(dossiers, numero=numero)


def textes_a_citer(dossier):
    """[(champ, libellé, texte)] de ce que l'organisme a écrit : ce qui se lit, et se cite."""
    return [(champ, libelle, getattr(dossier, champ)) for champ, libelle in CHAMPS.items() if champ != "intitule"]


def page_de_notation(request, dossier, form=None, status=200, **plus):
    passages = passages_de_la_file(request.user, dossier)
    passage = next((p for p in passages if p.dossier_id == dossier.pk), None)
    if passage is None:
        raise Http404
    reunion, je_note, envoyee = passage.reunion, passage.note, bool(passage.envoyee_le)
    if not je_note and Role.CITOYEN in request.user.roles and status == 200:
        return redirect("habitants-conseil", dossier.numero)
    envoyees, revele = [], False
    if envoyee:
        # Qui n'a pas envoyé ne lit rien des autres : on ne va pas le chercher.
        envoyees, revele = notes_decouvertes(passage, dossier)
    mienne = next((e for e in envoyees if e.evaluateur_id == request.user.pk), None)
    evaluation = mienne or Evaluation.objects.visibles_par(request.user).filter(dossier=dossier).first()
    en_cours = not reunion.est_close and not hasattr(dossier, "avis") and dossier.etat == Etat.EN_EVALUATION
    confie_ailleurs = je_note and not envoyee and passage.confie and not passage.designe
    ecrit = je_note and en_cours and not confie_ailleurs and (not envoyee or evaluation.en_reprise)
    if ecrit and form is None:
        form = formulaire(request, dossier, brouillon.en_cours(evaluation))
    mienne = next((e for e in envoyees if e.evaluateur_id == request.user.pk), None)
    citations = lecture.citations_du_dossier(dossier, request.user, revele=revele) if je_note or revele else []
    contexte = {
        "dossier": dossier,
        "reunion": reunion,
        "totaux": _totaux(dossier),
        "textes": textes_a_citer(dossier),
        "form": form,
        "evaluation": evaluation,
        "citations": citations,
        "envoyee": envoyee,
        "mienne": mienne,
        "mes_notes": mienne.notes.select_related("critere").order_by("critere__ordre", "pk")
        if mienne and not ecrit
        else [],
        "ouverte": ecrit,
        "reprise": ecrit and envoyee,
        "je_note": je_note,
        "confie_ailleurs": confie_ailleurs and en_cours,
        "revele": revele,
        "reprenable": envoyee and en_cours and not ecrit,
        "synthese": lecture.synthese_des_notes(envoyees) if revele else None,
        "habitants": avis_des_habitants([dossier.pk])[dossier.pk] if revele else None,
        "autres": [e for e in envoyees if e.evaluateur_id != request.user.pk] if revele else [],
        "minutes": lecture.minutes_de_lecture(dossier),
        "signalements": signalements_pour(dossier, request.user),
        "voisins": voisins(passages, dossier),
        "questions": questions.lues_par(dossier, request.user),
        "form_question": QuestionForm() if je_note and en_cours and not confie_ailleurs else None,
        "form_deport": DeportForm(auto_id="deport-%s"),
        **plus,
    }
    if ecrit:
        contexte["rangees"] = _rangees(form, citations, request.user)
        contexte.setdefault("form_citation", CitationForm(criteres=dossier.appel.criteres.none()))
        contexte["form_citation"].proposer(form.criteres)
    return render(request, "evaluation/noter.html", contexte, status=status)


def _totaux(dossier):
    """Ce que le bref en montre ; une seule somme, faite par la base, tient lieu de toutes les lignes."""
    return {
        "charges": dossier.cout_total,
        "demande": sum((f.montant_demande for f in dossier.financements.all()), Decimal(0)),
    }


def _rangees(form, citations, par):
    """[(critère, son champ, mes passages épinglés)], dans l'ordre de la grille."""
    par_critere = dict(citations)
    return [
        (critere, champ, [c for c in par_critere.get(critere, ()) if c.evaluateur_id == par.pk])
        for critere, champ in form.champs_de_notes()
    ]


def formulaire(request, dossier, etat, donnees=None):
    return EvaluationForm(donnees, criteres=dossier.appel.criteres.all(), etat=etat, par=request.user)


@acces(Role.EVALUATEUR, Role.CITOYEN)
def noter(request, numero):
    """Lire et noter ; la page s'enregistre champ par champ, ou entière par ses boutons."""
    dossier = dossier_a_lire(request, numero)
    if request.method != "POST":
        return page_de_notation(request, dossier)
    if request.headers.get(ENTETE_CHAMPS):
        return _champs(request, dossier)
    form = formulaire(request, dossier, {}, request.POST)
    if not form.is_valid():
        return _refuser(request, dossier, form, 422)
    envoyer = "envoyer" in request.POST
    try:
        ecriture = operations.ecrire_notation(
            dossier, par=request.user, valeurs=form.valeurs(), lecture=_lecture(request)
        )
        form.ecrit = ecriture.etat
        if ecriture.conflits:
            form.add_error(
                None,
                "Vous avez écrit au même endroit depuis un autre appareil. Votre saisie est conservée ci-dessous : "
                "relisez, puis enregistrez à nouveau pour la garder.",
            )
            conflits = [(form.fields[nom].label, autre) for nom, autre in ecriture.conflits.items()]
            return page_de_notation(request, dossier, form, 409, conflits=conflits)
        if envoyer and not form.exiger_toutes_les_notes(ecriture.etat):
            return page_de_notation(request, dossier, form, 422)
        if envoyer:
            operations.envoyer_evaluation(dossier, par=request.user)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _refuser(request, dossier, form, 409)
    if envoyer:
        messages.success(request, f"Vos notes pour le dossier {numero} sont envoyées.")
        return redirect("evaluation-accueil")
    messages.success(request, "Vos notes sont enregistrées. Elles ne sont pas encore envoyées.")
    return redirect("evaluation-noter", numero)


def _refuser(request, dossier, form, status):
    """La page revient avec la saisie ; son témoin dit ce qui est enregistré à cet instant."""
    evaluation = Evaluation.objects.visibles_par(request.user).filter(dossier=dossier).first()
    form.ecrit = brouillon.en_cours(evaluation)
    return page_de_notation(request, dossier, form, status)


def _lecture(request):
    return Lecture.de(request.POST.get("version", ""))


def _champs(request, dossier):
    """L'enregistrement de quelques champs : le plus léger possible, une réponse que saisie.js sait lire."""
    noms, vu = set(request.POST.getlist("champs")), _lecture(request)
    form = formulaire(request, dossier, {}, request.POST)
    inconnus = {nom: ["Ce critère n’est pas dans la grille de l’appel."] for nom in noms - set(form.fields)}
    form.is_valid()
    erreurs = {nom: list(liste) for nom, liste in form.errors.items() if nom in noms} | inconnus
    try:
        ecriture = operations.ecrire_notation(
            dossier,
            par=request.user,
            valeurs=form.valeurs(noms - erreurs.keys()),
            lecture=vu,
            garder=set(request.POST.getlist("garder")),
        )
    except REFUS as refus:
        return JsonResponse({"fige": str(refus)}, status=409)
    lus = {*noms, *ecriture.recus} & set(form.fields)
    temoin = brouillon.temoin(ecriture.etat, lus)
    return pour_le_script(ecriture._replace(erreurs=erreurs), temoin, ecriture.evaluation.modifiee_le)


@acces(Role.EVALUATEUR)
@require_POST
def rouvrir(request, numero):
    dossier = dossier_a_lire(request, numero)
    tenter(
        request,
        lambda: operations.rouvrir_evaluation(dossier, par=request.user),
        "Vous pouvez reprendre vos notes. Celles que vous avez envoyées comptent tant que vous n’avez pas renvoyé.",
    )
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR)
@require_POST
def renoncer(request, numero):
    dossier = dossier_a_lire(request, numero)
    tenter(
        request,
        lambda: operations.renoncer_a_la_reprise(dossier, par=request.user),
        "Vos notes envoyées restent telles quelles.",
    )
    return redirect("evaluation-noter", numero)


@acces(Role.EVALUATEUR)
@require_GET
def mes_versions(request, numero):
    """Chaque envoi, et ce qui a changé de l'un à l'autre."""
    dossier = dossier_a_lire(request, numero)
    evaluation = get_object_or_404(Evaluation.objects.visibles_par(request.user), dossier=dossier)
    envois = list(evaluation.versions.all())
    if not envois:
        raise Http404
    contexte = {
        "dossier": dossier,
        "evaluation": evaluation,
        "versions": versions.lire(envois, dossier.appel.criteres.all()),
    }
    return render(request, "evaluation/versions.html", contexte)


@acces(Role.EVALUATEUR, Role.CITOYEN)
@require_POST
def deport(request, numero):
    dossier = dossier_a_lire(request, numero)
    form = DeportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Dites en quelques mots quel lien vous avez avec le porteur ou l’action.")
        return redirect("evaluation-noter", numero)
    if tenter(
        request,
        lambda: operations.declarer_deport(dossier, par=request.user, motif=form.cleaned_data["motif"]),
        f"Votre déport est enregistré. Le dossier {numero} ne vous est plus accessible.",
    ):
        return redirect("evaluation-accueil")
    return redirect("evaluation-noter", numero)
