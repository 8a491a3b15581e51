"""Le pré-projet : l'écrire, l'envoyer, y répondre, en faire un dossier."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from appels.models import Appel
from comptes.acces import ENTETE_CHAMPS, acces, connecte, exiger
from comptes.models import Organisme, Role
from dossiers import operations
from dossiers.etapes import etapes_de
from dossiers.forms.avant import ReponseForm
from dossiers.forms.pre_projet import NouveauPreProjetForm, PreProjetForm
from dossiers.historique import echanges_du_pre_projet
from dossiers.models import PreProjet
from dossiers.operations import Ecriture
from dossiers.views.communs import REFUS, url_etape
from dossiers.views.enregistrement import a_lire, enregistrer_champs, enregistrer_page, pour_le_script

PAR_PAGE = 25
# À répondre d'abord, puis ce qui est chez l'organisme, puis ce qui a sa réponse.
A_REPONDRE, CHEZ_L_ORGANISME, REPONDU = range(3)


def _fil(*suite):
    return [("Pré-projets", reverse("pre-projets-liste")), *suite]


@connecte
def nouveau(request, slug):
    """Dix lignes avant d'écrire ; ouvert dès que l'appel est publié, même avant l'ouverture du dépôt."""
    appel = get_object_or_404(
        Appel.objects.publies().filter(pre_projet_delai_jours__isnull=False).select_related("convention"), slug=slug
    )
    organismes = Organisme.objects.visibles_par(request.user)
    if not organismes:
        messages.info(request, "Inscrivez d’abord votre organisme : il servira pour tous vos dossiers.")
        suite = urlencode({"suite": reverse("pre-projets-nouveau", args=[appel.slug])})
        return redirect(f"{reverse('organismes-nouveau')}?{suite}")
    form = NouveauPreProjetForm(request.POST or None, dossier=PreProjet(appel=appel), organismes=organismes)
    if request.headers.get(ENTETE_CHAMPS):
        return _naitre(request, appel, form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and ("envoyer" not in request.POST or form.exiger()):
            try:
                pre_projet = operations.commencer_pre_projet(
                    appel, form.cleaned_data["organisme"], par=request.user, **form.champs()
                )
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                return _apres_ecriture(request, pre_projet)
    contexte = {
        "form": form,
        "appel": appel,
        "ouvert": operations.recoit_des_pre_projets(appel),
        "fil": [
            ("Appels à projets", reverse("appels-liste")),
            (appel.intitule, reverse("appels-detail", args=[slug])),
            ("Demander l’avis du service", None),
        ],
    }
    return render(request, "dossiers/avant/pre_projet_form.html", contexte, status=status)


def _naitre(request, appel, form):
    """Le premier champ écrit fait naître le brouillon ; la page prend alors son adresse, sans être quittée."""
    if request.method != "POST":
        raise Http404
    form.is_valid()
    erreurs = {nom: list(liste) for nom, liste in form.errors.items()}
    ecrits = form.champs()
    if "organisme" in erreurs or not any(ecrits.values()):
        # Rien n'est encore rangé : tout reste dans le navigateur.
        ensemble = erreurs.get("organisme") or ["Le brouillon s’enregistrera dès que vous écrirez."]
        return pour_le_script(Ecriture(None, [], erreurs | {"__all__": ensemble}, {}, {}), "", timezone.now())
    try:
        pre_projet = operations.commencer_pre_projet(appel, form.cleaned_data["organisme"], par=request.user, **ecrits)
    except REFUS as refus:
        return JsonResponse({"fige": str(refus)}, status=409)
    return pour_le_script(
        Ecriture(pre_projet, list(ecrits), erreurs, {}, {}),
        PreProjetForm(dossier=pre_projet).temoin,
        pre_projet.modifie_le,
        adresse=reverse("pre-projets-modifier", args=[pre_projet.pk]),
    )


def _apres_ecriture(request, pre_projet):
    if "envoyer" not in request.POST:
        messages.success(request, "Votre brouillon est enregistré. Le service ne le voit pas encore.")
        return redirect("pre-projets-modifier", pre_projet.pk)
    # Le double clic a déjà envoyé ce texte : rien à refaire.
    if operations.est_a_l_organisme(pre_projet):
        try:
            operations.envoyer_pre_projet(pre_projet, par=request.user)
        except REFUS as refus:
            messages.error(request, f"{refus} Votre texte est enregistré.")
            return redirect("pre-projets-modifier", pre_projet.pk)
        messages.success(request, "Votre pré-projet est parti au service.")
    return redirect("pre-projets-detail", pre_projet.pk)


def _mien(request, pk):
    return get_object_or_404(
        PreProjet.objects.filter(organisme__in=request.user.ids_organismes)
        .select_related("appel__convention", "organisme", "dossier")
        .prefetch_related("quartiers"),
        pk=pk,
    )


@connecte
def modifier(request, pk):
    """Le brouillon, champ par champ à mesure ou par le bouton ; l'envoi demande un titre et une idée."""
    if request.headers.get(ENTETE_CHAMPS):
        return enregistrer_champs(request, PreProjet(pk=pk), PreProjetForm, ouvrir=operations.ouvrir_le_pre_projet)
    exiger(request.user, Role.PORTEUR)
    pre_projet = _mien(request, pk)
    if not operations.est_a_l_organisme(pre_projet) or pre_projet.dossier_id:
        return redirect("pre-projets-detail", pk)
    form, conflits, status = PreProjetForm(dossier=pre_projet), {}, 200
    if request.method == "POST":
        form, conflits, status = enregistrer_page(
            request, pre_projet, PreProjetForm, request.POST, ouvrir=operations.ouvrir_le_pre_projet
        )
        pre_projet = _mien(request, pk)
        if status == 302:
            form = PreProjetForm(PreProjetForm(dossier=pre_projet).stockees(), dossier=pre_projet)
            if "envoyer" not in request.POST or (form.is_valid() and form.exiger()):
                return _apres_ecriture(request, pre_projet)
            status = 422
    contexte = {
        "form": form,
        "pre_projet": pre_projet,
        "appel": pre_projet.appel,
        "conflits": a_lire(form, conflits),
        "ouvert": operations.recoit_des_pre_projets(pre_projet.appel),
        "fil": _fil((pre_projet.intitule or "Sans titre", None)),
    }
    return render(request, "dossiers/avant/pre_projet_form.html", contexte, status=status)


@acces(Role.PORTEUR, Role.AGENT)
def liste(request):
    """La file du service, par date limite ; et, chez qui en écrit, les siens."""
    agent = bool(request.user.ids_collectivites(Role.AGENT))
    pre_projets = (
        PreProjet.objects.visibles_par(request.user)
        .select_related("appel", "organisme", "dossier")
        .annotate(
            rang=Case(
                When(Q(envoye_le__isnull=False, reponse=""), then=Value(A_REPONDRE)),
                When(Q(envoye_le=None) | Q(reponse=PreProjet.Reponse.CHANGER), then=Value(CHEZ_L_ORGANISME)),
                default=Value(REPONDU),
                output_field=IntegerField(),
            )
        )
    )
    choix = request.GET.get("voir", "")
    if choix == "a-repondre":
        pre_projets = pre_projets.filter(rang=A_REPONDRE)
    page = Paginator(
        pre_projets.order_by("rang", F("reponse_avant").asc(nulls_last=True), "-repondu_le", "-pk"), PAR_PAGE
    ).get_page(request.GET.get("page"))
    aujourdhui = timezone.localdate()
    for pre_projet in page:
        pre_projet.statut = statut(pre_projet, aujourdhui)
    contexte = {"page": page, "agent": agent, "choix": choix, "porte": bool(request.user.ids_organismes)}
    return render(request, "dossiers/avant/pre_projets.html", contexte)


TONS = {
    PreProjet.Reponse.CONTINUER: ("ok", "✓", "Allez-y"),
    PreProjet.Reponse.CHANGER: ("att", "!", "À changer"),
    PreProjet.Reponse.AILLEURS: ("non", "○", "Pas dans cet appel"),
}


def statut(pre_projet, aujourdhui):
    """(ton, forme, mot) : où en est ce pré-projet ; le retard se dit, il ne se colore pas seulement."""
    if pre_projet.dossier_id:
        return ("ok", "●", "Devenu un dossier")
    if pre_projet.reponse:
        return TONS[pre_projet.reponse]
    if pre_projet.envoye_le is None:
        return ("neu", "○", "Brouillon")
    jours = (pre_projet.reponse_avant - aujourdhui).days
    if jours < 0:
        return ("non", "!", f"En retard de {-jours} jour{'s' if jours < -1 else ''}")
    if jours == 0:
        return ("att", "◐", "À répondre aujourd’hui")
    return ("info", "◐", f"Réponse sous {jours} jour{'s' if jours > 1 else ''}")


@acces(Role.PORTEUR, Role.AGENT)
def detail(request, pk):
    return _page(request, _visible(request, pk))


def _visible(request, pk):
    return get_object_or_404(
        PreProjet.objects.visibles_par(request.user)
        .select_related("appel__collectivite", "organisme", "objectif", "dossier")
        .prefetch_related("quartiers"),
        pk=pk,
    )


def _page(request, pre_projet, form=None, status=200):
    agent = pre_projet.appel.collectivite_id in request.user.ids_collectivites(Role.AGENT)
    membre = pre_projet.organisme_id in request.user.ids_organismes
    contexte = {
        "pre_projet": pre_projet,
        "statut": statut(pre_projet, timezone.localdate()),
        "agent": agent,
        "membre": membre,
        "a_repondre": agent and pre_projet.envoye_le is not None and not pre_projet.reponse,
        "modifiable": membre and operations.est_a_l_organisme(pre_projet) and not pre_projet.dossier_id,
        "ouvert": pre_projet.appel.est_ouvert(),
        "echanges": echanges_du_pre_projet(pre_projet, interne=agent),
        "form": form or ReponseForm(),
        "fil": _fil((pre_projet.intitule or "Sans titre", None)),
    }
    return render(request, "dossiers/avant/pre_projet.html", contexte, status=status)


@acces(Role.AGENT)
def repondre(request, pk):
    pre_projet = _visible(request, pk)
    if pre_projet.appel.collectivite_id not in request.user.ids_collectivites(Role.AGENT):
        raise Http404
    if request.method != "POST":
        return redirect("pre-projets-detail", pk)
    form = ReponseForm(request.POST)
    if not form.is_valid():
        return _page(request, pre_projet, form, status=422)
    try:
        operations.repondre_au_pre_projet(pre_projet, par=request.user, **form.cleaned_data)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page(request, _visible(request, pk), form, status=409)
    messages.success(request, "Votre réponse est partie à l’organisme.")
    return redirect("pre-projets-liste")


@acces(Role.PORTEUR)
def devenir_dossier(request, pk):
    pre_projet = _mien(request, pk)
    if request.method != "POST":
        return redirect("pre-projets-detail", pk)
    try:
        dossier = operations.devenir_dossier(pre_projet, par=request.user)
    except REFUS as refus:
        messages.error(request, str(refus))
        return redirect("pre-projets-detail", pk)
    messages.success(request, "Votre pré-projet est repris dans ce dossier. Complétez-le à votre rythme.")
    return redirect(url_etape(dossier, etapes_de(dossier)[1].code))


@acces(Role.PORTEUR)
def supprimer(request, pk):
    pre_projet = _mien(request, pk)
    if request.method == "POST":
        try:
            operations.supprimer_pre_projet(pre_projet, par=request.user)
        except REFUS as refus:
            messages.error(request, str(refus))
            return redirect("pre-projets-detail", pk)
        messages.success(request, "Le brouillon est effacé.")
    return redirect("pre-projets-liste")
