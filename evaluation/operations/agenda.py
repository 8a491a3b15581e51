"""L'ordre du jour entier : appliquer l'ordre proposé, le reprendre à la main, revenir à celui d'avant."""

from django.db import transaction

from evaluation.models import Deport, PassageDossier, Seance
from evaluation.operations.communs import OperationRefusee, ouverte, verrouiller_reunion
from journal.models import Evenement
from journal.publication import publier

FAIT = "reunion.ordonner"
CHANGE = "L’ordre du jour a changé entre-temps. Voici l’ordre actuel : reprenez-le avant d’enregistrer."


def ordre_actuel(reunion):
    """[(dossier, sans débat)] dans l'ordre."""
    return list(reunion.passages.order_by("rang", "pk").values_list("dossier_id", "sans_debat"))


@transaction.atomic
def fixer_ordre(reunion, places, *, par, vu=None):
    """Range tous les dossiers : `places` [(dossier, sans débat)]. Le bloc sans débat vient toujours à la fin.

    `vu` : l'ordre que la personne avait sous les yeux ; s'il a changé, rien n'est écrit.
    """
    reunion = ouverte(verrouiller_reunion(reunion, par))
    avant = ordre_actuel(reunion)
    if vu is not None and vu != avant:
        raise OperationRefusee(CHANGE)
    if sorted(pk for pk, _ in places) != sorted(pk for pk, _ in avant):
        raise OperationRefusee(CHANGE)
    if Seance.objects.filter(reunion=reunion, levee_le=None).exists():
        raise OperationRefusee("La séance est ouverte : déplacez un dossier à la fois, depuis la page de la réunion.")
    apres = sorted(places, key=lambda place: place[1])
    if apres == avant:
        return reunion
    etait = dict(avant)
    changes = [pk for pk, sans_debat in apres if etait[pk] != sans_debat]
    if Deport.objects.filter(dossier__in=changes, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté d’un de ces dossiers : un autre agent règle son passage.")
    passages = {passage.dossier_id: passage for passage in reunion.passages.all()}
    for rang, (pk, sans_debat) in enumerate(apres, 1):
        passages[pk].rang, passages[pk].sans_debat = rang, sans_debat
        if not sans_debat or not etait[pk]:
            # Qui a demandé un débat garde son débat, tant que le dossier n'est pas remis dans le bloc.
            passages[pk].sorti_du_bloc_par = None
    PassageDossier.objects.bulk_update(passages.values(), ["rang", "sans_debat", "sorti_du_bloc_par"])
    publier(FAIT, reunion, par=par, avant=avant, apres=apres)
    return reunion


def ordre_d_avant(reunion):
    """Les places d'avant le dernier changement, ou None s'il n'y en a pas."""
    fait = Evenement.objects.de(reunion).filter(type=FAIT).last()
    return [(pk, sans_debat) for pk, sans_debat in fait.donnees["avant"]] if fait else None


@transaction.atomic
def revenir_a_l_ordre_d_avant(reunion, *, par):
    """Annule le dernier changement d'ordre ; les dossiers inscrits depuis passent à la fin."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    avant = ordre_d_avant(reunion)
    if avant is None:
        raise OperationRefusee("L’ordre du jour n’a pas changé : il n’y a rien à annuler.")
    actuel = ordre_actuel(reunion)
    presents = {pk for pk, _ in actuel}
    gardes = [place for place in avant if place[0] in presents]
    connus = {pk for pk, _ in gardes}
    return fixer_ordre(reunion, gardes + [place for place in actuel if place[0] not in connus], par=par)
