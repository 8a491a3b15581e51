"""Le registre des actes : télécharger le sien, vérifier celui qu'on a reçu."""

import hashlib
import io
import re

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from comptes.acces import connecte, public
from dossiers.models import CopieDeposee
from programmation import actes, donnees_ouvertes
from programmation.models import ALPHABET_CODE, LONGUEUR_CODE, Acte

TAILLE_MAX_OCTETS = 10 * 1024 * 1024
FORME_CODE = re.compile(f"[{ALPHABET_CODE}]{{{LONGUEUR_CODE}}}")


@connecte
@require_GET
def telecharger(request, pk):
    acte = get_object_or_404(Acte.objects.visibles_par(request.user).filter(produit_le__isnull=False).distinct(), pk=pk)
    try:
        octets = actes.lire_pdf(acte)
    except OSError:
        raise Http404("Le fichier de l’acte est introuvable.")
    reponse = HttpResponse(octets, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{acte.numero}.pdf")
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@public
@require_http_methods(["GET", "POST"])
def verifier(request):
    """Deux façons : le code imprimé sur l'acte, ou le fichier lui-même."""
    contexte = {"code": "", "erreur_code": "", "erreur_fichier": ""}
    if "code" in request.GET:
        code = normaliser(request.GET["code"])
        if FORME_CODE.fullmatch(code):
            return redirect("verifier-code", code)
        contexte |= {
            "code": request.GET["code"][:40],
            "erreur_code": f"Le code compte {LONGUEUR_CODE} lettres et chiffres, sans 0, 1, I, L ni O.",
        }
    if request.method == "POST":
        acte, erreur = _comparer(request.FILES.get("fichier"), Acte.objects.all())
        if acte:
            return render(request, "programmation/verifier_code.html", {"acte": acte, "empreinte_identique": True})
        if copie := _copie_identique(request.FILES.get("fichier")):
            return render(request, "programmation/verifier_copie.html", {"copie": copie})
        contexte["erreur_fichier"] = erreur
    fautif = contexte["erreur_code"] or contexte["erreur_fichier"]
    return render(request, "programmation/verifier.html", contexte, status=422 if fautif else 200)


@public
@require_http_methods(["GET", "POST"])
def verifier_code(request, code):
    propre = normaliser(code)
    acte = (
        Acte.objects.filter(code=propre, produit_le__isnull=False).select_related("collectivite").first()
        if FORME_CODE.fullmatch(propre)
        else None
    )
    if acte is None:
        return render(
            request,
            "programmation/verifier.html",
            {"code": code[:40], "erreur_code": "Aucun document ne porte ce code. Relisez-le sur le document."},
            status=404,
        )
    contexte = {"acte": acte}
    if request.method == "POST":
        trouve, erreur = _comparer(request.FILES.get("fichier"), Acte.objects.filter(pk=acte.pk))
        contexte |= {"empreinte_identique": bool(trouve), "erreur_fichier": erreur}
    return render(
        request, "programmation/verifier_code.html", contexte, status=422 if contexte.get("erreur_fichier") else 200
    )


def normaliser(code):
    return re.sub(r"[\s\-]", "", code).upper()


def _comparer(fichier, jeu):
    """L'acte dont l'empreinte est celle du fichier, ou la raison pour laquelle il n'y en a pas."""
    if fichier is None:
        return None, "Choisissez le fichier PDF que vous avez reçu."
    if fichier.size > TAILLE_MAX_OCTETS:
        return None, "Ce fichier dépasse 10 Mo : ce n’est pas un acte de Parvis."
    trouve = jeu.filter(sha256=_empreinte(fichier), produit_le__isnull=False).select_related("collectivite").first()
    if trouve:
        return trouve, ""
    return None, "Ce fichier n’est pas identique à l’original : il a été modifié, ou ce n’est pas un acte de Parvis."


def _copie_identique(fichier):
    """La copie d'un dossier déposé dont ce fichier est l'exact double ; qui l'a en main peut en connaître le dépôt."""
    if fichier is None or fichier.size > TAILLE_MAX_OCTETS:
        return None
    copies = CopieDeposee.objects.filter(sha256=_empreinte(fichier), produite_le__isnull=False).defer("donnees")
    return copies.select_related("dossier").first()


def _empreinte(fichier):
    empreinte = hashlib.sha256()
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    return empreinte.hexdigest()


@public
@require_GET
def subventions(request):
    """Les subventions notifiées, en données ouvertes ; l'année en cours si rien n'est demandé."""
    demandee = request.GET.get("annee", "")
    annee = int(demandee) if re.fullmatch(r"20\d\d", demandee, re.ASCII) else timezone.localdate().year
    format_ = request.GET.get("format", "scdl")
    sortie = io.StringIO()
    try:
        donnees_ouvertes.ecrire(sortie, annee, format_ if format_ in donnees_ouvertes.FORMATS else "scdl")
    except donnees_ouvertes.ExportInvalide:
        return HttpResponse(
            "Le fichier de cette année n’est pas encore conforme : il n’est pas publié.",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    reponse = HttpResponse(sortie.getvalue(), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="subventions-{annee}.csv"'
    return reponse
