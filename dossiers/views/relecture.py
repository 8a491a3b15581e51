"""Faire relire : le lien donné, les remarques reçues, et la page que lit la personne sans compte."""

from functools import wraps

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from comptes.acces import acces, public
from comptes.models import Role
from dossiers import copie
from dossiers.etapes import LIBELLES
from dossiers.forms import LienForm
from dossiers.lecture import lire as lire_le_dossier
from dossiers.lecture import remarques_de, sections_relues
from dossiers.models import Commentaire, Dossier, LienRelecture
from dossiers.operations import relecture as relectures
from dossiers.views.communs import REFUS, contexte_etape, le_mien, refuser_si_fige, url_etape

# Un jeton ne se devine pas ; ces essais-là ne coûteraient qu'à la base.
ESSAIS_FAUX_MAX = 30
MEMOIRE_DES_ESSAIS = 600  # secondes


@never_cache
@acces(Role.PORTEUR)
def faire_relire(request, numero):
    """Le lien n'est montré qu'une fois, dans la réponse à sa création : la base n'en garde qu'une empreinte."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    form, adresse, status = LienForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                lien, jeton = relectures.ouvrir_relecture(dossier, par=request.user, **form.cleaned_data)
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                adresse, status = request.build_absolute_uri(reverse("relire", args=[jeton])), 200
                form = LienForm()
    remarques = remarques_de(dossier)
    contexte = contexte_etape(
        dossier,
        "relecture",
        page="Faire relire",
        form=form,
        adresse=adresse,
        pour=lien.pour if adresse else "",
        liens=[(lien, relectures.est_lisible(lien)) for lien in dossier.liens_relecture.select_related("dossier")],
        remarques=[(remarque, LIBELLES[remarque.section]) for remarque in remarques],
    )
    return render(request, "dossiers/faire_relire.html", contexte, status=status)


@require_POST
@acces(Role.PORTEUR)
def revoquer(request, pk):
    lien = get_object_or_404(_ecrits(LienRelecture.objects, request, "dossier").select_related("dossier"), pk=pk)
    try:
        relectures.revoquer_relecture(lien, par=request.user)
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"Le lien donné à « {lien.pour} » ne s’ouvre plus.")
    return redirect("dossiers-faire-relire", lien.dossier.numero)


@require_POST
@acces(Role.PORTEUR)
def traiter(request, pk):
    """« Traitée », ou à reprendre ; on revient à l'étape d'où l'on vient."""
    remarques = _ecrits(Commentaire.objects, request, "lien__dossier").select_related("lien__dossier")
    remarque = get_object_or_404(remarques, pk=pk)
    try:
        relectures.traiter(remarque, par=request.user, fait="rouvrir" not in request.POST)
    except REFUS as refus:
        messages.error(request, str(refus))
    retour = request.POST.get("retour", "")
    dossier = remarque.lien.dossier
    if retour in LIBELLES:
        return redirect(url_etape(dossier, retour))
    return redirect(f"{reverse('dossiers-faire-relire', args=[dossier.numero])}#remarques")


def _ecrits(objets, request, chemin):
    """Ceux des dossiers que la personne rédige."""
    return objets.filter(**{f"{chemin}__in": Dossier.objects.ecrits_par(request.user)})


def _discrete(vue):
    """Une page qu'aucun moteur n'indexe, qu'aucun cache ne garde, et dont l'adresse ne part nulle part."""

    @wraps(vue)
    def enveloppee(request, *args, **kwargs):
        reponse = vue(request, *args, **kwargs)
        reponse["X-Robots-Tag"] = "noindex, nofollow"
        reponse["Referrer-Policy"] = "no-referrer"
        return reponse

    return never_cache(enveloppee)


def _lien_du_jeton(request, jeton):
    """Le lien de ce jeton ; faux, ou trop d'essais faux, c'est la même page introuvable."""
    cle = f"relire-faux:{get_adapter().get_client_ip(request)}"
    if cache.get(cle, 0) >= ESSAIS_FAUX_MAX:
        raise Http404
    lien = (
        LienRelecture.objects.select_related("dossier__organisme", "dossier__appel__collectivite")
        .filter(empreinte=relectures.empreinte_du_jeton(jeton))
        .first()
    )
    if lien is None:
        cache.set(cle, cache.get(cle, 0) + 1, MEMOIRE_DES_ESSAIS)
        raise Http404
    return lien


def _page(request, lien, jeton, refus="", saisie=None, status=200):
    if not relectures.est_lisible(lien):
        return render(request, "dossiers/relecture_tiers/ferme.html", {"lien": lien}, status=410)
    donnees = copie.pour_un_tiers(copie.figer(lien.dossier))
    contexte = {
        "lien": lien,
        "jeton": jeton,
        "donnees": donnees,
        "rubriques": lire_le_dossier(donnees, list(lien.commentaires.all())),
        "refus": refus,
        "saisie": saisie or {},
        "signes_max": relectures.SIGNES_MAX,
    }
    return render(request, "dossiers/relecture_tiers/lire.html", contexte, status=status)


@_discrete
@require_safe
@public
def lire(request, jeton):
    return _page(request, _lien_du_jeton(request, jeton), jeton)


# Ces gestes n'emploient aucune session : le secret de l'adresse est la seule autorité, et un navigateur
# qui ne dit pas d'où il vient (no-referrer) échouerait au contrôle de l'origine.
@csrf_exempt
@_discrete
@require_POST
@public
def commenter(request, jeton):
    lien = _lien_du_jeton(request, jeton)
    section, texte = request.POST.get("section", ""), request.POST.get("texte", "")
    if section not in sections_relues(copie.figer(lien.dossier)):
        raise Http404
    try:
        relectures.commenter(lien, section=section, texte=texte)
    except REFUS as refus:
        return _page(request, lien, jeton, str(refus), {"section": section, "texte": texte}, status=422)
    return redirect(f"{reverse('relire', args=[jeton])}#{section}")


@csrf_exempt
@_discrete
@require_POST
@public
def approuver(request, jeton):
    lien = _lien_du_jeton(request, jeton)
    try:
        relectures.approuver(lien)
    except relectures.LienFerme:
        return _page(request, lien, jeton)
    return redirect(f"{reverse('relire', args=[jeton])}#avis")
