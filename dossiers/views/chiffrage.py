"""La page du budget : les règles, tenues ou non, les réparations, le plan de financement, et revenir en arrière."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import render

from comptes.acces import acces
from comptes.models import Role
from dossiers import budget
from dossiers.completude import reglages_de
from dossiers.forms import BudgetForm
from dossiers.models import LigneBudget
from dossiers.regles_budget import VERIFICATIONS, permis_public, verifier
from dossiers.reparations import proposees, reparations, valoriser
from dossiers.views.communs import le_mien, refuser_si_fige

ANNULER = "annuler"
DERNIERE = "derniere_reparation"
FERMES = {LigneBudget.Firmete.ACCORDE, LigneBudget.Firmete.ACQUIS}


class Regle(NamedTuple):
    """Une règle à l'écran : ce qu'elle demande, ce qui y manque, ou ce qui montre qu'elle est tenue."""

    code: str
    libelle: str
    constats: list
    precision: str

    @property
    def bloque(self):
        return any(constat.bloquant for constat in self.constats)


class Part(NamedTuple):
    """Une ligne du plan de financement. `avant` : ce que le financeur a accordé l'an dernier."""

    nom: str
    nature: str
    firmete: str
    ferme: bool
    montant: Decimal
    taux: Decimal
    avant: Decimal | None = None


def contexte_budget(form, dossier):
    """Ce que montre la page : de la saisie quand elle est lisible, sinon de ce qui est enregistré."""
    reglages = reglages_de(dossier)
    if form is not None and form.is_bound and form.is_valid():
        saisi = form.budget()
        reglages = replace(
            reglages,
            heures=form.valeur_des_heures(),
            montant_minimum=form.cleaned_data.get("montant_minimum"),
        )
    else:
        saisi = budget.budget_de(dossier)
    totaux = saisi.totaux
    accordes = accordes_avant(dossier)
    return {
        "budget": saisi,
        "totaux": totaux,
        "regles": regles_affichees(saisi, reglages),
        "reparations": reparations(saisi, reglages, sollicitables(dossier)),
        "valorisation": valoriser(saisi, reglages),
        "heures": reglages.heures,
        "exces": -totaux.ecart,
        "plus_grand": max(totaux.charges, totaux.produits),
        "plus_petit": min(totaux.charges, totaux.produits),
        "taux_public": totaux.taux_public(reglages.compte_le_benevolat),
        "plan": plan_de_financement(saisi, accordes),
        "demandes": [(ligne, accordes.get(ligne.financeur.pk)) for ligne in form.demandes_saisies] if form else [],
        "benevolat_montre": reglages.benevolat,
    }


@acces(Role.PORTEUR)
def regles(request, numero):
    """Les règles et les réparations, seules : la page les redemande après un enregistrement."""
    dossier = le_mien(request, numero)
    if reponse := refuser_si_fige(request, dossier):
        return reponse
    contexte = {"dossier": dossier, "rafraichi": True, **contexte_budget(None, dossier)}
    contexte["derniere"] = derniere_reparation(request.session, dossier, contexte["budget"])
    return render(request, "dossiers/partials/_regles_budget.html", contexte)


# --- Réparer, annuler.


def reparer(request, dossier, envoyees):
    """Porte dans la saisie la réparation choisie, ou revient sur la dernière. Illisible ou périmée, rien ne change."""
    form = BudgetForm(envoyees, dossier=dossier)
    if not form.is_valid():
        return
    saisi, choix = form.budget(), request.POST["reparer"]
    if choix == ANNULER:
        if derniere := derniere_reparation(request.session, dossier, saisi):
            _porter(envoyees, {champ: avant for champ, avant, _ in derniere["changements"]})
            del request.session[DERNIERE]
            messages.success(request, f"Réparation annulée : {derniere['titre']}.")
        return
    reglages = replace(reglages_de(dossier), heures=form.valeur_des_heures())
    reparation = proposees(saisi, reglages, sollicitables(dossier)).get(choix)
    if reparation is None:
        messages.warning(request, "Le budget a changé depuis cette proposition : relisez celles d’à présent.")
        return
    _porter(envoyees, {changement.champ: changement.apres for changement in reparation.changements})
    request.session[DERNIERE] = {
        "numero": dossier.numero,
        "titre": reparation.titre,
        "changements": [[c.champ, str(c.avant), str(c.apres)] for c in reparation.changements],
    }


def derniere_reparation(session, dossier, saisi):
    """La dernière réparation de ce dossier, tant que personne n'a retouché les lignes qu'elle a changées."""
    derniere = session.get(DERNIERE)
    if not derniere or derniere["numero"] != dossier.numero:
        return None
    intacte = all(
        saisi.montants.get(champ, budget.ZERO) == Decimal(apres) for champ, _, apres in derniere["changements"]
    )
    return derniere if intacte else None


