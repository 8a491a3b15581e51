"""La veille de quartier : le service apprend un signalement, son auteur et son conseil en apprennent la suite."""

import logging

from django.db.models import Q

from comptes.models import Role, Utilisateur
from dossiers.models import Signalement
from notifications.courriels import agents, ecrire, lien
from notifications.models import Envoi

logger = logging.getLogger(__name__)

SUITES = {
    "signalement.repondre": Signalement.Etat.REPONDU,
    "signalement.transmettre": Signalement.Etat.TRANSMIS,
    "signalement.classer": Signalement.Etat.SANS_SUITE,
}


def _signalement(evenement):
    """None quand il est déjà effacé."""
    return (
        Signalement.objects.select_related("collectivite", "quartier", "conseil", "auteur")
        .filter(pk=evenement.objet_id)
        .first()
    )


def _contexte(signalement):
    return {
        "signalement": signalement,
        "lien": lien("veille", signalement.pk),
        "collectivite": signalement.collectivite,
    }


def annoncer_signalement(evenement):
    """Au service, sauf à l'agent qui l'a lui-même écrit."""
    signalement = _signalement(evenement)
    if signalement is None:
        return
    auteur = signalement.auteur.email if signalement.auteur else ""
    adresses = [adresse for adresse in agents(signalement.collectivite_id) if adresse != auteur]
    ecrire(evenement, "signalement_recu", adresses, _contexte(signalement))


def annoncer_suite(evenement):
    """À l'auteur et à son conseil, jamais à l'agent qui vient de l'écrire."""
    signalement = _signalement(evenement)
    if signalement is None or signalement.etat != SUITES[evenement.type]:
        # Repris ou effacé avant la diffusion : mieux vaut se taire que mentir.
        logger.warning("Fait %s (%s) sans suite : le signalement a changé.", evenement.pk, evenement.type)
        return
    qui = Q(pk=signalement.auteur_id)
    if signalement.conseil_id:
        qui |= Q(affectations__role=Role.CITOYEN, affectations__partenaire=signalement.conseil_id)
    personnes = Utilisateur.objects.filter(qui, is_active=True).exclude(pk=evenement.acteur_id)
    adresses = list(personnes.order_by("pk").values_list("email", flat=True).distinct())
    ecrire(evenement, "signalement_suite", adresses, _contexte(signalement))


def oublier_les_courriels(evenement):
    """Le signalement est effacé : ce que les courriels en répétaient l'est aussi."""
    Envoi.objects.filter(evenement__objet_type=evenement.objet_type, evenement__objet_id=evenement.objet_id).delete()
