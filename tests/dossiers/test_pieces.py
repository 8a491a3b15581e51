"""Les fichiers hostiles : chacun reçoit une phrase claire, et rien n'est gardé."""

import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from comptes.fichiers import controler, nettoyer_nom
from comptes.models import Membre, NatureDocument, Role
from dossiers import operations
from dossiers.models import Piece
from tests.fabriques import AffectationFactory, MembreFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import JPEG, PDF, PNG, DossierFactory, PieceFactory, archive, docx, fichier

ODT = archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
XLSX = archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"})


@pytest.mark.parametrize(
    ("nom", "contenu", "type_mime"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.odt", ODT, "application/vnd.oasis.opendocument.text"),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_les_vrais_fichiers_passent_le_type_annonce_ne_compte_pas(nom, contenu, type_mime):
    assert controler(fichier(nom, contenu, "text/html")).type_mime == type_mime


@pytest.mark.parametrize(
    ("nom", "contenu", "code"),
    [
        ("vide.pdf", b"", "vide"),
        ("virus.exe", b"MZ" + bytes(50), "format"),
        ("sans-extension", PDF, "format"),
        (".pdf.html", PDF, "format"),
        ("page.svg", b"<svg onload='alert(1)'/>", "format"),
        ("virus.pdf", b"MZ" + bytes(50), "contenu"),
        ("page.pdf", b"<html><script>alert(1)</script>", "contenu"),
        ("photo.png", JPEG, "contenu"),
        ("texte.docx", PDF, "contenu"),
        ("archive.pdf", docx(), "contenu"),
        ("tableur.docx", XLSX, "contenu"),
        ("texte.ods", ODT, "contenu"),
        ("quelconque.docx", archive({"lisez-moi.txt": "bonjour"}), "contenu"),
        ("executable-puis-zip.docx", b"MZ" + bytes(200) + docx(), "contenu"),
        ("pdf-puis-zip.docx", PDF + docx(), "contenu"),
        ("abime.docx", docx()[:60], "contenu"),
        ("macros.docx", archive({"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": "x"}),
         "macros"),
        ("trop-d-entrees.docx", archive({f"f{n}": "" for n in range(5_001)}), "archive"),
    ],
    # Une archive porte l'heure : son contenu ne peut pas nommer le test.
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)  # fmt: skip
def test_un_fichier_hostile_est_refuse_avec_une_phrase(nom, contenu, code):
    with pytest.raises(ValidationError) as refus:
        controler(fichier(nom, contenu))
    assert refus.value.code == code
    assert refus.value.messages[0].endswith(".")


def test_une_bombe_zip_n_est_pas_depliee():
    bombe = archive({"[Content_Types].xml": "", "word/document.xml": bytes(1024)})
    # L'archive annonce 4 Go pour son document : on la refuse sur l'annonce.
    annonce = (2**32 - 2).to_bytes(4, "little")
    rang = bombe.rfind(b"PK\x01\x02", 0, bombe.rfind(b"word/document.xml"))
    bombe = bombe[: rang + 24] + annonce + bombe[rang + 28 :]
    assert zipfile.is_zipfile(SimpleUploadedFile("b", bombe))
    with pytest.raises(ValidationError) as refus:
        controler(fichier("bombe.docx", bombe))
    assert refus.value.code == "archive"


def test_une_piece_se_telecharge_toujours_jamais_comme_une_page(db, client):
    dossier = DossierFactory()
    alice = MembreFactory(organisme=dossier.organisme).utilisateur
    piece = operations.joindre(dossier, fichier("x.pdf", b"%PDF-1.7 <script>alert(1)</script>\n" + PDF), par=alice)
    client.force_login(alice)
    reponse = client.get(reverse("pieces-telecharger", args=[piece.pk]))
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"].startswith("attachment")
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert b"".join(reponse).startswith(b"%PDF-")


def test_trop_gros(settings):
    settings.TAILLE_MAX_PIECE_MO = 1
    controler(fichier("juste.pdf", PDF + bytes(1024 * 1024 - len(PDF))))
    with pytest.raises(ValidationError) as refus:
        controler(fichier("gros.pdf", PDF + bytes(1024 * 1024)))
    assert refus.value.messages == ["Le fichier « gros.pdf » dépasse 1 Mo. Réduisez-le ou scindez-le."]


@pytest.mark.parametrize(
    ("recu", "garde"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\alice\\statuts.pdf", "statuts.pdf"),
        ("statuts\x00.pdf", "statuts.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a" * 400 + ".pdf", "a" * 116 + ".pdf"),
        ("Procès-verbal de l’AG.pdf", "Procès-verbal de l’AG.pdf"),
    ],
)
def test_le_nom_garde_est_inoffensif(recu, garde):
    assert nettoyer_nom(recu) == garde


@pytest.mark.django_db
def test_le_nom_n_entre_jamais_dans_le_chemin():
    dossier = DossierFactory()
    alice = MembreFactory(organisme=dossier.organisme).utilisateur
    piece = operations.joindre(dossier, fichier("../../../tmp/evil.pdf"), par=alice)
    assert piece.nom == "evil.pdf"
    assert piece.fichier.name.startswith(f"pieces/{dossier.pk}/")
    assert "evil" not in piece.fichier.name


@pytest.mark.django_db
def test_joindre_deux_fois_le_meme_fichier_n_en_garde_qu_un():
    dossier = DossierFactory()
    alice = MembreFactory(organisme=dossier.organisme).utilisateur
    assert operations.joindre(dossier, fichier(), par=alice) == operations.joindre(dossier, fichier(), par=alice)


@pytest.mark.django_db
def test_un_dossier_n_accumule_pas_les_pieces_sans_fin(monkeypatch):
    monkeypatch.setattr("dossiers.operations.pieces.PIECES_MAX", 1)
    dossier = DossierFactory()
    alice = MembreFactory(organisme=dossier.organisme).utilisateur
    operations.joindre(dossier, fichier(), par=alice)
    with pytest.raises(operations.OperationRefusee):
        operations.joindre(dossier, fichier("b.png", PNG), par=alice)


@pytest.mark.django_db
def test_une_piece_se_telecharge_par_qui_voit_le_dossier(client):
    dossier = DossierFactory(depose=True)
    piece = PieceFactory(dossier=dossier)
    adresse = reverse("pieces-telecharger", args=[piece.pk])
    attendu = {
        MembreFactory(organisme=dossier.organisme, role=Membre.Role.REDACTEUR).utilisateur: 200,
        AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.AGENT).utilisateur: 200,
        MembreFactory().utilisateur: 404,
        AffectationFactory(role=Role.AGENT).utilisateur: 404,
        AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.EVALUATEUR).utilisateur: 404,
    }
    for personne, code in attendu.items():
        client.force_login(personne)
        reponse = client.get(adresse)
        assert reponse.status_code == code
        if code == 200:
            assert b"".join(reponse) == PDF
    client.logout()
    assert client.get(adresse).url.startswith("/connexion/")


@pytest.mark.django_db
def test_les_partenaires_n_ont_ni_releve_bancaire_ni_piece_d_identite():
    dossier = DossierFactory(recevable=True)
    partenaire = AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.FINANCEUR)
    dossier.appel.financeurs.update(partenaire=partenaire.partenaire)
    statuts = PieceFactory(dossier=dossier, nom="Tribune du quartier.pdf")
    rib = PieceDemandeeFactory(appel=dossier.appel, nature=NatureDocument.RIB)
    PieceFactory(dossier=dossier, demandee=rib, nom="scan.pdf")
    reservee = PieceDemandeeFactory(appel=dossier.appel, confidentielle=True)
    PieceFactory(dossier=dossier, demandee=reservee, nom="casier.pdf")
    PieceFactory(dossier=dossier, nom="RIB_asso.pdf")
    PieceFactory(dossier=dossier, nom="Carte d’identité.pdf")
    assert list(Piece.objects.visibles_par(partenaire.utilisateur)) == [statuts]
    agent = AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.AGENT).utilisateur
    assert Piece.objects.visibles_par(agent).count() == 5
    alice = MembreFactory(organisme=dossier.organisme).utilisateur
    assert Piece.objects.visibles_par(alice).count() == 5
