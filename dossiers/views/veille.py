"""La veille de quartier : signaler, lire, et ce que le service en fait."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from appels.models import Quartier
from comptes import apercus
from comptes.acces import acces, connecte
from comptes.fichiers import fichiers_abandonnes, trop_lourd
from comptes.models import Role
from dossiers import operations
from dossiers.forms.veille import RattacherForm, SignalerForm, TraiterForm
from dossiers.models import Dossier, Signalement
from dossiers.veille import conduit, est_des_siens, statut, suite_du_signalement
from dossiers.views.communs import REFUS
from dossiers.views.pieces import DUREE_CACHE_S, SANS_RIEN

PAR_PAGE = 25
FILTRES = ("quartier", "sujet", "etat", "q")
DOSSIERS_PROPOSES = 30


def _fil(*suite):
    return [("Veille de quartier", reverse("veille-liste")), *suite]


@acces(Role.CITOYEN, Role.AGENT, Role.EVALUATEUR)
def liste(request):
    """Ce que la personne voit de la veille ; filtres et page tiennent dans l'adresse."""
    tous = Signalement.objects.visibles_par(request.user)
    choix = {nom: request.GET.get(nom, "").strip() for nom in FILTRES}
    signalements = _filtrer(tous, choix).select_related("quartier", "conseil").defer("quartier__contour")
    page = Paginator(signalements, PAR_PAGE).get_page(request.GET.get("page"))
    for signalement in page:
        signalement.statut = statut(signalement)
    comptes = tous.aggregate(tous=Count("pk"), a_lire=Count("pk", filter=Q(etat=Signalement.Etat.RECU)))
    roles = request.user.roles
    contexte = {
        "page": page,
        "choix": choix,
        "filtre": any(choix.values()),
        "comptes": comptes,
        "agent": Role.AGENT in roles,
        "citoyen": Role.CITOYEN in roles,
        "signale": not roles.isdisjoint({Role.AGENT, Role.CITOYEN}),
        "sujets": Signalement.Sujet.choices,
        "etats": Signalement.Etat.choices,
        "quartiers": Quartier.objects.filter(
            convention__collectivite__in=request.user.ids_collectivites(Role.AGENT, Role.CITOYEN, Role.EVALUATEUR)
        ).only("nom", "ordre"),
    }
    return render(request, "dossiers/veille/liste.html", contexte)


def _filtrer(signalements, choix):
    if choix["quartier"]:
        cle = choix["quartier"]
        signalements = signalements.filter(quartier=int(cle) if cle.isdecimal() and len(cle) < 19 else 0)
    if choix["sujet"]:
        signalements = signalements.filter(sujet=choix["sujet"])
    if choix["etat"]:
        signalements = signalements.filter(etat=choix["etat"])
    if choix["q"]:
        mots = choix["q"]
        signalements = signalements.filter(Q(lieu__icontains=mots) | Q(texte__icontains=mots))
    return signalements


@acces(Role.CITOYEN, Role.AGENT)
def signaler(request):
    """D'abord depuis un téléphone ; ce qui est tapé revient avec l'erreur, la photo se choisit de nouveau."""
    envoye = request.method == "POST"
    form = SignalerForm(request.POST, request.FILES, par=request.user) if envoye else SignalerForm(par=request.user)
    possible = form.ranger_le_choix_unique()
    status = 200
    if envoye:
        signalement, status = _signaler(request, form)
        if signalement is not None:
            messages.success(request, "Votre signalement est envoyé au service.")
            return redirect("veille-detail", signalement.pk)
    contexte = {
        "form": form,
        "possible": possible,
        "photo_a_reprendre": envoye and "photo" in request.FILES and "photo" not in form.errors,
        "agent": Role.AGENT in request.user.roles,
        "fil": _fil(("Signaler", None)),
    }
    return render(request, "dossiers/veille/signaler.html", contexte, status=status)


def _signaler(request, form):
    """(le signalement ou None, le code de la réponse)"""
    valide = form.is_valid()
    photo, fichier = None, form.cleaned_data.get("photo")
    try:
        for nom in fichiers_abandonnes(request):
            raise trop_lourd(nom)
        if fichier:
            photo = operations.preparer_photo(fichier)
    except ValidationError as refus:
        form.add_error("photo", refus)
        valide = False
    if not valide:
        return None, 422
    try:
        return operations.signaler(par=request.user, photo=photo, **form.champs()), 302
    except operations.FichierIndisponible as panne:
        form.add_error("photo", str(panne))
        return None, 503
    except REFUS as refus:
        form.add_error(None, str(refus))
        return None, 409


def _visible(request, pk):
    return get_object_or_404(
        Signalement.objects.visibles_par(request.user)
        .select_related("quartier__convention", "collectivite", "auteur", "conseil", "objectif", "dossier")
        .defer("quartier__contour"),
        pk=pk,
    )


@acces(Role.CITOYEN, Role.AGENT, Role.EVALUATEUR)
@require_safe
def detail(request, pk):
    return _page(request, _visible(request, pk))


