"""L'accueil de l'évaluation : la file de lecture et les réunions."""

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comptes.acces import acces
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import lecture
from evaluation.models import Avis, Evaluation, MembreReunion, PassageDossier, Reunion
from evaluation.views.communs import LECTEURS

REUNIONS_PAR_PAGE = 20


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
