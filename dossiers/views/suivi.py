"""La liste des dossiers et la page d'un dossier, pour qui le porte, l'instruit, l'évalue ou le finance."""

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from appels.models import Appel
from comptes.acces import connecte
from comptes.models import Role
from dossiers import budget, operations
from dossiers.completude import manques
from dossiers.cycle_de_vie import RETOURS, TRANSITIONS, transitions_possibles
from dossiers.etats import Etat
from dossiers.forms import ComplementForm, MotifForm
from dossiers.historique import historique, jalons
from dossiers.models import Dossier, Piece
from dossiers.views.saisie import ETAPES

PAR_PAGE = 25
# Retirer un dossier d'une réunion se fait depuis la réunion, qui défait aussi son ordre du jour.
RETOURS_ICI = RETOURS - {"revenir_a_la_recevabilite"}
TRIS = {
    "intitule": ("Intitulé", ("intitule", "-pk")),
    "organisme": ("Organisme", ("organisme__nom", "-pk")),
    "demande": ("Montant demandé", ("-total_demande", "-pk")),
    "ancien": ("Les plus anciens dépôts d’abord", (F("depose_le").asc(nulls_last=True), "pk")),
}


@connecte
def liste(request):
    """Ce que la personne voit ; filtres, tri et page tiennent dans l'adresse."""
    est_agent = Role.AGENT in request.user.roles
    dossiers = Dossier.objects.visibles_par(request.user).order_by("-depose_le", "-pk")
    choix = {nom: request.GET.get(nom, "").strip() for nom in ("etat", "appel", "q", "tri")}
    if choix["etat"] in Etat.values:
        dossiers = dossiers.filter(etat=choix["etat"])
    if choix["appel"]:
        dossiers = dossiers.filter(appel__slug=choix["appel"])
    if choix["q"]:
        dossiers = dossiers.filter(
            Q(numero__icontains=choix["q"])
            | Q(intitule__icontains=choix["q"])
            | Q(organisme__nom__icontains=choix["q"])
        )
    if choix["tri"] in TRIS:
        dossiers = dossiers.pour_liste().order_by(*TRIS[choix["tri"]][1])
    elif not est_agent:
        # Les brouillons, sans date de dépôt, viennent en tête chez qui les écrit, sur toutes les bases.
        dossiers = dossiers.order_by(F("depose_le").desc(nulls_first=True), "-pk")
    page = Paginator(dossiers, PAR_PAGE).get_page(request.GET.get("page"))
    # Les clés d'abord : le total demandé se calcule pour cette page, pas pour toutes celles qui la précèdent.
    page.object_list = (
        Dossier.objects.filter(pk__in=page.object_list.values("pk")).pour_liste().order_by(*dossiers.query.order_by)
    )
    contexte = {
        "page": page,
        "choix": choix,
        "filtre": any(choix[nom] for nom in ("etat", "appel", "q")),
        "etats": [e for e in Etat.choices if not est_agent or e[0] != Etat.BROUILLON or request.user.ids_organismes],
        "tris": [(nom, libelle) for nom, (libelle, _) in TRIS.items()],
        "appels": Appel.objects.filter(
            Q(collectivite__in=request.user.ids_collectivites(Role.AGENT))
            | Q(pk__in=Dossier.objects.ecrits_par(request.user).values("appel"))
        ),
        "porte": bool(request.user.ids_organismes),
        "titre": "Mes dossiers" if not est_agent and request.user.ids_organismes else "Dossiers",
    }
    return render(request, "dossiers/liste.html", contexte)


@connecte
def detail(request, numero):
    return page_de_suivi(request, dossier_visible(request, numero))


def dossier_visible(request, numero):
    return get_object_or_404(
        Dossier.objects.visibles_par(request.user).avec_contenu().prefetch_related("demandes_complement", "actes"),
        numero=numero,
    )


