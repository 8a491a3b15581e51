"""Le porte-documents d'un organisme : ranger, remplacer, dater, retirer, télécharger."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes import operations
from comptes.acces import connecte
from comptes.fichiers import FORMATS_LISIBLES, fichiers_abandonnes, trop_lourd
from comptes.forms import DocumentForm, ValiditeForm
from comptes.models import DocumentPermanent, NatureDocument
from comptes.views.communs import le_mien


@connecte
def liste(request, pk):
    """Les documents par nature, et de quoi en ranger un autre ; un fichier refusé ne change rien."""
    organisme = le_mien(request, pk)
    documents = list(organisme.documents.visibles_par(request.user).actuels())
    remplace = _remplace(request, documents)
    form = _formulaire(request, remplace)
    if request.method == "POST" and form.is_valid():
        try:
            document = operations.ranger_document(organisme, par=request.user, remplace=remplace, **form.cleaned_data)
        except ValidationError as refus:
            form.add_error("fichier", refus)
        except operations.OperationRefusee as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"« {document.nom} » est rangé. Vous pourrez le joindre à tous vos dossiers.")
            return redirect(f"{reverse('organismes-documents', args=[pk])}#document-{document.pk}")
    contexte = {
        "organisme": organisme,
        "groupes": [
            (nature.label, [document for document in documents if document.nature == nature])
            for nature in NatureDocument
            if any(document.nature == nature for document in documents)
        ],
        "remplace": remplace,
        "form": form,
        "taille_max": settings.TAILLE_MAX_PIECE_MO,
        "formats": FORMATS_LISIBLES,
        "conservation": settings.CONSERVATION_COFFRE_JOURS,
    }
    return render(request, "comptes/documents.html", contexte, status=422 if form.errors else 200)


def _remplace(request, documents):
    """Le document que le nouveau remplacera ; un identifiant forgé n'existe pas."""
    demande = request.POST.get("remplace") or request.GET.get("remplace")
    if not demande:
        return None
    trouve = next((document for document in documents if str(document.pk) == demande), None)
    if trouve is None:
        raise Http404
    return trouve


def _formulaire(request, remplace):
    if request.method != "POST":
        initial = {"nature": remplace.nature, "precision": remplace.precision} if remplace else {}
        return DocumentForm(initial=initial)
    form = DocumentForm(request.POST, request.FILES)
    for nom in fichiers_abandonnes(request):
        # Le fichier n'est pas arrivé jusqu'ici : dire pourquoi, plutôt que « champ obligatoire ».
        form.errors["fichier"] = form.error_class(trop_lourd(nom).messages)
    return form


def _le_document(request, pk):
    documents = DocumentPermanent.objects.visibles_par(request.user).actuels()
    return get_object_or_404(documents.select_related("organisme"), pk=pk)


def _retour(document):
    return redirect("organismes-documents", document.organisme_id)


@require_POST
@connecte
def dater(request, pk):
    document = _le_document(request, pk)
    form = ValiditeForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"La date de « {document.nom} » n’a pas été comprise : écrivez jour, mois et année.")
        return _retour(document)
    try:
        operations.dater_document(document, par=request.user, **form.cleaned_data)
    except operations.OperationRefusee as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"La date de « {document.nom} » est enregistrée.")
    return _retour(document)


@require_POST
@connecte
def retirer(request, pk):
    document = _le_document(request, pk)
    operations.retirer_document(document, par=request.user)
    messages.success(request, f"« {document.nom} » est retiré. Les dossiers qui l’ont joint gardent leur copie.")
    return _retour(document)


@require_safe
@connecte
def telecharger(request, pk):
    """Le fichier, aux membres de l'organisme ; toujours en téléchargement, jamais affiché dans le site."""
    document = _le_document(request, pk)
    try:
        fichier = document.fichier.open("rb")
    except FileNotFoundError as absent:
        raise Http404 from absent
    return FileResponse(fichier, as_attachment=True, filename=document.nom, content_type=document.type_mime)
