"""Les questions au porteur : le lecteur les pose, le service les réunit, les envoie et remet la réponse."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.acces import acces
from comptes.models import Role
from dossiers.models import Dossier, Message
from evaluation import operations
from evaluation.forms import EnvoiQuestionsForm, MotForm, QuestionForm
from evaluation.models import EnvoiQuestions, QuestionLecteur
from evaluation.questions import reunir, se_posent
from evaluation.views.communs import REFUS, entier, tenter
from evaluation.views.notation import dossier_a_lire, page_de_notation


def _chez_le_lecteur(dossier):
    return f"{reverse('evaluation-noter', args=[dossier.numero])}#questions"


@acces(Role.EVALUATEUR)
@require_POST
def poser(request, numero):
    dossier = dossier_a_lire(request, numero)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return page_de_notation(request, dossier, status=422, form_question=form)
    try:
        operations.poser_question(dossier, par=request.user, texte=form.cleaned_data["texte"])
    except REFUS as refus:
        form.add_error("texte", str(refus))
        return page_de_notation(request, dossier, status=409, form_question=form)
    messages.success(request, "Votre question est confiée au service. Elle se retire tant qu’elle n’est pas partie.")
    return redirect(_chez_le_lecteur(dossier))


@acces(Role.EVALUATEUR)
@require_POST
def retirer(request, numero):
    dossier = dossier_a_lire(request, numero)
    question = get_object_or_404(
        QuestionLecteur.objects.visibles_par(request.user).filter(dossier=dossier), pk=entier(request, "question")
    )
    tenter(request, lambda: operations.retirer_question(question, par=request.user), "Votre question est retirée.")
    return redirect(_chez_le_lecteur(dossier))


def _dossier_du_service(request, numero):
    """Celui qu'un agent instruit, sauf déport, et sauf s'il est de l'organisme qui le porte."""
    return get_object_or_404(
        Dossier.objects.instruits_par(request.user)
        .filter(passages__isnull=False)
        .exclude(organisme__in=request.user.ids_organismes)
        .select_related("appel", "organisme"),
        numero=numero,
    )


@acces(Role.AGENT)
def questions(request, numero):
    """Lire les questions, choisir celles qui partent (par l'adresse), relire le message et l'envoyer."""
    dossier = _dossier_du_service(request, numero)
    if request.method != "POST":
        return _page(request, dossier)
    form = EnvoiQuestionsForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            operations.envoyer_questions(
                dossier,
                par=request.user,
                questions=_choisies(request.POST),
                texte=form.cleaned_data["texte"],
                jeton=form.cleaned_data["jeton"],
            )
        except REFUS as refus:
            form.add_error(None, str(refus))
            status = 409
        else:
            messages.success(request, "Les questions sont envoyées à l’organisme, en un seul message.")
            return redirect("questions-dossier", numero)
    return _page(request, dossier, form, status)


def _choisies(donnees):
    return {int(cle) for cle in donnees.getlist("q") if cle.isdecimal() and len(cle) < 19}


def _page(request, dossier, form=None, status=200, en_erreur=None):
    passage = dossier.passages.select_related("reunion").get()
    toutes = list(dossier.questions.select_related("auteur"))
    attente = set(dossier.questions.en_attente().values_list("pk", flat=True))
    a_traiter = [question for question in toutes if question.pk in attente]
    donnees = request.POST if request.method == "POST" and form else request.GET
    # Sans choix dans l'adresse, toutes partent.
    cochees = _choisies(donnees) & attente if {"q", "choix"} & donnees.keys() else attente
    ouverte = se_posent(passage, dossier)
    for question in a_traiter:
        question.cochee = question.pk in cochees
        question.form = MotForm(question=question.pk) if ouverte else None
        if en_erreur and en_erreur[0] == question.pk:
            question.form, question.refusee = en_erreur[1], True
    if ouverte and form is None and cochees:
        texte = reunir([question.texte for question in a_traiter if question.cochee])
        form = EnvoiQuestionsForm(initial={"texte": texte})
    contexte = {
        "dossier": dossier,
        "reunion": passage.reunion,
        "ouverte": ouverte,
        "a_traiter": a_traiter,
        "cochees": sorted(cochees),
        "form": form if ouverte else None,
        "form_en_erreur": form if status != 200 and not en_erreur else en_erreur and en_erreur[1],
        "envois": _envois(dossier, toutes),
        "traitees": [question for question in toutes if question.motif],
    }
    return render(request, "evaluation/questions.html", contexte, status=status)


def _envois(dossier, questions):
    """Le dernier d'abord, avec ses questions et les messages du fil qui peuvent y répondre."""
    envois = list(
        EnvoiQuestions.objects.filter(dossier=dossier)
        .select_related("message", "reponse", "envoye_par")
        .order_by("-pk")
    )
    suite = list(dossier.messages.filter(questions_reunies=None, pk__gt=envois[-1].message_id)) if envois else []
    for envoi in envois:
        envoi.posees = [question for question in questions if question.envoi_id == envoi.pk]
        envoi.possibles = [message for message in suite if message.pk > envoi.message_id]
        premier = next((message for message in envoi.possibles if not message.du_service), None)
        envoi.proposee = envoi.reponse_id or (premier.pk if premier else None)
    return envois


@acces(Role.AGENT)
@require_POST
def repondre(request, numero):
    """Sans transmettre : répondre soi-même à tous les lecteurs, ou écarter la question en disant pourquoi."""
    dossier = _dossier_du_service(request, numero)
    question = get_object_or_404(dossier.questions.select_related("dossier"), pk=entier(request, "question"))
    form = MotForm(request.POST, question=question.pk)
    if not form.is_valid():
        return _page(request, dossier, status=422, en_erreur=(question.pk, form))
    ecarter = "ecarter" in request.POST
    verbe = operations.ecarter_question if ecarter else operations.repondre_a_la_question
    phrase = (
        "La question n’est pas transmise. La personne qui l’a posée lit pourquoi."
        if ecarter
        else "Votre réponse est remise à tous les lecteurs du dossier."
    )
    tenter(request, lambda: verbe(question, par=request.user, mot=form.cleaned_data["mot"]), phrase)
    return redirect("questions-dossier", numero)


@acces(Role.AGENT)
@require_POST
def retenir(request, numero):
    """Remet un message du fil à tous les lecteurs, en réponse aux questions."""
    dossier = _dossier_du_service(request, numero)
    envoi = get_object_or_404(
        EnvoiQuestions.objects.filter(dossier=dossier).select_related("dossier"), pk=entier(request, "envoi")
    )
    message = get_object_or_404(Message.objects.filter(dossier=dossier), pk=entier(request, "message"))
    vue = entier(request, "vue") or None
    tenter(
        request,
        lambda: operations.retenir_reponse(envoi, par=request.user, message=message, vue=vue),
        "La réponse est remise à tous les lecteurs du dossier, qui en sont prévenus par courriel.",
    )
    return redirect("questions-dossier", numero)
