"""Cinquante envois hostiles et plus, par la vraie page : refusés d'une phrase, sans rien garder ni abîmer."""

import io
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import reverse

from dossiers.models import Piece
from tests.fabriques import MembreFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import PDF, DossierFactory, PieceFactory, fichier
from tests.fabriques_fichiers import HEIC, HONNETES, HOSTILES, pdf

pytestmark = pytest.mark.django_db
MO = 1024 * 1024


@pytest.fixture
def dossier(client):
    dossier = DossierFactory()
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    PieceFactory(dossier=dossier, demandee=PieceDemandeeFactory(appel=dossier.appel), nom="déjà là.pdf")
    return dossier


def adresse(dossier):
    return reverse("dossiers-pieces", args=[dossier.numero])


def sur_le_disque():
    return {chemin for chemin in Path(settings.MEDIA_ROOT).rglob("*") if chemin.is_file()}


def envoyer(client, dossier, *fichiers, **champs):
    return client.post(adresse(dossier), {"demandee": "", "fichier": list(fichiers), **champs})


def temporaires():
    return set(Path(settings.FILE_UPLOAD_TEMP_DIR or "/tmp").glob("*.upload*"))


def verifier_le_refus(reponse, dossier, avant, statut=422):
    """Le code, une phrase française par fichier, l'ancienne pièce entière, rien de plus en base ni sur le disque."""
    assert reponse.status_code == statut
    erreurs = reponse.context["erreurs"]
    assert erreurs
    page = reponse.content.decode()
    for erreur in erreurs:
        assert erreur.endswith(".")
        assert erreur[0].isupper()
        assert "…" not in erreur
    assert 'class="resume-erreurs"' in page
    piece = Piece.objects.get()
    assert piece.dossier == dossier
    assert piece.fichier.read() == PDF
    piece.fichier.close()
    assert sur_le_disque() == avant
    return erreurs


def test_la_liste_est_longue():
    assert len(HOSTILES) >= 50


@pytest.mark.parametrize("cas", list(HOSTILES), ids=str)
def test_un_envoi_hostile_est_refuse_par_la_page(client, dossier, cas):
    nom, contenu, code = HOSTILES[cas]
    envoi = io.BytesIO(contenu())
    envoi.name = nom
    avant = sur_le_disque()
    reponse = envoyer(client, dossier, envoi)
    verifier_le_refus(reponse, dossier, avant)
    assert {erreur.code for erreur in reponse.context["form"].errors.as_data()["fichier"]} == {code}


@pytest.mark.parametrize("cas", list(HONNETES), ids=str)
def test_un_fichier_honnete_est_joint(client, dossier, cas):
    nom, contenu, garde = HONNETES[cas]
    envoi = io.BytesIO(contenu())
    envoi.name = nom
    assert envoyer(client, dossier, envoi).status_code == 302
    piece = dossier.pieces.get(demandee=None)
    if garde:
        assert piece.nom == garde
    assert len(piece.nom) <= 120
    assert ".." not in piece.fichier.name
    assert piece.fichier.size == len(contenu())


def test_une_photo_d_iphone_en_heic_est_refusee_en_expliquant_quoi_faire(client, dossier):
    for nom in ("IMG_1.heic", "IMG_1.jpg"):
        avant = sur_le_disque()
        [erreur] = verifier_le_refus(envoyer(client, dossier, fichier(nom, HEIC)), dossier, avant)
        assert "Le plus compatible" in erreur


def test_deux_fichiers_dont_un_mauvais_le_bon_est_garde(client, dossier):
    reponse = envoyer(client, dossier, fichier("bon.pdf", pdf()), fichier("mauvais.pdf", b"MZ"))
    assert reponse.status_code == 422
    assert "« bon.pdf » est joint." in reponse.content.decode()
    assert reponse.context["erreurs"] == [
        "Le contenu de « mauvais.pdf » n’est pas celui d’un fichier PDF. Enregistrez-le de nouveau dans le bon format."
    ]
    assert [piece.nom for piece in dossier.pieces.filter(demandee=None)] == ["bon.pdf"]


