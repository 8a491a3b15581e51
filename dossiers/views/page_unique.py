"""Le formulaire d'une page, et le passage de l'un à l'autre."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from comptes.acces import acces
from comptes.models import Role
from dossiers import budget, operations
from dossiers.completude import constats
from dossiers.etapes import etapes_de
from dossiers.forms import BudgetForm
from dossiers.forms.champs import Lecture
from dossiers.forms.page_unique import SECTIONS, hors_page, lignes_de_budget, noms_du_budget
from dossiers.views.communs import REFUS, contexte_etape, le_mien, refuser_si_fige, url_etape


@acces(Role.PORTEUR)
def page(request, numero):
    """Toutes les sections à la fois ; chacune s'enregistre par son verbe, et ce qui est refusé reste à l'écran."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    if not dossier.est_simplifie:
        raise Http404
    donnees, status, conflits, refus = None, 200, [], ""
    if request.method == "POST":
        donnees = request.POST
        try:
            refuses, conflits = _enregistrer(request, dossier)
        except REFUS as erreur:
            status, refus = 409, str(erreur)
        else:
            if not refuses and not conflits:
                return redirect(_suite(request, dossier))
            status = 409 if conflits else 422
        dossier = le_mien(request, numero)
    return render(request, "dossiers/page-unique.html", _contexte(dossier, donnees, conflits, refus), status=status)


def _formulaires(dossier, donnees=None):
    return {
        **{code: formulaire(donnees, dossier=dossier) for code, (formulaire, _) in SECTIONS.items()},
        "budget": BudgetForm(donnees, dossier=dossier),
    }


def _enregistrer(request, dossier):
    """(des champs ont-ils été refusés, ce qu'une autre personne a changé entre-temps)"""
    refuses, conflits = False, []
    for code, form in _formulaires(dossier, request.POST).items():
        noms = noms_du_budget(form) if code == "budget" else set(SECTIONS[code][1])
        ecriture = operations.enregistrer_section(
            dossier,
            type(form),
            request.POST,
            par=request.user,
            lecture=Lecture.de(request.POST.get(f"version-{code}", "")),
            noms=noms,
        )
        refuses = refuses or bool(ecriture.erreurs)
        conflits += [(form.fields[nom].label or nom, autre) for nom, autre in ecriture.conflits.items()]
    return refuses, conflits


def _contexte(dossier, donnees, conflits, refus):
    forms = _formulaires(dossier, donnees)
    lus = _formulaires(dossier)
    totaux = budget.totaux_du_dossier(dossier)
    autres = hors_page(dossier.lignes_budget.all())
    return contexte_etape(
        dossier,
        "page-unique",
        forms=forms,
        # La page ne montre que certains champs : une erreur d'un champ caché ne concerne pas cette page.
        erreurs=[
            (champ, erreur)
            for code, form in forms.items()
            if form.is_bound
            for champ in form
            if champ.name in (noms_du_budget(form) if code == "budget" else SECTIONS[code][1])
            for erreur in champ.errors
        ],
        versions=[(code, form.temoin) for code, form in lus.items()],
        conflits=conflits,
        refus=refus,
        budget=lignes_de_budget(forms["budget"]),
        totaux=totaux,
        constats=constats(dossier),
        depasse=operations.depasse_le_seuil(dossier, totaux.demande),
        autres_lignes=len(autres),
        # Les contributions volontaires ne comptent pas dans l'équilibre.
        hors_page=[(ligne.sens, ligne.montant) for ligne in autres if not ligne.est_volontaire],
        exces=-totaux.ecart,
        plus_grand=max(totaux.charges, totaux.produits),
        plus_petit=min(totaux.charges, totaux.produits),
    )


def _suite(request, dossier):
    suites = {"continuer": "pieces", "quitter": "detail"}
    return url_etape(dossier, suites.get(request.POST.get("suite"), "page-unique"))


@acces(Role.PORTEUR)
def changer(request, numero):
    """Passer au formulaire complet, ou en revenir : rien de ce qui est écrit ne se perd."""
    dossier = le_mien(request, numero)
    if request.method != "POST":
        return redirect("dossiers-detail", numero)
    try:
        dossier = operations.choisir_formulaire(dossier, request.POST.get("formulaire", ""), par=request.user)
    except REFUS as refus:
        messages.error(request, str(refus))
        return redirect("dossiers-detail", numero)
    messages.success(request, "Tout ce que vous aviez écrit est là.")
    return redirect(url_etape(dossier, etapes_de(dossier)[1].code))
