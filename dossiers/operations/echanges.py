"""Ce qui s'échange après le dépôt : répondre élément par élément, s'écrire, rappeler une date qui approche."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dossiers.cycle_de_vie import TransitionInterdite, verrouiller
from dossiers.models import DemandeComplement, ElementDemande, Message, fils_visibles_par
from dossiers.operations.refus import OperationRefusee
from dossiers.operations.saisie import ouvrir_a_l_ecriture
from journal.publication import publier

TEXTE_MAX = 4000
# Un courriel de rappel n'arrive pas au milieu de la nuit.
HEURE_DE_RAPPEL = 8


@transaction.atomic
def repondre_aux_elements(dossier, reponses, *, par):
    """Garde ce que l'organisme écrit en réponse : {clé de l'élément: texte}. Rien ne part avant `completer`."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    elements = {
        element.pk: element
        for element in ElementDemande.objects.filter(demande__dossier=dossier, demande__repondue_le=None)
    }
    if reponses.keys() - elements.keys():
        raise OperationRefusee("Cette demande n’est plus en cours : rechargez la page.")
    for pk, texte in reponses.items():
        element = elements[pk]
        if element.reponse != texte.strip():
            element.reponse = texte.strip()[:TEXTE_MAX]
            element.save(update_fields=["reponse"])
    return dossier


@transaction.atomic
def ecrire_message(dossier, *, par, texte, jeton, repond=True):
    """Ajoute un message au fil du dossier. Le même `jeton`, renvoyé, rend le message déjà parti (double clic).

    `repond` : écrit depuis le fil ; sinon, la personne n'a pas forcément lu ce que l'autre côté y a écrit.
    """
    if not isinstance(jeton, UUID):
        raise TypeError("Le jeton d’envoi est un UUID.")
    texte = texte.strip()
    if not texte:
        raise OperationRefusee("Écrivez votre message avant de l’envoyer.")
    if len(texte) > TEXTE_MAX:
        raise OperationRefusee(f"Un message compte {TEXTE_MAX} signes au plus ; le vôtre en a {len(texte)}.")
    dossier = verrouiller(dossier)
    if not fils_visibles_par(par).filter(pk=dossier.pk).exists():
        raise TransitionInterdite("Vous ne participez pas aux échanges de ce dossier.")
    if deja := dossier.messages.filter(jeton=jeton).first():
        return deja
    # Qui est membre de l'organisme parle pour lui, même s'il est aussi agent.
    du_service = dossier.organisme_id not in par.ids_organismes
    message = Message.objects.create(
        dossier=dossier,
        auteur=par,
        du_service=du_service,
        signature=str(par),
        texte=texte,
        envoye_le=timezone.now(),
        jeton=jeton,
    )
    # Qui répond a lu ce à quoi il répond.
    if repond:
        _lire(dossier, du_service, message.pk)
    publier("dossier.ecrire_message", dossier, par=par, message_id=message.pk, du_service=du_service)
    return message


@transaction.atomic
def marquer_lus(dossier, *, par, jusqu_a):
    """Marque lus les messages de l'autre côté, jusqu'au dernier que la personne avait sous les yeux."""
    if not fils_visibles_par(par).filter(pk=dossier.pk).exists():
        raise TransitionInterdite("Vous ne participez pas aux échanges de ce dossier.")
    return _lire(dossier, dossier.organisme_id not in par.ids_organismes, jusqu_a)


@transaction.atomic(savepoint=False)
def _lire(dossier, du_service, jusqu_a):
    return dossier.messages.non_lus_par(service=du_service).filter(pk__lte=jusqu_a).update(lu_le=timezone.now())


def rappeler_complements():
    """Publie un rappel par demande qui approche de sa date ; rejoué, n'en publie aucun de plus. Rend leur nombre."""
    maintenant = timezone.now()
    if timezone.localtime(maintenant).hour < HEURE_DE_RAPPEL:
        return 0
    return sum(_rappeler(pk) for pk in DemandeComplement.objects.a_rappeler(maintenant).values_list("pk", flat=True))


@transaction.atomic
def _rappeler(pk):
    demande = DemandeComplement.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=pk)
    if demande.rappelee_le or demande.repondue_le:
        return False
    demande.rappelee_le = timezone.now()
    demande.save(update_fields=["rappelee_le"])
    publier("dossier.rappeler_complement", demande.dossier, limite_le=demande.limite_le.isoformat())
    return True
