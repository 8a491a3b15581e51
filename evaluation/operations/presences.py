"""Qui est dans la salle : arriver, sortir, rentrer ; et la porte, qui fait sortir les déportés."""

from django.db import transaction
from django.utils import timezone

from evaluation import seance as lire
from evaluation.models import Deport, MembreReunion, Mouvement, Reunion, Seance
from evaluation.operations.communs import (
    OperationRefusee,
    figer_les_decouvertes,
    ouverte,
    relire_membre,
    verrouiller_reunion,
)
from journal.publication import publier

Presence = MembreReunion.Presence
Sens = Mouvement.Sens


def tenir_la_porte(reunion, passage, quand, suivant=None):
    """Fait sortir les déportés du dossier ouvert, rentrer les autres ; entre deux dossiers, selon le `suivant`.

    Sans heure (`quand`), une sortie porte celle du déport : il a été déclaré pendant l'examen.
    """
    concerne = passage or suivant
    presents = set(reunion.membres.filter(presence=Presence.PRESENT).values_list("utilisateur_id", flat=True))
    derniers = lire.derniers_mouvements(reunion)
    dehors = {u for u in presents if u in derniers and derniers[u].sens == Sens.SORTIE}
    deports = {}
    if concerne:
        deports = dict(
            Deport.objects.filter(dossier=concerne.dossier_id, utilisateur__in=presents).values_list(
                "utilisateur_id", "declare_le"
            )
        )
    maintenant = timezone.now()
    mouvements = [
        Mouvement(
            reunion=reunion, utilisateur_id=u, sens=Sens.ENTREE, passage=derniers[u].passage, le=quand or maintenant
        )
        for u in sorted(dehors - deports.keys())
        # Qui est sorti de lui-même rentre de lui-même.
        if derniers[u].passage_id
    ]
    if passage:
        mouvements += [
            Mouvement(reunion=reunion, utilisateur_id=u, sens=Sens.SORTIE, passage=passage, le=quand or deports[u])
            for u in sorted(deports.keys() - dehors)
        ]
    Mouvement.objects.bulk_create(mouvements)


def _seance_ouverte(reunion):
    seance = Seance.objects.select_for_update(of=("self",)).select_related("passage").filter(reunion=reunion).first()
    if seance is None:
        raise OperationRefusee("La séance n’est pas encore ouverte.")
    if seance.levee_le:
        raise OperationRefusee("La séance est levée.")
    return seance


def _entrer(reunion, membre, par):
    seance = _seance_ouverte(reunion)
    passage = seance.passage
    if passage and Deport.objects.filter(dossier=passage.dossier_id, utilisateur=membre.utilisateur_id).exists():
        raise OperationRefusee("Cette personne s’est déportée du dossier en cours : elle entrera pour le suivant.")
    dernier = lire.derniers_mouvements(reunion).get(membre.utilisateur_id)
    if membre.presence == Presence.PRESENT and (dernier is None or dernier.sens == Sens.ENTREE):
        return membre
    if membre.presence != Presence.PRESENT:
        figer_les_decouvertes(reunion)
        membre.presence = Presence.PRESENT
        membre.save(update_fields=["presence"])
    Mouvement.objects.create(reunion=reunion, utilisateur_id=membre.utilisateur_id, sens=Sens.ENTREE)
    publier("seance.entrer", reunion, par=par, membre_id=membre.utilisateur_id)
    return membre


@transaction.atomic
def se_declarer_present(reunion, *, par):
    """« Je suis présent », depuis son téléphone ; aussi au retour d'une sortie."""
    reunion = ouverte(Reunion.objects.select_for_update(of=("self",)).get(pk=reunion.pk))
    membre = MembreReunion.objects.select_for_update(of=("self",)).filter(reunion=reunion, utilisateur=par).first()
    if membre is None:
        raise OperationRefusee("Vous n’êtes pas convié à cette réunion.")
    return _entrer(reunion, membre, par)


@transaction.atomic
def pointer(membre, geste, *, par):
    """L'agent constate une arrivée ou un retour (« present »), une sortie, une excuse, ou efface (« attendu »)."""
    reunion = ouverte(verrouiller_reunion(membre.reunion, par))
    membre = relire_membre(membre)
    if geste == "present":
        return _entrer(reunion, membre, par)
    if geste == "sortie":
        _seance_ouverte(reunion)
        dernier = lire.derniers_mouvements(reunion).get(membre.utilisateur_id)
        if membre.presence != Presence.PRESENT or (dernier and dernier.sens == Sens.SORTIE):
            raise OperationRefusee("Cette personne n’est pas dans la salle.")
        Mouvement.objects.create(reunion=reunion, utilisateur_id=membre.utilisateur_id, sens=Sens.SORTIE)
        publier("seance.sortir", reunion, par=par, membre_id=membre.utilisateur_id)
        return membre
    if geste not in (Presence.EXCUSE, Presence.ATTENDU):
        raise OperationRefusee("Cette présence n’existe pas.")
    _seance_ouverte(reunion)
    if membre.presence != geste:
        figer_les_decouvertes(reunion)
        membre.presence = Presence(geste)
        membre.save(update_fields=["presence"])
        publier("reunion.marquer_presence", reunion, par=par, membre_id=membre.utilisateur_id, presence=geste)
    return membre
