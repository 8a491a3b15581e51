"""Le tableau à l'écran, ses cellules, ses exports."""

from decimal import Decimal
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appels.models import Financeur
from comptes.acces import acces
from comptes.models import Role
from documents import tableau_programmation
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat, Issue
from dossiers.models import Dossier
from dossiers.operations import EcritureConcurrente, OperationRefusee
from programmation import classeur as classeurs
from programmation import operations, presentation
from programmation.acces import appels_programmables
from programmation.edition import donnees_pdf
from programmation.forms import EnveloppesForm, MontantsForm, lire_montant
from programmation.models import Decision, Deliberation, Enveloppe, LigneProgrammation
from programmation.tableau import ENTRENT, Fermete, Filtres, Groupement, lire

TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def appel_ou_404(request, slug):
    return get_object_or_404(appels_programmables(request.user).select_related("collectivite"), slug=slug)


def est_agent(request, appel):
    return appel.collectivite_id in request.user.ids_collectivites(Role.AGENT)


def fil(appel, *etapes):
    return [
        ("Programmation", reverse("programmation-accueil")),
        (appel.intitule, reverse("programmation-tableau", args=[appel.slug])),
        *etapes,
    ]


@acces(Role.AGENT, Role.FINANCEUR)
@require_GET
def accueil(request):
    """Les appels à programmer, et où chacun en est."""
    entrent = Q(dossiers__etat__in=ENTRENT) & ~Q(dossiers__issue=Issue.IRRECEVABLE)
    appels = (
        appels_programmables(request.user)
        .select_related("collectivite")
        .annotate(
            nb_dossiers=Count("dossiers", filter=entrent),
            nb_en_cours=Count("dossiers", filter=Q(dossiers__etat__in=[Etat.RECEVABLE, Etat.EN_EVALUATION])),
            nb_evalues=Count("dossiers", filter=Q(dossiers__etat=Etat.EVALUE)),
            nb_programmes=Count("dossiers", filter=Q(dossiers__etat=Etat.PROGRAMME)),
            nb_decides=Count("dossiers", filter=Q(dossiers__issue__in=[Issue.ACCORDE, Issue.REFUSE])),
            total_enveloppes=_somme(Enveloppe.objects.filter(appel=OuterRef("pk")), "appel"),
            total_programme=_somme(
                LigneProgrammation.objects.filter(dossier__appel=OuterRef("pk"), dossier__etat=Etat.PROGRAMME),
                "dossier__appel",
            ),
            total_vote=_somme(
                Decision.objects.filter(dossier__appel=OuterRef("pk"), sens=Decision.Sens.ACCORDE), "dossier__appel"
            ),
        )
    )
    return render(
        request,
        "programmation/accueil.html",
        {"appels": [(appel, est_agent(request, appel)) for appel in appels]},
    )


def _somme(jeu, cle):
    return Subquery(jeu.order_by().values(cle).annotate(somme=Sum("montant")).values("somme"))


@acces(Role.AGENT)
@require_http_methods(["GET", "POST"])
def enveloppes(request, slug):
    appel = appel_ou_404(request, slug)
    if not est_agent(request, appel):
        raise PermissionDenied
    formulaire = EnveloppesForm(
        request.POST or None,
        financeurs=appel.financeurs.all(),
        enveloppes={e.financeur_id: e.montant for e in appel.enveloppes.all()},
    )
    if request.method == "POST" and formulaire.is_valid():
        try:
            operations.fixer_enveloppes(appel, formulaire.montants, par=request.user)
        except (OperationRefusee, TransitionInterdite) as refus:
            formulaire.add_error(None, str(refus))
        else:
            messages.success(request, "Les enveloppes sont enregistrées.")
            return redirect("programmation-tableau", appel.slug)
    return render(
        request,
        "programmation/enveloppes.html",
        {"appel": appel, "formulaire": formulaire, "fil": fil(appel, ("Enveloppes", None))},
        status=422 if formulaire.errors else 200,
    )


@acces(Role.AGENT, Role.FINANCEUR)
@require_GET
def tableau(request, slug):
    appel = appel_ou_404(request, slug)
    lu = lire(appel, Filtres.depuis(request.GET), utilisateur=request.user)
    modifiables = _modifiables(request, lu)
    return render(
        request,
        "programmation/tableau.html",
        {
            "appel": appel,
            "t": lu,
            "groupes": [_presenter(lu, groupe, modifiables) for groupe in lu.groupes],
            "masquees": range(lu.masques_ici),
            "total": presentation.totaux(lu, lu.total),
            "entetes": _entetes(lu),
            "puces": _puces(lu),
            "fermetes": Fermete.choices,
            "groupements": Groupement.choices,
            "requete": lu.filtres.requete(page=lu.page),
            "requete_export": lu.filtres.requete(fermete=lu.fermete.value),
            "agent": est_agent(request, appel),
            "modifiables": bool(modifiables) and lu.fermete == Fermete.PROGRAMME,
            "precedente": lu.filtres.requete(page=lu.page - 1) if lu.page > 1 else "",
            "suivante": lu.filtres.requete(page=lu.page + 1) if lu.page < lu.pages else "",
            "nb_evalues": lu.etats.get(Etat.EVALUE, 0),
            "nb_programmes": lu.etats.get(Etat.PROGRAMME, 0),
            "fil": [("Programmation", reverse("programmation-accueil")), (appel.intitule, None)],
        },
    )


