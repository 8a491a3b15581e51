"""Relire et déposer : le geste qui engage l'organisme."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from comptes.acces import acces
from comptes.models import Membre, Role
from dossiers import copie, engagements, operations
from dossiers.completude import constats, manques
from dossiers.cycle_de_vie import transitions_possibles
from dossiers.eligibilite import avertissements_d_eligibilite
from dossiers.etapes import LIBELLES
from dossiers.etats import Etat
from dossiers.forms import AidesEtatFormSet, DepotForm
from dossiers.forms.engagements import AideEtatForm
from dossiers.lecture import lire, ou_modifier, remarques_de
from dossiers.models import Dossier
from dossiers.operations.depot import EngagementManquant, declarer_aides_etat
from dossiers.views.communs import REFUS, contexte_etape, le_mien, refuser_si_fige, url_etape

REPRENDRE = "Il reste un point à reprendre dans ce que vous attestez. Tout ce que vous avez écrit est gardé."


def _le_mien_entier(request, numero):
    """Le dossier que la personne rédige, avec tout ce que la copie en figera."""
    dossiers = copie.entier(Dossier.objects.ecrits_par(request.user)).prefetch_related(
        "appel__pieces_demandees", "appel__regles"
    )
    return get_object_or_404(dossiers, numero=numero)


@acces(Role.PORTEUR)
def relecture(request, numero):
    dossier = _le_mien_entier(request, numero)
    return refuser_si_fige(request, dossier) or relire(request, dossier)


def relire(request, dossier, form=None, refus="", status=200):
    """La dernière page : ce qui manque, le dossier entier, ce que l'on atteste."""
    liste = manques(dossier)
    remarques = remarques_de(dossier)
    contexte = contexte_etape(
        dossier,
        "relecture",
        liste,
        form=form or DepotForm(dossier=dossier),
        refus=refus,
        manques=[(manque, url_etape(dossier, manque.etape), LIBELLES[manque.etape]) for manque in liste],
        avertissements=[
            *(constat.message for constat in constats(dossier) if not constat.bloquant),
            *avertissements_d_eligibilite(dossier),
        ],
        rubriques=[
            (titre, [(partie, _ou_modifier(dossier, partie)) for partie in parties])
            for titre, parties in lire(copie.figer(dossier, deja_lu=True), remarques)
        ],
        remarques_ouvertes=sum(remarque.traite_le is None for remarque in remarques),
        approuve=dossier.liens_relecture.filter(bon_pour_envoi_le__isnull=False, revoque_le=None),
        contrat=engagements,
        aides_etat=dossier.aides_etat.all() if "aides_etat" in dossier.appel.sections else None,
        possibles=transitions_possibles(dossier, request.user),
        representants=dossier.organisme.membres.filter(role=Membre.Role.REPRESENTANT).select_related("utilisateur"),
        repute_satisfait=dossier.organisme.utilite_publique or bool(dossier.organisme.agrements.all()),
        demande=dossier.demandes_complement.filter(repondue_le=None).first(),
        ouvert=dossier.appel.est_ouvert(),
    )
    return render(request, "dossiers/relecture.html", contexte, status=status)


def _ou_modifier(dossier, partie):
    code = ou_modifier(dossier, partie.section) if partie.epingle else ""
    return (LIBELLES[code], url_etape(dossier, code)) if code else None


@acces(Role.PORTEUR)
def deposer(request, numero):
    """Un second clic retrouve le dossier déposé ; un refus garde tout ce qui était coché et écrit."""
    dossier = le_mien(request, numero)
    if request.method != "POST":
        return redirect("dossiers-relecture", numero)
    form = DepotForm(request.POST, dossier=dossier)
    form.is_valid()
    try:
        operations.deposer(dossier, par=request.user, **form.pour_deposer())
    except EngagementManquant as refus:
        return relire(
            request, _le_mien_entier(request, numero), form, REPRENDRE if form.errors else str(refus), status=422
        )
    except REFUS as refus:
        dossier = _le_mien_entier(request, numero)
        if dossier.etat == Etat.BROUILLON:
            return relire(request, dossier, form, str(refus), status=409)
        messages.info(request, f"Le dossier {dossier.numero} est déjà déposé : il n’a pas été déposé deux fois.")
    else:
        messages.success(
            request,
            f"Votre dossier {dossier.numero} est déposé. L’accusé de réception arrive dans quelques minutes, "
            "ici et par courriel.",
        )
    return redirect("dossiers-detail", numero)


@acces(Role.PORTEUR)
def aides_etat(request, numero):
    """Le § 7 bis : les aides d'État déjà reçues, une ligne chacune."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    if "aides_etat" not in dossier.appel.sections:
        raise Http404
    declarees = [{nom: getattr(aide, nom) for nom in AideEtatForm.Meta.fields} for aide in dossier.aides_etat.all()]
    formset = AidesEtatFormSet(request.POST or None, initial=declarees, prefix="aides")
    refus, status = "", 200
    if request.method == "POST":
        status = 422
        if formset.is_valid():
            try:
                declarer_aides_etat(dossier, formset.aides(), par=request.user)
            except REFUS as erreur:
                refus, status = str(erreur), 409
            else:
                messages.success(request, "Les aides d’État déclarées sont enregistrées.")
                return redirect("dossiers-relecture", numero)
    contexte = contexte_etape(dossier, "relecture", page="Aides d’État", formset=formset, refus=refus)
    return render(request, "dossiers/aides_etat.html", contexte, status=status)
