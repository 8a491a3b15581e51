"""Commencer un dossier et le remplir, étape par étape, sans jamais rien perdre."""

import copy
from typing import NamedTuple

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from appels.models import Appel
from comptes.acces import acces, connecte
from comptes.models import Organisme, Role
from dossiers import budget, operations
from dossiers.completude import constats, manques
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.forms import ActionForm, BudgetForm, ObjectifsForm, PublicForm
from dossiers.models import Dossier, Piece
from dossiers.reparations import reparations, reparer

REFUS = (operations.OperationRefusee, TransitionInterdite)
ETAPES = {
    "action": "L’action",
    "objectifs": "Objectifs et quartiers",
    "public": "Public et calendrier",
    "budget": "Budget",
    "pieces": "Pièces",
    "relecture": "Relire et déposer",
}


class EtapeAffichee(NamedTuple):
    rang: int
    libelle: str
    url: str
    ici: bool
    statut: str
    note: str = ""


def le_mien(request, numero):
    """Le dossier que la personne rédige, avec tout ce que ses pages montrent."""
    return get_object_or_404(
        Dossier.objects.ecrits_par(request.user)
        .avec_contenu()
        .prefetch_related(Prefetch("pieces", Piece.objects.select_related("demandee")), "appel__pieces_demandees"),
        numero=numero,
    )


def etapes_de(dossier, ici, liste=None):
    """Les étapes du formulaire et leur état : faite, à reprendre, ou à venir."""
    liste = manques(dossier) if liste is None else liste
    incompletes = {manque.etape for manque in liste}
    entamees = {
        "action": bool(dossier.description),
        "public": bool(dossier.public or dossier.nb_beneficiaires),
        "budget": bool(dossier.lignes_budget.all() or dossier.financements.all()),
    }
    obligatoires = [p for p in dossier.appel.pieces_demandees.all() if _obligatoire(p, dossier)]
    jointes = {piece.demandee_id for piece in dossier.pieces.all()}
    affichees = []
    for rang, (code, libelle) in enumerate(ETAPES.items(), 1):
        note = ""
        if code == "relecture":
            statut = ""
        elif code not in incompletes:
            statut = "fait"
        else:
            statut = "alerte" if entamees.get(code) else ""
        if code == "pieces" and obligatoires:
            note = f"{sum(p.pk in jointes for p in obligatoires)} / {len(obligatoires)}"
        url = reverse(f"dossiers-{code}", args=[dossier.numero])
        affichees.append(EtapeAffichee(rang, libelle, url, code == ici, statut, note))
    return affichees


def _obligatoire(piece, dossier):
    return piece.est_obligatoire(dossier.organisme, dossier.renouvelle_id is not None)


def fil_de(dossier, *suite):
    return [
        ("Dossiers", reverse("dossiers-liste")),
        (f"{dossier.numero} {dossier.intitule}".strip(), reverse("dossiers-detail", args=[dossier.numero])),
        *suite,
    ]


def refuser_si_fige(request, dossier):
    """Un dossier qui n'est plus chez le porteur renvoie à son suivi, avec la raison."""
    if dossier.est_modifiable:
        return None
    messages.warning(request, f"Le dossier est « {dossier.get_etat_display().lower()} » : il ne se modifie plus.")
    return redirect("dossiers-detail", dossier.numero)


def contexte_etape(dossier, etape, **plus):
    return {
        "dossier": dossier,
        "etape": etape,
        "titre": ETAPES[etape],
        "etapes": etapes_de(dossier, etape),
        "fil": fil_de(dossier, (ETAPES[etape], None)),
        **plus,
    }


@connecte
def commencer(request, slug):
    """Choisit l'organisme, propose d'abord de reprendre un brouillon ; un seul organisme : rien à choisir."""
    appel = get_object_or_404(Appel.objects.visibles_par(request.user).select_related("collectivite"), slug=slug)
    organismes = list(Organisme.objects.visibles_par(request.user))
    if not organismes:
        messages.info(request, "Inscrivez d’abord votre organisme : il servira pour tous vos dossiers.")
        suite = urlencode({"suite": reverse("dossiers-commencer", args=[appel.slug])})
        return redirect(f"{reverse('organismes-nouveau')}?{suite}")
    brouillons = list(
        Dossier.objects.ecrits_par(request.user).filter(appel=appel, etat=Etat.BROUILLON).select_related("organisme")
    )
    erreur = ""
    if request.method == "POST":
        choisi = request.POST.get("organisme", "")
        if not choisi and len(organismes) == 1 and not brouillons:
            choisi = str(organismes[0].pk)
        organisme = next((o for o in organismes if str(o.pk) == choisi), None)
        if organisme is not None:
            try:
                dossier = operations.commencer(appel, organisme, par=request.user)
            except REFUS as refus:
                erreur = str(refus)
            else:
                return redirect("dossiers-action", dossier.numero)
        elif choisi or not brouillons:
            erreur = "Choisissez l’organisme qui porte l’action."
    contexte = {
        "appel": appel,
        "ouvert": appel.est_ouvert(),
        "organismes": organismes,
        "brouillons": brouillons,
        "erreur": erreur,
        "fil": [("Appels à projets", reverse("appels-liste")), (appel.intitule, None)],
    }
    return render(request, "dossiers/commencer.html", contexte, status=409 if erreur else 200)


