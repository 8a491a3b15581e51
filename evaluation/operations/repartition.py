"""Désigner les lecteurs : d'une réunion, de tout un appel, et revenir à la répartition d'avant."""

from collections import defaultdict
from hashlib import sha256
from uuid import uuid4

from django.db import transaction

from comptes.models import Utilisateur
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation.empechements import empeches
from evaluation.models import Evaluation, Lecteur, Reunion
from evaluation.operations.communs import (
    OperationRefusee,
    conduire,
    figer_les_decouvertes,
    ouverte,
    verrouiller_reunion,
)
from evaluation.operations.ordre_du_jour import desinscrire, inscrire
from journal.models import Evenement
from journal.publication import publier

FAIT, FAIT_APPEL, FAIT_ANNULE = "reunion.repartir", "appel.repartir", "appel.annuler_repartition"
CHANGE = "La répartition a changé entre-temps. Voici la répartition actuelle : reprenez vos choix avant d’enregistrer."
MOTIF = "Répartition annulée."


def lecteurs_designes(reunions):
    """{dossier: personnes désignées} pour ces réunions."""
    designes = defaultdict(set)
    for dossier, utilisateur in Lecteur.objects.filter(passage__reunion__in=reunions).values_list(
        "passage__dossier_id", "membre__utilisateur_id"
    ):
        designes[dossier].add(utilisateur)
    return designes


def empreinte(lecteurs):
    """Ce que la personne avait sous les yeux, pour savoir si quelqu'un y a touché depuis."""
    texte = ";".join(f"{pk}:{sorted(qui)}" for pk, qui in sorted(lecteurs.items()) if qui)
    return sha256(texte.encode()).hexdigest()[:16]


@transaction.atomic
def repartir(reunion, lecteurs, *, par, vu=None, methode="main", lot=""):
    """Désigne les lecteurs : {dossier: personnes}. Les dossiers absents gardent les leurs.

    `vu` : l'empreinte de la répartition affichée ; si elle a changé, rien n'est écrit.
    """
    reunion = ouverte(verrouiller_reunion(reunion, par))
    designes = lecteurs_designes([reunion])
    if vu is not None and vu != empreinte(designes):
        raise OperationRefusee(CHANGE)
    changes = {pk: set(qui) for pk, qui in lecteurs.items() if set(qui) != designes[pk]}
    if not changes:
        return reunion
    # Le verrou des dossiers : personne n'envoie ses notes ni ne se déporte pendant qu'on change ses lectures.
    dossiers = {d.pk: d for d in Dossier.objects.select_for_update().filter(pk__in=changes).order_by("pk")}
    passages = {p.dossier_id: p for p in reunion.passages.filter(dossier__in=changes)}
    membres = {m.utilisateur_id: m for m in reunion.membres.filter(evalue=True)}
    _verifier(changes, designes, dossiers, passages, membres, par)
    figer_les_decouvertes(reunion)
    for pk, qui in changes.items():
        passages[pk].lecteurs.exclude(membre__utilisateur__in=qui).delete()
    Lecteur.objects.bulk_create(
        Lecteur(passage=passages[pk], membre=membres[personne])
        for pk, qui in changes.items()
        for personne in sorted(qui - designes[pk])
    )
    publier(
        FAIT,
        reunion,
        par=par,
        methode=methode,
        lot=lot,
        avant={str(pk): sorted(designes[pk]) for pk in changes},
        apres={str(pk): sorted(qui) for pk, qui in changes.items()},
    )
    return reunion


def _verifier(changes, designes, dossiers, passages, membres, par):
    if changes.keys() - passages.keys():
        raise OperationRefusee("Un de ces dossiers n’est plus à l’ordre du jour. Rechargez la page.")
    fermes = empeches(dossiers.values())
    envoyees = _envoyees(dossiers)
    for pk, qui in changes.items():
        dossier, ajoutes, retires = dossiers[pk], qui - designes[pk], designes[pk] - qui
        if par.pk in fermes[pk]:
            raise OperationRefusee(
                f"Vous avez un lien avec le dossier {dossier.numero} : un autre agent choisit ses lecteurs."
            )
        if dossier.etat != Etat.EN_EVALUATION:
            raise OperationRefusee(f"L’évaluation du dossier {dossier.numero} est terminée : ses lecteurs restent.")
        if ajoutes - membres.keys():
            raise OperationRefusee("Une de ces personnes n’est plus conviée pour noter. Rechargez la page.")
        if lies := ajoutes & fermes[pk]:
            raise OperationRefusee(
                f"{_nommer(lies)} ne peut pas lire le dossier {dossier.numero} : conflit d’intérêts."
            )
        if partis := retires & envoyees[pk]:
            raise OperationRefusee(f"{_nommer(partis)} a déjà envoyé ses notes sur le dossier {dossier.numero}.")


def _envoyees(dossiers):
    envoyees = defaultdict(set)
    for dossier, evaluateur in Evaluation.objects.filter(dossier__in=dossiers, envoyee_le__isnull=False).values_list(
        "dossier_id", "evaluateur_id"
    ):
        envoyees[dossier].add(evaluateur)
    return envoyees


def _nommer(ids):
    return ", ".join(map(str, Utilisateur.objects.filter(pk__in=ids).order_by("nom", "pk")))


def dernier_changement(reunion):
    return Evenement.objects.de(reunion).filter(type=FAIT).last()


