"""La veille de quartier : signaler, puis retenir, rattacher, répondre, transmettre, classer, reprendre, effacer."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from comptes import apercus
from comptes.fichiers import controler, nettoyer_nom
from comptes.models import Role, Utilisateur
from dossiers.models import Dossier, Signalement
from dossiers.operations.refus import EcritureConcurrente, FichierIndisponible, OperationRefusee
from journal.models import Evenement
from journal.publication import publier

# Le même texte renvoyé dans ce délai est un double clic, pas un second signalement.
DOUBLE_ENVOI = timedelta(minutes=10)
LOT_EFFACE = 100
# Une photo HEIC a son propre refus, qui dit comment régler le téléphone.
PHOTOS = {"jpg", "jpeg", "png", "heic", "heif"}
RANGEMENT_EN_PANNE = (
    "La photo n’a pas pu être rangée : notre entrepôt de fichiers ne répond pas. "
    "Réessayez dans quelques minutes, ou envoyez votre signalement sans photo."
)

journal = logging.getLogger(__name__)


def preparer_photo(fichier):
    """La photo contrôlée par son contenu, puis redessinée hors du serveur web : ni position, ni date, ni appareil.

    À faire avant toute transaction : l'antivirus et le bac à sable prennent quelques secondes.
    """
    nom = nettoyer_nom(fichier.name) or "photo"
    if nom.rpartition(".")[2].lower() not in PHOTOS:
        raise ValidationError(f"« {nom} » n’est pas une photo au format JPG ou PNG.", code="format")
    controle = controler(fichier)
    fichier.seek(0)
    try:
        dessinee = apercus.rendre(fichier.read(), controle.type_mime)
    except apercus.ApercuImpossible as echec:
        raise ValidationError(
            f"La photo « {nom} » ne s’ouvre pas. Reprenez-la, ou envoyez votre signalement sans photo.", code="contenu"
        ) from echec
    return ContentFile(dessinee, name="photo.webp")


@transaction.atomic
def signaler(quartier, *, par, lieu, sujet, texte, conseil=None, photo=None):
    """Porte à la connaissance du service ce qu'un conseil citoyen a vu, ou ce qu'un habitant a dit à un agent.

    `photo` sort de `preparer_photo`. Envoyé deux fois de suite, le même signalement n'en fait qu'un.
    """
    collectivite = quartier.convention.collectivite
    conseil = _au_nom_de(collectivite, par, conseil)
    texte, lieu = texte.strip(), lieu.strip()
    if not texte or not lieu:
        raise OperationRefusee("Dites où, et ce que vous avez vu ou entendu.")
    if sujet not in Signalement.Sujet.values:
        raise OperationRefusee("Choisissez un sujet.")
    # La personne d'abord : ses deux clics attendent leur tour.
    Utilisateur.objects.select_for_update(no_key=True).get(pk=par.pk)
    deja = Signalement.objects.filter(
        auteur=par,
        quartier=quartier,
        lieu=lieu,
        sujet=sujet,
        texte=texte,
        signale_le__gte=timezone.now() - DOUBLE_ENVOI,
    ).first()
    if deja is not None:
        return deja
    signalement = Signalement(
        collectivite=collectivite,
        quartier=quartier,
        auteur=par,
        conseil=conseil,
        lieu=lieu,
        sujet=sujet,
        texte=texte,
        signale_le=timezone.now(),
    )
    try:
        if photo is not None:
            signalement.photo.save(photo.name, photo, save=False)
        signalement.save()
        publier("signalement.signaler", signalement, par=par)
    except Exception as panne:
        # La transaction s'annule ; la photo, elle, est peut-être déjà rangée.
        _oublier(signalement.photo)
        if isinstance(panne, OSError):
            journal.error("Photo non rangée : %s", type(panne).__name__)
            raise FichierIndisponible(RANGEMENT_EN_PANNE) from panne
        raise
    return signalement


def _au_nom_de(collectivite, par, conseil):
    """Le conseil du membre ; pour l'agent, celui qu'il indique, ou aucun quand c'est un habitant qui a parlé."""
    if collectivite.pk in par.ids_collectivites(Role.AGENT):
        if conseil is not None and conseil.collectivite_id != collectivite.pk:
            raise OperationRefusee("Ce conseil citoyen n’est pas celui de ce quartier.")
        return conseil
    affectation = par.affectations.filter(role=Role.CITOYEN, collectivite=collectivite).first()
    if affectation is None:
        raise OperationRefusee("Seuls les membres d’un conseil citoyen et le service signalent dans ce quartier.")
    return affectation.partenaire


