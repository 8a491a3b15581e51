"""Écrire les courriels : trois gabarits par courriel, un envoi par fait et par destinataire."""

from django.conf import settings
from django.template.loader import render_to_string

from comptes.models import Role, Utilisateur
from notifications.courtier import demander_apres_validation
from notifications.models import Envoi


def lien(*segments):
    """L'adresse absolue d'une page ; ces chemins sont stables (conception, § 5)."""
    return "/".join([settings.URL_PUBLIQUE, *map(str, segments), ""])


def lien_dossier(dossier):
    return lien("dossiers", dossier.numero)


def membres(organisme_id):
    """Les adresses de celles et ceux qui portent le dossier."""
    return _adresses(Utilisateur.objects.filter(appartenances__organisme=organisme_id))


def agents(collectivite_id):
    """Les adresses du service."""
    return _adresses(_du_service(collectivite_id))


def agents_de(dossier):
    """Les adresses de celles et ceux qui instruisent ce dossier : qui s'en est déporté n'en apprend rien."""
    return _adresses(_du_service(dossier.appel.collectivite_id).exclude(deports__dossier=dossier))


def _du_service(collectivite_id):
    return Utilisateur.objects.filter(affectations__role=Role.AGENT, affectations__collectivite=collectivite_id)


def _adresses(personnes):
    return list(personnes.filter(is_active=True).order_by("pk").values_list("email", flat=True).distinct())


def ecrire(evenement, nom, destinataires, contexte, acte_id=None, agenda=""):
    """Prépare le courriel `nom` pour chacun. Rejoué pour le même fait, n'en prépare aucun de plus."""
    gabarit = f"notifications/courriels/{nom}"
    # Une seule ligne, quoi que la personne ait saisi : un retour à la ligne ouvrirait un en-tête.
    objet = " ".join(render_to_string(f"{gabarit}.objet.txt", contexte).strip("\n").splitlines())
    corps = {
        "objet": objet[:255],
        "texte": render_to_string(f"{gabarit}.txt", contexte).strip() + "\n",
        "html": render_to_string(f"{gabarit}.html", contexte),
        "acte_id": acte_id,
        "agenda": agenda,
        "collectivite": contexte["collectivite"],
    }
    for adresse in destinataires:
        envoi, nouveau = Envoi.objects.get_or_create(evenement=evenement, destinataire=adresse, defaults=corps)
        if nouveau:
            demander_apres_validation("envoyer", envoi.pk)
