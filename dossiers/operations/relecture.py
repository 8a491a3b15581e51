"""Faire relire un brouillon par une personne sans compte : un lien qui expire, des remarques, un « bon pour envoi »."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dossiers.cycle_de_vie import verrouiller
from dossiers.etapes import LIBELLES
from dossiers.models import Commentaire, LienRelecture
from dossiers.operations.refus import OperationRefusee
from dossiers.operations.saisie import ouvrir_a_l_ecriture
from journal.publication import publier

DUREES = (2, 7, 14)
OCTETS_DU_JETON = 32
LIENS_OUVERTS_MAX = 10
COMMENTAIRES_MAX = 40
SIGNES_MAX = 2000


class LienFerme(OperationRefusee):
    """Le lien a expiré, a été révoqué, ou le dossier est parti."""


def empreinte_du_jeton(jeton):
    return hashlib.sha256(jeton.encode()).hexdigest()


def est_lisible(lien, maintenant=None):
    """Le lien suit le dossier vivant : il se ferme quand il expire, quand on le révoque, quand le dossier part."""
    return lien.est_ouvert(maintenant) and lien.dossier.est_modifiable


@transaction.atomic
def ouvrir_relecture(dossier, *, par, pour, jours):
    """Rend (lien, jeton). Le jeton ne se retrouve pas : la base n'en garde que l'empreinte."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    pour = " ".join(pour.split())
    if not pour:
        raise OperationRefusee("Dites à qui vous donnez ce lien : vous le retrouverez dans la liste.")
    if jours not in DUREES:
        raise OperationRefusee("Choisissez la durée du lien parmi celles proposées.")
    maintenant = timezone.now()
    if dossier.liens_relecture.filter(revoque_le=None, expire_le__gte=maintenant).count() >= LIENS_OUVERTS_MAX:
        raise OperationRefusee(f"{LIENS_OUVERTS_MAX} liens sont déjà ouverts. Révoquez-en un d’abord.")
    jeton = secrets.token_urlsafe(OCTETS_DU_JETON)
    lien = LienRelecture.objects.create(
        dossier=dossier,
        empreinte=empreinte_du_jeton(jeton),
        pour=pour[:120],
        cree_par=par,
        cree_le=maintenant,
        expire_le=maintenant + timedelta(days=jours),
    )
    publier("relecture.ouvrir", dossier, par=par, pour=lien.pour, expire_le=lien.expire_le.isoformat())
    return lien, jeton


@transaction.atomic
def revoquer_relecture(lien, *, par):
    dossier = ouvrir_a_l_ecriture(lien.dossier, par)
    if LienRelecture.objects.filter(pk=lien.pk, revoque_le=None).update(revoque_le=timezone.now()):
        publier("relecture.revoquer", dossier, par=par, pour=lien.pour)
    return dossier


def _ouvert(lien):
    """Relit le lien sous le verrou de son dossier : le dépôt et la remarque ne se croisent pas."""
    dossier = verrouiller(lien.dossier)
    lien = LienRelecture.objects.get(pk=lien.pk)
    lien.dossier = dossier
    if not est_lisible(lien):
        raise LienFerme("Ce lien n’est plus ouvert.")
    return lien


@transaction.atomic
def commenter(lien, *, section, texte):
    """Une remarque de la personne qui relit, épinglée à une étape."""
    lien = _ouvert(lien)
    texte = texte.strip()
    if section not in LIBELLES:
        raise OperationRefusee("Cette partie du dossier n’existe pas.")
    if not texte:
        raise OperationRefusee("Écrivez votre remarque.")
    if len(texte) > SIGNES_MAX:
        raise OperationRefusee(f"Une remarque compte {SIGNES_MAX} signes au plus ; la vôtre en compte {len(texte)}.")
    if lien.commentaires.count() >= COMMENTAIRES_MAX:
        raise OperationRefusee(f"Ce lien a déjà reçu {COMMENTAIRES_MAX} remarques, le maximum.")
    commentaire = Commentaire.objects.create(lien=lien, section=section, texte=texte)
    publier("relecture.commenter", lien.dossier, pour=lien.pour, section=section)
    return commentaire


@transaction.atomic
def approuver(lien):
    """« Bon pour envoi » ; un second clic ne change rien."""
    lien = _ouvert(lien)
    if lien.bon_pour_envoi_le is None:
        lien.bon_pour_envoi_le = timezone.now()
        lien.save(update_fields=["bon_pour_envoi_le"])
        publier("relecture.approuver", lien.dossier, pour=lien.pour)
    return lien


@transaction.atomic
def traiter(commentaire, *, par, fait=True):
    """L'organisme dit qu'il a tenu compte d'une remarque, ou la rouvre."""
    ouvrir_a_l_ecriture(commentaire.lien.dossier, par)
    commentaire.traite_le = timezone.now() if fait else None
    commentaire.save(update_fields=["traite_le"])
    return commentaire
