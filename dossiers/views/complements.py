"""Les compléments : le service compose sa demande, l'organisme y répond élément par élément."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from comptes.acces import acces
from comptes.fichiers import ACCEPTES
from comptes.models import Role
from dossiers import operations
from dossiers.complements import ce_qui_bloque, demande_ouverte, etats
from dossiers.etapes import LIBELLES, etapes_de
from dossiers.etats import Etat
from dossiers.forms import ComplementForm
from dossiers.models import Dossier, ElementDemande, Piece
from dossiers.views.communs import REFUS, fil_de, url_etape

# Les pièces ont leur propre liste, et l'on ne fait pas reprendre la relecture.
HORS_DEMANDE = {"pieces", "relecture"}
AVEC_ELEMENTS = Prefetch(
    "demandes_complement__elements", ElementDemande.objects.select_related("demandee").order_by("ordre", "pk")
)


@acces(Role.AGENT)
def demander(request, numero):
    """Composer la demande, en voir la lettre, l'envoyer ; un refus garde tout ce qui était coché et écrit."""
    dossier = get_object_or_404(
        Dossier.objects.instruits_par(request.user)
        .select_related("appel__collectivite", "organisme")
        .prefetch_related("appel__pieces_demandees", "pieces"),
        numero=numero,
    )
    if dossier.etat != Etat.DEPOSE:
        messages.error(
            request,
            f"Le dossier est « {dossier.get_etat_display().lower()} » : on n’y demande plus rien. Rien n’a changé.",
        )
        return redirect("dossiers-detail", numero)
    form = _form_de_demande(dossier, request.POST if request.method == "POST" else None)
    apercu, status = None, 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif request.POST.get("suite") == "apercu":
            apercu = form.elements
        else:
            try:
                operations.demander_complement(
                    dossier,
                    par=request.user,
                    limite_le=form.cleaned_data["limite_le"],
                    message=form.cleaned_data["message"],
                    elements=form.elements,
                )
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                messages.success(request, "La demande de compléments est envoyée. La lettre part par courriel.")
                return redirect("dossiers-detail", numero)
    contexte = {
        "dossier": dossier,
        "form": form,
        "apercu": apercu,
        "lien": f"{settings.URL_PUBLIQUE}{reverse('dossiers-detail', args=[numero])}",
        "fil": fil_de(dossier, ("Demander des compléments", None)),
    }
    return render(request, "dossiers/demander_complement.html", contexte, status=status)


def _form_de_demande(dossier, donnees):
    jointes = {}
    for piece in dossier.pieces.all():
        jointes.setdefault(piece.demandee_id, []).append(piece.nom)
    return ComplementForm(
        donnees,
        pieces=[(demandee, jointes.get(demandee.pk, [])) for demandee in dossier.appel.pieces_demandees.all()],
        etapes=[etape for etape in etapes_de(dossier) if etape.code not in HORS_DEMANDE],
    )


def _a_completer(request, numero):
    return get_object_or_404(
        Dossier.objects.ecrits_par(request.user)
        .avec_contenu()
        .prefetch_related(
            "demandes_complement",
            AVEC_ELEMENTS,
            Prefetch("pieces", Piece.objects.select_related("demandee")),
            "appel__pieces_demandees",
        ),
        numero=numero,
    )


@acces(Role.PORTEUR)
def repondre(request, numero):
    """Une page, tous les éléments : fichiers et réponses s'enregistrent ensemble, puis partent quand on le veut."""
    dossier = _a_completer(request, numero)
    demande = demande_ouverte(dossier)
    if dossier.etat != Etat.A_COMPLETER or demande is None:
        messages.info(request, "Le service n’attend pas de compléments pour ce dossier.")
        return redirect("dossiers-detail", numero)
    if request.method != "POST":
        return _page(request, dossier, demande)
    erreurs, saisies = _enregistrer(request, dossier, demande)
    if erreurs:
        dossier = _a_completer(request, numero)
        return _page(request, dossier, demande_ouverte(dossier), erreurs, saisies, status=422)
    if request.POST.get("suite") == "envoyer":
        return completer(request, numero)
    messages.success(request, "Vos réponses sont gardées. Elles ne sont pas encore envoyées.")
    return redirect("dossiers-complements", numero)


def _enregistrer(request, dossier, demande):
    """Garde ce qui peut l'être ; rend les erreurs par élément, et les textes tapés."""
    elements = list(demande.elements.all())
    saisies = {e.pk: request.POST[f"reponse-{e.pk}"] for e in elements if f"reponse-{e.pk}" in request.POST}
    erreurs = {}
    try:
        operations.repondre_aux_elements(dossier, saisies, par=request.user)
    except REFUS as refus:
        return {0: str(refus)}, saisies
    for element in elements:
        fichier = request.FILES.get(f"fichier-{element.pk}")
        if fichier is None or element.demandee_id is None:
            continue
        try:
            operations.joindre(dossier, fichier, par=request.user, demandee=element.demandee)
        except ValidationError as refus:
            erreurs[element.pk] = refus.messages[0]
        except REFUS as refus:
            erreurs[element.pk] = str(refus)
    return erreurs, saisies


def _page(request, dossier, demande, erreurs=None, saisies=None, refus="", status=200):
    erreurs, saisies = erreurs or {}, saisies or {}
    liste = etats(dossier, demande) if demande else []
    attendus, du_dossier = ce_qui_bloque(dossier, liste)
    contexte = {
        "dossier": dossier,
        "demande": demande,
        "lignes": [
            {
                "etat": etat,
                "element": etat.element,
                "reponse": saisies.get(etat.element.pk, etat.element.reponse),
                "erreur": erreurs.get(etat.element.pk, ""),
                "url": url_etape(dossier, etat.element.section) if etat.element.section else "",
            }
            for etat in liste
        ],
        "fournis": sum(etat.fourni for etat in liste),
        "attendus": attendus,
        "manques": [(manque, url_etape(dossier, manque.etape), LIBELLES[manque.etape]) for manque in du_dossier],
        "erreurs": erreurs,
        "refus": refus,
        "horloge": operations.horloge(dossier.depose_le, dossier.demandes_complement.all()),
        "accepte": ACCEPTES,
        "taille_max": settings.TAILLE_MAX_PIECE_MO,
        "fil": fil_de(dossier, ("Compléments", None)),
    }
    return render(request, "dossiers/complements.html", contexte, status=status)


@acces(Role.PORTEUR)
def completer(request, numero):
    dossier = _a_completer(request, numero)
    if request.method != "POST":
        return redirect("dossiers-detail", numero)
    try:
        operations.completer(dossier, par=request.user)
    except REFUS as refus:
        dossier = _a_completer(request, numero)
        if dossier.est_modifiable:
            return _page(request, dossier, demande_ouverte(dossier), refus=str(refus), status=409)
        messages.info(request, "Vos compléments sont déjà partis : rien n’a été envoyé deux fois.")
    else:
        messages.success(request, "Vos compléments sont envoyés. Le service reprend l’examen de votre dossier.")
    return redirect("dossiers-detail", numero)
