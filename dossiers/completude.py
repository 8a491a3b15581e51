"""Ce qui manque avant de déposer, et où le réparer."""

from typing import NamedTuple

from dossiers import budget


class Manque(NamedTuple):
    etape: str
    champ: str
    message: str


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


def manques(dossier):
    """La liste complète, dans l'ordre du formulaire ; vide quand le dossier peut partir."""
    liste = [
        Manque(etape, champ, message)
        for champ, (etape, message) in CHAMPS.items()
        if getattr(dossier, champ) in (None, "")
    ]
    if not dossier.cibles.exists():
        liste.append(Manque("objectifs", "cibles", "Choisissez au moins un objectif et un quartier."))
    appel = dossier.appel
    constats = budget.verifier(
        budget.totaux_du_dossier(dossier),
        taux_max_public=appel.taux_max_public,
        benevolat_dans_assiette=appel.benevolat_dans_assiette,
        montant_min=appel.montant_min,
        montant_max=appel.montant_max,
    )
    liste += [Manque("budget", constat.regle, constat.message) for constat in constats if constat.bloquant]
    jointes = set(dossier.pieces.values_list("demandee_id", flat=True))
    liste += [
        Manque("pieces", f"piece-{piece.pk}", f"Joignez la pièce « {piece.libelle} ».")
        for piece in appel.pieces_demandees.all()
        if piece.est_obligatoire(dossier.organisme, dossier.renouvelle_id is not None) and piece.pk not in jointes
    ]
    ordre = ["action", "objectifs", "public", "budget", "pieces"]
    return sorted(liste, key=lambda manque: ordre.index(manque.etape))
