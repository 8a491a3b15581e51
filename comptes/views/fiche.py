"""Une page de la fiche permanente : la lire, l'enregistrer, sans écraser personne."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes import operations
from comptes.acces import connecte
from comptes.fiche import manques_de_fiche, pages_de
from comptes.forms import FORMULAIRES, PAGE_BANCAIRE, AgrementsFormSet
from comptes.models import Organisme
from comptes.views.communs import le_mien

PAGE_AGREMENTS = "administration"
VERSION_INCONNUE = -1


@connecte
def modifier(request, pk, page):
    organisme = le_mien(request, pk)
    pages = pages_de(organisme)
    demandee = next((existante for existante in pages if existante.code == page), None)
    if demandee is None:
        raise Http404
    interdite = page == PAGE_BANCAIRE and not request.user.represente(organisme.pk)
    donnees = request.POST if request.method == "POST" else None
    form = FORMULAIRES[page](donnees, instance=organisme)
    agrements = _agrements(organisme, donnees) if page == PAGE_AGREMENTS else None
    conflit = ""
    if donnees is not None and form.is_valid() and (agrements is None or agrements.is_valid()):
        plus = {} if agrements is None else {"agrements": agrements.a_enregistrer()}
        try:
            operations.modifier_organisme(
                organisme, par=request.user, version=_version(donnees), **plus, **form.a_enregistrer()
            )
        except operations.OperationRefusee as refus:
            conflit = str(refus)
        else:
            return _suite(request, organisme, pages, page, form)
    enregistre = Organisme.objects.get(pk=organisme.pk) if donnees is not None else organisme
    contexte = {
        "organisme": enregistre,
        "page": page,
        "pages": pages,
        "incompletes": {manque.page for manque in manques_de_fiche(enregistre)},
        "titre": demandee.titre,
        "form": form,
        "agrements": agrements,
        "interdite": interdite,
        "conflit": conflit,
        "ecarts": _ecarts(form, enregistre) if conflit else [],
        "version": enregistre.version if conflit or donnees is None else _version(donnees),
    }
    return render(request, demandee.gabarit, contexte, status=_statut(donnees, conflit))


def _statut(donnees, conflit):
    if conflit:
        return 409
    return 200 if donnees is None else 422


def _version(donnees):
    """La version que la personne avait lue ; illisible, elle vaut « inconnue » et fait relire."""
    lue = donnees.get("version", "")
    return int(lue) if lue.isascii() and lue.isdigit() and len(lue) < 10 else VERSION_INCONNUE


def _agrements(organisme, donnees):
    lignes = list(organisme.agrements.values("type", "attribue_par", "date"))
    return AgrementsFormSet(donnees, initial=lignes, prefix="agrements")


def _ecarts(form, enregistre):
    """Ce que l'autre personne a enregistré, là où la saisie dit autre chose."""
    ecarts = []
    for nom in form.a_enregistrer():
        la_base = getattr(enregistre, nom)
        if nom in form.fields and nom != "iban" and la_base != form.cleaned_data.get(nom):
            ecarts.append((form.fields[nom].label, la_base))
    return ecarts


def _suite(request, organisme, pages, page, form):
    messages.success(request, "C’est enregistré.")
    for remarque in form.remarques():
        messages.warning(request, remarque)
    if "ajouter" in request.POST:
        return redirect(f"{reverse('organismes-modifier', args=[organisme.pk, page])}#agrements")
    codes = [existante.code for existante in pages]
    suivante = codes[codes.index(page) + 1 :]
    if "continuer" in request.POST and suivante:
        return redirect("organismes-modifier", organisme.pk, suivante[0])
    return redirect("organismes-detail", organisme.pk)
