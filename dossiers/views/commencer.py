"""Commencer un dossier : choisir l'organisme, reprendre un brouillon plutôt que d'en ouvrir un de plus."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from appels.apercu import apercu_de
from appels.models import Appel
from comptes.acces import acces, connecte, public
from comptes.models import Organisme, Role
from dossiers import operations
from dossiers.eligibilite import questions, verdicts_du_dossier, verifier
from dossiers.etapes import etapes_de
from dossiers.etats import Etat, Formulaire
from dossiers.forms.avant import EligibiliteForm
from dossiers.memoire import a_renouveler
from dossiers.models import Dossier
from dossiers.views.communs import REFUS, fil_de, le_mien, refuser_si_fige, url_etape

SESSION = "eligibilite"


def _appel(request, slug):
    visibles = Appel.objects.visibles_par(request.user).select_related("collectivite", "convention")
    return get_object_or_404(visibles.prefetch_related("regles"), slug=slug)


def _reponses(request, appel):
    """Ce que la personne a répondu dans cette session ; None tant qu'elle n'est pas passée par les questions."""
    return request.session.get(SESSION, {}).get(appel.slug)


@public
def eligibilite(request, slug):
    """Au plus cinq questions, sans compte ; les réponses suivent la personne jusqu'à son dossier."""
    appel = _appel(request, slug)
    regles = questions(appel.regles.all())
    if not regles:
        raise Http404
    reponses = _reponses(request, appel)
    form = EligibiliteForm(request.POST or None, regles=regles, reponses=reponses)
    if request.method == "POST":
        if form.is_valid():
            request.session[SESSION] = {**request.session.get(SESSION, {}), appel.slug: form.reponses()}
            return redirect("dossiers-eligibilite-appel", slug)
        reponses = None
    verdicts = verifier(regles, reponses, appel) if reponses is not None else []
    contexte = {
        "appel": appel,
        "form": form,
        "verdicts": verdicts,
        "bloque": any(verdict.bloque for verdict in verdicts),
        "incertain": any(verdict.tenue is None for verdict in verdicts),
        "ouvert": appel.est_ouvert(),
        "pre_projet": operations.recoit_des_pre_projets(appel),
        "autres": Appel.objects.ouverts().filter(collectivite=appel.collectivite).exclude(pk=appel.pk),
        "fil": [
            ("Appels à projets", reverse("appels-liste")),
            (appel.intitule, reverse("appels-detail", args=[slug])),
            ("Suis-je concerné ?", None),
        ],
    }
    return render(request, "dossiers/avant/eligibilite.html", contexte, status=422 if form.errors else 200)


@acces(Role.PORTEUR)
def eligibilite_du_dossier(request, numero):
    """Les mêmes questions, pour corriger une réponse gardée dans le dossier."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    regles = questions(dossier.appel.regles.all())
    if not regles:
        raise Http404
    # Ce que le dossier dit ailleurs ne se redemande pas ici.
    posees = [regle for regle in regles if regle.type == regle.Type.OUI_NON]
    form = EligibiliteForm(request.POST or None, regles=posees, reponses=dossier.eligibilite)
    if request.method == "POST" and form.is_valid():
        operations.garder_reponses(dossier, dossier.eligibilite | form.reponses(), par=request.user)
        messages.success(request, "Vos réponses sont enregistrées.")
        return redirect("dossiers-relecture", numero)
    contexte = {
        "dossier": dossier,
        "appel": dossier.appel,
        "form": form,
        "verdicts": verdicts_du_dossier(dossier),
        "fil": fil_de(dossier, ("Éligibilité", None)),
    }
    return render(request, "dossiers/avant/eligibilite.html", contexte, status=422 if form.errors else 200)


@connecte
def commencer(request, slug):
    """Choisit l'organisme, propose d'abord de reprendre un brouillon ; un seul organisme : rien à choisir."""
    appel = _appel(request, slug)
    organismes = list(Organisme.objects.visibles_par(request.user))
    if not organismes:
        messages.info(request, "Inscrivez d’abord votre organisme : il servira pour tous vos dossiers.")
        suite = urlencode({"suite": reverse("dossiers-commencer", args=[appel.slug])})
        return redirect(f"{reverse('organismes-nouveau')}?{suite}")
    brouillons = list(
        Dossier.objects.ecrits_par(request.user).filter(appel=appel, etat=Etat.BROUILLON).select_related("organisme")
    )
    ouvert, reponses = appel.est_ouvert(), _reponses(request, appel)
    renouvelables = list(a_renouveler(request.user, appel)) if ouvert else []
    if ouvert and reponses is None and not brouillons and not renouvelables and appel.regles.all():
        return redirect("dossiers-eligibilite-appel", slug)
    erreur = ""
    if request.method == "POST":
        dossier, erreur = _ouvrir(request, appel, organismes, reponses, rien_a_choisir=not brouillons + renouvelables)
        if dossier is not None:
            return redirect(url_etape(dossier, etapes_de(dossier)[1].code))
    contexte = {
        "appel": appel,
        "ouvert": ouvert,
        "organismes": organismes,
        "brouillons": brouillons,
        "renouvelables": renouvelables,
        "apercu": apercu_de(appel) if appel.seuil_simplifie else None,
        "formulaire": request.POST.get("formulaire", ""),
        "choisi": request.POST.get("organisme", ""),
        "questions": bool(appel.regles.all()),
        "bloque": reponses is not None and any(v.bloque for v in verifier(appel.regles.all(), reponses, appel)),
        "pre_projet": operations.recoit_des_pre_projets(appel),
        "erreur": erreur,
        "fil": [("Appels à projets", reverse("appels-liste")), (appel.intitule, None)],
    }
    return render(request, "dossiers/commencer.html", contexte, status=409 if erreur else 200)


def _ouvrir(request, appel, organismes, reponses, *, rien_a_choisir):
    """(dossier, erreur) : ni l'un ni l'autre quand il reste à choisir et que rien n'a encore été choisi."""
    choisi, formulaire = request.POST.get("organisme", ""), request.POST.get("formulaire", "")
    direct = not choisi and len(organismes) == 1 and rien_a_choisir
    organisme = organismes[0] if direct else next((o for o in organismes if str(o.pk) == choisi), None)
    if organisme is None:
        # Un clic venu de la page de l'appel, sans choix encore : la page les propose.
        return None, "Choisissez l’organisme qui porte l’action." if choisi or rien_a_choisir else ""
    if appel.seuil_simplifie and formulaire not in Formulaire.values:
        return None, "Dites combien vous pensez demander : le formulaire en dépend." if choisi else ""
    try:
        with transaction.atomic():
            dossier = operations.commencer(appel, organisme, par=request.user)
            if reponses:
                dossier = operations.garder_reponses(dossier, reponses, par=request.user)
            if appel.seuil_simplifie:
                dossier = operations.choisir_formulaire(dossier, formulaire, par=request.user)
    except REFUS as refus:
        return None, str(refus)
    return dossier, ""


@acces(Role.PORTEUR)
def supprimer(request, numero):
    dossier = get_object_or_404(Dossier.objects.ecrits_par(request.user), numero=numero)
    if request.method != "POST":
        return redirect("dossiers-detail", dossier.numero)
    try:
        operations.supprimer_brouillon(dossier, par=request.user)
    except (Dossier.DoesNotExist, *REFUS) as refus:
        if isinstance(refus, Dossier.DoesNotExist):
            raise Http404 from refus
        messages.error(request, str(refus))
        return redirect("dossiers-detail", dossier.numero)
    messages.success(request, f"Le brouillon {dossier.numero} est supprimé.")
    return redirect("dossiers-liste")
