"""Écrire le budget d'un dossier déjà verrouillé : les seules lignes touchées, chacune à sa rangée."""

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from dossiers.models import Financement, HeuresBenevoles, LigneBudget

VALEURS_LIGNE = ("libelle", "montant", "est_public", "firmete")
VALEURS_HEURES = ("tache", "heures", "taux")


def lire_lignes_budget(dossier, cles=None):
    """{(sens, compte, rang): ligne}, pour ces clés ou pour toutes. Gardées sur le dossier : un enregistrement construit
    trois fois le formulaire, et ne lit qu'une.
    """
    gardees = dossier.__dict__.setdefault("_lignes_budget_lues", {})
    if cles is None:
        if None not in gardees:
            gardees.update({(li.sens, li.compte, li.rang): li for li in dossier.lignes_budget.all()})
            gardees[None] = None
    elif None not in gardees and (manquent := [cle for cle in cles if cle not in gardees]):
        gardees.update(dict.fromkeys(manquent))
        choix = reduce(or_, (Q(sens=sens, compte=compte, rang=rang) for sens, compte, rang in manquent))
        gardees.update({(li.sens, li.compte, li.rang): li for li in dossier.lignes_budget.filter(choix)})
    return {cle: ligne for cle, ligne in gardees.items() if ligne and (cles is None or cle in cles)}


def lire_demandes(dossier, financeurs=None):
    """Les financeurs de l'appel (ceux-ci, ou tous), chacun avec sa `demande`, en une requête gardée sur le dossier."""
    gardes = dossier.__dict__.setdefault("_demandes_lues", {})
    if None not in gardes and (financeurs is None or not gardes.keys() >= set(financeurs)):
        montant = Financement.objects.filter(dossier=dossier.pk, financeur=OuterRef("pk")).values("montant_demande")
        lus = dossier.appel.financeurs.annotate(demande=Subquery(montant))
        if financeurs is None:
            gardes[None] = None
        else:
            lus = lus.filter(pk__in=financeurs)
        gardes.update({financeur.pk: financeur for financeur in lus})
    return [f for pk, f in gardes.items() if f and (financeurs is None or pk in financeurs)]


@transaction.atomic(savepoint=False)
def poser_lignes_budget(dossier, lignes):
    """`lignes` : {(sens, compte, rang): {champ: valeur}} ; une ligne sans valeur s'efface, les autres rangs restent."""
    gardees = dossier.__dict__.setdefault("_lignes_budget_lues", {})
    pleines = [
        LigneBudget(dossier=dossier, sens=sens, compte=compte, rang=rang, **valeurs)
        for (sens, compte, rang), valeurs in lignes.items()
        if valeurs
    ]
    if pleines:
        LigneBudget.objects.bulk_create(
            pleines,
            update_conflicts=True,
            unique_fields=["dossier", "sens", "compte", "rang"],
            update_fields=VALEURS_LIGNE,
        )
        gardees.update({(ligne.sens, ligne.compte, ligne.rang): ligne for ligne in pleines})
    if vides := [cle for cle, valeurs in lignes.items() if not valeurs]:
        choix = reduce(or_, (Q(sens=sens, compte=compte, rang=rang) for sens, compte, rang in vides))
        LigneBudget.objects.filter(choix, dossier=dossier.pk).delete()
        gardees.update(dict.fromkeys(vides))


@transaction.atomic(savepoint=False)
def poser_demandes(dossier, demandes):
    """`demandes` : {financeur de l'appel: montant} ; sans montant, on ne lui demande plus rien."""
    if demandes_pleines := {financeur: montant for financeur, montant in demandes.items() if montant}:
        Financement.objects.bulk_create(
            [
                Financement(dossier=dossier, financeur=financeur, montant_demande=montant)
                for financeur, montant in demandes_pleines.items()
            ],
            update_conflicts=True,
            unique_fields=["dossier", "financeur"],
            update_fields=["montant_demande"],
        )
    if retires := [financeur.pk for financeur, montant in demandes.items() if not montant]:
        Financement.objects.filter(dossier=dossier.pk, financeur__in=retires).delete()
    for financeur, montant in demandes.items():
        financeur.demande = montant or None


@transaction.atomic(savepoint=False)
def poser_heures(dossier, heures):
    """`heures` : {rang: {tache, heures, taux}} ; une rangée sans valeur s'efface."""
    gardees = dossier.heures_lues
    pleines = [HeuresBenevoles(dossier=dossier, ordre=rang, **valeurs) for rang, valeurs in heures.items() if valeurs]
    if pleines:
        HeuresBenevoles.objects.bulk_create(
            pleines, update_conflicts=True, unique_fields=["dossier", "ordre"], update_fields=VALEURS_HEURES
        )
        gardees.update({ligne.ordre: ligne for ligne in pleines})
    if vides := [rang for rang, valeurs in heures.items() if not valeurs]:
        HeuresBenevoles.objects.filter(dossier=dossier.pk, ordre__in=vides).delete()
        for rang in vides:
            gardees.pop(rang, None)
