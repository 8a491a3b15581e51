"""Créer un appel : ce qu'il reçoit d'office, son adresse."""

from django.db import transaction
from django.utils.text import slugify

from appels.grille import GRILLE_PAR_DEFAUT, PIECES_PAR_DEFAUT
from appels.models import Appel, CritereEvaluation, ObjectifOperationnel, PieceDemandee, RegleEligibilite
from appels.operations.refus import autoriser
from appels.operations.reglages import ecrire
from appels.regles import REGLES_PAR_DEFAUT
from journal.publication import publier

SLUG_MAX = 80


@transaction.atomic
def creer_appel(convention, *, par, **champs):
    """Un appel en préparation, avec les objectifs de la convention et, d'office, la grille, les pièces, les règles."""
    autoriser(convention.collectivite_id, par)
    appel = Appel(collectivite=convention.collectivite, convention=convention)
    ecrire(appel, champs)
    naitre(appel)
    appel.objectifs.set(ObjectifOperationnel.objects.filter(strategique__enjeu__convention=convention))
    for modele, lignes in (
        (CritereEvaluation, GRILLE_PAR_DEFAUT),
        (PieceDemandee, PIECES_PAR_DEFAUT),
        (RegleEligibilite, REGLES_PAR_DEFAUT),
    ):
        modele.objects.bulk_create(modele(appel=appel, ordre=rang, **ligne) for rang, ligne in enumerate(lignes))
    publier("appel.creer", appel, par=par, intitule=appel.intitule)
    return appel


def naitre(appel):
    """Donne son adresse à un appel neuf, le vérifie et l'inscrit."""
    appel.slug = _slug_libre(appel.intitule)
    appel.full_clean()
    appel.save()


def _slug_libre(intitule):
    """Tiré de l'intitulé ; un numéro le départage."""
    base = slugify(intitule)[: SLUG_MAX - 6].strip("-") or "appel"
    pris = set(Appel.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | {"nouveau"}
    slug, rang = base, 2
    while slug in pris:
        slug, rang = f"{base}-{rang}", rang + 1
    return slug