def _oublier(photo):
    if not photo or not photo._committed:
        return
    try:
        photo.storage.delete(photo.name)
    except OSError:
        journal.warning("Photo orpheline dans l’entrepôt : %s", photo.name)


def derniere_suite(signalement):
    """La clé du dernier fait : ce que la page emporte, pour qu'on sache si un collègue a agi entre-temps."""
    dernier = Evenement.objects.de(signalement).order_by("-pk").values_list("pk", flat=True).first()
    return dernier or 0


def _verrouiller(signalement, par, lu):
    verrouille = (
        Signalement.objects.select_for_update(of=("self",))
        .select_related("quartier__convention")
        .filter(pk=signalement.pk)
        .first()
    )
    if verrouille is None:
        raise OperationRefusee("Ce signalement n’existe plus.")
    if verrouille.collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul le service de la collectivité traite ce signalement.")
    if lu is not None and lu != derniere_suite(verrouille):
        raise EcritureConcurrente(
            "Un collègue vient d’agir sur ce signalement. Relisez ce qu’il a fait, puis décidez à nouveau : "
            "rien de ce que vous avez écrit n’est perdu."
        )
    return verrouille


@transaction.atomic
def retenir(signalement, *, par, retenu=True, lu=None):
    """Montre le signalement aux évaluateurs et dans le portrait du quartier, ou le retire de leur vue."""
    signalement = _verrouiller(signalement, par, lu)
    if signalement.retenu == retenu:
        return signalement
    signalement.retenu = retenu
    signalement.save(update_fields=["retenu"])
    if retenu:
        publier("signalement.retenir", signalement, par=par)
    else:
        publier("signalement.ne_plus_retenir", signalement, par=par)
    return signalement


@transaction.atomic
def rattacher(signalement, *, par, objectif=None, dossier=None, lu=None):
    """Relie à un objectif de la convention, à un dossier, aux deux ou à rien."""
    signalement = _verrouiller(signalement, par, lu)
    if objectif is not None and objectif.strategique.enjeu.convention_id != signalement.quartier.convention_id:
        raise OperationRefusee("Choisissez un objectif de la convention de ce quartier.")
    ancien = cache_a(signalement, par)
    if ancien and dossier is None:
        # Qui s'en est déporté ne lit pas ce lien : il ne peut pas non plus le défaire.
        dossier = signalement.dossier
    elif dossier is not None and not _instruits(signalement, par).filter(pk=dossier.pk).exists():
        raise OperationRefusee("Aucun dossier de votre collectivité ne porte ce numéro.")
    if ancien and dossier != signalement.dossier:
        raise OperationRefusee("Ce signalement est déjà rattaché à un dossier dont vous vous êtes déporté.")
    if (signalement.objectif, signalement.dossier) == (objectif, dossier):
        return signalement
    signalement.objectif, signalement.dossier = objectif, dossier
    signalement.save(update_fields=["objectif", "dossier"])
    publier("signalement.rattacher", signalement, par=par)
    return signalement


def _instruits(signalement, par):
    return Dossier.objects.instruits_par(par).filter(appel__collectivite=signalement.collectivite_id)


