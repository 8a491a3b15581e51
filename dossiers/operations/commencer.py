"""Ouvrir un brouillon, le supprimer tant qu'il en est un."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from appels.models import Appel
from dossiers.cycle_de_vie import TransitionInterdite, verrouiller
from dossiers.etats import Etat
from dossiers.models import Dossier
from dossiers.operations.pieces import reprendre_du_porte_documents
from dossiers.operations.refus import OperationRefusee
from journal.publication import publier


@transaction.atomic
def commencer(appel, organisme, *, par, renouvelle=None):
    """Ouvre un brouillon numéroté. Un second appel rapproché rend le brouillon vide déjà ouvert (double clic)."""
    if organisme.pk not in par.ids_organismes:
        raise OperationRefusee("Vous n’êtes pas membre de cet organisme.")
    appel = Appel.objects.select_for_update().get(pk=appel.pk)
    if not appel.est_ouvert():
        raise OperationRefusee("Le dépôt n’est pas ouvert pour cet appel à projets.")
    vierge = Dossier.objects.filter(appel=appel, organisme=organisme, etat=Etat.BROUILLON, intitule="", version=0)
    if existant := vierge.first():
        return existant
    Appel.objects.filter(pk=appel.pk).update(dernier_numero=F("dernier_numero") + 1)
    appel.refresh_from_db(fields=["dernier_numero"])
    dossier = Dossier.objects.create(
        appel=appel,
        organisme=organisme,
        numero=f"{appel.annee}-{appel.code}-{appel.dernier_numero:04d}",
        renouvelle=renouvelle,
        cree_par=par,
        cree_le=timezone.now(),
    )
    publier("dossier.commencer", dossier, par=par)
    # Ce que l'organisme a déjà donné ne se redemande pas.
    reprendre_du_porte_documents(dossier, par=par)
    return dossier


@transaction.atomic
def supprimer_brouillon(dossier, *, par):
    dossier = verrouiller(dossier)
    if dossier.etat != Etat.BROUILLON or dossier.organisme_id not in par.ids_organismes:
        raise TransitionInterdite("Seul un brouillon de votre organisme se supprime.")
    fichiers = [piece.fichier for piece in dossier.pieces.all()]
    publier("dossier.supprimer_brouillon", dossier, par=par, numero=dossier.numero)
    dossier.delete()
    for fichier in fichiers:
        transaction.on_commit(lambda f=fichier: f.delete(save=False), robust=True)