def _page(request, signalement, traiter=None, rattacher=None, status=200):
    agent = conduit(signalement, request.user)
    suite, lu = suite_du_signalement(signalement, interne=agent)
    contexte = {
        "signalement": signalement,
        "statut": statut(signalement),
        "agent": agent,
        "siens": est_des_siens(signalement, request.user),
        "dossier": _dossier_lisible(request, signalement),
        "suite": suite,
        "lu": lu,
        "fil": _fil((signalement.lieu, None)),
    }
    if agent:
        cache = operations.cache_a(signalement, request.user)
        rattacher = rattacher or RattacherForm(signalement=signalement, par=request.user, cache=cache)
        traiter = traiter or TraiterForm(initial={"reponse": signalement.reponse, "transmis_a": signalement.transmis_a})
        for form in (traiter, rattacher):
            _montrer_lu(form, lu)
        contexte |= {
            "traiter": traiter,
            "rattacher": rattacher,
            "a_traiter": signalement.etat in {Signalement.Etat.RECU, Signalement.Etat.TRANSMIS},
            "proposes": rattacher.proposes.order_by("-depose_le").values_list("numero", "intitule")[:DOSSIERS_PROPOSES],
        }
    return render(request, "dossiers/veille/detail.html", contexte, status=status)


def _montrer_lu(form, lu):
    """La page montre le dernier état : le prochain envoi part de là, même quand la saisie refusée revient."""
    form.initial["lu"] = lu
    if form.is_bound:
        form.data = form.data.copy()
        form.data["lu"] = lu


def _dossier_lisible(request, signalement):
    """Le dossier rattaché, à qui peut le lire ; déporté, on n'en apprend ni le numéro ni le titre."""
    if signalement.dossier_id is None:
        return None
    lisibles = Dossier.objects.visibles_par(request.user).exclude(deports__utilisateur=request.user)
    return signalement.dossier if lisibles.filter(pk=signalement.dossier_id).exists() else None


def _a_conduire(request, pk):
    signalement = _visible(request, pk)
    if not conduit(signalement, request.user):
        raise Http404
    return signalement


def _lu(request):
    valeur = request.POST.get("lu", "")
    return int(valeur) if valeur.isdecimal() and len(valeur) < 19 else 0


@require_POST
@acces(Role.AGENT)
def traiter(request, pk):
    """Répondre, transmettre ou classer : un seul formulaire, une seule réponse à l'auteur."""
    signalement = _a_conduire(request, pk)
    form = TraiterForm(request.POST)
    if not form.is_valid():
        return _page(request, signalement, form, status=422)
    saisie = form.cleaned_data
    gestes = {
        TraiterForm.REPONDRE: (operations.repondre_au_signalement, {}, "Votre réponse est envoyée."),
        TraiterForm.TRANSMETTRE: (
            operations.transmettre_le_signalement,
            {"transmis_a": saisie["transmis_a"]},
            "Le signalement est noté comme transmis.",
        ),
        TraiterForm.CLASSER: (operations.classer_le_signalement, {}, "Le signalement est classé sans suite."),
    }
    verbe, plus, succes = gestes[saisie["geste"]]
    try:
        verbe(signalement, par=request.user, reponse=saisie["reponse"], lu=saisie["lu"], **plus)
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page(request, _a_conduire(request, pk), form, status=409)
    messages.success(request, f"{succes} L’auteur et son conseil en sont prévenus par courriel.")
    return redirect("veille-detail", pk)


@require_POST
@acces(Role.AGENT)
def rattacher(request, pk):
    signalement = _a_conduire(request, pk)
    cache = operations.cache_a(signalement, request.user)
    form = RattacherForm(request.POST, signalement=signalement, par=request.user, cache=cache)
    if not form.is_valid():
        return _page(request, signalement, rattacher=form, status=422)
    saisie = form.cleaned_data
    try:
        operations.rattacher(
            signalement, par=request.user, objectif=saisie["objectif"], dossier=saisie["numero"], lu=saisie["lu"]
        )
    except REFUS as refus:
        form.add_error(None, str(refus))
        return _page(request, _a_conduire(request, pk), rattacher=form, status=409)
    messages.success(request, "Le rattachement est enregistré.")
    return redirect("veille-detail", pk)


@require_POST
@acces(Role.AGENT)
def retenir(request, pk):
    retenu = request.POST.get("retenu") == "oui"
    succes = (
        "Le signalement est retenu : les évaluateurs le lisent, ainsi que le portrait du quartier."
        if retenu
        else "Le signalement n’est plus montré aux évaluateurs ni dans le portrait du quartier."
    )
    return _geste(request, pk, succes, lambda s, lu: operations.retenir(s, par=request.user, retenu=retenu, lu=lu))


@require_POST
@acces(Role.AGENT)
def reprendre(request, pk):
    succes = "Le signalement attend de nouveau une réponse. Celle que vous aviez écrite vous sert de brouillon."
    return _geste(request, pk, succes, lambda s, lu: operations.reprendre_le_signalement(s, par=request.user, lu=lu))


def _geste(request, pk, succes, verbe):
    signalement = _a_conduire(request, pk)
    try:
        verbe(signalement, _lu(request))
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, succes)
    return redirect("veille-detail", pk)


@require_safe
@connecte
def photo(request, pk):
    """La photo redessinée à l'envoi, à qui lit le signalement : elle ne porte ni position ni date."""
    signalement = get_object_or_404(Signalement.objects.visibles_par(request.user).exclude(photo=""), pk=pk)
    try:
        fichier = signalement.photo.open("rb")
    except FileNotFoundError as absente:
        raise Http404 from absente
    except OSError:
        return render(request, "dossiers/piece_indisponible.html", {"nom": "photo"}, status=503)
    reponse = FileResponse(fichier, content_type=apercus.TYPE_RENDU, headers={"Content-Security-Policy": SANS_RIEN})
    patch_cache_control(reponse, private=True, max_age=DUREE_CACHE_S)
    return reponse
