"""Répondre aux trois questions : par le code d'une fiche, en membre d'un conseil citoyen, ou en recopiant le papier."""

import re

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string, salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.acces import acces, public
from comptes.models import Role
from dossiers.budget import totaux_du_dossier
from dossiers.models import Dossier
from dossiers.veille import signalements_pour
from evaluation import habitants, lecture
from evaluation.forms import DeportForm, PapierForm, TroisQuestionsForm
from evaluation.models import AvisCitoyen, FicheHabitant, MembreReunion
from evaluation.operations import citoyens as operations
from evaluation.views.communs import REFUS, tenter
from evaluation.views.notation import dossier_a_lire, textes_a_citer

FORME_DU_CODE = re.compile("[2-9A-HJKMNP-Z]{12}")
TEMOIN, SEL_DU_TEMOIN, VIE_DU_TEMOIN = "avis_habitant", "avis-habitant", 180 * 24 * 3600
# Un code ne se devine pas ; une salle entière répond derrière une seule adresse.
CODES_FAUX_MAX, REPONSES_MAX, MEMOIRE_S = 30, 300, 600


def _depasse(request, quoi, maximum, compter=True):
    """Plus de `maximum` demandes de cette adresse en dix minutes."""
    cle = f"habitants-{quoi}:{get_adapter().get_client_ip(request)}"
    if compter and not cache.add(cle, 1, MEMOIRE_S):
        cache.set(cle, cache.get(cle, 0) + 1, MEMOIRE_S)
    return cache.get(cle, 0) > maximum


def _trop_de_demandes(request):
    return render(request, "429.html", status=429)


def _introuvable(request, code):
    """Faux, fermé ou trop tard : la même page, pour qu'un code essayé au hasard n'apprenne rien."""
    if _depasse(request, "faux", CODES_FAUX_MAX):
        return _trop_de_demandes(request)
    return render(request, "evaluation/citoyens/entree.html", {"code": code[:40], "introuvable": True}, status=404)


def normaliser(code):
    return re.sub(r"[\s\-–]", "", code).upper()


@public
@require_safe
def entree(request):
    """Taper le code d'une fiche."""
    code = request.GET.get("code", "")
    propre = normaliser(code)
    if FORME_DU_CODE.fullmatch(propre):
        return redirect("avis-habitant-repondre", propre)
    contexte = {"code": code[:40], "erreur": "code" in request.GET}
    return render(request, "evaluation/citoyens/entree.html", contexte, status=422 if contexte["erreur"] else 200)


def _fiche(request, code):
    fiches = FicheHabitant.objects.select_related("reunion", "conseil").prefetch_related(
        Prefetch("dossier", habitants.avec_l_essentiel(Dossier.objects.all()))
    )
    if request.user.is_authenticated:
        fiches = fiches.exclude(dossier__deports__utilisateur=request.user)
    return fiches.filter(code=code).first() if FORME_DU_CODE.fullmatch(code) else None


def _jeton(secret, fiche):
    """Un jeton par fiche : les réponses d'un même téléphone à deux projets ne se relient pas."""
    return salted_hmac(SEL_DU_TEMOIN, f"{secret}:{fiche.code}", algorithm="sha256").hexdigest()[:32]


