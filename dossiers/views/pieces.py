"""Joindre, remplacer, retirer, télécharger une pièce."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers import operations
from dossiers.forms import PieceForm
from dossiers.models import Dossier, Piece
from dossiers.pieces import TYPES
from dossiers.views.saisie import REFUS, contexte_etape, le_mien, refuser_si_fige


@acces(Role.PORTEUR)
def liste(request, numero):
    """Une ligne par pièce demandée, puis les autres ; un fichier refusé garde les autres en place."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    form, demandee = PieceForm(), None
    if request.method == "POST":
        demandee = _demandee(dossier, request.POST.get("demandee", ""))
        form = PieceForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                _recevoir(request, dossier, demandee, form.cleaned_data["fichier"])
            except ValidationError as refus:
                form.add_error("fichier", refus)
            except REFUS as refus:
                form.add_error("fichier", str(refus))
            else:
                ancre = f"piece-{demandee.pk}" if demandee else "autres"
                return redirect(f"{reverse('dossiers-pieces', args=[numero])}#{ancre}")
    contexte = contexte_etape(
        dossier,
        "pieces",
        lignes=_lignes(dossier, demandee if form.errors else None, form),
        autres=[piece for piece in dossier.pieces.all() if piece.demandee_id is None],
        erreurs_autres=form.errors.get("fichier") if form.errors and demandee is None else None,
        form=form,
        taille_max=settings.TAILLE_MAX_PIECE_MO,
        accepte=",".join(f".{extension}" for extension in TYPES),
    )
    return render(request, "dossiers/pieces.html", contexte, status=422 if form.errors else 200)


def _demandee(dossier, pk):
    """La pièce demandée par l'appel que désigne le formulaire ; un identifiant forgé n'existe pas."""
    if not pk:
        return None
    trouvee = next((p for p in dossier.appel.pieces_demandees.all() if str(p.pk) == pk), None)
    if trouvee is None:
        raise Http404
    return trouvee


def _recevoir(request, dossier, demandee, fichier):
    if remplace := request.POST.get("remplace"):
        ancienne = next((p for p in dossier.pieces.all() if str(p.pk) == remplace), None)
        if ancienne is None or ancienne.demandee_id != (demandee and demandee.pk):
            raise Http404
        operations.remplacer(ancienne, fichier, par=request.user)
    else:
        operations.joindre(dossier, fichier, par=request.user, demandee=demandee)
    messages.success(request, f"« {fichier.name} » est joint.")


def _lignes(dossier, en_erreur, form):
    renouvellement = dossier.renouvelle_id is not None
    return [
        {
            "demandee": demandee,
            "obligatoire": demandee.est_obligatoire(dossier.organisme, renouvellement),
            "pieces": [piece for piece in dossier.pieces.all() if piece.demandee_id == demandee.pk],
            "erreurs": form.errors.get("fichier") if demandee == en_erreur else None,
        }
        for demandee in dossier.appel.pieces_demandees.all()
    ]


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


@connecte
def telecharger(request, pk):
    """Le fichier, à qui voit le dossier ; toujours en téléchargement, jamais affiché dans le site."""
    piece = get_object_or_404(Piece.objects.visibles_par(request.user), pk=pk)
    try:
        fichier = piece.fichier.open("rb")
    except FileNotFoundError as absent:
        raise Http404 from absent
    return FileResponse(fichier, as_attachment=True, filename=piece.nom, content_type=piece.type_mime)
