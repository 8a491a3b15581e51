"""Ce qui manque pour publier, ce qui étonne, et la publication elle-même."""

from django.db import transaction
from django.utils import timezone

from appels.coherence import incoherences, listes_incoherentes
from appels.operations.refus import OperationRefusee, PublicationImpossible, verrouiller
from journal.publication import publier


def manques_pour_publier(appel):
    """Ce qui empêche de publier : [(phrase, nom de la route où le réparer)]."""
    manques = incoherences(appel)
    if appel.cloture_le <= timezone.now():
        manques.append(("La clôture est déjà passée.", "appels-modifier"))
    if not appel.financeurs.exists():
        manques.append(("Aucun financeur n’est choisi.", "appels-financeurs"))
    if not appel.objectifs.exists():
        manques.append(("Aucun objectif n’est retenu.", "appels-objectifs"))
    if not total_des_poids(appel):
        manques.append(("La grille d’évaluation est vide.", "appels-grille"))
    return manques + listes_incoherentes(appel)


def total_des_poids(appel):
    return sum(critere.poids for critere in appel.criteres.all())


@transaction.atomic
def publier_appel(appel, *, par):
    """Rend l'appel visible de tous ; le dépôt s'ouvre à la date prévue. Lève PublicationImpossible."""
    appel = verrouiller(appel, par)
    if appel.publie_le:
        return appel
    if manques := manques_pour_publier(appel):
        raise PublicationImpossible(manques)
    appel.publie_le = timezone.now()
    appel.save(update_fields=["publie_le"])
    publier(
        "appel.publier",
        appel,
        par=par,
        ouvre_le=appel.ouvre_le.isoformat(),
        cloture_le=appel.cloture_le.isoformat(),
    )
    return appel


@transaction.atomic
def depublier_appel(appel, *, par):
    """Ramène l'appel en préparation, tant que personne n'a ouvert de dossier."""
    appel = verrouiller(appel, par)
    if not appel.publie_le:
        return appel
    if appel.dossiers.exists():
        raise OperationRefusee("Des dossiers sont déjà ouverts : l’appel reste publié.")
    appel.publie_le = None
    appel.save(update_fields=["publie_le"])
    publier("appel.depublier", appel, par=par)
    return appel
