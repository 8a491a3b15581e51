"""Avant d'écrire : le pré-projet et sa réponse, les questions d'éligibilité, le formulaire d'une page ou complet."""

from django.db import transaction
from django.utils import timezone

from appels.models import Appel
from comptes.models import Role
from dossiers import budget
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Formulaire
from dossiers.jours import echeance
from dossiers.models import Financement, PreProjet
from dossiers.operations.commencer import commencer
from dossiers.operations.refus import OperationRefusee
from dossiers.operations.saisie import (
    enregistrer,
    noter_ecriture,
    objectifs_proposes,
    ouvrir_a_l_ecriture,
    viser_couples,
)
from journal.publication import publier

CHAMPS = ("intitule", "idee", "public", "objectif", "montant")
SECTION = "pre-projet"


def recoit_des_pre_projets(appel):
    """Dès que l'appel est publié, même avant l'ouverture du dépôt, et jusqu'à sa clôture."""
    return bool(appel.pre_projet_delai_jours) and appel.est_publie() and appel.cloture_le >= timezone.now()


def est_a_l_organisme(pre_projet):
    """Chez l'organisme tant qu'il n'est pas parti, puis de nouveau quand le service demande de changer."""
    return pre_projet.envoye_le is None or pre_projet.reponse == PreProjet.Reponse.CHANGER


def _verrouiller(pre_projet):
    return PreProjet.objects.select_for_update(of=("self",)).select_related("appel", "organisme").get(pk=pre_projet.pk)


def ouvrir_le_pre_projet(pre_projet, par):
    """Verrouille le pré-projet s'il est à la personne et encore entre ses mains, en une requête."""
    verrouille = (
        PreProjet.objects.select_for_update(of=("self",))
        .select_related("appel", "organisme")
        .filter(pk=pre_projet.pk, organisme__membres__utilisateur=par)
        .first()
    )
    if verrouille is None:
        raise TransitionInterdite("Seuls les membres de l’organisme modifient ce pré-projet.")
    if verrouille.dossier_id:
        raise OperationRefusee("Ce pré-projet est devenu un dossier : il ne se modifie plus.")
    if not est_a_l_organisme(verrouille):
        raise OperationRefusee("Ce pré-projet est entre les mains du service : il ne se modifie plus.")
    # C'est à qui l'a écrit en dernier que le service répond.
    verrouille.ecrit_par = par
    return verrouille


@transaction.atomic
def commencer_pre_projet(appel, organisme, *, par, quartiers=(), **champs):
    """Garde un premier brouillon. Le même texte envoyé deux fois de suite (double clic) n'en fait qu'un."""
    if organisme.pk not in par.ids_organismes:
        raise OperationRefusee("Vous n’êtes pas membre de cet organisme.")
    appel = Appel.objects.select_for_update().get(pk=appel.pk)
    if not recoit_des_pre_projets(appel):
        raise OperationRefusee("Le service ne reçoit pas de pré-projet pour cet appel en ce moment.")
    valeurs = {nom: champs[nom] for nom in CHAMPS if nom in champs}
    identique = PreProjet.objects.filter(appel=appel, organisme=organisme, dossier=None, reponse="", **valeurs).first()
    if identique is not None:
        return identique
    pre_projet = PreProjet.objects.create(appel=appel, organisme=organisme, ecrit_par=par, **valeurs)
    _situer(pre_projet, quartiers)
    publier("pre_projet.commencer", pre_projet, par=par)
    return pre_projet


@transaction.atomic
def enregistrer_pre_projet(pre_projet, *, par, **champs):
    """Enregistre des champs déjà nettoyés."""
    pre_projet = ouvrir_le_pre_projet(pre_projet, par)
    for nom in CHAMPS:
        if nom in champs:
            setattr(pre_projet, nom, champs[nom])
    noter_ecriture(pre_projet, SECTION, champs, par)
    pre_projet.save()
    if "quartiers" in champs:
        _situer(pre_projet, champs["quartiers"])
    return pre_projet


@transaction.atomic(savepoint=False)
def poser_quartiers(pre_projet, *, avant, apres):
    """Change les quartiers d'un pré-projet déjà verrouillé, par leurs clés déjà vérifiées."""
    lien = PreProjet.quartiers.through
    if retires := avant - apres:
        lien.objects.filter(preprojet=pre_projet, quartier__in=retires).delete()
    if ajoutes := sorted(apres - avant):
        lien.objects.bulk_create([lien(preprojet=pre_projet, quartier_id=cle) for cle in ajoutes])


@transaction.atomic(savepoint=False)
def _situer(pre_projet, quartiers):
    """L'objectif et les quartiers viennent de l'appel, ou rien."""
    appel = pre_projet.appel
    permis = set(appel.convention.quartiers.values_list("pk", flat=True))
    if any(quartier.pk not in permis for quartier in quartiers):
        raise OperationRefusee("Choisissez des quartiers de cet appel à projets.")
    if pre_projet.objectif_id and not objectifs_proposes(appel).filter(pk=pre_projet.objectif_id).exists():
        raise OperationRefusee("Choisissez un objectif proposé par cet appel à projets.")
    pre_projet.quartiers.set(quartiers)


