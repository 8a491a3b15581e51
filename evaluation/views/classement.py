"""Le classement d'une réunion ou d'un appel : à l'écran, en CSV et en classeur XLSX, filtrés pareil."""

import csv
import io

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from appels.models import Appel
from comptes.acces import acces
from comptes.models import Role
from evaluation import classement_fichiers as fichiers
from evaluation.classement import classer, passages_de_l_appel
from evaluation.classement_filtres import Filtres, choix_proposes
from evaluation.lecture import conduit
from evaluation.views.communs import LECTEURS, reunion_visible

LIGNES_PAR_PAGE = 50


def _reunion(request, pk):
    reunion = reunion_visible(request, pk)
    if not reunion.est_thematique:
        raise Http404("Cette réunion n’examine pas de dossiers.")
    return reunion, classer(reunion.passages.all(), request.user)


def _appel(request, slug):
    appel = get_object_or_404(
        Appel.objects.filter(collectivite__in=request.user.ids_collectivites(Role.AGENT)), slug=slug
    )
    return appel, classer(passages_de_l_appel(appel, request.user), request.user)


def _page(request, classement, contexte):
    filtres = Filtres.depuis(request.GET)
    lignes = filtres.appliquer(classement.lignes)
    contexte |= {
        "classement": classement,
        "page": Paginator(lignes, LIGNES_PAR_PAGE).get_page(request.GET.get("page")),
        "nombre": len(lignes),
        "filtres": filtres,
        "choix": choix_proposes(classement.lignes),
    }
    return render(request, "evaluation/classement.html", contexte)


@acces(*LECTEURS)
@require_GET
def de_la_reunion(request, pk):
    reunion, classement = _reunion(request, pk)
    return _page(
        request, classement, {"reunion": reunion, "titre": reunion.titre, "agent": conduit(request.user, reunion)}
    )


@acces(Role.AGENT)
@require_GET
def de_l_appel(request, slug):
    appel, classement = _appel(request, slug)
    return _page(request, classement, {"appel": appel, "titre": appel.intitule, "agent": True})


@acces(*LECTEURS)
@require_GET
def fichier_de_la_reunion(request, pk, forme):
    reunion, classement = _reunion(request, pk)
    return _fichier(request, classement, forme, reunion.titre, f"classement-reunion-{reunion.pk}")


@acces(Role.AGENT)
@require_GET
def fichier_de_l_appel(request, slug, forme):
    appel, classement = _appel(request, slug)
    return _fichier(request, classement, forme, appel.intitule, f"classement-{appel.slug}")


def _fichier(request, classement, forme, titre, nom):
    lignes = Filtres.depuis(request.GET).appliquer(classement.lignes)
    if forme == "xlsx":
        return FileResponse(
            fichiers.xlsx(titre, lignes), as_attachment=True, filename=f"{nom}.xlsx", content_type=fichiers.TYPE_XLSX
        )
    sortie = io.StringIO()
    # Le point-virgule et l'indicateur d'ordre des octets : ce qu'un tableur français ouvre sans rien demander.
    sortie.write("\ufeff")
    redaction = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    redaction.writerow(colonne.titre for colonne in fichiers.COLONNES)
    redaction.writerows([fichiers.sans_formule(valeur) for valeur in fichiers.valeurs(ligne)] for ligne in lignes)
    reponse = HttpResponse(sortie.getvalue(), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.csv"'
    return reponse
