"""Des faits aux lettres : figer les valeurs au moment du fait, puis composer le PDF depuis ces seules valeurs."""

from datetime import date, datetime

from django.utils import timezone

from dossiers.operations import date_rejet_implicite

CHAMPS_COLLECTIVITE = (
    "nom",
    "adresse_complete",
    "ville",
    "service_nom",
    "service_telephone",
    "service_courriel",
    "signataire_prenom",
    "signataire_nom",
    "signataire_qualite",
    "organe_deliberant",
    "tribunal_nom",
    "tribunal_adresse",
    "dpo_contact",
    "duree_conservation",
    "couleur",
)
CHAMPS_ORGANISME = (
    "nom",
    "siret",
    "adresse_lignes",
    "representant_civilite",
    "representant_prenom",
    "representant_nom",
    "representant_fonction",
)


def _commun(evenement, dossier):
    """Ce que toute lettre porte, recopié : elle ne doit pas changer si la fiche change avant sa composition."""
    collectivite, organisme = dossier.appel.collectivite, dossier.organisme
    return {
        "date_document": timezone.localtime(evenement.cree_le).date().isoformat(),
        "collectivite": {champ: getattr(collectivite, champ) for champ in CHAMPS_COLLECTIVITE},
        "organisme": {champ: getattr(organisme, champ) for champ in CHAMPS_ORGANISME},
        "dossier": {
            "numero": dossier.numero,
            "intitule": dossier.intitule,
            "appel": dossier.appel.intitule,
            "annee": dossier.appel.annee,
        },
    }


def figer_accuse(evenement, dossier):
    recu_le = datetime.fromisoformat(evenement.donnees["recu_le"])
    return {
        **_commun(evenement, dossier),
        "recu_le": recu_le.isoformat(),
        "montant_sollicite": evenement.donnees["montant_sollicite"],
        "date_rejet_implicite": date_rejet_implicite(recu_le).isoformat(),
        "periode_decision": dossier.appel.periode_decision,
    }


def figer_irrecevabilite(evenement, dossier):
    return {
        **_commun(evenement, dossier),
        "recu_le": dossier.depose_le.isoformat(),
        "motif": evenement.donnees["motif"],
    }


def figer_attribution(evenement, dossier):
    cibles = list(dossier.cibles.select_related("objectif", "quartier"))
    return {
        **_commun(evenement, dossier),
        **evenement.donnees,
        "objectif": cibles[0].objectif.texte,
        "quartiers": list(dict.fromkeys(cible.quartier.nom for cible in cibles)),
        "debut": dossier.debut.isoformat(),
        "fin": dossier.fin.isoformat(),
        "iban_fin": dossier.organisme.iban_fin,
        # Six mois après la fin de l'exercice où l'action s'achève (loi 2000-321, art. 10).
        "date_limite_bilan": date(dossier.fin.year + 1, 6, 30).isoformat(),
    }


def figer_refus(evenement, dossier):
    return {**_commun(evenement, dossier), **evenement.donnees}
