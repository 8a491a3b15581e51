"""Ses organismes : les retrouver, en inscrire un, le voir d'un coup d'œil."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from comptes import annuaire, operations
from comptes.acces import connecte
from comptes.fiche import manques_de_fiche, pages_de, titulaire_differe
from comptes.forms import InscriptionOrganismeForm
from comptes.models import Invitation, Organisme
from comptes.validateurs import normaliser, valider_siret
from comptes.views.communs import le_mien


@connecte
def liste(request):
    organismes = Organisme.objects.visibles_par(request.user)
    invitations = Invitation.objects.recues_par(request.user).select_related("organisme")
    if len(organismes) == 1 and not invitations:
        return redirect("organismes-detail", organismes[0].pk)
    return render(request, "comptes/organismes.html", {"organismes": organismes, "invitations": invitations})


@connecte
def nouveau(request):
    if request.method == "POST" and "chercher" in request.POST:
        return _remplir_depuis_l_annuaire(request)
    form = InscriptionOrganismeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisme = operations.creer_organisme(form.save(commit=False), par=request.user)
        except operations.OperationRefusee as refus:
            form.add_error("siret", str(refus))
        else:
            messages.success(request, f"« {organisme} » est inscrit. Vous pouvez commencer un dossier.")
            return redirect(_suite_sure(request) or reverse("organismes-detail", args=[organisme.pk]))
    return _page_nouveau(request, form, status=422 if form.errors else 200)


def _page_nouveau(request, form, status=200, **plus):
    contexte = {"form": form, "annuaire": annuaire.est_regle(), **plus}
    return render(request, "comptes/organisme_nouveau.html", contexte, status=status)


def _remplir_depuis_l_annuaire(request):
    """La même page, complétée ; ce qui était tapé reste, quoi que dise l'annuaire."""
    saisie = request.POST.dict()
    form = InscriptionOrganismeForm(initial=saisie)
    try:
        siret = normaliser(saisie.get("siret"))
        valider_siret(siret)
        trouve = annuaire.chercher(siret) if annuaire.est_regle() else None
    except annuaire.AnnuaireMuet:
        return _page_nouveau(request, form, reponse=("att", "L’annuaire ne répond pas. Continuez à la main."))
    except ValidationError as erreur:
        return _page_nouveau(request, form, reponse=("non", " ".join(erreur.messages)))
    if trouve is None:
        return _page_nouveau(
            request, form, reponse=("att", "L’annuaire ne connaît pas ce SIRET. Vérifiez-le, ou continuez à la main.")
        )
    vierge = not saisie.get("nom")
    for champ, valeur in trouve.champs().items():
        # Le type a toujours une valeur : il ne suit l'annuaire que si rien d'autre n'a été écrit.
        if not saisie.get(champ) or (champ == "type" and vierge):
            form.initial[champ] = valeur
    if not trouve.ouvert:
        phrase = "D’après l’annuaire, cet établissement est fermé. Vérifiez le numéro sur votre avis de situation."
        return _page_nouveau(request, form, reponse=("att", phrase))
    phrase = "Les champs vides sont remplis d’après l’annuaire public. Relisez-les avant d’enregistrer."
    return _page_nouveau(request, form, reponse=("ok", phrase))


def _suite_sure(request):
    """Où continuer ensuite, si c'est bien une page de ce site."""
    suite = request.GET.get("suite", "")
    return suite if url_has_allowed_host_and_scheme(suite, {request.get_host()}, request.is_secure()) else ""


@connecte
def detail(request, pk):
    organisme = le_mien(request, pk)
    manques = manques_de_fiche(organisme)
    titres = {page.code: page.titre for page in pages_de(organisme)}
    contexte = {
        "organisme": organisme,
        "pages": pages_de(organisme),
        "manques": [(manque, titres[manque.page]) for manque in manques],
        "represente": request.user.represente(organisme.pk),
        "agrements": organisme.agrements.all() if organisme.souscrit_cer else [],
        "membres": organisme.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"),
        "documents": organisme.documents.visibles_par(request.user).actuels(),
        "titulaire_differe": titulaire_differe(organisme.titulaire_compte, organisme.nom, organisme.sigle),
    }
    return render(request, "comptes/organisme.html", contexte)
