"""Mes liens : les organismes dont je ne dois pas lire les dossiers, ceux qu'on me demande, mes réponses."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from comptes.acces import acces
from comptes.models import Organisme
from evaluation import operations
from evaluation.forms import LienForm
from evaluation.forms.deports import QUEL_LIEN
from evaluation.liens_possibles import a_demander, chercher, indices_avec
from evaluation.models import LienDeclare, LienEcarte
from evaluation.operations.deports import MOTIF_AU_PLUS
from evaluation.views.communs import CONVIES, REFUS, entier

RESULTATS_AU_PLUS = 20


def _page(request, *, q, form=None, reponse=None, status=200):
    """`reponse` : (organisme, motif, erreur) d'un lien possible resté sans précision."""
    trouves = chercher(q, RESULTATS_AU_PLUS + 1)
    if form is None and trouves:
        form = LienForm(organismes=Organisme.objects.filter(pk__in=trouves[:RESULTATS_AU_PLUS]))
    liens = list(LienDeclare.objects.filter(utilisateur=request.user).select_related("organisme").order_by("-pk"))
    contexte = {
        "possibles": a_demander(request.user),
        "declares": [lien for lien in liens if lien.leve_le is None],
        "leves": [lien for lien in liens if lien.leve_le],
        "ecartes": LienEcarte.objects.filter(utilisateur=request.user).select_related("organisme").order_by("-pk"),
        "appartenances": request.user.appartenances.select_related("organisme").order_by("organisme__nom"),
        "q": q,
        "form": form,
        "beaucoup": len(trouves) > RESULTATS_AU_PLUS,
        "motif_au_plus": MOTIF_AU_PLUS,
        "reponse": reponse,
    }
    return render(request, "evaluation/liens.html", contexte, status=status)


@acces(*CONVIES)
@require_GET
def miens(request):
    return _page(request, q=request.GET.get("q", "").strip())


def _declarer(request, organisme, motif):
    _, nouveau = operations.declarer_lien(organisme, par=request.user, motif=motif)
    if nouveau:
        messages.success(
            request,
            f"Votre lien avec « {organisme} » est déclaré. Ses dossiers, présents et à venir, vous sont fermés.",
        )
    else:
        messages.info(request, f"Vous aviez déjà déclaré votre lien avec « {organisme} ».")
    return redirect("liens-miens")


@acces(*CONVIES)
@require_POST
def declarer(request):
    q = request.POST.get("q", "").strip()
    proposes = [*chercher(q, RESULTATS_AU_PLUS), entier(request, "organisme")]
    form = LienForm(request.POST, organismes=Organisme.objects.filter(pk__in=proposes))
    if form.is_valid():
        try:
            return _declarer(request, form.cleaned_data["organisme"], form.cleaned_data["motif"])
        except REFUS as refus:
            form.add_error(None, str(refus))
    return _page(request, q=q, form=form, status=422)


@acces(*CONVIES)
@require_POST
def repondre(request):
    """« C'est le cas », avec le lien ; ou « ce n'est pas le cas »."""
    organisme = get_object_or_404(Organisme, pk=entier(request, "organisme"))
    motif = request.POST.get("motif", "").strip()
    try:
        if request.POST.get("reponse") == "oui":
            if not motif or len(motif) > MOTIF_AU_PLUS:
                erreur = f"Dites-le en {MOTIF_AU_PLUS} signes au plus." if motif else QUEL_LIEN
                return _page(request, q="", reponse=(organisme, motif, erreur), status=422)
            return _declarer(request, organisme, motif)
        if indices := indices_avec(request.user, organisme):
            operations.ecarter_lien(organisme, par=request.user, indices=indices)
            messages.success(request, f"C’est noté : vous n’avez pas de lien avec « {organisme} ».")
    except REFUS as refus:
        messages.error(request, str(refus))
    return redirect("liens-miens")


@acces(*CONVIES)
@require_POST
def reprendre(request):
    organisme = get_object_or_404(Organisme, pk=entier(request, "organisme"))
    if operations.reprendre_reponse(organisme, par=request.user):
        messages.success(request, f"Votre réponse sur « {organisme} » est reprise : la question vous est reposée.")
    return redirect("liens-miens")


@acces(*CONVIES)
@require_POST
def lever(request):
    lien = get_object_or_404(LienDeclare.objects.filter(utilisateur=request.user), pk=entier(request, "lien"))
    operations.lever_lien(lien, par=request.user)
    messages.success(
        request,
        f"Votre lien avec « {lien.organisme} » est levé. Il ne ferme plus ses prochains dossiers ; "
        "ceux qu’il a fermés le restent.",
    )
    return redirect("liens-miens")
