"""L'accueil de l'évaluation : la file de lecture et les réunions."""

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comptes.acces import acces
from comptes.models import Role
from dossiers.etats import Etat
from evaluation.file_de_lecture import file_de, prochain
from evaluation.habitants import conseils_de, marquer_la_file
from evaluation.models import Avis, PassageDossier, PointOrdreDuJour, Reunion
from evaluation.views.communs import CONVIES

REUNIONS_PAR_PAGE = 20


@acces(*CONVIES)
@require_GET
def accueil(request):
    par_passage = PassageDossier.objects.filter(reunion=OuterRef("pk")).order_by().values("reunion")
    par_point = PointOrdreDuJour.objects.filter(reunion=OuterRef("pk")).order_by().values("reunion")
    par_avis = Avis.objects.filter(reunion=OuterRef("pk")).exclude(dossier__etat=Etat.EN_EVALUATION).order_by()
    reunions = (
        Reunion.objects.visibles_par(request.user)
        .select_related("appel", "enjeu")
        .annotate(
            nb_dossiers=Coalesce(Subquery(par_passage.annotate(n=Count("pk")).values("n")), 0),
            nb_avis=Coalesce(Subquery(par_avis.values("reunion").annotate(n=Count("pk")).values("n")), 0),
        )
        .annotate(
            nb_points=Coalesce(Subquery(par_point.annotate(n=Count("pk")).values("n")), 0),
            nb_suites=Coalesce(Subquery(par_point.non_soldes().annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by(F("close_le").desc(nulls_first=True), "debut", "pk")
    )
    nature = request.GET.get("nature", "")
    if nature in Reunion.Nature.values:
        reunions = reunions.filter(nature=nature)
    page = Paginator(reunions, REUNIONS_PAR_PAGE).get_page(request.GET.get("page"))
    conduites = request.user.ids_collectivites(Role.AGENT)
    etapes = file_de(request.user)
    marquer_la_file(etapes, request.user)
    contexte = {
        "page": page,
        # Dans l'ordre des réunions montrées, une fois chacun.
        "appels_conduits": dict.fromkeys(r.appel for r in page if r.appel and r.collectivite_id in conduites),
        "agent": Role.AGENT in request.user.roles,
        "nature": nature if nature in Reunion.Nature.values else "",
        "natures": Reunion.Nature.choices,
        "file": etapes,
        "conseils": sorted(conseils_de(request.user)),
        "prochain": prochain(etapes),
        "a_faire": sum(len(etape.a_faire) for etape in etapes),
        "faits": sum(len(etape.faits) for etape in etapes),
        "minutes": sum(etape.minutes for etape in etapes if etape.note),
    }
    return render(request, "evaluation/accueil.html", contexte)
