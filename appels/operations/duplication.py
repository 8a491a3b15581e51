"""Repartir de l'appel de l'an passé : tout est repris, sauf les montants à voter et les dates à relire."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from appels.models import Appel, CritereEvaluation, ObjectifOperationnel, PieceDemandee, RegleEligibilite
from appels.operations.creation import naitre
from appels.operations.refus import OperationRefusee, verrouiller
from appels.operations.reglages import FORMULAIRE, REGLES, ecrire
from journal.publication import publier

ANNEE = re.compile(r"\b20\d\d\b")
CINQUANTE_DEUX_SEMAINES = timedelta(weeks=52)


class Reprise(NamedTuple):
    """Ce que l'appel copié propose, avant que l'agent le relise."""

    champs: dict
    objectifs: list
    objectifs_perdus: list
    objectifs_nouveaux: int


def preparer_reprise(source):
    """Les valeurs proposées pour l'an prochain ; rien n'est écrit."""
    textes = ("intitule", "presentation", "periode_reunions", "periode_decision")
    champs = {nom: decaler_annees(getattr(source, nom)) for nom in textes}
    champs |= {"annee": source.annee + 1, "code": source.code}
    champs |= {nom: un_an_apres(getattr(source, nom)) for nom in ("ouvre_le", "cloture_le")}
    de_la_convention = set(ObjectifOperationnel.objects.filter(strategique__enjeu__convention=source.convention_id))
    retenus = list(source.objectifs.all())
    gardes = [objectif for objectif in retenus if objectif in de_la_convention]
    perdus = [objectif for objectif in retenus if objectif not in de_la_convention]
    return Reprise(champs, gardes, perdus, len(de_la_convention) - len(gardes))


@transaction.atomic
def dupliquer_appel(source, *, par, **champs):
    """Un appel en préparation, copie de `source` ; demandé deux fois pour la même année et le même code, un seul."""
    source = verrouiller(source, par)
    reprise = preparer_reprise(source)
    champs = reprise.champs | champs
    if deja := source.copies.filter(annee=champs["annee"], code=champs["code"]).first():
        return deja
    if champs["annee"] == source.annee and champs["code"] == source.code:
        raise OperationRefusee("La copie porte une autre année ou un autre code que l’appel d’origine.")
    copie = Appel(collectivite=source.collectivite, convention=source.convention, copie_de=source)
    ecrire(copie, {nom: getattr(source, nom) for nom in (*REGLES, *FORMULAIRE)} | champs)
    naitre(copie)
    copie.financeurs.set(source.financeurs.all())
    copie.objectifs.set(reprise.objectifs)
    for modele in (CritereEvaluation, RegleEligibilite, PieceDemandee):
        _copier_lignes(modele, source, copie)
    publier("appel.dupliquer", copie, par=par, intitule=copie.intitule, origine=source.pk)
    return copie


def _copier_lignes(modele, source, copie):
    for ligne in modele.objects.filter(appel=source):
        ligne.pk, ligne._state.adding, ligne.appel = None, True, copie
        if modele is PieceDemandee and ligne.modele:
            # Chaque appel a son fichier : retirer le modèle de l'un ne le retire pas à l'autre.
            with ligne.modele.open() as fichier:
                ligne.modele = ContentFile(fichier.read(), name=PurePath(ligne.modele.name).name)
        ligne.save()


def decaler_annees(texte):
    """« 2026-2027 » devient « 2027-2028 »."""
    return ANNEE.sub(lambda annee: str(int(annee.group()) + 1), texte)


def un_an_apres(instant):
    """Le même jour de la semaine l'an prochain, à la même heure de Paris ; une fin de mois reste une fin de mois."""
    local = timezone.localtime(instant)
    jour = local.date()
    if jour.day == monthrange(jour.year, jour.month)[1]:
        suivant = jour.replace(year=jour.year + 1, day=monthrange(jour.year + 1, jour.month)[1])
    else:
        suivant = jour + CINQUANTE_DEUX_SEMAINES
        if suivant.month != jour.month:
            # Un 1er janvier ne recule pas au 31 décembre de la même année.
            suivant += timedelta(weeks=1)
    return timezone.make_aware(datetime.combine(suivant, local.time()))
