"""publier() : le seul lien entre le métier et ses conséquences."""

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from journal.models import Evenement

# La sonnette : elle peut se perdre, le balayage périodique rattrape.
evenement_publie = Signal()


def publier(type_, objet, *, par=None, **donnees):
    """Inscrit un fait au journal, dans la transaction du verbe qui l'accomplit.

    `par` est la personne qui agit, ou None quand c'est le système. Les valeurs décisives d'un acte
    sont à recopier dans `donnees` : les abonnés lisent l'objet plus tard, tel qu'il est alors.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"« {type_} » publié hors transaction : le fait pourrait mentir.")
    evenement = Evenement.objects.create(
        type=type_,
        objet_type=objet._meta.label_lower,
        objet_id=objet.pk,
        acteur_id=par.pk if par else None,
        acteur=str(par) if par else "Parvis",
        donnees=donnees,
        cree_le=timezone.now(),
    )
    transaction.on_commit(lambda: evenement_publie.send(Evenement, evenement_id=evenement.pk, type=type_), robust=True)
    return evenement
