"""Renouveler une action : un brouillon prérempli depuis l'an passé, ce qui a été réalisé, les réserves reprises."""

from typing import NamedTuple

from django.db import transaction

from appels.models import Appel
from dossiers.cycle_de_vie import verrouiller
from dossiers.etapes import SECTION_DE
from dossiers.etats import Etat, Formulaire
from dossiers.jours import decaler
from dossiers.models import (
    Dossier,
    HeuresBenevoles,
    IndicateurAction,
    LigneBudget,
    MoyenHumain,
    Realisation,
    ReserveReprise,
)
from dossiers.operations.avant import depasse_le_seuil
from dossiers.operations.commencer import commencer
from dossiers.operations.refus import OperationRefusee
from dossiers.operations.saisie import chiffrer, enregistrer, objectifs_proposes, ouvrir_a_l_ecriture, viser
from journal.publication import publier

# Les dates se décalent ; la durée et le signataire se décident à nouveau chaque année.
NON_REPRIS = {"debut", "fin", "nb_annees", "signataire", "aides_plus_500k"}
RENOUVELABLES = tuple(etat for etat in Etat.values if etat not in {Etat.BROUILLON, Etat.RETIRE})


class Reprise(NamedTuple):
    """Le nouveau dossier, et ce qui n'a pas pu être repris, en phrases."""

    dossier: Dossier
    perdus: list


@transaction.atomic
def renouveler(ancien, appel, *, par):
    """Ouvre le dossier de l'année à partir de l'an passé, même clos, même refusé. Un second clic rend le même."""
    appel = Appel.objects.select_for_update().get(pk=appel.pk)
    if ancien.organisme_id not in par.ids_organismes:
        raise OperationRefusee("Seuls les membres de l’organisme renouvellent cette action.")
    if ancien.etat not in RENOUVELABLES:
        raise OperationRefusee("Seul un dossier déjà déposé se renouvelle.")
    if ancien.appel_id == appel.pk or ancien.appel.collectivite_id != appel.collectivite_id:
        raise OperationRefusee("Choisissez un autre appel à projets de la même collectivité.")
    existant = Dossier.objects.filter(renouvelle=ancien, appel=appel, etat=Etat.BROUILLON).first()
    if existant is not None:
        return Reprise(existant, [])
    dossier = commencer(appel, ancien.organisme, par=par)
    Dossier.objects.filter(pk=dossier.pk).update(renouvelle=ancien)
    dossier = _reprendre_les_textes(ancien, dossier, appel, par)
    perdus = [*_reprendre_les_cibles(ancien, dossier, par), *_reprendre_le_budget(ancien, dossier, par)]
    _reprendre_les_lignes(ancien, dossier)
    _reprendre_les_reserves(ancien, dossier)
    dossier = verrouiller(dossier)
    if ancien.est_simplifie and not depasse_le_seuil(dossier):
        dossier.formulaire = Formulaire.SIMPLIFIE
        dossier.save(update_fields=["formulaire"])
    publier("dossier.renouveler", dossier, par=par, ancien=ancien.numero)
    return Reprise(dossier, perdus)


def _reprendre_les_textes(ancien, dossier, appel, par):
    ecart = appel.annee - ancien.appel.annee
    champs = {champ: getattr(ancien, champ) for champ in SECTION_DE if champ not in NON_REPRIS}
    return enregistrer(dossier, par=par, debut=decaler(ancien.debut, ecart), fin=decaler(ancien.fin, ecart), **champs)


@transaction.atomic(savepoint=False)
def _reprendre_les_cibles(ancien, dossier, par):
    """Les objectifs et les quartiers de même code ; les autres se disent."""
    objectifs = {o.code: o for o in objectifs_proposes(dossier.appel)}
    quartiers = {q.code_qpv: q for q in dossier.appel.convention.quartiers.all()}
    couples, perdus = [], []
    for cible in ancien.cibles.select_related("objectif", "quartier"):
        objectif, quartier = objectifs.get(cible.objectif.code), quartiers.get(cible.quartier.code_qpv)
        if objectif and quartier:
            couples.append((objectif, quartier))
        else:
            quoi = f"l’objectif « {cible.objectif} »" if not objectif else f"le quartier « {cible.quartier} »"
            perdus.append(f"Cet appel ne propose plus {quoi}.")
    if couples:
        viser(dossier, couples, par=par)
    return list(dict.fromkeys(perdus))


