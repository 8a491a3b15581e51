"""Les délais légaux, à l'heure de Paris."""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone


class Horloge(NamedTuple):
    """Le délai du silence : où il en est, à dire des deux côtés en mots.

    `rejet_le` : le jour où le silence vaudrait rejet ; `suspendu_jusqu_au` : la limite d'une demande encore ouverte ;
    `jours_suspendus` : ce que les demandes de pièces ont ajouté ; `expire` : ce jour est passé.
    """

    rejet_le: date
    suspendu_jusqu_au: date | None
    jours_suspendus: int
    expire: bool


def plus_deux_mois(jour):
    """Deux mois de date à date, ramenés à la fin du mois s'il le faut (31/12 → 28/02)."""
    mois = jour.month + 2
    annee, mois = jour.year + (mois - 1) // 12, (mois - 1) % 12 + 1
    for quantieme in (jour.day, 30, 29, 28):
        try:
            return date(annee, mois, quantieme)
        except ValueError:
            continue
    raise AssertionError("Un mois compte au moins vingt-huit jours.")


def _suspension(demande):
    """Du jour où la demande part à celui de la réponse, sans dépasser la limite, prolongations comprises."""
    debut = timezone.localtime(demande.demandee_le).date()
    fin = demande.limite_le
    if demande.repondue_le:
        fin = min(timezone.localtime(demande.repondue_le).date(), fin)
    return debut, max(debut, fin)


def _reunir(intervalles):
    """Des intervalles disjoints, dans l'ordre : un jour que deux demandes suspendent ne compte qu'une fois."""
    reunis = []
    for debut, fin in sorted(intervalles):
        if reunis and debut <= reunis[-1][1]:
            reunis[-1][1] = max(reunis[-1][1], fin)
        else:
            reunis.append([debut, fin])
    return reunis


def date_rejet_implicite(recu_le, demandes=()):
    """Le jour où le silence vaudrait rejet (CRPA, art. L. 231-4, 3°), heure de Paris.

    Chaque demande de pièces suspend le délai (art. L. 114-5), mais ne ranime pas un délai déjà écoulé quand elle
    part. C'est une information : aucun état ne change à cette date.
    """
    jour = plus_deux_mois(timezone.localtime(recu_le).date())
    for debut, fin in _reunir(_suspension(demande) for demande in demandes):
        if debut > jour:
            break
        jour += fin - debut
    return jour


def horloge(recu_le, demandes=(), aujourd_hui=None):
    """Ce que l'on sait ce jour du délai de rejet implicite."""
    aujourd_hui = aujourd_hui or timezone.localdate()
    demandes = list(demandes)
    rejet_le = date_rejet_implicite(recu_le, demandes)
    ouverte = next((d for d in demandes if d.repondue_le is None and d.limite_le >= aujourd_hui), None)
    return Horloge(
        rejet_le=rejet_le,
        suspendu_jusqu_au=ouverte.limite_le if ouverte and rejet_le >= aujourd_hui else None,
        jours_suspendus=(rejet_le - date_rejet_implicite(recu_le)) // timedelta(days=1),
        expire=rejet_le < aujourd_hui,
    )