def cache_a(signalement, agent):
    """Rattaché à un dossier que cet agent ne lit pas."""
    return (
        signalement.dossier_id is not None
        and not _instruits(signalement, agent).filter(pk=signalement.dossier_id).exists()
    )


def _a_traiter(signalement, par, lu):
    signalement = _verrouiller(signalement, par, lu)
    if signalement.etat in {Signalement.Etat.REPONDU, Signalement.Etat.SANS_SUITE}:
        raise OperationRefusee("Ce signalement a déjà sa réponse. Reprenez-le d’abord pour la changer.")
    return signalement


def _conclure(signalement, par, etat, reponse, transmis_a=""):
    signalement.etat, signalement.reponse, signalement.transmis_a = etat, reponse.strip(), transmis_a.strip()
    signalement.traite_le, signalement.traite_par = timezone.now(), par
    signalement.save(update_fields=["etat", "reponse", "transmis_a", "traite_le", "traite_par"])


@transaction.atomic
def repondre_au_signalement(signalement, *, par, reponse, lu=None):
    """Répond ; l'auteur et son conseil lisent la réponse telle quelle."""
    signalement = _a_traiter(signalement, par, lu)
    if not reponse.strip():
        raise OperationRefusee("Écrivez votre réponse : l’auteur et son conseil la lisent telle quelle.")
    _conclure(signalement, par, Signalement.Etat.REPONDU, reponse, signalement.transmis_a)
    publier("signalement.repondre", signalement, par=par)
    return signalement


@transaction.atomic
def transmettre_le_signalement(signalement, *, par, transmis_a, reponse="", lu=None):
    """Passe à un service ou à une personne, nommés ; l'auteur et son conseil savent à qui."""
    signalement = _a_traiter(signalement, par, lu)
    if not transmis_a.strip():
        raise OperationRefusee("Dites à qui vous transmettez ce signalement.")
    _conclure(signalement, par, Signalement.Etat.TRANSMIS, reponse, transmis_a)
    publier("signalement.transmettre", signalement, par=par)
    return signalement


@transaction.atomic
def classer_le_signalement(signalement, *, par, reponse, lu=None):
    """Classe sans suite ; jamais sans dire pourquoi."""
    signalement = _a_traiter(signalement, par, lu)
    if not reponse.strip():
        raise OperationRefusee("Expliquez pourquoi il n’y aura pas de suite : l’auteur et son conseil le lisent.")
    _conclure(signalement, par, Signalement.Etat.SANS_SUITE, reponse)
    publier("signalement.classer", signalement, par=par)
    return signalement


@transaction.atomic
def reprendre_le_signalement(signalement, *, par, lu=None):
    """Revient en arrière : le signalement attend de nouveau, la réponse écrite sert de brouillon."""
    signalement = _verrouiller(signalement, par, lu)
    if signalement.etat == Signalement.Etat.RECU:
        return signalement
    signalement.etat, signalement.transmis_a = Signalement.Etat.RECU, ""
    signalement.traite_le, signalement.traite_par = None, None
    signalement.save(update_fields=["etat", "transmis_a", "traite_le", "traite_par"])
    publier("signalement.reprendre", signalement, par=par)
    return signalement


def effacer_les_signalements():
    """Efface ceux dont le traitement est assez ancien, avec leur photo ; rend leur nombre."""
    limite = timezone.now() - timedelta(days=settings.CONSERVATION_SIGNALEMENTS_JOURS)
    anciens = Signalement.objects.filter(traite_le__lt=limite).order_by("pk").values_list("pk", flat=True)
    return sum(_effacer(pk, limite) for pk in list(anciens[:LOT_EFFACE]))


@transaction.atomic
def _effacer(pk, limite):
    signalement = Signalement.objects.select_for_update(skip_locked=True).filter(pk=pk, traite_le__lt=limite).first()
    if signalement is None:
        return False
    publier("signalement.effacer", signalement)
    photo = signalement.photo
    signalement.delete()
    transaction.on_commit(lambda: _oublier(photo), robust=True)
    return True
