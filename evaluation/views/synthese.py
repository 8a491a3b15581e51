"""La synthèse d'une page, et le dossier entier tel qu'il fut déposé."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from comptes.acces import acces
from dossiers.copie import pour_un_tiers
from dossiers.lecture import lire
from dossiers.memoire import taire_l_an_passe
from evaluation.synthese import dossiers_a_lire, synthese_de
from evaluation.views.communs import LECTEURS


def _dossier(request, numero):
    return get_object_or_404(dossiers_a_lire(request.user), numero=numero)


@acces(*LECTEURS)
@require_GET
def synthese(request, numero):
    dossier = _dossier(request, numero)
    contexte = {
        "dossier": dossier,
        "synthese": synthese_de(taire_l_an_passe(dossier, request.user)),
        "reunion": dossier.passages.select_related("reunion").get().reunion,
    }
    return render(request, "evaluation/synthese.html", contexte)


@acces(*LECTEURS)
@require_GET
def depose(request, numero):
    """La dernière copie immuable, sans les coordonnées des personnes ni le compte bancaire."""
    dossier = _dossier(request, numero)
    copie = dossier.copies.order_by("-rang").first()
    if copie is None:
        raise Http404("Ce dossier n’a pas de copie de son dépôt.")
    contexte = {
        "dossier": dossier,
        "copie": copie,
        "rubriques": lire(pour_un_tiers(copie.donnees)),
    }
    return render(request, "evaluation/depose.html", contexte)