def _modifiables(request, lu):
    return {f.pk for f in lu.financeurs if operations.peut_fixer(lu.appel, f, request.user)}


class GroupeAffiche(NamedTuple):
    groupe: object
    rangs: list
    totaux: list


def _presenter(lu, groupe, modifiables):
    return GroupeAffiche(
        groupe,
        [presentation.rang(lu, ligne, modifiables) for ligne in groupe.lignes],
        presentation.totaux(lu, groupe.totaux),
    )


class Entete(NamedTuple):
    colonne: object
    url: str
    sens: str  # ascending, descending ou rien


def _entetes(lu):
    entetes = []
    for colonne in lu.colonnes_ecran:
        triee = lu.filtres.tri.lstrip("-") == colonne.cle
        descend = lu.filtres.tri.startswith("-")
        # Un montant se lit d'abord du plus grand au plus petit.
        suivant = colonne.cle if (triee and descend) or (not triee and not colonne.a_droite) else f"-{colonne.cle}"
        triable = colonne.cle not in ("quartiers", "convention")
        entetes.append(
            Entete(
                colonne,
                "?" + lu.filtres.requete(tri=suivant) if triable else "",
                ("descending" if descend else "ascending") if triee else "",
            )
        )
    return entetes


NOMS_CRITERES = {
    "enjeu": "Enjeu",
    "quartier": "Quartier",
    "financeur": "Financeur",
    "etat": "Avancement",
    "avis": "Avis",
    "situation": "Situation",
}


def _puces(lu):
    puces = []
    for critere in lu.filtres.actifs:
        valeur = getattr(lu.filtres, critere)
        if critere == "q":
            libelle = f"« {valeur} »"
        else:
            libelle = f"{NOMS_CRITERES[critere]} : {dict(lu.options[critere]).get(valeur, '?')}"
        puces.append((libelle, "?" + lu.filtres.requete(**{critere: "" if isinstance(valeur, str) else None})))
    return puces


@acces(Role.AGENT, Role.FINANCEUR)
@require_POST
def montant(request, slug):
    """Une cellule : rend la ligne, son sous-total, le total et les jauges recalculés."""
    appel = appel_ou_404(request, slug)
    dossier = get_object_or_404(
        Dossier.objects.visibles_par(request.user).filter(appel=appel), pk=_entier(request.POST.get("dossier"))
    )
    financeur = get_object_or_404(appel.financeurs, pk=_entier(request.POST.get("financeur")))
    saisie = request.POST.get("montant", "")[:40]
    erreur, statut = "", 200
    try:
        valeur = lire_montant(saisie)
        operations.fixer_montant(
            dossier,
            financeur,
            Decimal("0") if valeur is None else valeur,
            par=request.user,
            version=_entier(request.POST.get("version")),
        )
    except ValidationError as refus:
        erreur, statut = refus.messages[0], 422
    except EcritureConcurrente as refus:
        erreur, statut = str(refus), 409
    except OperationRefusee as refus:
        erreur, statut = str(refus), 422
    except TransitionInterdite as refus:
        erreur, statut = str(refus), 403
    if not request.htmx:
        if erreur:
            messages.error(request, erreur)
        return redirect("programmation-dossier", appel.slug, dossier.numero)
    return _ligne_recalculee(request, appel, dossier, financeur, erreur, saisie, statut)


def _ligne_recalculee(request, appel, dossier, financeur, erreur, saisie, statut):
    lu = lire(appel, Filtres.depuis(request.GET), utilisateur=request.user)
    cle = request.POST.get("groupe", "")
    ligne = next((li for li in lu.lignes if li.dossier_id == dossier.pk and li.groupe == cle), None)
    if ligne is None:
        # Le tri a déplacé la ligne sur une autre page : la page entière se relit.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    groupe = lu.groupe(cle)
    return render(
        request,
        "programmation/_reponse_montant.html",
        {
            "appel": appel,
            "t": lu,
            "rang": presentation.rang(
                lu, ligne, _modifiables(request, lu), erreurs={financeur.pk: (erreur, saisie)} if erreur else None
            ),
            "groupe": groupe if groupe.fini and lu.filtres.groupe != Groupement.AUCUN else None,
            "totaux_groupe": presentation.totaux(lu, groupe.totaux),
            "total": presentation.totaux(lu, lu.total),
            "instant": timezone.now(),
            "erreur": erreur,
            "financeur": financeur,
            "dossier": dossier,
        },
        status=statut,
    )