@transaction.atomic(savepoint=False)
def _reprendre_le_budget(ancien, dossier, par):
    """Toutes les lignes ; rien n'est encore accordé. Une demande à un financeur parti de l'appel se dit."""
    lignes = [
        LigneBudget(
            sens=li.sens, compte=li.compte, libelle=li.libelle, montant=li.montant, est_public=li.est_public,
            rang=li.rang, firmete=LigneBudget.Firmete.DEMANDE if li.firmete else "",
        )
        for li in ancien.lignes_budget.all()
    ]  # fmt: skip
    connus = set(dossier.appel.financeurs.values_list("pk", flat=True))
    demandes, perdus = {}, []
    for financement in ancien.financements.select_related("financeur"):
        if financement.financeur_id in connus:
            demandes[financement.financeur] = financement.montant_demande
        else:
            perdus.append(f"{financement.financeur} ne finance pas cet appel : sa demande n’est pas reprise.")
    if lignes or demandes:
        chiffrer(dossier, lignes, demandes, par=par)
    return perdus


@transaction.atomic(savepoint=False)
def _reprendre_les_lignes(ancien, dossier):
    """Moyens humains, indicateurs et heures bénévoles, tels quels. Les pièces viennent du porte-documents seul."""
    for modele, relation, champs in (
        (MoyenHumain, ancien.moyens_humains, ("nature", "nombre", "etpt")),
        (IndicateurAction, ancien.indicateurs, ("libelle", "unite", "cible", "mesure", "rang")),
        (HeuresBenevoles, ancien.heures_benevoles, ("tache", "heures", "taux", "ordre")),
    ):
        modele.objects.bulk_create(
            modele(dossier=dossier, **{champ: getattr(ligne, champ) for champ in champs}) for ligne in relation.all()
        )


@transaction.atomic(savepoint=False)
def _reprendre_les_reserves(ancien, dossier):
    """Celles que l'organisme a lues dans sa lettre, une par ligne ; avant la notification, elles ne se disent pas."""
    avis = getattr(ancien, "avis", None)
    if avis is None or ancien.notifie_le is None:
        return
    lignes = [ligne.strip(" \t-•*") for ligne in avis.reserves.splitlines()]
    ReserveReprise.objects.bulk_create(
        ReserveReprise(dossier=dossier, texte=ligne, ordre=rang) for rang, ligne in enumerate(filter(None, lignes))
    )


@transaction.atomic
def repondre_aux_reserves(dossier, reponses, *, par):
    """`reponses` : {clé de la réserve: (traitée, ce qui a changé)}."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    poser_reserves(dossier, {pk: {"traitee": t, "reponse": r} for pk, (t, r) in reponses.items()})
    return dossier


def lire_reserves(dossier):
    """{clé: réserve reprise}, en une requête gardée sur le dossier le temps d'un enregistrement."""
    if "_reserves_lues" not in dossier.__dict__:
        dossier._reserves_lues = {reserve.pk: reserve for reserve in dossier.reserves_reprises.all()}
    return dossier._reserves_lues


@transaction.atomic(savepoint=False)
def poser_reserves(dossier, reponses):
    """Écrit les réponses d'un dossier déjà verrouillé : {clé de la réserve: {champ: valeur}}."""
    touchees = [lire_reserves(dossier)[pk] for pk in reponses if pk in lire_reserves(dossier)]
    for reserve in touchees:
        for champ, valeur in reponses[reserve.pk].items():
            setattr(reserve, champ, valeur)
    if touchees:
        ReserveReprise.objects.bulk_update(touchees, ["traitee", "reponse"])


def lire_realise(dossier):
    """{clé: valeur} de ce qui est déclaré de l'an passé, en une requête gardée sur le dossier."""
    if "_realise_lu" not in dossier.__dict__:
        declares = Realisation.objects.filter(dossier=dossier.renouvelle_id).order_by()
        dossier._realise_lu = dict(declares.values_list("cle", "valeur"))
    return dossier._realise_lu


@transaction.atomic(savepoint=False)
def poser_realise(dossier, valeurs):
    """Ce que l'action de l'an passé a donné, déclaré depuis le dossier verrouillé qui la renouvelle ; None efface."""
    ancien = dossier.renouvelle_id
    if vides := [cle for cle, valeur in valeurs.items() if valeur is None]:
        Realisation.objects.filter(dossier=ancien, cle__in=vides).delete()
    if pleines := {cle: valeur for cle, valeur in valeurs.items() if valeur is not None}:
        Realisation.objects.bulk_create(
            [Realisation(dossier_id=ancien, cle=cle, valeur=valeur) for cle, valeur in pleines.items()],
            update_conflicts=True,
            unique_fields=["dossier", "cle"],
            update_fields=["valeur"],
        )
    # Ce que le dossier gardait de sa lecture suit ce qui vient d'être écrit.
    dossier.__dict__.get("_realise_lu", {}).update(valeurs)
    dossier.__dict__.setdefault("_chiffres_lus", {}).update({cle: (True, valeur) for cle, valeur in valeurs.items()})
