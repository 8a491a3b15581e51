"""Demander son classeur, le ranger une fois composé, le fermer quand un dossier se ferme, l'effacer."""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evaluation import classeur as contenu
from evaluation.models import Classeur, Reunion
from evaluation.operations.communs import OperationRefusee
from journal.publication import publier

logger = logging.getLogger(__name__)
LOT_EFFACE = 100


@transaction.atomic
def demander_classeur(reunion, *, par):
    """Le classeur de cette personne ; il se compose ensuite, en tâche de fond. Deux clics n'en font qu'un."""
    reunion = Reunion.objects.select_for_update(of=("self",)).get(pk=reunion.pk)
    if not reunion.est_thematique or not Reunion.objects.visibles_par(par).filter(pk=reunion.pk).exists():
        raise OperationRefusee("Le classeur se prépare pour une réunion qui examine des dossiers, par qui y siège.")
    if reunion.est_annulee:
        raise OperationRefusee("Cette réunion est annulée : il n’y a pas de classeur à préparer.")
    if contenu.est_passe(reunion):
        raise OperationRefusee("Cette réunion est passée depuis trop longtemps : son classeur ne se prépare plus.")
    if not contenu.passages_lisibles(reunion, par):
        raise OperationRefusee("Cette réunion n’a aucun dossier à mettre dans votre classeur.")
    en_cours = Classeur.objects.select_for_update().filter(
        reunion=reunion, utilisateur=par, produit_le=None, ferme_le=None
    )
    if classeur := en_cours.first():
        if not classeur.est_abandonne:
            return classeur
        classeur.ferme_le = timezone.now()
        classeur.save(update_fields=["ferme_le"])
    classeur = Classeur.objects.create(reunion=reunion, utilisateur=par)
    publier("reunion.demander_classeur", reunion, par=par, classeur_id=classeur.pk)
    return classeur


def produire_classeur(pk):
    """Compose et range. Rend True si le classeur vient d'être produit, False s'il l'était déjà, fermé ou en échec."""
    classeur = (
        Classeur.objects.a_produire()
        .select_related("reunion__appel", "reunion__collectivite", "utilisateur")
        .filter(pk=pk)
        .first()
    )
    if classeur is None:
        return False
    try:
        passages = contenu.passages_lisibles(classeur.reunion, classeur.utilisateur)
        if not passages:
            with transaction.atomic():
                _fermer(Classeur.objects.filter(pk=pk))
            return False
        # Prise avant de composer : ce qui change pendant la composition le laissera à refaire.
        empreinte = contenu.empreinte(classeur.reunion, passages)
        return _ranger(pk, contenu.composer(classeur, passages), contenu.numeros(passages), empreinte)
    except Exception as erreur:
        logger.error("Classeur %s non produit : %s", pk, type(erreur).__name__)
        return False


@transaction.atomic
def _ranger(pk, octets, numeros, empreinte):
    """Range le PDF une seule fois, si tout ce qu'il contient se lit encore. Le précédent se ferme."""
    classeur = Classeur.objects.a_produire().select_for_update().filter(pk=pk).first()
    if classeur is None:
        return False
    classeur.numeros = numeros
    if not contenu.se_lit(classeur):
        return False
    nom = f"classeurs/{classeur.reunion_id}/{pk}.pdf"
    # Un fichier déjà là vient d'un worker tué avant de valider.
    classeur.fichier.storage.delete(nom)
    classeur.fichier.name = classeur.fichier.storage.save(nom, ContentFile(octets))
    classeur.sha256 = hashlib.sha256(octets).hexdigest()
    classeur.empreinte, classeur.produit_le = empreinte, timezone.now()
    classeur.save(update_fields=["numeros", "fichier", "sha256", "empreinte", "produit_le"])
    _fermer(Classeur.objects.filter(reunion=classeur.reunion_id, utilisateur=classeur.utilisateur_id).exclude(pk=pk))
    return True


def fermer_classeurs(utilisateur_id, reunions):
    """Ceux de cette personne pour ces réunions ne se lisent plus, prêts ou en préparation ; leur fichier s'efface.

    À appeler dans la transaction de ce qui lui ferme un dossier.
    """
    _fermer(Classeur.objects.filter(utilisateur=utilisateur_id, reunion__in=reunions))


def _fermer(classeurs):
    # Le verrou attend qui est en train de ranger : son fichier sera effacé aussi.
    fermes = [
        classeur.pk for classeur in classeurs.select_for_update(of=("self",)).filter(ferme_le=None).order_by("pk")
    ]
    if not fermes:
        return
    Classeur.objects.filter(pk__in=fermes).update(ferme_le=timezone.now())
    transaction.on_commit(lambda: [_effacer(pk) for pk in fermes], robust=True)


def effacer_les_classeurs():
    """Ceux qui sont fermés, ou dont la réunion est passée depuis assez longtemps. Rend leur nombre."""
    limite = timezone.now() - timedelta(days=settings.CONSERVATION_CLASSEURS_JOURS)
    anciens = Classeur.objects.filter(Q(ferme_le__isnull=False) | Q(reunion__debut__lte=limite))
    return sum(_effacer(pk) for pk in anciens.order_by("pk").values_list("pk", flat=True)[:LOT_EFFACE])


@transaction.atomic
def _effacer(pk):
    """Le fichier d'abord : une panne de l'entrepôt laisse la ligne, fermée, et le balayage recommence."""
    classeur = Classeur.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if classeur is None:
        return False
    try:
        if classeur.fichier:
            classeur.fichier.delete(save=False)
    except OSError as panne:
        logger.error("Classeur %s non effacé : %s", pk, type(panne).__name__)
        return False
    classeur.delete()
    return True
