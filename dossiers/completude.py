"""Ce qui manque avant de déposer, et où le réparer."""

from typing import NamedTuple

from dossiers import budget


class Manque(NamedTuple):
    etape: str
    champ: str
    message: str


ETAPES = ["action", "objectifs", "public", "budget", "pieces"]
CHAMPS = {
    "intitule": ("action", "Donnez un intitulé à l’action."),
    "description": ("action", "Décrivez l’action."),
    "moyens": ("action", "Indiquez les moyens humains et matériels."),
    "resultats_attendus": ("action", "Indiquez les résultats attendus."),
    "public": ("public", "Décrivez le public visé."),
    "nb_beneficiaires": ("public", "Indiquez le nombre de bénéficiaires."),
    "part_qpv": ("public", "Indiquez la part du public habitant en quartier prioritaire."),
    "debut": ("public", "Indiquez la date de début de l’action."),
    "fin": ("public", "Indiquez la date de fin de l’action."),
}


def constats(dossier, totaux=None):
    """Les règles du budget que ce dossier ne respecte pas, au regard de son appel."""
    appel = dossier.appel
    return budget.verifier(
        totaux or budget.totaux_du_dossier(dossier),
        taux_max_public=appel.taux_max_public,
        benevolat_dans_assiette=appel.benevolat_dans_assiette,
        montant_min=appel.montant_min,
        montant_max=appel.montant_max,
        hors_annee=any(jour is not None and jour.year != appel.annee for jour in (dossier.debut, dossier.fin)),
    )


def manques(dossier):
    """La liste complète, dans l'ordre du formulaire ; vide quand le dossier peut partir."""
    liste = [
        Manque(etape, champ, message)
        for champ, (etape, message) in CHAMPS.items()
        if getattr(dossier, champ) in (None, "")
    ]
    if not dossier.cibles.all():
        liste.append(Manque("objectifs", "cibles", "Choisissez au moins un objectif et un quartier."))
    liste += [Manque("budget", constat.regle, constat.message) for constat in constats(dossier) if constat.bloquant]
    jointes = {piece.demandee_id for piece in dossier.pieces.all()}
    liste += [
        Manque("pieces", f"piece-{piece.pk}", f"Joignez la pièce « {piece.libelle} ».")
        for piece in dossier.appel.pieces_demandees.all()
        if piece.est_obligatoire(dossier.organisme, dossier.renouvelle_id is not None) and piece.pk not in jointes
    ]
    return sorted(liste, key=lambda manque: ETAPES.index(manque.etape))
