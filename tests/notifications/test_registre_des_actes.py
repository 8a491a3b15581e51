"""Le registre : numéros sans trou, un acte par fait, un fichier par acte, une empreinte qui tient."""

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from dossiers import operations
from journal.models import Evenement
from programmation import actes
from programmation.models import Acte, CompteurActes
from tests.notifications import outils

AR = Acte.Nature.ACCUSE_RECEPTION


def fait_de_depot(dossier):
    return Evenement.objects.de(dossier).get(type="dossier.deposer")


def demander(dossier, nature=AR):
    return actes.demander_acte(fait_de_depot(dossier), dossier, nature, {})


@pytest.mark.django_db
def test_le_meme_fait_ne_fait_qu_un_acte(monde):
    dossier = outils.deposer(monde)
    assert demander(dossier) == demander(dossier)
    assert CompteurActes.objects.get().dernier == 1


@pytest.mark.django_db
def test_les_numeros_se_suivent_par_collectivite_nature_et_annee(monde):
    autre = outils.creer_monde(1)
    premier, second, ailleurs = (outils.deposer(m) for m in (monde, monde, autre))
    suite = [demander(d).sequence for d in (premier, second, ailleurs)]
    assert suite == [1, 2, 1]
    irrecevable = operations.declarer_irrecevable(premier, par=monde.denis, motif="Hors quartier.")
    fait = Evenement.objects.de(irrecevable).get(type="dossier.declarer_irrecevable")
    assert actes.demander_acte(fait, irrecevable, Acte.Nature.IRRECEVABILITE, {}).sequence == 1


@pytest.mark.django_db
def test_l_annee_est_celle_de_paris(monde):
    dossier = outils.deposer(monde)
    fait = Evenement(pk=1, cree_le=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    acte = actes.demander_acte(fait, dossier, AR, {})
    assert (acte.annee, acte.numero) == (2027, "AR-2027-0001")


@pytest.mark.django_db
def test_un_retour_en_arriere_rend_le_numero(monde):
    premier, second, troisieme = (outils.deposer(monde) for _ in range(3))
    demander(premier)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        demander(second)
        raise ZeroDivisionError
    assert demander(troisieme).sequence == 2
    assert demander(second).sequence == 3


def en_parallele(actions):
    depart, resultats = threading.Barrier(len(actions)), []

    def courir(action):
        depart.wait()
        try:
            resultats.append(action())
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=(action,)) for action in actions]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return resultats


@pytest.mark.django_db(transaction=True)
def test_les_numeros_se_suivent_sous_la_concurrence():
    monde = outils.creer_monde()
    dossiers = [outils.deposer(monde) for _ in range(8)]
    resultats = en_parallele([lambda d=d: demander(d).sequence for d in dossiers])
    assert sorted(resultats) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.django_db(transaction=True)
def test_le_pdf_ne_se_range_qu_une_fois_meme_a_quatre():
    dossier = outils.deposer(outils.creer_monde())
    acte = demander(dossier)
    octets = [b"%PDF essai " + bytes([65 + i]) for i in range(4)]
    resultats = en_parallele([lambda o=o: actes.ranger_pdf(acte.pk, o) for o in octets])
    assert sorted(resultats) == [False, False, False, True]
    acte.refresh_from_db()
    assert actes.lire_pdf(acte) in octets
    assert Evenement.objects.filter(type="acte.produire").count() == 1


@pytest.mark.django_db
def test_ranger_garde_l_empreinte_et_remplace_le_reste_d_un_worker_tue(monde):
    acte = demander(outils.deposer(monde))
    nom = f"actes/{acte.collectivite_id}/{acte.numero}-{acte.code}.pdf"
    chemin = acte.fichier.storage.path(nom)
    acte.fichier.storage.save(nom, ContentFile(b"tronqu"))
    assert actes.ranger_pdf(acte.pk, b"%PDF entier") is True
    acte.refresh_from_db()
    assert acte.fichier.path == chemin
    assert acte.sha256 == hashlib.sha256(b"%PDF entier").hexdigest()
    assert actes.lire_pdf(acte) == b"%PDF entier"


@pytest.mark.django_db
def test_ranger_une_decision_notifie_le_dossier_dans_la_meme_transaction(monde):
    dossier = outils.decider(monde, outils.deposer(monde))
    fait = Evenement.objects.de(dossier).get(type="dossier.decider")
    acte = actes.demander_acte(fait, dossier, Acte.Nature.ATTRIBUTION, {})
    actes.ranger_pdf(acte.pk, b"%PDF")
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"
    assert Evenement.objects.de(dossier).get(type="dossier.constater_notification").donnees["acte_id"] == acte.pk


@pytest.mark.django_db
def test_une_decision_defaite_n_est_pas_notifiee(monde):
    dossier = outils.deposer(monde)
    acte = demander(dossier, Acte.Nature.IRRECEVABILITE)
    with pytest.raises(actes.ActeSansObjet):
        actes.ranger_pdf(acte.pk, b"%PDF")
    acte.refresh_from_db()
    assert (acte.produit_le, acte.fichier.name) == (None, "")
    assert not Evenement.objects.filter(type="acte.produire").exists()


@pytest.mark.django_db
def test_la_verification_du_registre_voit_un_fichier_change_ou_disparu_et_un_trou(monde):
    produits = [demander(outils.deposer(monde)) for _ in range(3)]
    for acte in produits:
        actes.ranger_pdf(acte.pk, b"%PDF")
        acte.refresh_from_db()
    call_command("verifier_actes")
    with open(produits[0].fichier.path, "ab") as fichier:
        fichier.write(b"!")
    produits[1].fichier.storage.delete(produits[1].fichier.name)
    CompteurActes.objects.update(dernier=4)
    defauts = list(actes.verifier(Acte.objects.all()))
    assert len(defauts) == 3
    with pytest.raises(CommandError, match="3 défaut"):
        call_command("verifier_actes")