@acces(Role.PORTEUR)
def action(request, numero):
    return _etape(
        request,
        numero,
        "action",
        lambda dossier, donnees: ActionForm(donnees, instance=copy.copy(dossier), initial={"version": dossier.version}),
        lambda form, dossier: _enregistrer(form, dossier, request),
    )


@acces(Role.PORTEUR)
def public(request, numero):
    return _etape(
        request,
        numero,
        "public",
        lambda dossier, donnees: PublicForm(donnees, instance=copy.copy(dossier), initial={"version": dossier.version}),
        lambda form, dossier: _enregistrer(form, dossier, request),
    )


@acces(Role.PORTEUR)
def objectifs(request, numero):
    return _etape(
        request,
        numero,
        "objectifs",
        _formulaire_objectifs,
        lambda form, dossier: operations.viser(
            dossier, form.choisis, par=request.user, version=form.cleaned_data["version"]
        ),
        lambda form, dossier: {"arbre": _arbre(form), "quartiers": form.quartiers},
    )


@acces(Role.PORTEUR)
def finances(request, numero):
    """Le budget ; un bouton de réparation enregistre le budget réparé, et rien d'autre."""

    def ecrire(form, dossier):
        lignes, demandes = form.lignes(), form.demandes()
        if choix := request.POST.get("reparer"):
            lignes, demandes = reparer(choix, dossier.appel, lignes, demandes)
        return operations.chiffrer(dossier, lignes, demandes, par=request.user, version=form.cleaned_data["version"])

    return _etape(
        request,
        numero,
        "budget",
        lambda dossier, donnees: BudgetForm(donnees, dossier=dossier, initial={"version": dossier.version}),
        ecrire,
        _contexte_budget,
    )


def _enregistrer(form, dossier, request):
    return operations.enregistrer(dossier, par=request.user, version=form.cleaned_data["version"], **form.champs)