def _porter(envoyees, montants):
    for champ, montant in montants.items():
        envoyees[champ] = str(montant) if Decimal(montant) else ""


def sollicitables(dossier):
    return [budget.Demande(f.pk, budget.ZERO, f.est_public, f.nom) for f in dossier.appel.financeurs.all()]


# --- Les règles et le plan de financement, à l'écran.

LIBELLES = {
    "B1": "Les charges égalent les produits",
    "B2": "Le bénévolat et les dons s’équilibrent (86 = 87)",
    "B3": "Ce budget n’est pas celui de toute la structure",
    "B4": "Un montant est demandé aux financeurs de l’appel",
    "B5": "La part publique respecte le plafond de l’appel",
    "B7": "L’action tient dans la période de l’appel",
    "B8": "Le montant demandé respecte les bornes de l’appel",
    "B9": "Le bénévolat inscrit suit les heures déclarées",
    "MIN": "Le montant minimal tient dans le montant demandé",
}


def regles_affichees(saisi, reglages):
    """Chaque règle qui vaut pour ce dossier, tenue ou non, avec ce qu'il faut faire."""
    par_regle = {}
    for constat in verifier(saisi, reglages):
        par_regle.setdefault(constat.regle, []).append(constat)
    sans_objet = {
        regle
        for regle, absente in (
            ("B2", not reglages.benevolat),
            ("B3", reglages.structure is None),
            ("B9", not reglages.benevolat or reglages.heures is None),
            ("MIN", reglages.montant_minimum is None),
        )
        if absente
    }
    return [
        Regle(regle, LIBELLES[regle], par_regle.get(regle, []), _precision(regle, saisi, reglages))
        for regle in VERIFICATIONS
        if regle not in sans_objet
    ]


def _precision(regle, saisi, reglages):
    """Ce qui montre qu'une règle est tenue : d'où vient le montant demandé, quel coût borne la part publique."""
    totaux, euros = saisi.totaux, budget.euros
    if regle == "B4" and totaux.demande:
        detail = " + ".join(f"{demande.nom} {euros(demande.montant)}" for demande in saisi.demandes if demande.montant)
        return (
            f"{euros(totaux.demande)} demandés : ce sont les lignes 74 de ce budget ({detail}). Ils représentent "
            f"{budget.nombre(totaux.taux_demande)}\u00a0% du total des produits."
        )
    if regle == "B5":
        benevolat = " bénévolat compris" if reglages.compte_le_benevolat else " sans le bénévolat"
        assiette = totaux.assiette(reglages.compte_le_benevolat)
        return (
            f"Au plus {budget.nombre(reglages.taux_max_public)}\u00a0% du coût de {euros(assiette)},{benevolat} : "
            f"{euros(permis_public(totaux, reglages))}. Vous en êtes à {euros(totaux.public)}. Les fondations privées "
            "ne comptent pas."
        )
    return ""


def plan_de_financement(saisi, accordes):
    """Qui paie l'action : financeurs de l'appel, autres financeurs, produits de la structure ; ce qui est ferme."""
    total = saisi.totaux.produits
    natures = {True: "publique", False: "privée"}
    etats = dict(LigneBudget.Firmete.choices)
    parts = [
        Part(
            d.nom, natures[d.est_public], "Demandé dans ce dossier", False, d.montant,
            budget.pourcentage(d.montant, total), accordes.get(d.financeur),
        )
        for d in saisi.demandes if d.montant
    ]  # fmt: skip
    autres = [ligne for ligne in saisi.du_compte(budget.SUBVENTIONS) if ligne.montant]
    parts += [
        Part(
            ligne.libelle or "Financeur à préciser", natures[ligne.est_public],
            etats.get(ligne.firmete, "À préciser"), ligne.firmete in FERMES, ligne.montant,
            budget.pourcentage(ligne.montant, total),
        )
        for ligne in autres
    ]  # fmt: skip
    propres = total - sum((part.montant for part in parts), budget.ZERO)
    if propres:
        taux = budget.pourcentage(propres, total)
        parts.append(Part("Vos produits et ressources propres", "", "Apport de la structure", False, propres, taux))
    ferme = sum((part.montant for part in parts if part.ferme), budget.ZERO)
    return {"parts": parts, "ferme": ferme, "taux_ferme": budget.pourcentage(ferme, total), "total": total}


def accordes_avant(dossier):
    """{financeur: ce qu'il avait accordé au dossier renouvelé}."""
    if dossier.renouvelle_id is None:
        return {}
    accordes = {}
    for decision in dossier.renouvelle.decisions.filter(sens="accorde"):
        accordes[decision.financeur_id] = accordes.get(decision.financeur_id, budget.ZERO) + decision.montant
    return accordes