def test_un_nom_de_4000_caracteres_n_est_meme_pas_lu(client, dossier):
    """Aucun système de fichiers n'en a de si long : l'envoi est refusé d'une page en français, avant la vue."""
    avant, envoi = sur_le_disque(), io.BytesIO(pdf())
    envoi.name = "a" * 4000 + ".pdf"
    reponse = envoyer(client, dossier, envoi)
    assert reponse.status_code == 400
    assert '<html lang="fr">' in reponse.content.decode()
    assert (dossier.pieces.count(), sur_le_disque()) == (1, avant)


def test_rien_de_choisi(client, dossier):
    avant = sur_le_disque()
    assert verifier_le_refus(envoyer(client, dossier), dossier, avant) == ["Choisissez un fichier."]


class EnvoiSansFin(io.RawIOBase):
    """Un corps de requête de `taille` octets que personne n'a jamais eus en mémoire."""

    def __init__(self, debut, taille, fin):
        self.debut, self.reste, self.fin, self.lus = io.BytesIO(debut), taille, io.BytesIO(fin), 0

    def read(self, taille=-1):
        morceau = self.debut.read(taille)
        if not morceau and self.reste:
            morceau = bytes(min(taille, self.reste))
            self.reste -= len(morceau)
        morceau = morceau or self.fin.read(taille)
        self.lus += len(morceau)
        return morceau


def test_200_mo_sont_refuses_sans_etre_gardes_nulle_part(client, dossier):
    champ = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    debut = (
        f'{champ}"demandee"\r\n\r\n\r\n{champ}"fichier"; filename="film.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7\n"
    ).encode()
    fin = f"\r\n--{BOUNDARY}--\r\n".encode()
    corps = EnvoiSansFin(debut, 200 * MO, fin)
    avant, sur_tmp = sur_le_disque(), temporaires()
    tracemalloc.start()
    reponse = client.generic(
        "POST",
        adresse(dossier),
        **{
            "wsgi.input": corps,
            "CONTENT_TYPE": MULTIPART_CONTENT,
            "CONTENT_LENGTH": len(debut) + 200 * MO + len(fin),
        },
    )
    pointe = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert corps.lus == len(debut) + 200 * MO + len(fin), "le reste est lu et jeté : la réponse arrive"
    assert verifier_le_refus(reponse, dossier, avant) == [
        "Le fichier « film.pdf » dépasse 10 Mo. Réduisez-le ou scindez-le."
    ]
    assert pointe < 40 * MO
    assert temporaires() == sur_tmp


def test_un_fichier_trop_gros_n_emporte_pas_son_voisin(client, dossier, settings):
    settings.TAILLE_MAX_PIECE_MO = 1
    gros = fichier("gros.pdf", pdf() + bytes(MO))
    reponse = envoyer(client, dossier, gros, fichier("bon.pdf", pdf()))
    assert reponse.status_code == 422
    assert reponse.context["erreurs"] == ["Le fichier « gros.pdf » dépasse 1 Mo. Réduisez-le ou scindez-le."]
    assert [piece.nom for piece in dossier.pieces.filter(demandee=None)] == ["bon.pdf"]


def test_trop_de_fichiers_d_un_coup(client, dossier, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    reponse = envoyer(client, dossier, *(fichier(f"{n}.pdf", pdf(str(n))) for n in range(3)))
    assert reponse.status_code == 400
    assert dossier.pieces.count() == 1


def test_le_poids_du_dossier_est_borne(client, dossier, monkeypatch):
    monkeypatch.setattr("dossiers.operations.pieces.POIDS_MAX_MO", 0)
    avant = sur_le_disque()
    [erreur] = verifier_le_refus(envoyer(client, dossier, fichier("a.pdf", pdf())), dossier, avant)
    assert erreur.startswith("Avec « a.pdf », les pièces pèseraient plus de")
