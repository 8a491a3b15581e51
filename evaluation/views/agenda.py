"""L'ordre du jour construit : l'aperçu et ses raisons, l'appliquer, le reprendre à la main, l'annuler."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from comptes.models import Role
from evaluation import agenda, operations
from evaluation.operations.agenda import CHANGE, ordre_d_avant
from evaluation.ordre_propose import Proposition
from evaluation.views.communs import REFUS, reunion_thematique, tenter


def ecrire_ordre(places):
    return ",".join(f"{pk}{'s' if sans_debat else ''}" for pk, sans_debat in places)


def lire_ordre(texte):
    """[(dossier, sans débat)] ; une chaîne abîmée ne correspond à aucun ordre et sera refusée."""
    morceaux = [m for m in texte.split(",") if m.rstrip("s").isdecimal()]
    return [(int(m.rstrip("s")), m.endswith("s")) for m in morceaux]


def _page(request, reunion, statut=200, saisie=None, refus=""):
    proposition = Proposition(reunion, request.user)
    for rang, passage in enumerate(proposition.passages, 1):
        valeurs = (saisie or {}).get(passage.pk)
        passage.rang_saisi, passage.coche = valeurs or (rang, passage.sans_debat)
    contexte = {
        "reunion": reunion,
        "proposition": proposition,
        "vu": ecrire_ordre(proposition.rangs),
        "propose": "" if proposition.refusee else ecrire_ordre(proposition.places),
        "seuils": {"ecart": agenda.ECART_FAIBLE, "moyenne": agenda.MOYENNE_HAUTE},
        "annulable": ordre_d_avant(reunion) is not None,
        "refus": refus,
    }
    return render(request, "evaluation/agenda.html", contexte, status=statut)


@acces(Role.AGENT)
@require_GET
def ordre(request, pk):
    return _page(request, reunion_thematique(request, pk))


@acces(Role.AGENT)
@require_POST
def appliquer(request, pk):
    """Applique l'ordre lu à l'écran, si c'est encore celui que la réunion propose."""
    reunion = reunion_thematique(request, pk)
    proposition = Proposition(reunion, request.user)
    if proposition.refusee:
        return _page(
            request,
            reunion,
            409,
            refus="Vous vous êtes déporté d’un dossier : un autre agent applique l’ordre proposé.",
        )
    if request.POST.get("propose", "") != ecrire_ordre(proposition.places):
        return _page(
            request,
            reunion,
            409,
            refus="Des notes ou des dossiers ont changé depuis l’aperçu. Voici le nouvel ordre proposé.",
        )
    if tenter(
        request,
        lambda: operations.fixer_ordre(
            reunion, proposition.places, par=request.user, vu=lire_ordre(request.POST.get("vu", ""))
        ),
        "L’ordre du jour est celui proposé. Vous pouvez encore le reprendre à la main.",
    ):
        return redirect("reunions-agenda", pk)
    return _page(request, reunion, 409)


@acces(Role.AGENT)
@require_POST
def regler(request, pk):
    """À la main : un rang et une case par dossier."""
    reunion = reunion_thematique(request, pk)
    passages = list(reunion.passages.order_by("rang", "pk"))
    saisie = {}
    for rang, passage in enumerate(passages, 1):
        voulu = request.POST.get(f"rang-{passage.pk}", "")
        # Un dossier dont l'agent s'est déporté n'a pas de champ : il garde son rang et son bloc.
        if f"rang-{passage.pk}" in request.POST:
            saisie[passage.pk] = (
                int(voulu) if voulu.isdecimal() and int(voulu) else rang,
                f"bloc-{passage.pk}" in request.POST,
            )
    vu = lire_ordre(request.POST.get("vu", ""))
    if vu != [(p.dossier_id, p.sans_debat) for p in passages]:
        return _page(request, reunion, 409, saisie, CHANGE)
    places = []
    for rang, passage in enumerate(passages, 1):
        voulu, sans_debat = saisie.get(passage.pk, (rang, passage.sans_debat))
        # Un dossier remonté passe devant celui qui tenait ce rang ; descendu, derrière.
        places.append((voulu, (voulu > rang) - (voulu < rang), rang, passage.dossier_id, sans_debat))
    try:
        operations.fixer_ordre(reunion, [p[3:] for p in sorted(places)], par=request.user, vu=vu)
    except REFUS as refus:
        return _page(request, reunion, 409, saisie, str(refus))
    messages.success(request, "L’ordre du jour est enregistré.")
    return redirect("reunions-agenda", pk)


@acces(Role.AGENT)
@require_POST
def revenir(request, pk):
    reunion = reunion_thematique(request, pk)
    tenter(
        request,
        lambda: operations.revenir_a_l_ordre_d_avant(reunion, par=request.user),
        "L’ordre d’avant est rétabli.",
    )
    return redirect("reunions-agenda", pk)
