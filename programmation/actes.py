"""Les actes officiels : demandés une fois par fait, numérotés sans trou, rangés une fois avec leur empreinte."""

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from dossiers import operations
from dossiers.etats import Etat
from journal.publication import publier
from programmation.models import Acte, CompteurActes

FAIT_PRODUIT = "acte.produire"
FAITS = {"produire": FAIT_PRODUIT}

# L'état que l'acte notifie : hors de lui, la lettre annoncerait une décision qui n'existe plus.
ETAT_NOTIFIE_PAR = {
    Acte.Nature.ATTRIBUTION: Etat.DECIDE,
    Acte.Nature.REFUS: Etat.DECIDE,
    Acte.Nature.IRRECEVABILITE: Etat.IRRECEVABLE,
}
# Au-delà (le dernier écart dépasse huit heures), un agent doit regarder : l'acte attend qu'on le relance.
ESSAIS_MAX = 10
ATTENTE_INITIALE = timedelta(minutes=1)


class ActeSansObjet(Exception):
    """Le dossier n'est plus dans l'état que l'acte annonce."""


class ActeAltere(Exception):
    """Le fichier rangé ne correspond plus à son empreinte."""


@transaction.atomic
def demander_acte(evenement, dossier, nature, donnees):
    """Inscrit un acte au registre. Le même fait, rejoué, rend le même acte.

    Le numéro se prend sous le verrou du compteur, dans la transaction de l'acte : un abandon rend le numéro.
    """
    annee = timezone.localtime(evenement.cree_le).year
    collectivite = dossier.appel.collectivite
    CompteurActes.objects.get_or_create(collectivite=collectivite, nature=nature, annee=annee)
    compteur = CompteurActes.objects.select_for_update().get(collectivite=collectivite, nature=nature, annee=annee)
    if existant := Acte.objects.filter(evenement_id=evenement.pk).first():
        return existant
    compteur.dernier += 1
    compteur.save(update_fields=["dernier"])
    return Acte.objects.create(
        collectivite=collectivite,
        dossier=dossier,
        nature=nature,
        annee=annee,
        sequence=compteur.dernier,
        evenement_id=evenement.pk,
        donnees=donnees,
    )


@transaction.atomic
def ranger_pdf(acte_id, octets):
    """Range le PDF et son empreinte, une seule fois, et notifie le dossier si l'acte porte une décision.

    Rend True si l'acte vient d'être produit, False s'il l'était déjà. Lève ActeSansObjet.
    """
    acte = Acte.objects.select_for_update().get(pk=acte_id)
    if acte.produit_le:
        return False
    dossier = acte.dossier
    attendu = ETAT_NOTIFIE_PAR.get(acte.nature)
    if attendu and dossier.etat != attendu:
        raise ActeSansObjet(f"Le dossier {dossier.numero} est « {dossier.get_etat_display().lower()} ».")
    nom = f"actes/{acte.collectivite_id}/{acte.numero}-{acte.code}.pdf"
    # Un fichier déjà là vient d'un worker tué avant de valider : l'acte n'étant pas produit, personne ne l'a lu.
    acte.fichier.storage.delete(nom)
    acte.fichier.name = acte.fichier.storage.save(nom, ContentFile(octets))
    acte.sha256 = hashlib.sha256(octets).hexdigest()
    acte.produit_le = timezone.now()
    acte.derniere_erreur = ""
    acte.save(update_fields=["fichier", "sha256", "produit_le", "derniere_erreur"])
    publier(FAIT_PRODUIT, acte, nature=acte.nature, numero=acte.numero, sha256=acte.sha256)
    if attendu:
        operations.constater_notification(dossier, acte_id=acte.pk, acte_numero=acte.numero)
    return True


@transaction.atomic
def noter_echec(acte_id, erreur):
    """Garde la raison de l'échec ; l'attente avant le prochain essai double."""
    acte = Acte.objects.select_for_update().get(pk=acte_id)
    if not acte.produit_le:
        acte.essais += 1
        acte.derniere_erreur = str(erreur)[:2000]
        acte.save(update_fields=["essais", "derniere_erreur"])
    return acte


def a_produire():
    """Les clés des actes non produits dont l'attente est passée : une minute, puis le double à chaque échec."""
    actes = Acte.objects.filter(produit_le=None, essais__lt=ESSAIS_MAX)
    maintenant = timezone.now()
    return [
        pk
        for pk, demande_le, essais in actes.values_list("pk", "demande_le", "essais")
        if demande_le + ATTENTE_INITIALE * 2**essais <= maintenant
    ]


@transaction.atomic
def relancer(acte_id, fiches):
    """Un agent remet l'acte en échec dans la file, comme neuf, avec les `fiches` qu'il vient de compléter.

    Rend False si l'acte était déjà produit : lui ne change plus.
    """
    acte = Acte.objects.select_for_update().get(pk=acte_id)
    if acte.produit_le:
        return False
    acte.donnees |= fiches
    acte.essais = 0
    acte.save(update_fields=["donnees", "essais"])
    return True


def lire_pdf(acte):
    """Les octets de l'acte, tels qu'ils furent produits. Lève ActeAltere."""
    if not acte.produit_le:
        raise ActeSansObjet(f"L’acte {acte.numero} n’est pas encore produit.")
    with acte.fichier.open("rb") as fichier:
        octets = fichier.read()
    if hashlib.sha256(octets).hexdigest() != acte.sha256:
        raise ActeAltere(f"Le fichier de l’acte {acte.numero} ne correspond plus à son empreinte.")
    return octets


def verifier(actes):
    """Les défauts du registre : fichiers absents ou changés, trous dans la numérotation."""
    for acte in actes.filter(produit_le__isnull=False).iterator():
        try:
            lire_pdf(acte)
        except (OSError, ActeAltere) as defaut:
            yield f"{acte.collectivite_id} {acte.numero} : {defaut}"
    for compteur in CompteurActes.objects.all():
        nombre = Acte.objects.filter(
            collectivite=compteur.collectivite_id, nature=compteur.nature, annee=compteur.annee
        ).count()
        if nombre != compteur.dernier:
            yield f"{compteur.nature} {compteur.annee} : {nombre} actes pour {compteur.dernier} numéros donnés"