@transaction.atomic
def revenir_a_la_repartition_d_avant(reunion, *, par):
    """Rend leurs lecteurs d'avant aux dossiers du dernier changement, sauf à ceux qui ont envoyé leurs notes depuis.

    Rend le nombre de dossiers qui n'ont pas pu y revenir entièrement.
    """
    reunion = ouverte(verrouiller_reunion(reunion, par))
    fait = dernier_changement(reunion)
    if fait is None:
        raise OperationRefusee("La répartition n’a pas changé : il n’y a rien à annuler.")
    voulus = {int(pk): set(qui) for pk, qui in fait.donnees["avant"].items()}
    dossiers = {
        d.pk: d
        for d in Dossier.objects.select_for_update()
        .filter(pk__in=voulus, passages__reunion=reunion, etat=Etat.EN_EVALUATION)
        .order_by("pk")
    }
    designes, envoyees, fermes = lecteurs_designes([reunion]), _envoyees(dossiers), empeches(dossiers.values())
    notent = set(reunion.membres.filter(evalue=True).values_list("utilisateur_id", flat=True))
    possibles = {
        pk: (voulus[pk] & notent) - fermes[pk] | (designes[pk] & envoyees[pk])
        for pk in dossiers
        if par.pk not in fermes[pk]
    }
    repartir(reunion, possibles, par=par, methode="retour")
    return sum(possibles.get(pk) != qui for pk, qui in voulus.items())


@transaction.atomic
def repartir_appel(appel, calculer, *, par, vu):
    """Applique à toutes les réunions ouvertes d'un appel le plan que `calculer()` rend une fois tout verrouillé.

    `vu` : l'empreinte de l'aperçu ; si le plan d'aujourd'hui est différent, rien n'est écrit.
    """
    conduire(appel.collectivite_id, par)
    reunions = {r.pk: r for r in Reunion.objects.select_for_update().filter(appel=appel, close_le=None).order_by("pk")}
    plan = calculer()
    if vu != plan.empreinte:
        raise OperationRefusee(
            "Quelque chose a changé depuis l’aperçu. Voici le nouveau : relisez-le avant d’appliquer."
        )
    if plan.est_vide:
        raise OperationRefusee("Il n’y a rien à changer : la répartition est déjà celle-ci.")
    lot = uuid4().hex
    for dossier, reunion in plan.inscriptions:
        inscrire(reunions[reunion.pk], dossier, par=par)
    for pk, lecteurs in plan.lecteurs_par_reunion().items():
        repartir(reunions[pk], lecteurs, par=par, methode=plan.methode, lot=lot)
    publier(
        FAIT_APPEL,
        appel,
        par=par,
        lot=lot,
        reunions=list(plan.lecteurs_par_reunion()),
        inscrits=[[dossier.pk, reunion.pk] for dossier, reunion in plan.inscriptions],
    )


def derniere_repartition(appel):
    """Le fait de la dernière répartition de l'appel qui n'est pas annulée, ou None."""
    fait = Evenement.objects.de(appel).filter(type__in=(FAIT_APPEL, FAIT_ANNULE)).last()
    return fait if fait and fait.type == FAIT_APPEL else None


@transaction.atomic
def annuler_repartition_appel(appel, *, par):
    """Revient sur la dernière répartition de l'appel ; rend les phrases qui disent ce qui est resté."""
    conduire(appel.collectivite_id, par)
    reunions = {r.pk: r for r in Reunion.objects.select_for_update().filter(appel=appel).order_by("pk")}
    fait = derniere_repartition(appel)
    if fait is None:
        raise OperationRefusee("La répartition n’a pas changé : il n’y a rien à annuler.")
    restes = []
    for pk in fait.donnees["reunions"]:
        reunion = reunions.get(pk)
        if reunion is None:
            continue
        dernier = dernier_changement(reunion)
        if dernier is None or dernier.donnees["lot"] != fait.donnees["lot"]:
            if dernier is not None and Evenement.objects.de(reunion).filter(
                type=FAIT, donnees__lot=fait.donnees["lot"]
            ):
                restes.append(f"« {reunion.titre} » a changé depuis : ses lecteurs restent.")
            continue
        if reunion.est_close:
            restes.append(f"« {reunion.titre} » est close : ses lecteurs restent.")
        elif gardes := revenir_a_la_repartition_d_avant(reunion, par=par):
            restes.append(
                f"« {reunion.titre} » : {gardes} dossier{'s' if gardes > 1 else ''} déjà noté, gardé tel quel."
            )
    restes += _desinscrire(fait, reunions, par)
    publier(FAIT_ANNULE, appel, par=par, lot=fait.donnees["lot"])
    return restes


def _desinscrire(fait, reunions, par):
    """Rend recevables les dossiers inscrits par la répartition, si personne n'a commencé à les noter."""
    restes = []
    for dossier_pk, reunion_pk in fait.donnees["inscrits"]:
        reunion = reunions.get(reunion_pk)
        passage = reunion and reunion.passages.select_related("dossier", "reunion").filter(dossier=dossier_pk).first()
        if not passage:
            continue
        if reunion.est_close or passage.dossier.evaluations.exists() or passage.dossier.etat != Etat.EN_EVALUATION:
            restes.append(f"Le dossier {passage.dossier.numero} est déjà lu ou noté : il reste à l’ordre du jour.")
            continue
        desinscrire(passage, par=par, motif=MOTIF)
    return restes