@never_cache
@public
@require_http_methods(["GET", "POST"])
def repondre(request, code):
    """La même adresse pour tous : l'agent y recopie le papier, le membre du conseil y répond avec son compte."""
    if _depasse(request, "faux", CODES_FAUX_MAX, compter=False):
        return _trop_de_demandes(request)
    propre = normaliser(code)
    fiche = _fiche(request, propre)
    if fiche is None:
        return _introuvable(request, code)
    if request.user.is_authenticated:
        if lecture.conduit(request.user, fiche.reunion):
            return redirect("habitants-papier", fiche.pk)
        if fiche.conseil_id in habitants.conseils_de(request.user) and _convie(request.user, fiche.reunion_id):
            return redirect("habitants-conseil", fiche.dossier.numero)
    secret = request.get_signed_cookie(TEMOIN, default="", salt=SEL_DU_TEMOIN, max_age=VIE_DU_TEMOIN)
    secret = secret or get_random_string(32)
    reponse = _page_par_code(request, fiche, _jeton(secret, fiche))
    reponse["X-Robots-Tag"] = "noindex, nofollow"
    # Posé dès la lecture : deux envois d'un même formulaire portent ainsi le même jeton.
    reponse.set_signed_cookie(
        TEMOIN, secret, salt=SEL_DU_TEMOIN, max_age=VIE_DU_TEMOIN, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return reponse


def _convie(utilisateur, reunion_pk):
    return MembreReunion.objects.filter(reunion=reunion_pk, utilisateur=utilisateur).exists()


def _page_par_code(request, fiche, jeton):
    donnee = fiche.avis.filter(jeton=jeton, origine=AvisCitoyen.Origine.EN_LIGNE).first()
    ouverte = habitants.attend_des_reponses(fiche) and not fiche.fermee_le
    if not ouverte and donnee is None:
        return _introuvable(request, fiche.code)
    form, status = TroisQuestionsForm(instance=donnee), 200
    if request.method == "POST":
        if _depasse(request, "reponses", REPONSES_MAX):
            return _trop_de_demandes(request)
        form, status = TroisQuestionsForm(request.POST), 422
        if form.is_valid():
            try:
                operations.repondre_par_code(fiche, jeton=jeton, **form.reponses())
                return redirect("avis-habitant-repondre", fiche.code)
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
    contexte = {
        "fiche": fiche,
        "projet": habitants.en_bref(fiche.dossier),
        "donnee": donnee,
        "form": form if ouverte and (donnee is None or status != 200 or "modifier" in request.GET) else None,
        "ouverte": ouverte,
    }
    return render(request, "evaluation/citoyens/repondre.html", contexte, status=status)


@acces(Role.CITOYEN)
@require_http_methods(["GET", "POST"])
def en_conseil(request, numero):
    """Les trois questions, avec le compte d'un membre de conseil citoyen."""
    dossier = dossier_a_lire(request, numero)
    reunion = dossier.passages.select_related("reunion").get().reunion
    donnee = AvisCitoyen.objects.filter(fiche__dossier=dossier, utilisateur=request.user).first()
    form, status = TroisQuestionsForm(instance=donnee), 200
    if request.method == "POST":
        form, status = TroisQuestionsForm(request.POST), 422
        if form.is_valid():
            try:
                operations.repondre_en_conseil(dossier, par=request.user, **form.reponses())
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                messages.success(request, f"Votre avis sur « {dossier.intitule} » est enregistré.")
                return redirect("evaluation-accueil")
    ouverte = habitants.attend_des_reponses(FicheHabitant(dossier=dossier, reunion=reunion))
    contexte = {
        "dossier": dossier,
        "reunion": reunion,
        "totaux": totaux_du_dossier(dossier),
        "textes": textes_a_citer(dossier),
        "signalements": signalements_pour(dossier, request.user),
        "minutes": lecture.minutes_de_lecture(dossier),
        "form": form,
        "donnee": donnee,
        "ouverte": ouverte,
        # Ce que disent les autres habitants se lit quand chacun a pu répondre.
        "habitants": None if ouverte else habitants.avis_des_habitants([dossier])[dossier.pk],
        "form_deport": DeportForm(auto_id="deport-%s"),
    }
    return render(request, "evaluation/citoyens/conseil.html", contexte, status=status)


def fiche_de_l_agent(request, pk):
    """Une fiche d'une réunion que l'agent conduit, sauf s'il s'est déporté du dossier."""
    return get_object_or_404(
        habitants.fiches_lisibles(request.user)
        .filter(reunion__collectivite__in=request.user.ids_collectivites(Role.AGENT))
        .select_related("dossier__organisme", "reunion", "conseil"),
        pk=pk,
    )


@never_cache
@acces(Role.AGENT)
@require_http_methods(["GET", "POST"])
def papier(request, pk):
    """Recopier des feuilles, l'une après l'autre ; reprendre la dernière."""
    fiche = fiche_de_l_agent(request, pk)
    derniere = operations.derniere_saisie(fiche, request.user)
    a_corriger = derniere if request.GET.get("corriger") == str(derniere and derniere.pk) else None
    form, status = PapierForm(instance=a_corriger), 200
    if request.method == "POST":
        form, status = PapierForm(request.POST), 422
        if form.is_valid():
            try:
                _recopier(request, fiche, a_corriger, form)
                return redirect("habitants-papier", fiche.pk)
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
    contexte = {
        "fiche": fiche,
        "form": form,
        "derniere": derniere,
        "correction": a_corriger,
        "lus": habitants.avis_par_fiche([fiche])[fiche.pk],
        "ouverte": habitants.attend_des_reponses(fiche),
    }
    return render(request, "evaluation/citoyens/papier.html", contexte, status=status)


def _recopier(request, fiche, a_corriger, form):
    if a_corriger:
        operations.corriger_papier(fiche, a_corriger.pk, par=request.user, **form.reponses())
        messages.success(request, "La dernière feuille est corrigée.")
        return
    jeton = form.cleaned_data["jeton"].hex
    operations.saisir_papier(fiche, par=request.user, jeton=jeton, **form.reponses())
    messages.success(request, "La feuille est recopiée. Vous pouvez prendre la suivante.")


@acces(Role.AGENT)
@require_POST
def supprimer_papier(request, pk):
    fiche = fiche_de_l_agent(request, pk)
    avis = request.POST.get("avis", "")
    tenter(
        request,
        lambda: operations.supprimer_papier(fiche, int(avis) if avis.isdecimal() else 0, par=request.user),
        "La dernière feuille recopiée est supprimée.",
    )
    return redirect("habitants-papier", pk)
