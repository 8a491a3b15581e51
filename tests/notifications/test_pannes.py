"""Ce qui casse en vrai : courtier éteint ou vidé, worker tué. Tout part, une fois."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F

from dossiers.models import Dossier
from journal.models import Evenement
from notifications import relais
from notifications.courtier import demander
from notifications.models import CourrielRecu, Envoi
from notifications.travail import vider
from programmation import actes
from programmation.models import Acte
from tests.notifications import outils
from tests.notifications.processus import COURTIER_MORT, attendre, executer, tuer, worker

DEPOSER = """
import time
from comptes.models import Utilisateur
from dossiers import operations
from dossiers.engagements import Signature
from dossiers.models import Dossier
dossier, alice = Dossier.objects.get(), Utilisateur.objects.get(email="alice0@asso.test")
debut = time.monotonic()
operations.deposer(dossier, par=alice, atteste=True, souscrit_cer=True, signature=Signature(aides_plus_500k=False))
print(time.monotonic() - debut)
"""

EMBARQUE = """
import threading, time
from notifications import embarque
from notifications.models import CourrielRecu
from comptes.models import Utilisateur
from dossiers import operations
from dossiers.engagements import Signature
from dossiers.models import Dossier
travail = embarque.demarrer()
alice = Utilisateur.objects.get(email="alice0@asso.test")
for dossier in Dossier.objects.all():
    operations.deposer(dossier, par=alice, atteste=True, souscrit_cer=True, signature=Signature(aides_plus_500k=False))
limite = time.monotonic() + 20
while CourrielRecu.objects.count() < 3 and time.monotonic() < limite:
    time.sleep(0.1)
time.sleep(0.5)
debut = time.monotonic()
travail.arreter()
travail.arreter()
print(time.monotonic() - debut)
print([fil.name for fil in threading.enumerate() if fil.name.startswith("parvis-")])
"""


@pytest.mark.django_db(transaction=True)
def test_un_courtier_mort_ne_fait_ni_echouer_ni_attendre_le_depot(boite):
    outils.brouillon(outils.creer_monde())
    duree = float(executer(DEPOSER, REDIS_URL=COURTIER_MORT))
    assert duree < 2
    assert Dossier.objects.get().etat == "depose"
    assert Evenement.objects.a_diffuser().filter(type="dossier.deposer").count() == 1
    vider()
    assert CourrielRecu.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_le_travail_embarque_envoie_tout_et_s_arrete_proprement():
    monde = outils.creer_monde()
    for _ in range(3):
        outils.brouillon(monde)
    duree, fils = executer(EMBARQUE, REDIS_URL="", EMAIL_URL="").splitlines()
    assert CourrielRecu.objects.count() == 3
    assert float(duree) < 10
    assert fils == "[]"


def vider_le_courtier():
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as courtier:
        if cles := list(courtier.scan_iter(f"{settings.PREFIXE_REDIS}:*")):
            courtier.delete(*cles)


@pytest.mark.redis
@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_un_worker_tue_et_un_courtier_vide_n_empechent_pas_douze_depots_de_faire_douze_lettres(smtp):
    monde = outils.creer_monde()
    vider_le_courtier()
    try:
        smtp.peut_repondre.clear()
        with worker(smtp.port) as lance:
            for rang in range(12):
                outils.deposer(monde, f"Action {rang}")
            assert smtp.en_cours.wait(30)
            tuer(lance)
        assert Envoi.objects.filter(envoye_le=None, essais=1).exists()
        smtp.oublier_les_sessions_en_cours()
        vider_le_courtier()
        laisser_passer_une_heure()

        with worker(smtp.port):
            demander("balayer")
            attendre(lambda: Acte.objects.filter(produit_le__isnull=False).count() == 12)
            attendre(lambda: Envoi.objects.filter(envoye_le__isnull=False).count() == 12)
            demander("balayer")
            attendre(lambda: not Evenement.objects.a_diffuser().exists())
    finally:
        vider_le_courtier()
    assert len(smtp.messages) == len(set(smtp.identifiants)) == 12
    assert sorted(Acte.objects.values_list("sequence", flat=True)) == list(range(1, 13))
    assert Evenement.objects.filter(type="acte.produire").count() == 12
    assert list(actes.verifier(Acte.objects.all())) == []


def laisser_passer_une_heure():
    heure = timedelta(hours=1)
    Envoi.objects.update(prochain_essai_le=F("prochain_essai_le") - heure, cree_le=F("cree_le") - heure)
    Acte.objects.update(demande_le=F("demande_le") - heure)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_publier_reveille_le_relais_par_le_vrai_courtier():
    import redis

    vider_le_courtier()
    try:
        outils.deposer(outils.creer_monde())
        with redis.Redis.from_url(settings.REDIS_URL) as courtier:
            assert courtier.llen(f"{settings.PREFIXE_REDIS}:celery") >= 1
        assert relais.diffuser_tout() >= 1
    finally:
        vider_le_courtier()
