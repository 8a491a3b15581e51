"""La copie de ce qui a été déposé, et l'épreuve d'un brouillon."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from comptes.acces import acces, connecte
from comptes.models import Role
from dossiers import copie as copies
from dossiers.models import CopieDeposee, Dossier
from dossiers.operations.copies import CopieAlteree, lire_copie


@require_safe
@connecte
def copie(request, numero, rang):
    """Les octets rangés au dépôt ; abîmés ou absents, ils ne sont pas servis."""
    trouvee = get_object_or_404(
        CopieDeposee.objects.visibles_par(request.user).filter(produite_le__isnull=False),
        dossier__numero=numero,
        rang=rang,
    )
    try:
        octets = lire_copie(trouvee)
    except (OSError, CopieAlteree):
        raise Http404("Le fichier de la copie est introuvable.")
    return _pdf(octets, f"{numero}-copie-{rang}.pdf")


@require_safe
@acces(Role.PORTEUR)
def epreuve(request, numero):
    """Le dossier tel qu'il est maintenant, marqué « brouillon » ; rien n'est gardé."""
    dossier = get_object_or_404(Dossier.objects.ecrits_par(request.user), numero=numero)
    if not dossier.est_modifiable:
        raise Http404
    return _pdf(copies.composer(copies.figer(dossier)), f"{numero}-brouillon.pdf")


def _pdf(octets, nom):
    reponse = HttpResponse(octets, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom)
    reponse["Cache-Control"] = "private, no-store"
    return reponse
