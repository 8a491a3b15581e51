"""Les tâches de fond : minces, idempotentes. La base dit ce qui reste à faire ; le courtier ne fait que réveiller."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from comptes.operations import annoncer_les_expirations, effacer_les_documents_retires
from dossiers.models import CopieDeposee
from dossiers.operations import effacer_les_signalements, rappeler_complements
from evaluation.models import Classeur, ProcesVerbal
from evaluation.operations import effacer_les_classeurs, effacer_les_liens
from notifications import envoi, production, relais
from notifications.courtier import demander
from notifications.models import Envoi
from programmation.actes import a_produire

# Ce qui est plus jeune a encore son message dans le courtier : le balayage ne le double pas.
RETARD = timedelta(minutes=1)
LOT = 500


@shared_task
def relayer():
    relais.diffuser_tout()


@shared_task
def envoyer(envoi_id):
    envoi.envoyer(envoi_id)


@shared_task
def produire_acte(acte_id):
    production.produire_acte(acte_id)


@shared_task
def produire_copie(copie_id):
    production.produire_copie(copie_id)


@shared_task
def produire_proces_verbal(pv_id):
    production.produire_proces_verbal(pv_id)


@shared_task
def produire_classeur(classeur_id):
    production.produire_classeur(classeur_id)


@shared_task
def balayer():
    """Le filet de sécurité, chaque minute : tout ce qu'un courtier vidé ou un worker tué aurait laissé.

    C'est aussi l'heure des rappels, dont chacun ne part qu'une fois, et de l'effacement de ce qui a fait son temps.
    """
    rappeler_complements()
    annoncer_les_expirations()
    effacer_les_signalements()
    effacer_les_liens()
    effacer_les_classeurs()
    relais.diffuser_tout()
    effacer_les_documents_retires()
    ancien = timezone.now() - RETARD
    for acte_id in a_produire()[:LOT]:
        demander("produire_acte", acte_id)
    for copie_id in CopieDeposee.objects.filter(produite_le=None, cree_le__lte=ancien).values_list("pk", flat=True)[
        :LOT
    ]:
        demander("produire_copie", copie_id)
    for pv_id in ProcesVerbal.objects.filter(produit_le=None, demande_le__lte=ancien).values_list("pk", flat=True)[
        :LOT
    ]:
        demander("produire_proces_verbal", pv_id)
    for classeur_id in Classeur.objects.a_produire().filter(demande_le__lte=ancien).values_list("pk", flat=True)[:LOT]:
        demander("produire_classeur", classeur_id)
    for envoi_id in Envoi.objects.a_envoyer().filter(cree_le__lte=ancien).values_list("pk", flat=True)[:LOT]:
        demander("envoyer", envoi_id)