def _entier(texte):
    return int(texte) if texte and texte.isascii() and texte.isdigit() and len(texte) < 16 else None


class ColonneDossier(NamedTuple):
    """Ce qu'un financeur a reçu comme demande, proposé et prévu, pour un dossier."""

    financeur: Financeur
    demande: Decimal | None
    propose: Decimal | None
    montant: Decimal | None
    version: int
    modifiable: bool

    @property
    def aide(self):
        parties = [
            f"Demandé : {presentation.chiffre(self.demande)}\u00a0€" if self.demande is not None else "Non sollicité"
        ]
        if self.propose is not None:
            parties.append(f"proposé : {presentation.chiffre(self.propose)}\u00a0€")
        return ", ".join(parties) + "."


def _colonnes_dossier(request, appel, dossier):
    demandes = {f.financeur_id: f.montant_demande for f in dossier.financements.all()}
    avis = getattr(dossier, "avis", None)
    proposes = {m.financeur_id: m.montant for m in avis.montants.all()} if avis else {}
    prevus = {li.financeur_id: li for li in dossier.lignes_programmation.all()}
    return [
        ColonneDossier(
            f,
            demandes.get(f.pk),
            proposes.get(f.pk),
            prevus[f.pk].montant if f.pk in prevus else None,
            prevus[f.pk].version if f.pk in prevus else 0,
            dossier.etat == Etat.PROGRAMME and operations.peut_fixer(appel, f, request.user),
        )
        for f in appel.financeurs.all()
    ]


@acces(Role.AGENT, Role.FINANCEUR)
@require_http_methods(["GET", "POST"])
def dossier(request, slug, numero):
    """Les montants d'un dossier, un formulaire : la même chose que la ligne du tableau, sans JavaScript."""
    appel = appel_ou_404(request, slug)
    lisibles = Dossier.objects.visibles_par(request.user).filter(appel=appel, etat__in=ENTRENT)
    objet = get_object_or_404(lisibles.select_related("organisme", "avis", "appel"), numero=numero)
    colonnes = _colonnes_dossier(request, appel, objet)
    formulaire = MontantsForm(request.POST or None, colonnes=[c for c in colonnes if c.modifiable])
    alertes = []
    if request.method == "POST" and formulaire.is_valid():
        for colonne in formulaire.colonnes:
            cle = colonne.financeur.pk
            valeur, version = formulaire.cleaned_data[f"f{cle}"], formulaire.cleaned_data[f"v{cle}"]
            try:
                operations.fixer_montant(objet, colonne.financeur, valeur, par=request.user, version=version)
            except EcritureConcurrente as refus:
                formulaire.add_error(f"f{cle}", str(refus))
                # La personne a vu l'autre montant : enregistrer de nouveau le remplacera.
                formulaire.data = formulaire.data.copy()
                formulaire.data[f"v{cle}"] = str(colonne.version)
            except (OperationRefusee, TransitionInterdite) as refus:
                formulaire.add_error(f"f{cle}", str(refus))
            else:
                if alerte := operations.avertissement(valeur, colonne.demande):
                    alertes.append(f"{colonne.financeur.sigle} : {alerte}")
        if not formulaire.errors:
            messages.success(request, f"Les montants du dossier {objet.numero} sont enregistrés.")
            for alerte in alertes:
                messages.warning(request, alerte)
            return redirect("programmation-dossier", appel.slug, objet.numero)
    return render(
        request,
        "programmation/dossier.html",
        {
            "appel": appel,
            "dossier": objet,
            "colonnes": colonnes,
            "formulaire": formulaire,
            "fil": fil(appel, (objet.numero, None)),
        },
        status=422 if formulaire.errors else 200,
    )


@acces(Role.AGENT, Role.FINANCEUR)
@require_GET
def classeur(request, slug):
    """Exactement la vue demandée, filtres compris ; écrit sur disque puis envoyé par morceaux."""
    appel = appel_ou_404(request, slug)
    lu = lire(appel, Filtres.depuis(request.GET), utilisateur=request.user, tout=True)
    return FileResponse(
        classeurs.ecrire(lu),
        as_attachment=True,
        filename=f"programmation-{appel.slug}.xlsx",
        content_type=TYPE_XLSX,
    )


@acces(Role.AGENT, Role.FINANCEUR)
@require_GET
def pdf(request, slug):
    appel = appel_ou_404(request, slug)
    lu = lire(appel, Filtres.depuis(request.GET), utilisateur=request.user, tout=True)
    deliberation = Deliberation.objects.filter(appel=appel).first()
    octets = tableau_programmation.composer(donnees_pdf(lu, deliberation))
    reponse = HttpResponse(octets, content_type="application/pdf")
    reponse["Content-Disposition"] = f'attachment; filename="programmation-{appel.slug}.pdf"'
    return reponse
