"""Ce que la fiche attend de chacun, pour la page d'accueil : une invitation à accepter, un document qui expire."""

from django.urls import reverse
from django.utils import timezone

from comptes.models import DocumentPermanent, Invitation
from comptes.taches import Tache

MAX = 20


def taches_de_comptes(utilisateur):
    return [*_invitations(utilisateur), *_documents(utilisateur)]


def _invitations(utilisateur):
    recues = Invitation.objects.recues_par(utilisateur).select_related("organisme")[:MAX]
    return [
        Tache(f"« {recue.organisme} » vous invite à le rejoindre.", reverse("organismes-liste"), recue.expire_le)
        for recue in recues
    ]


def _documents(utilisateur):
    if not utilisateur.ids_organismes:
        return []
    jour = timezone.localdate()
    documents = DocumentPermanent.objects.visibles_par(utilisateur).bientot_expires(jour).order_by("valable_jusqu_au")
    return [
        Tache(
            f"{document.get_nature_display()} : ce document {_etat(document, jour)}, remplacez-le.",
            f"{reverse('organismes-documents', args=[document.organisme_id])}#document-{document.pk}",
            document.valable_jusqu_au,
        )
        for document in documents[:MAX]
    ]


def _etat(document, jour):
    return "expire bientôt" if document.est_valable(jour) else "a expiré"
