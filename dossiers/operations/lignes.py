"""Les lignes d'une section (moyens humains, indicateurs, années) : lues une fois, écrites d'un coup."""

from django.db import transaction
from django.db.models import Q


def lire_lignes(dossier, relation, cle):
    """{clé: ligne}. Gardées sur le dossier : un enregistrement construit trois fois le formulaire, et ne lit qu'une."""
    gardees = dossier.__dict__.setdefault("_lignes_lues", {})
    if relation not in gardees:
        gardees[relation] = {getattr(ligne, cle): ligne for ligne in getattr(dossier, relation).all()}
    return gardees[relation]


@transaction.atomic(savepoint=False)
def poser_lignes(dossier, relation, cle, lignes):
    """Écrit des lignes d'un dossier déjà verrouillé. `lignes` : {clé: {champ: valeur}} ; une ligne vide s'efface.

    Chaque ligne garde sa clé : deux personnes qui écrivent deux lignes ne se gênent pas.
    """
    modele, gardees = getattr(dossier, relation).model, lire_lignes(dossier, relation, cle)
    pleines = {c: v for c, v in lignes.items() if any(valeur not in (None, "") for valeur in v.values())}
    vides = [c for c in lignes if c not in pleines and c in gardees]
    if pleines:
        nouvelles = [modele(dossier=dossier, **{cle: c}, **valeurs) for c, valeurs in pleines.items()]
        modele.objects.bulk_create(
            nouvelles,
            update_conflicts=True,
            unique_fields=["dossier", cle],
            update_fields=list(next(iter(pleines.values()))),
        )
        gardees.update({getattr(ligne, cle): ligne for ligne in nouvelles})
    if vides:
        modele.objects.filter(Q(**{f"{cle}__in": vides}), dossier=dossier).delete()
        for c in vides:
            del gardees[c]
