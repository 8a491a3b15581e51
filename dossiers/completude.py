"""Ce qui manque avant de déposer, et où le réparer."""

from typing import NamedTuple

from comptes.fiche import manques_de_fiche
from comptes.models import Organisme
from dossiers import budget
from dossiers.calendrier import annees_suivantes, deborde, demandes_suivantes
from dossiers.eligibilite import manques_d_eligibilite
from dossiers.etapes import etapes_de, ou_reparer
from dossiers.models import LigneStructure
from dossiers.pieces import exigences
from dossiers.regles_budget import Reglages, verifier


class Manque(NamedTuple):
    etape: str
    champ: str
    message: str


CHAMPS = {
    "intitule": ("action", "Donnez un intitulé à l’action."),
    "description": ("action", "Décrivez l’action."),
    "moyens": ("moyens", "Indiquez les moyens humains et matériels."),
    "resultats_attendus": ("resultats", "Indiquez les résultats attendus."),
    "public": ("public", "Décrivez le public visé."),
    "nb_beneficiaires": ("public", "Indiquez le nombre de bénéficiaires."),
    "part_qpv": ("public", "Indiquez la part du public habitant en quartier prioritaire."),
    "debut": ("public", "Indiquez la date de début de l’action."),
    "fin": ("public", "Indiquez la date de fin de l’action."),
}
# Ce que la fiche de la structure doit porter pour qu'une demande soit recevable ; le reste s'y complète après.
FICHE_BLOQUANTE = {
    "nom", "siret", "rna", "adresse", "code_postal", "ville", "representant_nom", "representant_fonction",
}  # fmt: skip
# Ce que la page unique ne demande pas : au-dessous du seuil de l'appel, on s'en passe.
HORS_PAGE_UNIQUE = {"moyens"}


def manques_bloquants(organisme):
    """Ce qui manque à la fiche de la structure et empêche de déposer."""
    return [manque for manque in manques_de_fiche(organisme) if manque.champ in FICHE_BLOQUANTE]


def _manques_des_annees(dossier):
    """Une demande pluriannuelle chiffre chaque année, et ne dure pas plus que l'appel ne le permet."""
    appel = dossier.appel
    if dossier.nb_annees > appel.pluriannuel_max:
        maximum = f"{appel.pluriannuel_max} ans" if appel.pluriannuel_max > 1 else "un an"
        message = f"L’appel finance une demande sur {maximum} au plus : changez la durée de la vôtre."
        yield Manque("public", "nb_annees", message)
        return
    chiffrees = {demande.annee for demande in demandes_suivantes(dossier)}
    for annee in annees_suivantes(appel, dossier.nb_annees):
        if annee not in chiffrees:
            yield Manque("public", f"annee-{annee}-montant", f"Indiquez le montant demandé pour {annee}.")


def reglages_de(dossier):
    """Ce que l'appel, le calendrier et le budget de la structure fixent autour du budget de ce dossier."""
    appel, montre = dossier.appel, set(dossier.appel.sections)
    # `declare_heures`, quand la page l'a demandé avec le dossier, épargne une lecture à qui n'en déclare pas.
    declare = "benevolat" in montre and getattr(dossier, "declare_heures", True)
    heures = dossier.heures_lues.values() if declare else ()
    return Reglages(
        taux_max_public=appel.taux_max_public,
        benevolat_dans_assiette=appel.benevolat_dans_assiette,
        montant_min=appel.montant_min,
        montant_max=appel.montant_max,
        benevolat="benevolat" in montre,
        deborde=deborde(dossier),
        structure=budget_de_structure(dossier) if demande_budget_structure(dossier) else None,
        heures=sum((ligne.valeur for ligne in heures), budget.ZERO) if heures else None,
        montant_minimum=dossier.montant_minimum if "montant_minimum" in montre else None,
    )


def demande_budget_structure(dossier):
    return not dossier.est_simplifie and "budget_structure" in dossier.appel.sections


def budget_de_structure(dossier):
    """Le budget de toute la structure, pour l'exercice de l'appel ; préchargé sur l'organisme, ou en une requête."""
    organisme, annee = dossier.organisme, dossier.appel.annee
    if lu := dossier.__dict__.get("_budget_de_structure"):
        return lu
    if "budgets" in getattr(organisme, "_prefetched_objects_cache", {}):
        lignes = [li for b in organisme.budgets.all() if b.annee == annee for li in b.lignes.all()]
    else:
        lignes = LigneStructure.objects.filter(budget__organisme=organisme.pk, budget__annee=annee)
    lu = budget.Budget(tuple(budget.Ligne(li.sens, li.compte, li.montant) for li in lignes))
    dossier._budget_de_structure = lu
    return lu


def constats(dossier):
    """Les règles du budget que ce dossier ne respecte pas, au regard de son appel."""
    return verifier(budget.budget_de(dossier), reglages_de(dossier))


def manques(dossier):
    """La liste complète, dans l'ordre du formulaire ; vide quand le dossier peut partir."""
    liste = [
        Manque(etape, champ, message)
        for champ, (etape, message) in CHAMPS.items()
        if getattr(dossier, champ) in (None, "") and not (dossier.est_simplifie and champ in HORS_PAGE_UNIQUE)
    ]
    liste += [Manque("structure", manque.champ, manque.phrase) for manque in manques_bloquants(dossier.organisme)]
    liste += _manques_des_annees(dossier)
    if not dossier.cibles.all():
        liste.append(Manque("objectifs", "cibles", "Choisissez au moins un objectif et un quartier."))
    reglages = reglages_de(dossier)
    liste += [
        Manque("budget", constat.regle, constat.message)
        for constat in verifier(budget.budget_de(dossier), reglages)
        if constat.bloquant
    ]
    if dossier.organisme.type == Organisme.Type.ASSOCIATION and reglages.structure is not None:
        liste += _manques_structure(reglages.structure.totaux)
    jointes = {piece.demandee_id for piece in dossier.pieces.all()}
    liste += [
        Manque("pieces", f"piece-{piece.pk}", f"Joignez la pièce « {piece.libelle} ».")
        for piece, obligatoire in exigences(dossier)
        if obligatoire and piece.pk not in jointes
    ]
    liste += [Manque(*manque) for manque in manques_d_eligibilite(dossier)]
    if dossier.est_simplifie and budget.totaux_du_dossier(dossier).demande > (dossier.appel.seuil_simplifie or 0):
        liste.append(Manque("budget", "formulaire", "La demande dépasse le seuil : passez au formulaire complet."))
    ordre = {etape.code: rang for rang, etape in enumerate(etapes_de(dossier))}
    liste = [manque._replace(etape=ou_reparer(dossier, manque.etape)) for manque in liste]
    return sorted(liste, key=lambda manque: ordre.get(manque.etape, -1))


def _manques_structure(totaux):
    """Le budget annuel de la structure : saisi, et équilibré."""
    if not totaux.charges or not totaux.produits:
        yield Manque("budget-structure", "lignes", "Indiquez le budget annuel de la structure, charges et produits.")
    elif totaux.ecart:
        yield Manque(
            "budget-structure",
            "lignes",
            f"Le budget de la structure ne s’équilibre pas : l’écart est de {budget.euros(abs(totaux.ecart))}.",
        )
