"""L'accueil, la liste des appels et la page de chacun."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appels.carte import dessiner
from appels.models import Appel
from appels.presentation import (
    A_VENIR,
    CLOS,
    OUVERT,
    PREPARATION,
    etapes,
    etapes_generales,
    objectifs_par_enjeu,
    page_de_l_appel,
    vignettes,
)
from comptes.acces import public
from comptes.models import Collectivite, Role
from comptes.taches import taches_de

PAR_PAGE = 20


@require_safe
@public
def accueil(request):
    if request.user.is_authenticated:
        return _ce_qui_m_attend(request)
    ouverts = vignettes(Appel.objects.ouverts().order_by("cloture_le", "pk"), avec_contours=True)
    if not ouverts:
        a_venir = Appel.objects.publies().filter(ouvre_le__gt=timezone.now()).order_by("ouvre_le", "pk")[:3]
        return render(request, "appels/accueil_vide.html", {"a_venir": vignettes(a_venir)})
    if len(ouverts) > 1:
        return _plusieurs_appels(request, ouverts)
    appel, quartiers = ouverts[0].appel, ouverts[0].quartiers
    contexte = {
        "vignette": ouverts[0],
        "appel": appel,
        "quartiers": quartiers,
        "carte": dessiner(quartiers),
        "groupes": objectifs_par_enjeu(appel),
        "financeurs": appel.financeurs.all(),
        "etapes": etapes(appel),
    }
    return render(request, "appels/accueil_un_appel.html", contexte)


def _plusieurs_appels(request, ouverts):
    """La carte est celle du premier territoire dont les contours sont connus."""
    carte_une = next(((vignette, carte) for vignette in ouverts if (carte := dessiner(vignette.quartiers))), None)
    contexte = {"ouverts": ouverts, "carte_une": carte_une, "etapes": etapes_generales()}
    return render(request, "appels/accueil_plusieurs.html", contexte)


def _ce_qui_m_attend(request):
    contexte = {
        "taches": taches_de(request.user),
        "aujourdhui": timezone.localdate(),
        "ouverts": vignettes(Appel.objects.ouverts().order_by("cloture_le", "pk")),
        "prepare": Role.AGENT in request.user.roles,
        "evalue": bool(request.user.roles & {Role.EVALUATEUR, Role.CITOYEN}),
        "sans_role": not request.user.roles,
    }
    return render(request, "appels/accueil_connecte.html", contexte)


def _filtre_statut(code):
    maintenant = timezone.now()
    publie = Q(publie_le__lte=maintenant)
    return {
        OUVERT.code: publie & Q(ouvre_le__lte=maintenant, cloture_le__gte=maintenant),
        A_VENIR.code: publie & Q(ouvre_le__gt=maintenant),
        CLOS.code: publie & Q(cloture_le__lt=maintenant),
        PREPARATION.code: Q(publie_le=None) | Q(publie_le__gt=maintenant),
    }.get(code, Q())


@require_safe
@public
def liste(request):
    visibles = Appel.objects.visibles_par(request.user)
    etat, collectivite, annee = (request.GET.get(nom, "") for nom in ("etat", "collectivite", "annee"))
    agent = request.user.is_authenticated and Role.AGENT in request.user.roles
    appels = visibles.filter(_filtre_statut(etat))
    if collectivite.isdecimal():
        appels = appels.filter(collectivite=int(collectivite[:9]))
    if annee.isdecimal():
        appels = appels.filter(annee=int(annee[:4]))
    page = Paginator(appels.order_by("-annee", "cloture_le", "pk"), PAR_PAGE).get_page(request.GET.get("page"))
    choix = list(visibles.order_by().values_list("annee", "collectivite_id", "collectivite__nom").distinct())
    contexte = {
        "page": page,
        "vignettes": vignettes(page.object_list),
        "etats": [OUVERT, A_VENIR, CLOS, *([PREPARATION] if agent else [])],
        "collectivites": sorted({(pk, nom) for _, pk, nom in choix}, key=lambda paire: paire[1]),
        "annees": sorted({annee for annee, _, _ in choix}, reverse=True),
        "choisi": {"etat": etat, "collectivite": collectivite, "annee": annee},
        "filtre": bool(etat or collectivite or annee),
        "agent": agent,
    }
    return render(request, "appels/liste.html", contexte)


@require_safe
@public
def detail(request, slug):
    appel = get_object_or_404(
        Appel.objects.visibles_par(request.user).select_related("collectivite", "convention"), slug=slug
    )
    contexte = {
        "appel": appel,
        "gere": request.user.is_authenticated and appel.collectivite_id in request.user.ids_collectivites(Role.AGENT),
        "fil": [("Appels à projets", reverse("appels-liste")), (appel.intitule, None)],
        **page_de_l_appel(appel),
    }
    contexte["avant_d_ecrire"] = _avant_d_ecrire(appel, contexte["regles"])
    return render(request, "appels/detail.html", contexte)


def _avant_d_ecrire(appel, regles):
    """Ce qu'un appel ouvert propose avant le dossier : savoir si l'on est concerné, poser son idée au service."""
    if not appel.est_ouvert():
        return []
    pistes = []
    if regles:
        pistes.append(("Suis-je concerné ?", reverse("dossiers-eligibilite-appel", args=[appel.slug])))
    if appel.pre_projet_delai_jours:
        pistes.append(("Posez d’abord votre idée, en dix lignes", reverse("pre-projets-nouveau", args=[appel.slug])))
    return pistes


@require_safe
@public
def accessibilite(request):
    return render(request, "pages/accessibilite.html", {"collectivites": _qui_publie()})


@require_safe
@public
def donnees_personnelles(request):
    return render(request, "pages/donnees_personnelles.html", {"collectivites": _qui_publie()})


def _qui_publie():
    """Les collectivités qui ont publié un appel : ce sont elles qui répondent de leurs dossiers."""
    return Collectivite.objects.filter(appels__publie_le__lte=timezone.now()).distinct()
