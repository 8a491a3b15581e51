"""Conduire la séance, et ce que la salle voit au mur : réservé aux agents qui conduisent la réunion."""

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from comptes.models import Role
from evaluation import operations
from evaluation.forms import AvisForm
from evaluation.forms.avis import saisie_lisible
from evaluation.forms.seance import GesteForm
from evaluation.operations import QuorumNonAtteint
from evaluation.operations.invites import marquer_presences
from evaluation.salle import CONDUITE, PROJECTEUR, Phase, Salle
from evaluation.views.communs import REFUS, entier, reunion_thematique
from evaluation.views.ecrans import en_partie, montrer


def _formulaire_d_avis(salle, donnees=None):
    if salle.dossier is None or salle.phase != Phase.AVIS:
        return None
    initial = {f"montant-{pk}": montant for pk, montant in salle.montants_proposes.items()}
    return AvisForm(donnees, financements=salle.dossier.financements.all(), initial=initial)


def _conduite(request, reunion, status=200, **contexte):
    salle = Salle(reunion, request.user, CONDUITE)
    contexte.setdefault("form_avis", _formulaire_d_avis(salle))
    contexte["invites"] = list(reunion.invites.all()) if salle.ouverte else []
    return montrer(request, salle, status, **contexte)


@acces(Role.AGENT)
@never_cache
@require_GET
def conduite(request, pk):
    return _conduite(request, reunion_thematique(request, pk))


@acces(Role.AGENT)
@never_cache
@require_GET
def projecteur(request, pk):
    return montrer(request, Salle(reunion_thematique(request, pk), request.user, PROJECTEUR))


def _ouvrir_dossier(request, reunion, **commun):
    passage = get_object_or_404(reunion.passages, pk=entier(request, "passage"))
    return operations.ouvrir_dossier(reunion, passage, par=request.user, **commun)


def _passer(request, reunion, **commun):
    return operations.passer(reunion, request.POST.get("phase", ""), par=request.user, **commun)


def _adopter(request, reunion, **commun):
    passages = [int(pk) for pk in request.POST.getlist("passages") if pk.isdecimal()]
    return operations.adopter_sans_debat(reunion, par=request.user, passages=passages, **commun)


def _fermer(request, reunion, *, version, sans_quorum):
    return operations.fermer_dossier(reunion, par=request.user, version=version)


def _lever(request, reunion, *, version, sans_quorum):
    return operations.lever_seance(reunion, par=request.user, version=version)


# Ceux-là font avancer la séance : ils disent la version qu'ils ont sous les yeux.
AVANCER = {"dossier": _ouvrir_dossier, "phase": _passer, "bloc": _adopter, "fermer": _fermer, "lever": _lever}


def _pointer(request, reunion):
    if "invite" in request.POST:
        invite = get_object_or_404(reunion.invites, pk=entier(request, "invite"))
        presences = {invite.pk: request.POST.get("presence", "")}
        return marquer_presences(reunion, par=request.user, invites=presences)
    membre = get_object_or_404(reunion.membres.select_related("reunion"), pk=entier(request, "membre"))
    return operations.pointer(membre, request.POST.get("presence", ""), par=request.user)


AIDER = {
    "ouvrir": lambda request, reunion: operations.ouvrir_seance(reunion, par=request.user),
    "minuteur": lambda request, reunion: operations.regler_minuteur(
        reunion, request.POST.get("minuteur", ""), par=request.user
    ),
    "presence": _pointer,
}


def _apres(request, reunion):
    """Le geste est fait : le cœur à jour, ou la page rechargée."""
    return _conduite(request, reunion) if en_partie(request) else redirect("seance-conduite", reunion.pk)


def _confirmer_sans_quorum(request, reunion, refus):
    """On prévient ; le même geste, renvoyé avec l'accord, passe et se note."""
    champs = [(nom, valeur) for nom, valeurs in request.POST.lists() for valeur in valeurs]
    champs = [(nom, valeur) for nom, valeur in champs if nom not in ("csrfmiddlewaretoken", "sans_quorum")]
    return _conduite(
        request, reunion, status=409, confirmation={"phrase": str(refus), "champs": champs, "url": request.path}
    )


def _avis_refuse(request, reunion, refus):
    """Rien n'est perdu : le formulaire garde la saisie si le dossier est encore là, sinon elle se relit au-dessus."""
    salle = Salle(reunion, request.user, CONDUITE)
    if salle.dossier and salle.phase == Phase.AVIS and entier(request, "passage") == salle.passage.pk:
        return _conduite(request, reunion, status=409, refus=refus, form_avis=_formulaire_d_avis(salle, request.POST))
    return _conduite(request, reunion, status=409, refus=refus, saisie_gardee=saisie_lisible(request.POST))


@acces(Role.AGENT)
@never_cache
@require_POST
def geste(request, pk):
    reunion = reunion_thematique(request, pk)
    nom = request.POST.get("geste", "")
    try:
        if nom in AIDER:
            AIDER[nom](request, reunion)
            return _apres(request, reunion)
        form = GesteForm(request.POST)
        if nom not in AVANCER or not form.is_valid():
            return _conduite(request, reunion, status=422, refus="Rechargez la page, puis recommencez.")
        AVANCER[nom](request, reunion, **form.cleaned_data)
    except QuorumNonAtteint as refus:
        return _confirmer_sans_quorum(request, reunion, refus)
    except REFUS as refus:
        return _conduite(request, reunion, status=409, refus=str(refus))
    return _apres(request, reunion)


@acces(Role.AGENT)
@never_cache
@require_POST
def avis(request, pk):
    """L'avis collectif du dossier ouvert ; la saisie refusée reste sous les yeux."""
    reunion = reunion_thematique(request, pk)
    geste_lu = GesteForm(request.POST)
    salle = Salle(reunion, request.user, CONDUITE)
    form = _formulaire_d_avis(salle, request.POST)
    if form is None or not geste_lu.is_valid():
        return _avis_refuse(request, reunion, "L’avis collectif n’est pas ouvert. Voici où en est la séance.")
    if entier(request, "passage") not in (0, salle.passage.pk):
        return _avis_refuse(request, reunion, "Un autre dossier est ouvert : votre avis n’y a pas été enregistré.")
    if not form.is_valid():
        return _conduite(request, reunion, status=422, form_avis=form)
    try:
        operations.conclure(
            reunion,
            par=request.user,
            sens=form.cleaned_data["sens"],
            montants=form.montants(),
            observations=form.cleaned_data["observations"],
            reserves=form.cleaned_data["reserves"],
            **geste_lu.cleaned_data,
        )
    except QuorumNonAtteint as refus:
        return _confirmer_sans_quorum(request, reunion, refus)
    except REFUS as refus:
        return _avis_refuse(request, reunion, str(refus))
    return _apres(request, reunion)
