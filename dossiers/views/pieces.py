"""Joindre, remplacer, retirer, regarder, télécharger une pièce."""

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from appels.models import Appel, PieceDemandee
from comptes import apercus
from comptes.acces import acces, connecte, public
from comptes.fichiers import ACCEPTES, FORMATS_LISIBLES, fichiers_abandonnes, nettoyer_nom, trop_lourd
from comptes.models import DocumentPermanent, Role
from comptes.operations import OperationRefusee as RangementRefuse
from comptes.operations import ranger_document
from dossiers import operations
from dossiers.forms import PieceForm
from dossiers.models import Dossier, Piece
from dossiers.pieces import a_reprendre, compte, lignes, montant_demande
from dossiers.views.communs import REFUS, contexte_etape, le_mien, refuser_si_fige

DUREE_CACHE_S = 24 * 3600
# Aucune de nos pages n'exécute ni n'encadre ce qu'une personne a envoyé.
SANS_RIEN = "default-src 'none'; sandbox"


@acces(Role.PORTEUR)
def liste(request, numero):
    """Une ligne par pièce demandée, puis les autres ; un fichier refusé garde les autres en place."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    if request.method != "POST":
        return _page(request, dossier, PieceForm())
    demandee = _demandee(dossier, request.POST.get("demandee", ""))
    form = PieceForm(request.POST, request.FILES)
    statut = _recevoir(request, dossier, demandee, form)
    if statut == 200:
        return redirect(f"{reverse('dossiers-pieces', args=[numero])}#{_ancre(demandee)}")
    # Un des fichiers a pu entrer : on relit ce qui est joint.
    return _page(request, le_mien(request, numero), form, demandee, statut)


def _page(request, dossier, form, demandee=None, statut=200):
    erreurs = [message for champ in form.errors.values() for message in champ] if form.is_bound else []
    affichees = lignes(dossier)
    jointes, obligatoires = compte(dossier)
    pieces = list(dossier.pieces.all())
    contexte = contexte_etape(
        dossier,
        "pieces",
        lignes=[(ligne, bool(erreurs) and ligne.demandee == demandee) for ligne in affichees],
        autres=[piece for piece in pieces if piece.demandee_id is None],
        erreurs=erreurs,
        erreurs_autres=erreurs if demandee is None else [],
        form=form,
        a_reprendre=len(a_reprendre(affichees)),
        jointes=jointes,
        obligatoires=obligatoires,
        nombre=len(pieces),
        poids=sum(piece.taille for piece in pieces),
        montant=montant_demande(dossier),
        taille_max=settings.TAILLE_MAX_PIECE_MO,
        pieces_max=operations.PIECES_MAX,
        poids_max=operations.POIDS_MAX_MO,
        accepte=ACCEPTES,
        formats=FORMATS_LISIBLES,
    )
    return render(request, "dossiers/pieces.html", contexte, status=statut)


def _ancre(demandee):
    return f"piece-{demandee.pk}" if demandee else "autres"


def _demandee(dossier, pk):
    """La pièce demandée par l'appel que désigne le formulaire ; un identifiant forgé n'existe pas."""
    if not pk:
        return None
    trouvee = next((p for p in dossier.appel.pieces_demandees.all() if str(p.pk) == pk), None)
    if trouvee is None:
        raise Http404
    return trouvee


def _remplacee(dossier, demandee, pk):
    """La pièce que le formulaire remplace, jointe à la même demande."""
    if not pk:
        return None
    ancienne = next((p for p in dossier.pieces.all() if str(p.pk) == pk), None)
    if ancienne is None or ancienne.demandee_id != (demandee and demandee.pk):
        raise Http404
    return ancienne


def _recevoir(request, dossier, demandee, form):
    """Joint chaque fichier pour lui-même ; rend le code de la réponse, les refus étant dans le formulaire."""
    remplacee = _remplacee(dossier, demandee, request.POST.get("remplace"))
    statut, joints, a_garder = (200 if form.is_valid() else 422), [], []
    # Lus avant d'ajouter un refus, qui les retirerait du formulaire.
    fichiers = [] if "valable_jusqu_au" in form.errors else form.cleaned_data.get("fichier", [])
    if abandonnes := fichiers_abandonnes(request):
        form.errors.pop("fichier", None)
        statut = 422
    for nom in abandonnes:
        form.add_error("fichier", trop_lourd(nom))
    for fichier in fichiers:
        try:
            if remplacee is not None:
                joints.append(operations.remplacer(remplacee, fichier, par=request.user))
                remplacee = None
            else:
                joints.append(operations.joindre(dossier, fichier, par=request.user, demandee=demandee))
            if form.cleaned_data.get("garder"):
                a_garder.append(fichier)
        except ValidationError as refus:
            form.add_error("fichier", refus)
            statut = 422
        except operations.FichierIndisponible as panne:
            form.add_error("fichier", str(panne))
            statut = 503
        except REFUS as refus:
            form.add_error("fichier", str(refus))
            statut = 422
    if len(joints) == 1:
        messages.success(request, f"« {joints[0].nom} » est joint.")
    elif joints:
        messages.success(request, f"{len(joints)} fichiers sont joints.")
    if demandee is not None and demandee.nature and a_garder:
        _garder(request, dossier, demandee, a_garder, form.cleaned_data.get("valable_jusqu_au"))
    return statut


def _garder(request, dossier, demandee, fichiers, valable_jusqu_au):
    """La pièce est jointe ; la ranger aussi est une commodité, dont l'échec se dit sans rien défaire."""
    try:
        for fichier in fichiers:
            fichier.seek(0)
            ranger_document(
                dossier.organisme,
                fichier,
                par=request.user,
                nature=demandee.nature,
                # Un document en remplace un autre de même précision : plusieurs à la fois se distinguent par leur nom.
                precision=nettoyer_nom(fichier.name) if len(fichiers) > 1 else "",
                valable_jusqu_au=valable_jusqu_au,
            )
    except (RangementRefuse, OSError):
        messages.warning(request, "La pièce est jointe, mais n’a pas pu entrer dans le porte-documents.")
    else:
        messages.info(request, "Elle est aussi dans le porte-documents : vos prochains dossiers la reprendront.")


