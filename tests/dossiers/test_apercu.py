"""Regarder une pièce dans la page : des images que nous dessinons, sans script ni métadonnée, à qui a le droit."""

import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from comptes import apercus
from comptes.models import NatureDocument, Role
from tests.fabriques import AffectationFactory, MembreFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import DossierFactory, PieceFactory, docx
from tests.fabriques_fichiers import pdf, pdf_avec_javascript, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    return DossierFactory(recevable=True)


@pytest.fixture
def membre(client, dossier):
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)


def piece(dossier, contenu, nom="statuts.pdf", type_mime="application/pdf", **champs):
    return PieceFactory(
        dossier=dossier, nom=nom, type_mime=type_mime, taille=len(contenu), fichier=ContentFile(contenu, "x"), **champs
    )


def page(client, piece, **parametres):
    return client.get(reverse("pieces-apercu", args=[piece.pk]), parametres)


def image(client, piece, rang=1):
    return client.get(reverse("pieces-apercu-page", args=[piece.pk, rang]))


def test_un_pdf_se_lit_page_par_page(client, dossier, membre):
    statuts = piece(dossier, pdf(pages=3))
    vue = page(client, statuts, page=2).content.decode()
    assert "Page 2 sur 3" in vue
    assert reverse("pieces-apercu-page", args=[statuts.pk, 2]) in vue
    reponse = image(client, statuts, 2)
    assert (reponse["Content-Type"], reponse["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert reponse["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in reponse["Cache-Control"]
    rendue = Image.open(io.BytesIO(reponse.content))
    assert rendue.width == 1400
    assert len(rendue.convert("L").getcolors()) > 1, "une page blanche n'est pas un aperçu"


@pytest.mark.parametrize(("demandee", "montree"), [("0", 1), ("99", 3), ("abc", 1), ("²", 1), ("9" * 30, 1)])
def test_une_page_qui_n_existe_pas_ramene_a_une_vraie(client, dossier, membre, demandee, montree):
    assert f"Page {montree} sur 3" in page(client, piece(dossier, pdf(pages=3)), page=demandee).content.decode()


def test_une_image_hors_du_document_n_existe_pas(client, dossier, membre):
    statuts = piece(dossier, pdf())
    assert image(client, statuts, 2).status_code == 404
    assert image(client, statuts, 0).status_code == 404


def test_la_photo_perd_sa_position_et_ses_metadonnees(client, dossier, membre):
    originale = photo()
    assert Image.open(io.BytesIO(originale)).getexif().get_ifd(0x8825)
    reponse = image(client, piece(dossier, originale, "photo.jpg", "image/jpeg"))
    rendue = Image.open(io.BytesIO(reponse.content))
    assert not rendue.getexif()
    assert b"Telephone" not in reponse.content
    assert rendue.size == (640, 480)


def test_un_pdf_a_javascript_n_est_montre_qu_en_image(client, dossier, membre):
    cerfa = piece(dossier, pdf_avec_javascript())
    contenu = image(client, cerfa).content
    assert contenu.startswith(b"RIFF")
    assert b"calculateNow" not in contenu


def test_un_format_qui_ne_se_montre_pas_se_telecharge(client, dossier, membre):
    lettre = piece(dossier, docx(), "lettre.docx", "application/msword")
    assert "ne se montre pas ici" in page(client, lettre).content.decode()
    assert image(client, lettre).status_code == 404


def test_un_pdf_que_rien_n_ouvre_le_dit(client, dossier, membre):
    abime = piece(dossier, b"%PDF-1.7\nrien\n%%EOF")
    assert "ne se laisse pas montrer" in page(client, abime).content.decode()
    assert image(client, abime).status_code == 404


def test_un_lecteur_qui_ne_rend_pas_la_main_est_arrete(monkeypatch):
    monkeypatch.setattr(apercus, "DELAI_S", 0.001)
    with pytest.raises(apercus.ApercuImpossible):
        apercus.rendre(pdf(), "application/pdf")
    assert apercus.examiner_pdf(pdf()).lisible is False


def test_un_fichier_disparu_n_existe_pas(client, dossier, membre):
    statuts = piece(dossier, pdf())
    statuts.fichier.storage.delete(statuts.fichier.name)
    assert page(client, statuts).status_code == 404
    assert image(client, statuts).status_code == 404


@pytest.mark.parametrize("route", ["pieces-apercu", "pieces-apercu-page", "pieces-telecharger"])
def test_une_piece_confidentielle_n_est_ni_montree_ni_rendue_aux_partenaires(client, dossier, route):
    rib = piece(
        dossier, pdf(), "scan.pdf", demandee=PieceDemandeeFactory(appel=dossier.appel, nature=NatureDocument.RIB)
    )
    statuts = piece(dossier, pdf())
    financeur = AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.FINANCEUR)
    dossier.appel.financeurs.update(partenaire=financeur.partenaire)
    agent = AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.AGENT)
    for personne, codes in ((financeur, (404, 200)), (agent, (200, 200))):
        client.force_login(personne.utilisateur)
        for vue, code in zip((rib, statuts), codes, strict=True):
            arguments = [vue.pk, 1] if route == "pieces-apercu-page" else [vue.pk]
            reponse = client.get(reverse(route, args=arguments))
            assert reponse.status_code == code
            if reponse.streaming:
                b"".join(reponse.streaming_content)
    client.force_login(financeur.utilisateur)
    lues = client.get(reverse("dossiers-documents", args=[dossier.numero])).content.decode()
    assert ("scan.pdf" in lues, "statuts.pdf" in lues) == (False, True)


def test_qui_ne_voit_pas_le_dossier_ne_voit_pas_l_apercu(client, dossier):
    statuts = piece(dossier, pdf())
    assert page(client, statuts).url.startswith("/connexion/")
    client.force_login(MembreFactory().utilisateur)
    assert page(client, statuts).status_code == 404
    assert image(client, statuts).status_code == 404
