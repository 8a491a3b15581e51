"""Enregistrer ce qui s'écrit : par le bouton, toute la page ; à mesure, les seuls champs touchés."""

from datetime import datetime

from django.http import Http404, JsonResponse
from django.utils import timezone

from documents.nombres import heure
from dossiers import operations
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.forms.champs import Lecture
from dossiers.views.communs import REFUS

A_DEUX = (
    "Une autre personne de votre organisme a modifié les mêmes champs pendant que vous écriviez. Votre saisie est "
    "conservée ci-dessous : relisez, puis enregistrez à nouveau pour la garder."
)


def enregistrer_page(request, ecrit, formulaire, envoyees, **plus):
    """Le sort d'un enregistrement complet : (formulaire à montrer, conflits, code de réponse)."""
    lecture = Lecture.de(request.POST.get("version", ""))
    try:
        ecriture = operations.enregistrer_section(
            ecrit, formulaire, envoyees, par=request.user, lecture=lecture, **plus
        )
    except REFUS as refus:
        form = formulaire(envoyees, dossier=ecrit)
        form.add_error(None, str(refus))
        return form, {}, 409
    if not ecriture.erreurs and not ecriture.conflits:
        return None, {}, 302
    # Ce qui pouvait entrer est entré ; la page revient avec toute la saisie, prête à être corrigée ou maintenue.
    frais = formulaire(dossier=ecriture.dossier)
    form = formulaire(frais.fondre(envoyees, set(frais.saisis) - ecriture.recus.keys()), dossier=ecriture.dossier)
    form.is_valid()
    for message in ecriture.erreurs.get("__all__", ()):
        form.add_error(None, message)
    if ecriture.conflits:
        form.add_error(None, A_DEUX)
    return form, ecriture.conflits, 409 if ecriture.conflits else 422


def a_lire(form, conflits):
    return [(form.fields[nom].label or nom, conflit) for nom, conflit in conflits.items() if nom in form.fields]


def enregistrer_champs(request, ecrit, formulaire, **plus):
    """L'enregistrement de quelques champs : le plus léger possible, une réponse que saisie.js sait lire."""
    if request.method != "POST":
        raise Http404
    try:
        ecriture = operations.enregistrer_section(
            ecrit,
            formulaire,
            request.POST,
            par=request.user,
            lecture=Lecture.de(request.POST.get("version", "")),
            noms=set(request.POST.getlist("champs")),
            garder=set(request.POST.getlist("garder")),
            **plus,
        )
    except TransitionInterdite as refus:
        raise Http404 from refus
    except operations.OperationRefusee as refus:
        return JsonResponse({"fige": str(refus)}, status=409)
    noms = {*ecriture.ecrits, *ecriture.conflits, *ecriture.recus}
    temoin = formulaire(dossier=ecriture.dossier, noms=noms).temoin if noms else ""
    return pour_le_script(ecriture, temoin, ecriture.dossier.modifie_le)


def pour_le_script(ecriture, temoin, instant, **plus):
    """Le sort d'une saisie, tel que saisie.js le lit."""
    reponse = {
        "temoin": temoin,
        "enregistre": _heure(instant),
        "ecrits": ecriture.ecrits,
        "erreurs": ecriture.erreurs,
        "conflits": {nom: _autre(autre) for nom, autre in ecriture.conflits.items()},
        "recus": {nom: _autre(autre) for nom, autre in ecriture.recus.items()},
        **plus,
    }
    return JsonResponse(reponse, status=409 if ecriture.conflits else 422 if ecriture.erreurs else 200)


def _autre(autre):
    return {
        "lisible": autre.lisible,
        "valeurs": autre.valeurs,
        "par": autre.par,
        "le": _heure(datetime.fromisoformat(autre.le)),
    }


def _heure(instant):
    """« 22 h 41 », à Paris."""
    return heure(timezone.localtime(instant))