def page_de_suivi(request, dossier, *, status=200, verbe="", form=None):
    """La page du dossier ; `form` est le formulaire refusé de `verbe`, rendu avec sa saisie."""
    membre = dossier.organisme_id in request.user.ids_organismes
    agent = dossier.appel.collectivite_id in request.user.ids_collectivites(Role.AGENT)
    possibles = transitions_possibles(dossier, request.user)
    demandes = list(dossier.demandes_complement.all())
    rejet = operations.date_rejet_implicite(dossier.depose_le, demandes) if dossier.depose_le else None
    passage = dossier.passages.select_related("reunion").first()
    faits = historique(dossier, interne=agent) if membre or agent else []
    avis_le = next((fait.quand for fait in faits if fait.phrase == "Avis de la réunion enregistré"), None)
    contexte = {
        "dossier": dossier,
        "membre": membre,
        "agent": agent,
        "possibles": possibles,
        "jalons": jalons(
            dossier,
            avis_le=avis_le if dossier.etat not in {Etat.RECEVABLE, Etat.EN_EVALUATION} else None,
            reunion_le=passage and passage.reunion.debut,
            rejet_implicite=rejet,
        ),
        "prochaine": _prochaine_action(dossier, demandes) if membre else None,
        "rejet_implicite": rejet if dossier.etat in {Etat.DEPOSE, Etat.A_COMPLETER} else None,
        "demandes": demandes,
        "actes": [acte for acte in dossier.actes.all() if acte.produit_le] if membre or agent else [],
        "passage": passage,
        "pieces": Piece.objects.visibles_par(request.user).filter(dossier=dossier).select_related("demandee"),
        "totaux": budget.totaux_du_dossier(dossier),
        "faits": faits,
        "fil": [("Dossiers", reverse("dossiers-liste")), (dossier.numero, None)],
        **_panneau(dossier, possibles, verbe, form),
    }
    return render(request, "dossiers/detail.html", contexte, status=status)


def _panneau(dossier, possibles, verbe, form):
    """Le panneau d'instruction : seulement les verbes ouverts à cette personne, maintenant."""
    formulaires = {
        "demander_complement": ComplementForm(prefix="complement"),
        "declarer_irrecevable": MotifForm(prefix="irrecevable"),
    }
    retours = [nom for nom in possibles if nom in RETOURS_ICI]
    if form is not None:
        formulaires[verbe] = form
    return {
        "verbe_en_erreur": verbe if form is not None else "",
        "form_en_erreur": form,
        "form_complement": formulaires["demander_complement"],
        "form_irrecevable": formulaires["declarer_irrecevable"],
        "retours": [(nom, TRANSITIONS[nom].libelle, formulaires.get(nom) or MotifForm(prefix=nom)) for nom in retours],
    }


def _prochaine_action(dossier, demandes):
    """L'unique chose à faire maintenant pour l'organisme : (phrase, bouton, adresse)."""
    if dossier.etat == Etat.BROUILLON:
        if not dossier.appel.est_ouvert():
            return ("Le dépôt est fermé : ce brouillon ne peut plus être déposé.", "", "")
        liste = manques(dossier)
        if not liste:
            return ("Tout est prêt.", "Relire et déposer", reverse("dossiers-relecture", args=[dossier.numero]))
        etape = liste[0].etape
        return (
            f"Il reste {len(liste)} point{'s' if len(liste) > 1 else ''} à compléter avant de déposer.",
            f"Continuer : {ETAPES[etape].lower()}",
            reverse(f"dossiers-{etape}", args=[dossier.numero]),
        )
    if dossier.etat == Etat.A_COMPLETER:
        demande = next((d for d in demandes if d.repondue_le is None), None)
        quand = f" au plus tard le {demande.limite_le:%d/%m/%Y}" if demande else ""
        return (
            f"Le service attend vos compléments{quand}.",
            "Compléter le dossier",
            reverse("dossiers-pieces", args=[dossier.numero]),
        )
    return None