def _etape(request, numero, etape, fabriquer, ecrire, plus=lambda form, dossier: {}):
    """Le va-et-vient commun aux étapes : lire, enregistrer, garder la saisie quand un refus survient."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    form = fabriquer(dossier, request.POST if request.method == "POST" else None)
    autres, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ecrire(form, dossier)
            except operations.EcritureConcurrente as refus:
                dossier = le_mien(request, numero)
                autres = _ce_que_l_autre_a_ecrit(form, fabriquer(dossier, None))
                form = fabriquer(dossier, _avec_version(form.data, dossier.version))
                form.add_error(None, str(refus))
                status = 409
            except REFUS as refus:
                form.add_error(None, str(refus))
                status = 409
            else:
                return redirect(_suite(request, dossier, etape))
    contexte = contexte_etape(dossier, etape, form=form, autres=autres, **plus(form, dossier))
    return render(request, f"dossiers/{etape}.html", contexte, status=status)


def _avec_version(donnees, version):
    donnees = donnees.copy()
    donnees["version"] = version
    return donnees


def _suite(request, dossier, etape):
    codes = list(ETAPES)
    if request.POST.get("suite") == "continuer":
        etape = codes[codes.index(etape) + 1]
    elif request.POST.get("suite") == "quitter":
        return reverse("dossiers-detail", args=[dossier.numero])
    return reverse(f"dossiers-{etape}", args=[dossier.numero])


def _ce_que_l_autre_a_ecrit(form, frais):
    """Les champs où la saisie diffère de ce qui est enregistré, avec la valeur enregistrée."""
    differences = []
    for nom, champ in frais.fields.items():
        if nom == "version":
            continue
        saisie = champ.widget.value_from_datadict(form.data, form.files, nom)
        enregistre = frais.get_initial_for_field(champ, nom)
        if champ.has_changed(enregistre, saisie):
            differences.append((champ.label or "Objectifs et quartiers", _lisible(frais, nom, enregistre)))
    return differences


def _lisible(form, nom, valeur):
    if nom == "cibles":
        return " ; ".join("{} à {}".format(*form.couples[cle]) for cle in valeur) or "rien"
    if nom.endswith("-montant") and valeur is not None:
        return budget.euros(valeur)
    return "rien" if valeur in (None, "", False) else "oui" if valeur is True else valeur


def _formulaire_objectifs(dossier, donnees):
    proposes = list(
        operations.objectifs_proposes(dossier.appel)
        .select_related("strategique__enjeu", "strategique__parent")
        .prefetch_related("quartiers")
        .order_by("strategique__enjeu__numero", "strategique__code", "ordre", "code")
    )
    tous = list(dossier.appel.convention.quartiers.prefetch_related("indicateurs", "constats"))
    par_objectif = {o.pk: {q.pk for q in o.quartiers.all()} or {q.pk for q in tous} for o in proposes}
    cibles = list(dossier.cibles.all())
    for cible in cibles:
        par_objectif.setdefault(cible.objectif_id, set()).add(cible.quartier_id)
    couples = [(o, q) for o in proposes for q in tous if q.pk in par_objectif[o.pk]]
    return ObjectifsForm(
        donnees,
        couples=couples,
        objectifs=proposes,
        quartiers=tous,
        initial={
            "version": dossier.version,
            "cibles": [f"{c.objectif_id}-{c.quartier_id}" for c in cibles],
            "principal": str(cibles[0].objectif_id) if cibles else "",
        },
    )


def _arbre(form):
    """enjeu → objectif stratégique → objectif opérationnel → une case par quartier."""
    arbre, coches = {}, form.coches
    for cle, (objectif, quartier) in form.couples.items():
        strategique = objectif.strategique
        groupes = arbre.setdefault(strategique.enjeu, {})
        lignes = groupes.setdefault(strategique, {})
        lignes.setdefault(objectif, []).append((cle, quartier, cle in coches))
    return [
        (enjeu, [(strategique, list(lignes.items())) for strategique, lignes in groupes.items()])
        for enjeu, groupes in arbre.items()
    ]


def _contexte_budget(form, dossier):
    """Les totaux de ce qui est affiché : la saisie quand elle est lisible, sinon ce qui est enregistré."""
    if form.is_bound and form.is_valid():
        lignes, demandes = form.lignes(), form.demandes()
    else:
        lignes = list(dossier.lignes_budget.all())
        demandes = {f.financeur: f.montant_demande for f in dossier.financements.all()}
    totaux = budget.totaliser(
        [budget.Ligne(li.sens, li.compte, li.montant, li.est_public) for li in lignes],
        [(f.pk, montant, f.est_public) for f, montant in demandes.items()],
    )
    appel = dossier.appel
    return {
        "totaux": totaux,
        "regles": regles_affichees(constats(dossier, totaux)),
        "reparations": reparations(appel, lignes, demandes, totaux),
        "exces": -totaux.ecart,
        "plus_grand": max(totaux.charges, totaux.produits),
        "plus_petit": min(totaux.charges, totaux.produits),
        "taux_public": totaux.taux_public(appel.benevolat_dans_assiette),
        "max_public": appel.taux_max_public,
    }


REGLES = {
    "B1": "Les charges égalent les produits",
    "B2": "Les contributions volontaires s’équilibrent (86 = 87)",
    "B4": "Un montant est demandé aux financeurs de l’appel",
    "B5": "La part publique respecte le plafond de l’appel",
    "B7": "L’action tient dans l’année civile de l’appel",
    "B8": "Le montant demandé respecte les bornes de l’appel",
}


def regles_affichees(liste):
    """Chaque règle, tenue ou non, avec ce qu'il faut faire."""
    par_regle = {constat.regle: constat for constat in liste}
    return [(regle, libelle, par_regle.get(regle)) for regle, libelle in REGLES.items()]


@acces(Role.PORTEUR)
def supprimer(request, numero):
    dossier = get_object_or_404(Dossier.objects.ecrits_par(request.user), numero=numero)
    if request.method != "POST":
        return redirect("dossiers-detail", dossier.numero)
    try:
        operations.supprimer_brouillon(dossier, par=request.user)
    except (Dossier.DoesNotExist, *REFUS) as refus:
        if isinstance(refus, Dossier.DoesNotExist):
            raise Http404 from refus
        messages.error(request, str(refus))
        return redirect("dossiers-detail", dossier.numero)
    messages.success(request, f"Le brouillon {dossier.numero} est supprimé.")
    return redirect("dossiers-liste")
