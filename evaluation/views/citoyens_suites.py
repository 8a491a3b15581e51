"""Ce que leur avis a changé : la page d'un conseil citoyen, réunion par réunion, et son document à imprimer."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from comptes.acces import acces
from comptes.models import Partenaire, Role
from documents import suites_citoyennes as document
from evaluation import habitants
from evaluation.models import AvisCitoyen

PROJETS_PAR_PAGE = 20


def _conseil(request, pk):
    """Ses membres, et les agents de la collectivité."""
    conseil = get_object_or_404(Partenaire.objects.select_related("collectivite"), pk=pk)
    est_membre = pk in habitants.conseils_de(request.user)
    if not est_membre and conseil.collectivite_id not in request.user.ids_collectivites(Role.AGENT):
        raise Http404
    return conseil


def _fiches(request, conseil):
    """Les projets sur lesquels ce conseil a répondu, la réunion la plus récente d'abord."""
    return (
        habitants.fiches_lisibles(request.user)
        .filter(Exists(AvisCitoyen.objects.filter(fiche=OuterRef("pk"))), conseil=conseil)
        .select_related("reunion", "dossier__organisme", "dossier__avis", "suite")
        .prefetch_related("dossier__decisions")
        .order_by("-reunion__debut", "-reunion_id", "pk")
    )


def _raconter(fiches):
    lus = habitants.avis_par_fiche(fiches)
    for fiche in fiches:
        fiche.lus, fiche.donnee = lus[fiche.pk], habitants.suite_donnee(fiche)
    return fiches


@acces(Role.CITOYEN, Role.AGENT)
@require_GET
def conseil(request, pk):
    le_conseil = _conseil(request, pk)
    page = Paginator(_fiches(request, le_conseil), PROJETS_PAR_PAGE).get_page(request.GET.get("page"))
    fiches = _raconter(list(page))
    contexte = {
        "conseil": le_conseil,
        "page": page,
        "reunions": [(reunion, list(groupe)) for reunion, groupe in groupby(fiches, lambda fiche: fiche.reunion)],
        "membre": pk in habitants.conseils_de(request.user),
    }
    return render(request, "evaluation/citoyens/suites.html", contexte)


@acces(Role.CITOYEN, Role.AGENT)
@require_GET
def imprimer(request, pk, reunion_pk):
    le_conseil = _conseil(request, pk)
    fiches = _raconter(list(_fiches(request, le_conseil).filter(reunion=reunion_pk)))
    if not fiches:
        raise Http404
    reunion = fiches[0].reunion
    octets = document.composer(
        document.SuitesCitoyennes(
            collectivite=le_conseil.collectivite.nom,
            conseil=le_conseil.nom,
            reunion=reunion.titre,
            tenue_le=timezone.localtime(reunion.debut),
            edite_le=timezone.localtime(),
            couleur=le_conseil.collectivite.couleur,
            projets=tuple(
                document.Projet(
                    titre=fiche.dossier.intitule,
                    porteur=fiche.dossier.organisme.nom,
                    habitants=fiche.lus.phrase,
                    manques=tuple(fiche.lus.manques),
                    avis=fiche.donnee.avis,
                    decision=fiche.donnee.decision,
                    texte=fiche.donnee.texte,
                )
                for fiche in fiches
            ),
        )
    )
    reponse = HttpResponse(octets, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"ce-que-votre-avis-a-change-{reunion.pk}.pdf"
    )
    reponse["Cache-Control"] = "private, no-store"
    return reponse
