"""Les fichiers dans un seau S3, contre un vrai serveur local : déposer, relire, retirer, et ce que fait une panne."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from config import adresses
from config.entrepot import EntrepotEnPanne
from dossiers.models import Piece
from tests.fabriques import MembreFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import DossierFactory, fichier
from tests.fabriques_fichiers import pdf
from tests.serveur_s3 import ServeurS3


@pytest.fixture
def s3(settings, monkeypatch):
    serveur = ServeurS3()
    monkeypatch.setattr(adresses, "ESSAIS_S3", 1)
    monkeypatch.setattr("config.entrepot.ESSAIS_S3", 1)
    adresse = f"s3://cle:se%2Fcret@parvis.test/seau/essai?region=fr-par&endpoint={serveur.adresse}"
    settings.STORAGES = {**settings.STORAGES, "default": adresses.entrepot(adresse).reglage}
    yield serveur
    serveur.shutdown()
    serveur.server_close()


@pytest.fixture
def dossier(db, client):
    dossier = DossierFactory()
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    return dossier


def joindre(client, dossier, nom="statuts.pdf", contenu=None, **champs):
    envoi = {"demandee": "", "fichier": fichier(nom, contenu or pdf()), **champs}
    return client.post(reverse("dossiers-pieces", args=[dossier.numero]), envoi)


def test_deposer_relire_retirer(s3, client, dossier, django_capture_on_commit_callbacks):
    contenu = pdf(pages=3)
    assert joindre(client, dossier, contenu=contenu).status_code == 302
    piece = dossier.pieces.get()
    assert s3.objets == {f"seau/essai/{piece.fichier.name}": contenu}
    reponse = client.get(reverse("pieces-telecharger", args=[piece.pk]))
    assert b"".join(reponse.streaming_content) == contenu
    assert reponse["Content-Disposition"] == 'attachment; filename="statuts.pdf"'
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("pieces-enlever", args=[piece.pk]))
    assert s3.objets == {}


def test_le_seau_n_a_pas_d_adresse_publique(s3, client, dossier):
    joindre(client, dossier)
    with pytest.raises(ValueError, match="jamais par une adresse publique"):
        assert dossier.pieces.get().fichier.url
    assert s3.adresse not in client.get(reverse("dossiers-pieces", args=[dossier.numero])).content.decode()


def test_un_fichier_n_en_ecrase_jamais_un_autre(s3):
    premier = default_storage.save("actes/a.pdf", ContentFile(b"un"))
    second = default_storage.save("actes/a.pdf", ContentFile(b"deux"))
    assert premier != second
    assert sorted(s3.objets.values()) == [b"deux", b"un"]


def test_la_panne_se_dit_et_ne_perd_rien(s3, client, dossier):
    demandee = PieceDemandeeFactory(appel=dossier.appel)
    joindre(client, dossier, demandee=demandee.pk)
    ancienne = dossier.pieces.get()
    s3.en_panne = True
    reponse = joindre(client, dossier, "nouveaux.pdf", pdf("Nouveaux"), demandee=demandee.pk, remplace=ancienne.pk)
    assert reponse.status_code == 503
    [erreur] = reponse.context["erreurs"]
    assert erreur.startswith("Le fichier n’a pas pu être rangé")
    assert list(Piece.objects.all()) == [ancienne]
    telechargement = client.get(reverse("pieces-telecharger", args=[ancienne.pk]))
    assert telechargement.status_code == 503
    assert "est bien gardé" in telechargement.content.decode()
    s3.en_panne = False
    assert b"".join(client.get(reverse("pieces-telecharger", args=[ancienne.pk])).streaming_content) == pdf()


def test_retirer_pendant_la_panne_retire_quand_meme(s3, client, dossier, django_capture_on_commit_callbacks):
    joindre(client, dossier)
    s3.en_panne = True
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(reverse("pieces-enlever", args=[dossier.pieces.get().pk]))
    assert reponse.status_code == 302
    assert not dossier.pieces.exists()


def test_une_ecriture_refusee_apres_le_rangement_ne_laisse_pas_d_orphelin(s3, client, dossier, monkeypatch):
    def echouer(dossier):
        raise RuntimeError

    monkeypatch.setattr("dossiers.operations.pieces.dater_ecriture", echouer)
    with pytest.raises(RuntimeError):
        joindre(client, dossier)
    assert s3.objets == {}
    assert not Piece.objects.exists()


def test_un_fichier_disparu_n_est_pas_une_panne(s3, client, dossier):
    joindre(client, dossier)
    s3.objets.clear()
    assert client.get(reverse("pieces-telecharger", args=[dossier.pieces.get().pk])).status_code == 404


def test_l_erreur_ne_cite_ni_la_cle_ni_le_secret(s3):
    s3.en_panne = True
    with pytest.raises(EntrepotEnPanne) as panne:
        default_storage.save("a", ContentFile(b"x"))
    assert str(panne.value) == "L’entrepôt des fichiers ne répond pas (ClientError)."


def test_lecture_de_l_adresse():
    options = adresses.entrepot("s3://a%2Fb:c%40d@minio:9000/seau/sous/dossier?region=eu-west-3").reglage["OPTIONS"]
    lues = {nom: options[nom] for nom in ("access_key", "secret_key", "bucket_name", "location", "region_name")}
    assert lues == {
        "access_key": "a/b",
        "secret_key": "c@d",
        "bucket_name": "seau",
        "location": "sous/dossier",
        "region_name": "eu-west-3",
    }
    assert options["endpoint_url"] == "https://minio:9000"


def test_le_role_de_la_machine_remplace_les_cles():
    options = adresses.entrepot("s3:///seau?region=eu-west-3").reglage["OPTIONS"]
    assert (options["access_key"], options["endpoint_url"]) == (None, None)


@pytest.mark.parametrize(
    "adresse", ["s3://cle:secret@hote", "s3://cle@hote/seau", "s3://cle:secret@hote/seau?regoin=x", "gs://seau"]
)
def test_une_adresse_fautive_est_refusee_sans_repeter_le_secret(adresse):
    with pytest.raises(ImproperlyConfigured) as refus:
        adresses.entrepot(adresse)
    assert "secret@hote" not in str(refus.value).replace("secret@hôte", "")


def test_sans_la_bibliotheque_le_demarrage_dit_quoi_installer(monkeypatch):
    monkeypatch.setattr(adresses, "find_spec", lambda nom: None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements/s3\.txt"):
        adresses.entrepot("s3://cle:secret@hote/seau")
