"""Déclarer un lien avec un organisme, le lever, dire d'un lien possible que ce n'est pas le cas."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comptes.models import Organisme, Role
from dossiers.models import Dossier
from evaluation.models import LienDeclare, LienEcarte
from evaluation.operations.communs import OperationRefusee
from evaluation.operations.deports import MOTIF_AU_PLUS, fermer
from journal.publication import publier

# Qui évalue, instruit ou finance : les seules personnes qu'un lien écarte de quelque chose.
CONCERNES = (Role.EVALUATEUR, Role.CITOYEN, Role.FINANCEUR, Role.AGENT)
LOT_EFFACE = 500


@transaction.atomic
def declarer_lien(organisme, *, par, motif):
    """Vaut déport pour tous les dossiers de l'organisme, présents et à venir. Rend (lien, nouveau)."""
    _concerner(par)
    if not motif.strip():
        raise OperationRefusee("Dites en quelques mots quel lien vous avez avec cet organisme.")
    dossiers = _verrouiller(organisme)
    motif = motif.strip()[:MOTIF_AU_PLUS]
    lien, nouveau = LienDeclare.objects.get_or_create(
        organisme=organisme, utilisateur=par, leve_le=None, defaults={"motif": motif, "declare_le": timezone.now()}
    )
    if not nouveau:
        return lien, False
    LienEcarte.objects.filter(organisme=organisme, utilisateur=par).delete()
    fermes = [dossier.pk for dossier in dossiers if _fermer(dossier, lien, par)]
    publier("lien.declarer", lien, par=par, organisme_id=organisme.pk, dossiers=fermes)
    return lien, True


def _concerner(par):
    if not par.roles.intersection(CONCERNES):
        raise OperationRefusee("Seules les personnes qui évaluent, instruisent ou financent déclarent un lien.")


def _verrouiller(organisme):
    """Ses dossiers, puis l'organisme : une création attend, et trouvera le lien.

    Le dossier toujours avant l'organisme : reconduire verrouille l'ancien, puis en crée un, qui verrouille l'organisme.
    """
    connus = list(Dossier.objects.select_for_update(of=("self",)).filter(organisme=organisme).order_by("pk"))
    Organisme.objects.select_for_update(no_key=True).get(pk=organisme.pk)
    # Un dossier créé entre les deux n'est encore lu de personne.
    return connus + list(Dossier.objects.filter(organisme=organisme).exclude(pk__in=[d.pk for d in connus]))


def _fermer(dossier, lien, par):
    _, perdu = fermer(dossier, lien.utilisateur, motif=lien.motif, lien=lien)
    if perdu is None:
        return False
    publier(
        "deport.declarer", dossier, par=par,
        utilisateur_id=lien.utilisateur_id, lien_id=lien.pk, perdu=perdu,
    )  # fmt: skip
    return True


@transaction.atomic
def fermer_aux_lies(dossier):
    """Inscrit le déport de qui a déclaré un lien avec l'organisme porteur : à la création, et à l'inscription."""
    Organisme.objects.select_for_update(no_key=True).get(pk=dossier.organisme_id)
    liens = LienDeclare.objects.filter(organisme=dossier.organisme_id, leve_le=None).select_related("utilisateur")
    for lien in liens.exclude(utilisateur__deports__dossier=dossier):
        _fermer(dossier, lien, None)


@transaction.atomic
def lever_lien(lien, *, par):
    """Le lien a cessé : il ne ferme plus d'autres dossiers, et ne rouvre pas ceux qu'il a fermés."""
    _verrouiller(lien.organisme)
    lien = LienDeclare.objects.select_for_update().get(pk=lien.pk)
    if lien.utilisateur_id != par.pk:
        raise OperationRefusee("On ne lève que les liens qu’on a soi-même déclarés.")
    if lien.leve_le is None:
        lien.leve_le = timezone.now()
        lien.save(update_fields=["leve_le"])
        publier("lien.lever", lien, par=par, organisme_id=lien.organisme_id)
    return lien


@transaction.atomic
def ecarter_lien(organisme, *, par, indices):
    """« Ce n'est pas le cas » : la réponse se garde, avec ce qui le laissait penser ; elle se reprend."""
    _concerner(par)
    Organisme.objects.select_for_update(no_key=True).get(pk=organisme.pk)
    if LienDeclare.objects.filter(organisme=organisme, utilisateur=par, leve_le=None).exists():
        raise OperationRefusee("Vous avez déclaré ce lien : levez-le d’abord s’il a cessé.")
    indices = sorted(indices)
    reponse, nouvelle = LienEcarte.objects.get_or_create(
        organisme=organisme, utilisateur=par, defaults={"indices": indices}
    )
    if not nouvelle and reponse.indices != indices:
        reponse.indices, reponse.ecarte_le, nouvelle = indices, timezone.now(), True
        reponse.save(update_fields=["indices", "ecarte_le"])
    if nouvelle:
        publier("lien.ecarter", reponse, par=par, organisme_id=organisme.pk)
    return reponse


@transaction.atomic
def reprendre_reponse(organisme, *, par):
    """Oublie la réponse « ce n'est pas le cas » : le lien possible se propose de nouveau."""
    reponse = LienEcarte.objects.select_for_update().filter(organisme=organisme, utilisateur=par).first()
    if reponse is None:
        return False
    publier("lien.reprendre", reponse, par=par, organisme_id=organisme.pk)
    reponse.delete()
    return True


@transaction.atomic
def effacer_les_liens():
    """Efface les liens levés et les réponses assez anciens ; les déports suivent leur dossier. Rend leur nombre."""
    limite = timezone.now() - timedelta(days=settings.CONSERVATION_LIENS_JOURS)
    nombre = 0
    for anciens in (LienDeclare.objects.filter(leve_le__lt=limite), LienEcarte.objects.filter(ecarte_le__lt=limite)):
        cles = list(anciens.order_by("pk").values_list("pk", flat=True)[:LOT_EFFACE])
        for objet in anciens.filter(pk__in=cles):
            publier("lien.effacer", objet)
            objet.delete()
            nombre += 1
    return nombre
