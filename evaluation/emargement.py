"""La feuille d'émargement d'une réunion : qui est attendu, membres et invités ; aucun dossier."""

from django.utils import timezone

from documents import emargement
from evaluation.compte_rendu import participants
from evaluation.models import MembreReunion


def composer(reunion):
    collectivite = reunion.collectivite
    return emargement.composer(
        emargement.Emargement(
            collectivite=collectivite.nom,
            service=collectivite.service_nom,
            couleur=collectivite.couleur,
            genre=reunion.get_nature_display(),
            titre=reunion.titre,
            tenu_le=timezone.localtime(reunion.debut),
            fini_le=timezone.localtime(reunion.fin) if reunion.fin else None,
            edite_le=timezone.localtime(),
            lieu=reunion.lieu,
            president=reunion.president,
            personnes=tuple(
                emargement.Personne(**personne) for personne in participants(reunion, *MembreReunion.Presence.values)
            ),
        )
    )
