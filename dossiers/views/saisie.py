"""Remplir un dossier : chaque section s'enregistre entière par un bouton, ou champ par champ pendant qu'on écrit."""

from typing import NamedTuple

from django.http import Http404
from django.shortcuts import redirect, render

from comptes.acces import ENTETE_CHAMPS, acces, connecte, exiger
from comptes.models import Role
from dossiers.etapes import etapes_de, suivante
from dossiers.forms import ActionForm, BudgetForm, MoyensForm, ObjectifsForm, PublicForm, ResultatsForm
from dossiers.models import Dossier
from dossiers.views.action import contexte_moyens, contexte_public, contexte_resultats, contexte_structure
from dossiers.views.chiffrage import contexte_budget, derniere_reparation, reparer
from dossiers.views.communs import contexte_etape, etapes_affichees, le_mien, refuser_si_fige, url_etape
from dossiers.views.enregistrement import a_lire, enregistrer_champs, enregistrer_page


class Page(NamedTuple):
    """Une page de section : son formulaire, et ce que son gabarit montre en plus."""

    formulaire: type
    plus: object = None


PAGES = {
    "action": Page(ActionForm),
    "objectifs": Page(ObjectifsForm),
    "public": Page(PublicForm, contexte_public),
    "moyens": Page(MoyensForm, contexte_moyens),
    "resultats": Page(ResultatsForm, contexte_resultats),
    "budget": Page(BudgetForm, contexte_budget),
}


@connecte
def section(request, numero, code):
    """Lire ou enregistrer une section ; rien de ce qui est tapé ne se perd, quoi qu'il soit refusé."""
    if request.headers.get(ENTETE_CHAMPS):
        # Le verrou vérifie l'appartenance : chercher les rôles coûterait deux requêtes de plus à chaque frappe.
        return enregistrer_champs(request, Dossier(numero=numero), PAGES[code].formulaire)
    exiger(request.user, Role.PORTEUR)
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    if code not in {etape.code for etape in etapes_de(dossier)}:
        raise Http404
    page = PAGES[code]
    form, conflits, status = page.formulaire(dossier=dossier), {}, 200
    if request.method == "POST":
        form, conflits, status = _enregistrer(request, dossier, page)
        if status == 302:
            return redirect(suite(request, dossier, code))
        dossier = le_mien(request, numero)
    plus = page.plus(form, dossier) if page.plus else {}
    if code == "budget":
        plus["derniere"] = derniere_reparation(request.session, dossier, plus["budget"])
    contexte = contexte_etape(dossier, code, form=form, conflits=a_lire(form, conflits), **plus)
    return render(request, f"dossiers/{code}.html", contexte, status=status)


def _enregistrer(request, dossier, page):
    envoyees = request.POST.copy()
    page.formulaire.arranger(envoyees)
    if "reparer" in request.POST and page.formulaire is BudgetForm:
        reparer(request, dossier, envoyees)
    return enregistrer_page(request, dossier, page.formulaire, envoyees)


def suite(request, dossier, code):
    if "reparer" in request.POST:
        return f"{url_etape(dossier, code)}#equilibre"
    if request.POST.get("suite") == "continuer":
        code = suivante(dossier, code)
    elif request.POST.get("suite") == "quitter":
        code = "detail"
    return url_etape(dossier, code)


@acces(Role.PORTEUR)
def structure(request, numero):
    """Ce que le dossier reprend de la fiche de l'organisme, et ce qui y manque encore."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    contexte = contexte_etape(dossier, "structure", **contexte_structure(dossier))
    return render(request, "dossiers/structure.html", contexte)


@acces(Role.PORTEUR)
def etapes(request, numero):
    """La liste des étapes, seule : saisie.js la redemande après un enregistrement."""
    dossier = le_mien(request, numero)
    contexte = {"dossier": dossier, "etapes": etapes_affichees(dossier, request.GET.get("ici", ""))}
    return render(request, "dossiers/partials/_etapes.html", contexte)
