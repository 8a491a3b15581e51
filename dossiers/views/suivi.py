"""La liste des dossiers et la page d'un dossier, pour qui le porte, l'instruit, l'évalue ou le finance."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from appels.models import Appel
from comptes.acces import connecte
from comptes.models import Role
from dossiers import budget, operations
from dossiers.complements import etats
from dossiers.completude import manques
from dossiers.cycle_de_vie import AVANT_DECISION, RETOURS, TRANSITIONS, transitions_possibles
from dossiers.etapes import LIBELLES
from dossiers.etats import Etat
from dossiers.forms import MotifForm, ProlongerForm
from dossiers.frise import delai_observe, situation
from dossiers.historique import historique, jalons
from dossiers.memoire import memoire, taire_l_an_passe
from dossiers.models import Dossier, ElementDemande, Piece
from dossiers.views.communs import url_etape
from dossiers.views.onglets import cotes, onglets

PAR_PAGE = 25
# Ce que le panneau propose de donner en plus.
PROLONGATION = timedelta(days=7)
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
        "instruit": est_agent,
        "titre": "Mes dossiers" if not est_agent and request.user.ids_organismes else "Dossiers",
    }
    return render(request, "dossiers/liste.html", contexte)


def dossier_visible(request, numero):
    return get_object_or_404(
        Dossier.objects.visibles_par(request.user)
        .select_related("appel__collectivite", "organisme")
        .prefetch_related("demandes_complement"),
        numero=numero,
    )


def _cadre(request, dossier, ici):
    """Ce que partagent les onglets d'un dossier."""
    membre, agent = cotes(request, dossier)
    non_lus = dossier.messages.non_lus_par(service=not membre).count() if membre or agent else None
    return {
        "dossier": dossier,
        "membre": membre,
        "agent": agent,
        "onglets": onglets(request, dossier, ici, non_lus=non_lus),
        "fil": [("Dossiers", reverse("dossiers-liste")), (dossier.numero, None)],
    }


@connecte
def detail(request, numero):
    return page_de_suivi(request, dossier_visible(request, numero))


@connecte
def contenu(request, numero):
    """Ce que l'organisme a écrit, d'un seul tenant."""
    dossier = get_object_or_404(
        Dossier.objects.visibles_par(request.user)
        .avec_contenu()
        .prefetch_related("moyens_humains", "indicateurs", "demandes_annuelles"),
        numero=numero,
    )
    contexte = {
        **_cadre(request, dossier, "contenu"),
        "totaux": budget.totaux_du_dossier(dossier),
        "passe": memoire(taire_l_an_passe(dossier, request.user)),
    }
    return render(request, "dossiers/contenu.html", contexte)


@connecte
def documents(request, numero):
    """Les courriers officiels et les pièces jointes, selon qui les lit."""
    dossier = get_object_or_404(
        Dossier.objects.visibles_par(request.user)
        .select_related("appel__collectivite", "organisme")
        .prefetch_related("actes"),
        numero=numero,
    )
    cadre = _cadre(request, dossier, "documents")
    pieces = Piece.objects.visibles_par(request.user).filter(dossier=dossier).select_related("demandee")
    chez_soi = cadre["membre"] or cadre["agent"]
    actes = [acte for acte in dossier.actes.all() if acte.produit_le] if chez_soi else []
    copies = dossier.copies.filter(produite_le__isnull=False).defer("donnees") if chez_soi else []
    return render(request, "dossiers/documents.html", {**cadre, "actes": actes, "pieces": pieces, "copies": copies})


def page_de_suivi(request, dossier, *, status=200, verbe="", form=None):
    """La page du dossier ; `form` est le formulaire refusé de `verbe`, rendu avec sa saisie."""
    cadre = _cadre(request, dossier, "suivi")
    membre, agent = cadre["membre"], cadre["agent"]
    possibles = transitions_possibles(dossier, request.user)
    demandes = _demandes(dossier) if membre or agent else []
    ouverte = next((demande for demande, _ in demandes if demande.repondue_le is None), None)
    horloge = None
    if dossier.etat in AVANT_DECISION and (membre or agent):
        horloge = operations.horloge(dossier.depose_le, [demande for demande, _ in demandes])
    passage = dossier.passages.select_related("reunion").first()
    faits = historique(dossier, interne=agent) if membre or agent else []
    avis_le = next((fait.quand for fait in faits if fait.phrase == "Avis de la réunion enregistré"), None)
    contexte = {
        **cadre,
        "possibles": possibles,
        "jalons": jalons(
            dossier,
            avis_le=avis_le if dossier.etat not in {Etat.RECEVABLE, Etat.EN_EVALUATION} else None,
            reunion_le=passage and passage.reunion.debut,
        ),
        "renouvelable": membre and dossier.etat in operations.RENOUVELABLES and not dossier.appel.est_ouvert(),
        "prochaine": _prochaine_action(dossier, ouverte) if membre else None,
        "situation": situation(dossier, reunion=passage and passage.reunion, limite_le=ouverte and ouverte.limite_le)
        if membre
        else None,
        "observe": delai_observe(dossier) if membre or agent else None,
        "horloge": horloge,
        "demandes": demandes,
        "ouverte": ouverte,
        "passage": passage,
        "questions": dossier.questions.en_attente().count() if passage and agent and not membre else None,
        "faits": faits,
        **_panneau(possibles, ouverte, verbe, form),
    }
    return render(request, "dossiers/detail.html", contexte, status=status)


def _demandes(dossier):
    """[(demande, ses éléments et leur état)], la plus récente d'abord."""
    demandes = sorted(dossier.demandes_complement.all(), key=lambda demande: -demande.pk)
    if demandes:
        prefetch_related_objects(demandes, Prefetch("elements", ElementDemande.objects.select_related("demandee")))
        prefetch_related_objects([dossier], "pieces")
    return [(demande, etats(dossier, demande)) for demande in demandes]


def _panneau(possibles, ouverte, verbe, form):
    """Le panneau d'instruction : seulement les verbes ouverts à cette personne, maintenant."""
    initiale = {"limite_le": ouverte.limite_le + PROLONGATION} if ouverte else {}
    formulaires = {
        "prolonger_complement": ProlongerForm(prefix="prolonger", initial=initiale),
        "annuler_complement": MotifForm(prefix="annuler"),
        "declarer_irrecevable": MotifForm(prefix="irrecevable"),
    }
    retours = [nom for nom in possibles if nom in RETOURS_ICI]
    if form is not None:
        formulaires[verbe] = form
    return {
        "verbe_en_erreur": verbe if form is not None else "",
        "form_en_erreur": form,
        "form_prolonger": formulaires["prolonger_complement"],
        "form_annuler": formulaires["annuler_complement"],
        "form_irrecevable": formulaires["declarer_irrecevable"],
        "retours": [(nom, TRANSITIONS[nom].libelle, formulaires.get(nom) or MotifForm(prefix=nom)) for nom in retours],
    }


def _prochaine_action(dossier, ouverte):
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
            f"Continuer : {LIBELLES[etape].lower()}",
            url_etape(dossier, etape),
        )
    if dossier.etat == Etat.A_COMPLETER:
        quand = f" au plus tard le {ouverte.limite_le:%d/%m/%Y}" if ouverte else ""
        page = "dossiers-complements" if ouverte else "dossiers-relecture"
        return (
            f"Le service attend vos compléments{quand}.",
            "Compléter le dossier",
            reverse(page, args=[dossier.numero]),
        )
    return None
