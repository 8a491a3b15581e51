"""Programmer, enregistrer la délibération, décider."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comptes.acces import acces
from comptes.models import Role
from documents.notification_refus import MOTIFS_REFUS
from dossiers.budget import ZERO
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.models import Dossier
from dossiers.operations import OperationRefusee
from programmation import operations
from programmation.forms import DeliberationForm, motifs_saisis
from programmation.models import Deliberation
from programmation.tableau import Fermete, Filtres
from programmation.views.ecran import appel_ou_404, est_agent, fil


def appel_gere_ou_403(request, slug):
    appel = appel_ou_404(request, slug)
    if not est_agent(request, appel):
        raise PermissionDenied
    return appel


@acces(Role.AGENT)
@require_POST
def programmer(request, slug):
    appel = appel_gere_ou_403(request, slug)
    programmes = operations.programmer_les_evalues(appel, par=request.user)
    if programmes:
        s = "s" if len(programmes) > 1 else ""
        messages.success(
            request,
            f"{len(programmes)} dossier{s} programmé{s}, aux montants proposés en réunion. Ajustez-les ci-dessous.",
        )
    else:
        messages.info(request, "Aucun dossier évalué n’attend d’être programmé.")
    adresse = reverse("programmation-tableau", args=[appel.slug])
    return redirect(f"{adresse}?{Filtres(fermete=Fermete.PROGRAMME).requete()}")


@acces(Role.AGENT)
@require_http_methods(["GET", "POST"])
def deliberation(request, slug):
    appel = appel_gere_ou_403(request, slug)
    formulaire = DeliberationForm(request.POST or None, initial={"organe": appel.collectivite.organe_deliberant})
    if request.method == "POST" and formulaire.is_valid():
        valeurs = formulaire.cleaned_data
        try:
            objet = operations.enregistrer_deliberation(
                appel,
                valeurs["numero"],
                valeurs["date"],
                valeurs["transmise_le"],
                par=request.user,
                organe=valeurs["organe"],
            )
        except OperationRefusee as refus:
            formulaire.add_error("numero", str(refus))
        else:
            messages.success(
                request, f"La délibération n° {objet.numero} est enregistrée. Relisez maintenant les décisions."
            )
            return redirect("programmation-decider", appel.slug)
    return render(
        request,
        "programmation/deliberation.html",
        {
            "appel": appel,
            "formulaire": formulaire,
            "deliberations": appel.deliberations.all(),
            "fil": fil(appel, ("Délibération", None)),
        },
        status=422 if formulaire.errors else 200,
    )


@acces(Role.AGENT)
@require_http_methods(["GET", "POST"])
def decider(request, slug):
    """Relire, puis confirmer : tout passe, ou rien ne change et la saisie reste."""
    appel = appel_gere_ou_403(request, slug)
    deliberations = list(Deliberation.objects.filter(appel=appel))
    programmes = Dossier.objects.filter(appel=appel, etat=Etat.PROGRAMME)
    dossiers = list(
        programmes.exclude(deports__utilisateur=request.user)
        .order_by("numero")
        .select_related("organisme", "avis")
        .prefetch_related(*operations.AVEC_MONTANTS)
    )
    erreur, erreurs, enveloppes = "", {}, operations.enveloppes_apres(appel, dossiers)
    saisie = request.POST if request.method == "POST" else {}
    if request.method == "POST":
        choisis = [d for d in dossiers if f"decider-{d.pk}" in saisie]
        if not dossiers:
            messages.info(request, "Ces dossiers sont déjà décidés : rien n’a changé.")
            return redirect("programmation-tableau", appel.slug)
        try:
            decides = operations.decider(
                appel,
                choisis,
                _deliberation_choisie(deliberations, saisie),
                par=request.user,
                motifs=motifs_saisis(saisie, choisis),
                confirmation_depassement=saisie.get("confirmation", ""),
            )
        except operations.MotifManquant as refus:
            erreur, erreurs = str(refus), refus.dossiers
        except (OperationRefusee, TransitionInterdite) as refus:
            erreur = str(refus)
        else:
            s = "s" if len(decides) > 1 else ""
            messages.success(
                request,
                f"{len(decides)} dossier{s} décidé{s}. Les lettres se préparent ; chaque porteur recevra la sienne.",
            )
            adresse = reverse("programmation-tableau", args=[appel.slug])
            return redirect(f"{adresse}?{Filtres(fermete=Fermete.VOTE).requete()}")
    accordes, refuses = _preparer(appel, dossiers, saisie, erreurs)
    return render(
        request,
        "programmation/decider.html",
        {
            "appel": appel,
            "deliberations": deliberations,
            "choisie": saisie.get("deliberation", str(deliberations[0].pk) if deliberations else ""),
            "accordes": accordes,
            "refuses": refuses,
            "total": sum((a.total for a in accordes), ZERO),
            "enveloppes": [e for e in enveloppes if e.consomme],
            "depassements": operations.depassements(enveloppes),
            "confirmation": saisie.get("confirmation", ""),
            "motifs": MOTIFS_REFUS.items(),
            "erreur": erreur,
            "nombre": len(dossiers),
            "masques": programmes.count() - len(dossiers),
            "fil": fil(appel, ("Décider", None)),
        },
        status=422 if erreur else 200,
    )


def _deliberation_choisie(deliberations, saisie):
    for objet in deliberations:
        if str(objet.pk) == saisie.get("deliberation"):
            return objet
    raise OperationRefusee("Choisissez la délibération qui décide ces dossiers.")


class _ADecider:
    """Un dossier à relire, avec ce qui a été saisi pour lui."""

    def __init__(self, dossier, rang, saisie, erreur):
        self.dossier, self.rang, self.erreur = dossier, rang, erreur
        self.montants = operations.montants_prevus(dossier)
        self.total = sum((montant for _, montant in self.montants), ZERO)
        self.coche = not saisie or f"decider-{dossier.pk}" in saisie
        self.motif1 = saisie.get(f"motif1-{dossier.pk}", "")
        self.motif2 = saisie.get(f"motif2-{dossier.pk}", "")
        self.precision = saisie.get(f"precision-{dossier.pk}", "")


def _preparer(appel, dossiers, saisie, erreurs):
    rangs = operations.rangs(appel)
    tous = [_ADecider(d, rangs.get(d.pk), saisie, erreurs.get(d.pk, "")) for d in dossiers]
    return [a for a in tous if a.total], [a for a in tous if not a.total]