@require_POST
@acces(Role.PORTEUR)
def du_porte_documents(request, numero):
    """Joint un document déjà donné, ou tous ceux qui répondent à une pièce encore absente."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    retour = reverse("dossiers-pieces", args=[numero])
    if not (cle := request.POST.get("document", "")):
        reprises = operations.reprendre_du_porte_documents(dossier, par=request.user)
        if reprises:
            messages.success(request, f"Repris du porte-documents : {', '.join(piece.nom for piece in reprises)}.")
        return redirect(retour)
    documents = DocumentPermanent.objects.visibles_par(request.user).filter(organisme=dossier.organisme_id)
    document = get_object_or_404(documents.actuels(), pk=cle if cle.isdecimal() else 0)
    demandee = _demandee(dossier, request.POST.get("demandee", ""))
    if demandee is None:
        raise Http404
    remplacee = _remplacee(dossier, demandee, request.POST.get("remplace"))
    try:
        operations.joindre_document(dossier, document, par=request.user, demandee=demandee, a_la_place=remplacee)
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"« {document.nom} » est joint, repris du porte-documents.")
    return redirect(f"{retour}#{_ancre(demandee)}")


@acces(Role.PORTEUR)
def enlever(request, pk):
    piece = get_object_or_404(
        Piece.objects.filter(dossier__in=Dossier.objects.ecrits_par(request.user)).select_related("dossier"), pk=pk
    )
    if request.method == "POST":
        try:
            operations.enlever(piece, par=request.user)
        except REFUS as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, f"« {piece.nom} » est retiré du dossier.")
    return redirect("dossiers-pieces", piece.dossier.numero)


def _ouvrir(request, champ, nom, **reponse):
    """Le fichier en téléchargement ; l'entrepôt en panne a sa page, l'absence aussi."""
    try:
        fichier = champ.open("rb")
    except FileNotFoundError as absent:
        raise Http404 from absent
    except OSError:
        return _indisponible(request, nom)
    return FileResponse(fichier, as_attachment=True, filename=nom, **reponse)


def _indisponible(request, nom):
    return render(request, "dossiers/piece_indisponible.html", {"nom": nom}, status=503)


@connecte
def telecharger(request, pk):
    """Le fichier, à qui voit le dossier ; toujours en téléchargement, jamais affiché dans le site."""
    piece = get_object_or_404(Piece.objects.visibles_par(request.user), pk=pk)
    reponse = _ouvrir(request, piece.fichier, piece.nom, content_type=piece.type_mime)
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@require_safe
@connecte
def apercu(request, pk):
    """La pièce, page par page, en images que nous avons dessinées nous-mêmes."""
    piece = get_object_or_404(Piece.objects.visibles_par(request.user).select_related("dossier", "demandee"), pk=pk)
    try:
        pages = _pages(piece) if piece.se_regarde else 0
    except FileNotFoundError as absent:
        raise Http404 from absent
    except OSError:
        return _indisponible(request, piece.nom)
    demande = request.GET.get("page", "1")
    page = min(max(int(demande), 1), pages or 1) if demande.isdecimal() and len(demande) < 6 else 1
    dossier = piece.dossier
    contexte = {
        "piece": piece,
        "page": page,
        "pages": pages,
        "fil": [
            ("Dossiers", reverse("dossiers-liste")),
            (f"{dossier.numero} {dossier.intitule}".strip(), reverse("dossiers-detail", args=[dossier.numero])),
            (piece.nom, None),
        ],
    }
    return render(request, "dossiers/apercu.html", contexte)


def _pages(piece):
    """Le nombre de pages, gardé par empreinte : le même fichier a toujours le même."""
    if piece.type_mime != "application/pdf":
        return 1
    cle = f"pages:{piece.sha256}"
    if (pages := cache.get(cle)) is None:
        with piece.fichier.open("rb") as fichier:
            pages = apercus.examiner_pdf(fichier.read()).pages
        cache.set(cle, pages, DUREE_CACHE_S)
    return pages


@require_safe
@connecte
def apercu_page(request, pk, page):
    """Une page en image, redessinée hors du serveur web : ni script, ni position, ni métadonnée ne passent."""
    piece = get_object_or_404(Piece.objects.visibles_par(request.user), pk=pk)
    try:
        with piece.fichier.open("rb") as fichier:
            image = apercus.rendre(fichier.read(), piece.type_mime, page)
    except (FileNotFoundError, apercus.ApercuImpossible) as absent:
        raise Http404 from absent
    except OSError:
        return _indisponible(request, piece.nom)
    reponse = HttpResponse(image, content_type=apercus.TYPE_RENDU, headers={"Content-Security-Policy": SANS_RIEN})
    patch_cache_control(reponse, private=True, max_age=DUREE_CACHE_S)
    return reponse


@require_safe
@public
def modele(request, pk):
    """Le modèle que l'appel donne à remplir, à qui voit l'appel."""
    demandee = get_object_or_404(
        PieceDemandee.objects.filter(appel__in=Appel.objects.visibles_par(request.user)).exclude(modele=""), pk=pk
    )
    nom = f"{demandee.libelle}.{demandee.modele.name.rpartition('.')[2]}"
    return _ouvrir(request, demandee.modele, nom)
