"""Le relais : chaque fait du journal, une fois, à chacun de ses abonnés."""

import logging

from django.db import connection, transaction

from journal.models import ESSAIS_AVANT_ALERTE, Evenement
from notifications.abonnements import ABONNEMENTS

logger = logging.getLogger(__name__)


def _un_fait_verrouille():
    faits = Evenement.objects.a_diffuser()
    if connection.features.has_select_for_update_skip_locked:
        faits = faits.select_for_update(skip_locked=True)
    # SQLite n'a pas de verrou de ligne : la transaction IMMEDIATE y met les relais à la queue leu leu.
    return faits.first()


@transaction.atomic
def diffuser_le_suivant():
    """Diffuse le fait dû le plus ancien. Rend None quand la file est vide, sinon dit s'il est passé.

    Les abonnés n'écrivent qu'en base, sous un point de sauvegarde : un échec n'efface qu'eux, remet le fait
    à plus tard et laisse passer les autres.
    """
    evenement = _un_fait_verrouille()
    if evenement is None:
        return None
    try:
        with transaction.atomic():
            for preparer in ABONNEMENTS.get(evenement.type, ()):
                preparer(evenement)
    except Exception as erreur:
        evenement.reporter(f"{type(erreur).__name__} : {erreur}")
        gravite = logging.ERROR if evenement.essais >= ESSAIS_AVANT_ALERTE else logging.WARNING
        # Le message de l'erreur peut citer une personne : il reste en base, le journal du serveur n'a que son nom.
        logger.log(
            gravite,
            "Fait %s (%s) reporté, essai %s : %s",
            evenement.pk,
            evenement.type,
            evenement.essais,
            type(erreur).__name__,
        )
        return False
    evenement.marquer_diffuse()
    return True


def diffuser_tout(limite=1000):
    """Diffuse tout ce qui est dû et rend le nombre de faits passés ; une file vide n'ouvre pas de transaction."""
    passes = 0
    for _ in range(limite):
        if not Evenement.objects.a_diffuser().exists():
            break
        resultat = diffuser_le_suivant()
        if resultat is None:
            break
        passes += resultat
    return passes
