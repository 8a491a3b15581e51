"""Le classeur par un vrai travailleur : mêmes octets qu’ici, et repris quand le courtier a oublié la demande."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation import operations
from evaluation.classeur import composer, passages_lisibles
from evaluation.models import Classeur
from notifications.courtier import demander
from tests.fabriques_evaluation import PassageFactory
from tests.notifications.processus import attendre, worker
from tests.notifications.test_pannes import vider_le_courtier

PORT_SMTP_MUET = 1


@pytest.mark.redis
@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_un_vrai_travailleur_produit_le_classeur_et_reprend_celui_que_le_courtier_a_oublie(seance):
    PassageFactory(reunion=seance.reunion, dossier__intitule="Cuisiner ensemble")
    vider_le_courtier()
    try:
        oublie = operations.demander_classeur(seance.reunion, par=seance.farid)
        vider_le_courtier()
        Classeur.objects.filter(pk=oublie.pk).update(demande_le=timezone.now() - timedelta(minutes=2))
        with worker(PORT_SMTP_MUET):
            demande = operations.demander_classeur(seance.reunion, par=seance.eva)
            attendre(lambda: Classeur.objects.filter(pk=demande.pk, produit_le__isnull=False).exists())
            demander("balayer")
            attendre(lambda: Classeur.objects.filter(pk=oublie.pk, produit_le__isnull=False).exists())
    finally:
        vider_le_courtier()
    for classeur in Classeur.objects.select_related("reunion__appel", "reunion__collectivite", "utilisateur"):
        octets = composer(classeur, passages_lisibles(classeur.reunion, classeur.utilisateur))
        assert hashlib.sha256(octets).hexdigest() == classeur.sha256
        with classeur.fichier.open() as fichier:
            assert fichier.read() == octets
