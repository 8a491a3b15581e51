"""Pour la page d'un seul dossier : les notes envoyées, et si cette personne les lit ; en deux requêtes."""

from django.db.models import Exists, OuterRef, Q

from comptes.models import Membre
from evaluation import lecture
from evaluation.models import Deport, Lecteur


def notes_decouvertes(passage, dossier):
    """(évaluations envoyées, hors déports ; se lisent-elles toutes ?)."""
    envoyees = lecture.evaluations_envoyees([dossier])[dossier.pk]
    if passage.reunion.est_close or passage.decouvert_le:
        return envoyees, True
    return envoyees, lecture.est_revele(passage, _attendus(passage, dossier), envoyees)


def _attendus(passage, dossier):
    """Comme `lecture.attendus`, en une requête : qui est déporté, du porteur ou désigné se lit avec les membres."""
    personne = OuterRef("utilisateur")
    lecteurs = Lecteur.objects.filter(passage=passage)
    membres = list(
        passage.reunion.membres.annotate(
            empeche=Q(Exists(Deport.objects.filter(dossier=dossier, utilisateur=personne)))
            | Q(Exists(Membre.objects.filter(organisme=dossier.organisme_id, utilisateur=personne))),
            designe=Exists(lecteurs.filter(membre=OuterRef("pk"))),
        )
    )
    deports = lecture.Deports()
    deports[dossier.pk] = {m.utilisateur_id for m in membres if m.empeche}
    designes = {m.utilisateur_id for m in membres if m.designe}
    confies = {dossier.pk: designes} if designes else {}
    return lecture.attendus(passage.reunion, [dossier], deports, membres, confies)[dossier.pk]
