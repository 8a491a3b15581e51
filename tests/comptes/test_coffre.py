"""Le porte-documents : ranger, remplacer, dater, retirer, télécharger, être prévenu à temps."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes import operations
from comptes.attentes import taches_de_comptes
from comptes.models import DocumentPermanent
from journal.models import Evenement
from notifications.tasks import balayer
from notifications.travail import vider
from tests.fabriques import DocumentFactory, DossierFactory, MembreFactory, PieceFactory

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)


@pytest.fixture
def alice(client):
    alice = MembreFactory()
    client.force_login(alice.utilisateur)
    return alice


@pytest.fixture
def coffre(alice):
    return f"/organisme/{alice.organisme_id}/documents/"


def image(suffixe=b"", nom="rib.png"):
    return SimpleUploadedFile(nom, PNG + suffixe)


def ranger(client, coffre, fichier, **champs):
    return client.post(coffre, {"nature": "rib", "fichier": fichier, **champs})


def test_ranger_puis_telecharger(client, alice, coffre):
    reponse = ranger(client, coffre, image())
    document = DocumentPermanent.objects.get()
    assert reponse.url == f"{coffre}#document-{document.pk}"
    assert (document.nature, document.nom, document.depose_par) == ("rib", "rib.png", alice.utilisateur)
    recu = client.get(f"/documents/{document.pk}/")
    assert b"".join(recu.streaming_content) == PNG
    assert recu.headers["Content-Disposition"] == 'attachment; filename="rib.png"'
    assert Evenement.objects.get().donnees == {"document_id": document.pk, "nature": "rib"}


def test_ranger_deux_fois_le_meme_fichier_n_en_garde_qu_un(client, coffre):
    ranger(client, coffre, image())
    ranger(client, coffre, image())
    assert DocumentPermanent.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"fichier": SimpleUploadedFile("rib.pdf", b"pas un pdf")}, "n’est pas celui d’un fichier PDF"),
        ({"nature": ""}, "obligatoire"),
        ({"nature": "roman"}, "Sélectionnez un choix valide"),
        ({"nature": "autre"}, "Dites de quel document il s’agit."),
        ({"valable_jusqu_au": "2020-01-01"}, "Cette date est passée"),
        ({"valable_jusqu_au": "bientôt"}, "Saisissez une date valide"),
    ],
)
def test_un_rangement_refuse_dit_pourquoi_et_ne_change_rien(client, coffre, champs, phrase):
    reponse = ranger(client, coffre, **{"fichier": image(), "precision": "", **champs})
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()
    assert not DocumentPermanent.objects.exists()
    assert not Evenement.objects.exists()


def test_remplacer_retire_l_ancien(client, alice, coffre):
    ancien = DocumentFactory(organisme=alice.organisme, nature="autre", precision="Règlement")
    page = client.get(f"{coffre}?remplace={ancien.pk}").content.decode()
    assert "Garder l’ancien" in page
    assert 'value="Règlement"' in page
    ranger(client, coffre, image(), nature="autre", precision="Règlement", remplace=ancien.pk)
    ancien.refresh_from_db()
    assert ancien.retire_le is not None
    assert DocumentPermanent.objects.actuels().get().nom == "rib.png"
    assert client.get(f"/documents/{ancien.pk}/").status_code == 404


def test_un_remplacement_forge_n_existe_pas(client, coffre):
    etranger = DocumentFactory()
    assert ranger(client, coffre, image(), remplace=etranger.pk).status_code == 404
    assert client.get(f"{coffre}?remplace=abc").status_code == 404
    etranger.refresh_from_db()
    assert etranger.retire_le is None


def test_un_remplacement_refuse_laisse_l_ancien_en_place(client, alice, coffre):
    ancien = DocumentFactory(organisme=alice.organisme, nature="rib")
    reponse = ranger(client, coffre, SimpleUploadedFile("a.pdf", b""), remplace=ancien.pk)
    assert reponse.status_code == 422
    ancien.refresh_from_db()
    assert ancien.retire_le is None


def test_retirer_deux_fois_ne_laisse_qu_un_fait(alice):
    document = DocumentFactory(organisme=alice.organisme)
    for _ in range(2):
        operations.retirer_document(document, par=alice.utilisateur)
    assert Evenement.objects.filter(type="organisme.retirer_document").count() == 1
    with pytest.raises(operations.OperationRefusee, match="remplacé ou retiré"):
        operations.dater_document(document, par=alice.utilisateur, valable_jusqu_au=None)


def test_le_porte_documents_a_une_limite(client, alice, coffre):
    DocumentFactory.create_batch(60, organisme=alice.organisme, nature="autre")
    reponse = ranger(client, coffre, image())
    assert reponse.status_code == 422
    assert "60 documents au plus" in reponse.content.decode()


def test_seuls_les_membres_rangent(alice):
    etranger = MembreFactory().utilisateur
    with pytest.raises(operations.OperationRefusee, match="Seuls les membres"):
        operations.ranger_document(alice.organisme, image(), par=etranger, nature="rib")


@pytest.mark.parametrize(
    ("jours", "mots"),
    [
        (31, "Valable jusqu’au"),
        (30, "Expire dans 30 jours"),
        (1, "Expire demain"),
        (0, "Expire aujourd’hui"),
        (-1, "Expiré depuis le"),
        (None, "Sans date de fin"),
    ],
)
def test_l_etat_se_dit_en_mots(client, alice, coffre, jours, mots):
    fin = None if jours is None else timezone.localdate() + timedelta(days=jours)
    DocumentFactory(organisme=alice.organisme, valable_jusqu_au=fin)
    assert mots in client.get(coffre).content.decode()
    taches = taches_de_comptes(alice.utilisateur)
    assert bool(taches) is (jours is not None and jours <= 30)


def test_le_courriel_part_trente_jours_avant_et_une_seule_fois(alice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    bruno = MembreFactory(organisme=alice.organisme)
    document = DocumentFactory(organisme=alice.organisme, nature="assurance", valable_jusqu_au=date(2027, 6, 30))
    DocumentFactory(organisme=alice.organisme, valable_jusqu_au=date(2027, 6, 30), retire_le=timezone.now())
    for jour, attendus in (("2027-05-30", 0), ("2027-05-31", 2), ("2027-06-01", 2), ("2027-07-02", 2)):
        with time_machine.travel(f"{jour}T09:00:00+02:00", tick=False):
            balayer()
            vider()
        assert len(mail.outbox) == attendus, jour
    assert {message.to[0] for message in mail.outbox} == {alice.utilisateur.email, bruno.utilisateur.email}
    assert "Attestation d’assurance" in mail.outbox[0].subject
    assert Evenement.objects.get(type="document.expirer_bientot").objet_id == document.pk


def test_une_nouvelle_date_merite_un_nouvel_avertissement(alice):
    document = DocumentFactory(organisme=alice.organisme, valable_jusqu_au=timezone.localdate())
    assert [operations.annoncer_les_expirations() for _ in range(2)] == [1, 0]
    demain = timezone.localdate() + timedelta(days=1)
    operations.dater_document(document, par=alice.utilisateur, valable_jusqu_au=demain)
    assert operations.annoncer_les_expirations() == 1


def test_dater_par_la_page(client, alice, coffre):
    document = DocumentFactory(organisme=alice.organisme)
    client.post(f"/documents/{document.pk}/dater/", {"valable_jusqu_au": "2027-03-01"})
    document.refresh_from_db()
    assert document.valable_jusqu_au == date(2027, 3, 1)
    page = client.post(f"/documents/{document.pk}/dater/", {"valable_jusqu_au": "demain"}, follow=True)
    assert "n’a pas été comprise" in page.content.decode()


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_porte_documents_coute_toujours_autant(client, alice, coffre, nombre, django_assert_num_queries):
    DocumentFactory.create_batch(nombre, organisme=alice.organisme)
    with django_assert_num_queries(6):
        client.get(coffre)


def retirer_depuis(document, jours):
    DocumentPermanent.objects.filter(pk=document.pk).update(retire_le=timezone.now() - timedelta(days=jours))


def test_un_document_retire_s_efface_apres_le_delai_avec_son_fichier(settings):
    settings.CONSERVATION_COFFRE_JOURS = 90
    ancien, recent, actuel = DocumentFactory.create_batch(3)
    retirer_depuis(ancien, 91)
    retirer_depuis(recent, 89)
    assert [operations.effacer_les_documents_retires() for _ in range(2)] == [1, 0]
    assert set(DocumentPermanent.objects.all()) == {recent, actuel}
    entrepot = ancien.fichier.storage
    assert not entrepot.exists(ancien.fichier.name)
    assert entrepot.exists(recent.fichier.name)
    assert entrepot.exists(actuel.fichier.name)
    fait = Evenement.objects.get(type="organisme.effacer_document")
    assert fait.donnees == {"document_id": ancien.pk, "nature": ancien.nature}


@pytest.mark.parametrize("etat", [{}, {"depose": True}])
def test_un_document_cite_par_un_dossier_reste_avec_son_fichier(etat):
    document = DocumentFactory()
    piece = PieceFactory(dossier=DossierFactory(organisme=document.organisme, **etat), document=document)
    retirer_depuis(document, 4000)
    assert operations.effacer_les_documents_retires() == 0
    assert document.fichier.storage.exists(document.fichier.name)
    piece.delete()
    assert operations.effacer_les_documents_retires() == 1


def test_l_entrepot_en_panne_ne_perd_pas_la_trace_du_fichier_a_effacer(monkeypatch):
    document, autre = DocumentFactory.create_batch(2)
    retirer_depuis(document, 4000)
    retirer_depuis(autre, 4000)
    entrepot = document.fichier.storage
    vraiment = entrepot.delete

    def en_panne(nom):
        if nom == document.fichier.name:
            raise OSError("l’entrepôt ne répond pas")
        vraiment(nom)

    with monkeypatch.context() as panne:
        panne.setattr(entrepot, "delete", en_panne)
        assert operations.effacer_les_documents_retires() == 1
    assert DocumentPermanent.objects.get() == document
    balayer()
    assert not DocumentPermanent.objects.exists()
    assert not entrepot.exists(document.fichier.name)