@transaction.atomic
def envoyer_pre_projet(pre_projet, *, par):
    """Envoie au service ; la date de sa réponse se fixe maintenant et se voit des deux côtés."""
    pre_projet = ouvrir_le_pre_projet(pre_projet, par)
    if not recoit_des_pre_projets(pre_projet.appel):
        raise OperationRefusee("Le service ne reçoit plus de pré-projet pour cet appel.")
    if not pre_projet.intitule.strip() or not pre_projet.idee.strip():
        raise OperationRefusee("Donnez un titre et décrivez votre idée avant d’envoyer.")
    maintenant = timezone.now()
    pre_projet.envoye_le = maintenant
    pre_projet.reponse_avant = echeance(timezone.localdate(maintenant), pre_projet.appel.pre_projet_delai_jours)
    pre_projet.reponse, pre_projet.explication = "", ""
    pre_projet.repondu_le, pre_projet.repondu_par = None, None
    pre_projet.version += 1
    pre_projet.save()
    publier("pre_projet.envoyer", pre_projet, par=par, reponse_avant=pre_projet.reponse_avant.isoformat())
    return pre_projet


@transaction.atomic
def repondre_au_pre_projet(pre_projet, *, par, reponse, explication=""):
    """Allez-y, à changer, pas dans cet appel ; hors « allez-y », l'organisme lit toujours pourquoi."""
    pre_projet = _verrouiller(pre_projet)
    if pre_projet.appel.collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul le service de la collectivité répond à ce pré-projet.")
    if pre_projet.envoye_le is None or pre_projet.reponse:
        raise OperationRefusee("Ce pré-projet a déjà reçu une réponse. Relisez-le : rien n’a changé.")
    if reponse not in PreProjet.Reponse.values:
        raise OperationRefusee("Choisissez une réponse.")
    if reponse != PreProjet.Reponse.CONTINUER and not explication.strip():
        raise OperationRefusee("Expliquez votre réponse : l’organisme la lit telle quelle.")
    pre_projet.reponse, pre_projet.explication = reponse, explication.strip()
    pre_projet.repondu_le, pre_projet.repondu_par = timezone.now(), par
    pre_projet.version += 1
    pre_projet.save()
    publier("pre_projet.repondre", pre_projet, par=par, reponse=reponse, explication=pre_projet.explication)
    return pre_projet


@transaction.atomic
def devenir_dossier(pre_projet, *, par):
    """Ouvre le brouillon prérempli. Un second clic rend le même dossier. La réponse du service est un conseil."""
    # L'appel d'abord, comme toutes les écritures qui numérotent : deux clics simultanés attendent leur tour.
    Appel.objects.select_for_update().get(pk=pre_projet.appel_id)
    pre_projet = _verrouiller(pre_projet)
    if pre_projet.organisme_id not in par.ids_organismes:
        raise OperationRefusee("Seuls les membres de l’organisme ouvrent le dossier.")
    if pre_projet.dossier_id:
        return pre_projet.dossier
    dossier = commencer(pre_projet.appel, pre_projet.organisme, par=par)
    dossier = enregistrer(
        dossier, par=par, intitule=pre_projet.intitule, description=pre_projet.idee, public=pre_projet.public
    )
    if pre_projet.objectif:
        viser_couples(dossier, [(pre_projet.objectif, quartier) for quartier in pre_projet.quartiers.all()])
        noter_ecriture(dossier, "objectifs", ["cibles", "principal"], par)
    financeurs = list(dossier.appel.financeurs.all()[:2])
    if pre_projet.montant and len(financeurs) == 1:
        Financement.objects.create(dossier=dossier, financeur=financeurs[0], montant_demande=pre_projet.montant)
        noter_ecriture(dossier, "budget", (), par)
    dossier.save(update_fields=["ecritures", "version", "modifie_le"])
    pre_projet.dossier = dossier
    pre_projet.save(update_fields=["dossier"])
    publier("pre_projet.devenir_dossier", pre_projet, par=par, numero=dossier.numero)
    return dossier


@transaction.atomic
def supprimer_pre_projet(pre_projet, *, par):
    """Efface un brouillon jamais envoyé."""
    pre_projet = ouvrir_le_pre_projet(pre_projet, par)
    if pre_projet.envoye_le is not None:
        raise OperationRefusee("Un pré-projet déjà envoyé se garde, avec la réponse du service.")
    publier("pre_projet.supprimer", pre_projet, par=par, intitule=pre_projet.intitule)
    pre_projet.delete()


@transaction.atomic
def garder_reponses(dossier, reponses, *, par):
    """Les réponses aux questions d'éligibilité ; elles ne périment pas la saisie d'une collègue."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    dossier.eligibilite = reponses
    dossier.save(update_fields=["eligibilite", "modifie_le"])
    return dossier


def depasse_le_seuil(dossier, demande=None):
    """La demande ne tient plus dans le formulaire d'une page."""
    seuil = dossier.appel.seuil_simplifie
    demande = budget.totaux_du_dossier(dossier).demande if demande is None else demande
    return seuil is None or demande > seuil


@transaction.atomic
def choisir_formulaire(dossier, formulaire, *, par):
    """Une page ou complet, dans les deux sens : ce qui est écrit reste écrit."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    if formulaire not in Formulaire.values:
        raise OperationRefusee("Choisissez le formulaire d’une page ou le formulaire complet.")
    if formulaire == Formulaire.SIMPLIFIE and depasse_le_seuil(dossier):
        raise OperationRefusee("Le montant demandé dépasse ce que permet le formulaire d’une page.")
    dossier.formulaire = formulaire
    dossier.save(update_fields=["formulaire", "modifie_le"])
    return dossier
