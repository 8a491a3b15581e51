"""Ce qu'une personne apprend de ses déports : le service en a consigné un, ou annulé un. Rien du dossier fermé."""

import logging

from comptes.models import Utilisateur
from dossiers.models import Dossier
from evaluation.models import Deport, Reunion
from notifications.courriels import ecrire, lien, lien_dossier

logger = logging.getLogger(__name__)


def _contexte(evenement):
    """La personne, son déport s'il tient encore, et de quoi situer le dossier sans le nommer."""
    dossier = Dossier.objects.select_related("appel__collectivite").get(pk=evenement.objet_id)
    personne = Utilisateur.objects.filter(pk=evenement.donnees["utilisateur_id"], is_active=True).first()
    return personne, {
        "dossier": dossier,
        "deport": Deport.objects.filter(dossier=dossier, utilisateur=personne).first() if personne else None,
        "reunion": Reunion.objects.filter(pk=evenement.donnees["reunion_id"]).first(),
        "par": evenement.acteur,
        "collectivite": dossier.appel.collectivite,
    }


def annoncer_consignation(evenement):
    personne, contexte = _contexte(evenement)
    if contexte["deport"] is None:
        logger.warning("Fait %s (%s) sans suite : le déport a été annulé.", evenement.pk, evenement.type)
        return
    ecrire(evenement, "deport_consigne", [personne.email], contexte | {"lien": lien("evaluation", "liens")})


def annoncer_annulation(evenement):
    personne, contexte = _contexte(evenement)
    if personne is None or contexte["deport"] is not None:
        logger.warning("Fait %s (%s) sans suite : la personne s’est déportée de nouveau.", evenement.pk, evenement.type)
        return
    contexte |= {"motif": evenement.donnees["motif"], "lien": lien_dossier(contexte["dossier"])}
    if contexte["reunion"]:
        contexte["lien"] = lien("evaluation", "reunions", contexte["reunion"].pk)
    ecrire(evenement, "deport_annule", [personne.email], contexte)
