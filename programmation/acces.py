"""Les appels qu'une personne programme, ou dont elle lit la programmation."""

from django.db.models import Q

from appels.models import Appel
from comptes.models import Role


def appels_programmables(utilisateur):
    """L'agent, ceux de sa collectivité ; le représentant d'un financeur, ceux qu'il finance, une fois publiés."""
    return Appel.objects.visibles_par(utilisateur).filter(
        Q(collectivite__in=utilisateur.ids_collectivites(Role.AGENT))
        | Q(
            pk__in=Appel.financeurs.through.objects.filter(
                financeur__partenaire__in=utilisateur.ids_partenaires(Role.FINANCEUR)
            ).values("appel_id")
        )
    )
