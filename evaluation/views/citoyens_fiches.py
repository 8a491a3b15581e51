"""Les fiches habitant d'une réunion : les préparer, les imprimer, suivre les réponses, les ouvrir ou les réserver."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptes.acces import acces
from comptes.models import Role
from documents import fiche_habitant as document
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import habitants
from evaluation.forms import SuiteForm
from evaluation.models import SuiteCitoyenne
from evaluation.operations import citoyens as operations
from evaluation.views.citoyens import fiche_de_l_agent
from evaluation.views.communs import REFUS, reunion_conduite, tenter


def _fiches(request, reunion):
    """Les fiches de la réunion dans l'ordre du jour, sans celles des dossiers dont l'agent s'est déporté."""
    fiches = habitants.fiches_lisibles(request.user).filter(reunion=reunion).exclude(dossier__etat=Etat.RETIRE)
    return fiches.order_by("conseil__nom", "conseil_id", "dossier__passages__rang", "pk")


@acces(Role.AGENT)
@require_GET
def fiches(request, pk):
    reunion = reunion_conduite(request, pk)
    liste = list(_fiches(request, reunion).select_related("dossier__organisme", "dossier__avis", "conseil", "suite"))
    lus = habitants.avis_par_fiche(liste)
    conseils = {}
    for fiche in liste:
        fiche.lus = lus[fiche.pk]
        fiche.attend = not reunion.est_close and fiche.dossier.etat == Etat.EN_EVALUATION
        fiche.texte = getattr(fiche, "suite", None)
        fiche.avis_rendu = fiche.dossier.etat != Etat.EN_EVALUATION and hasattr(fiche.dossier, "avis")
        conseils.setdefault(fiche.conseil, []).append(fiche)
    contexte = {
        "reunion": reunion,
        "conseils": [
            {
                "conseil": conseil,
                "fiches": rangees,
                "prets": sum(f.avis_rendu and bool(f.texte) and not f.texte.publiee_le for f in rangees),
            }
            for conseil, rangees in conseils.items()
        ],
        "reponses": sum(fiche.lus.total for fiche in liste),
        "reservee": bool(liste) and all(fiche.fermee_le for fiche in liste),
        "a_preparer": not reunion.est_close and _manque_des_fiches(reunion, liste),
    }
    return render(request, "evaluation/citoyens/fiches.html", contexte)


def _manque_des_fiches(reunion, liste):
    """Des dossiers à l'ordre du jour dont aucune fiche n'est prête."""
    prets = {fiche.dossier_id for fiche in liste}
    passages = reunion.passages.exclude(dossier__etat=Etat.RETIRE).values_list("dossier_id", flat=True)
    return not liste or bool(set(passages) - prets)


@acces(Role.AGENT)
@require_POST
def preparer(request, pk):
    reunion = reunion_conduite(request, pk)
    try:
        nouvelles = operations.preparer_fiches(reunion, par=request.user)
    except REFUS as refus:
        messages.error(request, str(refus))
    else:
        nombre = len(nouvelles)
        messages.success(
            request,
            f"{nombre} fiches sont prêtes. Imprimez-les et remettez-les aux conseils citoyens."
            if nombre > 1
            else "Une fiche est prête."
            if nombre
            else "Toutes les fiches étaient déjà prêtes.",
        )
    return redirect("habitants-fiches", pk)


@acces(Role.AGENT)
@require_POST
def ouvrir(request, pk):
    """Ouvre ou ferme les réponses par code : d'une fiche si elle est nommée, de toute la réunion sinon."""
    reunion = reunion_conduite(request, pk)
    nommee, ouvrir_ = request.POST.get("fiche", ""), request.POST.get("ouvrir") == "1"
    fiche = fiche_de_l_agent(request, int(nommee)) if nommee.isdecimal() else None
    tenter(
        request,
        lambda: operations.ouvrir_aux_habitants(reunion, ouvrir_, par=request.user, fiche=fiche),
        "Tous les habitants qui ont le code peuvent répondre."
        if ouvrir_
        else "Les réponses par code sont fermées. Les conseils citoyens répondent avec leur compte ou sur papier.",
    )
    return redirect("habitants-fiches", pk)


@acces(Role.AGENT)
@require_GET
def imprimer(request, pk):
    """Toutes les fiches d'une réunion, celles d'un conseil (`?conseil=`), ou une seule (`?fiche=`), en un PDF."""
    reunion = reunion_conduite(request, pk)
    fiches = _fiches(request, reunion).select_related("conseil")
    for nom in ("conseil", "fiche"):
        if valeur := request.GET.get(nom):
            if not valeur.isdecimal() or len(valeur) > 12:
                raise Http404
            fiches = fiches.filter(**{"pk" if nom == "fiche" else nom: int(valeur)})
    liste = list(fiches.prefetch_related(Prefetch("dossier", habitants.avec_l_essentiel(Dossier.objects.all()))))
    if not liste:
        raise Http404
    octets = document.composer(_donnees(reunion, liste))
    reponse = HttpResponse(octets, content_type="application/pdf")
    nom = f"fiche-habitant-{liste[0].dossier.numero}" if len(liste) == 1 else f"fiches-habitant-reunion-{reunion.pk}"
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=f"{nom}.pdf")
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def _donnees(reunion, fiches):
    return document.FichesHabitant(
        collectivite=reunion.collectivite.nom,
        titre=f"Fiches habitant · {reunion.titre}",
        reunion=habitants.jour(reunion.debut),
        edite_le=timezone.localtime(),
        couleur=reunion.collectivite.couleur,
        projets=tuple(
            document.Projet(
                numero=fiche.dossier.numero,
                conseil=fiche.conseil.nom,
                code=fiche.code,
                adresse=habitants.adresse(fiche),
                adresse_courte=habitants.adresse_courte(),
                **vars(habitants.en_bref(fiche.dossier)),
            )
            for fiche in fiches
        ),
    )


@acces(Role.AGENT)
@require_http_methods(["GET", "POST"])
def suite(request, pk):
    """Écrire ce que l'avis d'un conseil a changé sur un dossier."""
    fiche = fiche_de_l_agent(request, pk)
    ecrite = SuiteCitoyenne.objects.filter(fiche=fiche).first()
    form, status = SuiteForm(request.POST or None, initial={"texte": ecrite.texte if ecrite else ""}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                gardee = operations.rediger_suite(fiche, par=request.user, texte=form.cleaned_data["texte"])
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                messages.success(
                    request,
                    "Le texte publié est corrigé."
                    if gardee.publiee_le
                    else "Le brouillon est gardé. Publiez-le ci-dessous.",
                )
                return redirect("habitants-fiches", fiche.reunion_id)
    contexte = {
        "fiche": fiche,
        "form": form,
        "ecrite": ecrite,
        "lus": habitants.avis_par_fiche([fiche])[fiche.pk],
        "suite": habitants.suite_donnee(fiche, interne=True),
    }
    return render(request, "evaluation/citoyens/suite.html", contexte, status=status)


@acces(Role.AGENT)
@require_POST
def publier(request, pk):
    reunion = reunion_conduite(request, pk)
    choisi = request.POST.get("conseil", "")
    conseil = get_object_or_404(reunion.collectivite.partenaires, pk=int(choisi) if choisi.isdecimal() else 0)
    tenter(
        request,
        lambda: operations.publier_suites(reunion, conseil, par=request.user),
        f"C’est publié. Les membres de « {conseil} » reçoivent un courriel.",
    )
    return redirect("habitants-fiches", pk)
