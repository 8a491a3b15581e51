"""L'annuaire public, derrière un vrai serveur HTTP local : ses réponses, ses lenteurs, ses pannes."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from comptes import annuaire
from comptes.models import Organisme
from tests.fabriques import UtilisateurFactory
from tests.fabriques_comptes import siret_valable

SIRET = "73282932000074"
REPONSES = Path(__file__).parent / "annuaire"
ADRESSE = "/organisme/nouveau/"


# Une machine chargée répond en retard sans être en panne : seuls les tests de lenteur écourtent le délai.
DELAI_LARGE_S = 30
DELAI_COURT_S = 0.4
LENTEURS = ("lenteur", "octets égrenés")


class Annuaire(ThreadingHTTPServer):
    """Répond ce que le test lui dit, et compte les demandes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Guichet)
        self.demandes = []
        self.fini = threading.Event()
        self.repondre = lambda guichet: guichet.dire(200, b'{"results": []}')

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/search"

    def servir(self, nom, **remplace):
        corps = (REPONSES / nom).read_text()
        for avant, apres in remplace.items():
            corps = corps.replace(avant, apres)
        self.repondre = lambda guichet: guichet.dire(200, corps.encode())


class Guichet(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.demandes.append(parse_qs(urlsplit(self.path).query))
        try:
            self.server.repondre(self)
        except (BrokenPipeError, ConnectionResetError):
            return  # l'appelant s'est lassé : c'est ce que l'on éprouve

    def dire(self, code, corps, **entetes):
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        for nom, valeur in entetes.items():
            self.send_header(nom.replace("_", "-"), valeur)
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *args):
        return


@pytest.fixture
def serveur(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(annuaire, "DELAI_S", DELAI_LARGE_S)
    with Annuaire() as serveur:
        settings.ANNUAIRE_URL = serveur.url
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        fil.start()
        yield serveur
        serveur.fini.set()
        serveur.shutdown()
        fil.join()


def test_une_association_trouvee(serveur):
    serveur.servir("association.json")
    trouve = annuaire.chercher(SIRET)
    assert trouve.champs() == {
        "type": "association",
        "nom": "LES JARDINS DU TERRIL",
        "sigle": "LJT",
        "rna": "W623001234",
        "adresse": "3 RUE DES MINEURS",
        "code_postal": "62700",
        "ville": "BRUAY-LA-BUISSIERE",
    }
    assert trouve.ouvert
    assert serveur.demandes == [{"q": [SIRET], "page": ["1"], "per_page": ["1"]}]


def test_l_etablissement_demande_est_celui_qui_se_lit_meme_ferme(serveur):
    secondaire = siret_valable(7)
    serveur.servir("commune_etablissement_ferme.json", SIRET_DEMANDE=secondaire)
    trouve = annuaire.chercher(secondaire)
    assert (trouve.adresse, trouve.type, trouve.ouvert) == ("12 BIS RUE DES ECOLES", "commune", False)


def test_ce_que_l_insee_masque_reste_vide(serveur):
    serveur.servir("masquee.json")
    assert annuaire.chercher(SIRET).champs() == {
        "type": "association",
        "code_postal": "62700",
        "ville": "BRUAY-LA-BUISSIERE",
    }


def test_un_autre_siret_que_le_demande_n_est_pas_le_bon(serveur):
    serveur.servir("association.json")
    assert annuaire.chercher(siret_valable(1)) is None


def test_une_reponse_se_garde_qu_elle_trouve_ou_non(serveur):
    for siret in (SIRET, siret_valable(3)):
        serveur.servir("association.json")
        attendu = annuaire.chercher(siret)
        assert annuaire.chercher(siret) == attendu
    assert len(serveur.demandes) == 2


def _lent(guichet):
    guichet.server.fini.wait(DELAI_LARGE_S)
    guichet.dire(200, b"{}")


def _goutte_a_goutte(guichet):
    guichet.dire(200, b"")
    while not guichet.server.fini.wait(0.05):
        guichet.wfile.write(b" ")
        guichet.wfile.flush()


PANNES = {
    "lenteur": _lent,
    "octets égrenés": _goutte_a_goutte,
    "trop de demandes": lambda g: g.dire(429, b"{}", Retry_After="1"),
    "erreur du serveur": lambda g: g.dire(500, b"oups"),
    "JSON cassé": lambda g: g.dire(200, b'{"results": ['),
    "pas de l'UTF-8": lambda g: g.dire(200, b"\xff\xfe\x00"),
    "autre forme": lambda g: g.dire(200, b'{"results": [1, null]}'),
    "liste": lambda g: g.dire(200, b"[]"),
    "réponse énorme": lambda g: g.dire(200, b"[" + b" " * 3_000_000 + b"]"),
    "JSON trop profond": lambda g: g.dire(200, b"[" * 200_000),
    "renvoi ailleurs": lambda g: g.dire(302, b"", Location="http://127.0.0.1:9/"),
    "connexion coupée": lambda g: g.connection.close(),
}


@pytest.mark.parametrize("panne", PANNES)
def test_une_panne_ne_bloque_ni_ne_casse(serveur, monkeypatch, panne):
    serveur.repondre = PANNES[panne]
    if panne in LENTEURS:
        monkeypatch.setattr(annuaire, "DELAI_S", DELAI_COURT_S)
    debut = time.monotonic()
    with pytest.raises(annuaire.AnnuaireMuet):
        annuaire.chercher(SIRET)
    assert time.monotonic() - debut < DELAI_LARGE_S / 2
    with pytest.raises(annuaire.AnnuaireMuet):
        annuaire.chercher(siret_valable(2))
    assert len(serveur.demandes) == 1, "pendant une minute, personne n’attend plus un annuaire en panne"


@pytest.mark.parametrize("adresse", ["file:///etc/passwd", "http://127.0.0.1:9/search", "n’importe quoi"])
def test_une_adresse_mal_reglee_est_une_panne(settings, monkeypatch, adresse):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.ANNUAIRE_URL = adresse
    with pytest.raises(annuaire.AnnuaireMuet):
        annuaire.chercher(SIRET)


@pytest.fixture
def alice(client, db):
    client.force_login(UtilisateurFactory())


def chercher(client, **saisie):
    return client.post(ADRESSE, {"chercher": "1", "type": "association", "siret": "732 829 320 00074", **saisie})


def test_le_bouton_remplit_sans_rien_ecraser(client, alice, serveur):
    serveur.servir("association.json")
    reponse = chercher(client, ville="Bruay, chez nous", representant_nom="Moreau")
    page = reponse.content.decode()
    assert reponse.status_code == 200
    for valeur in ("LES JARDINS DU TERRIL", "W623001234", "3 RUE DES MINEURS", "Bruay, chez nous", "Moreau"):
        assert f'value="{valeur}"' in page
    assert "remplis d’après l’annuaire public" in page
    assert "resume-erreurs" not in page
    assert not Organisme.objects.exists()


def test_le_type_suit_l_annuaire_tant_que_rien_n_est_ecrit(client, alice, serveur):
    siret = siret_valable(7)
    serveur.servir("commune_etablissement_ferme.json", SIRET_DEMANDE=siret)
    page = chercher(client, siret=siret).content.decode()
    assert '<option value="commune" selected>' in page
    assert "cet établissement est fermé" in page
    page = chercher(client, siret=siret, nom="Mon nom").content.decode()
    assert '<option value="association" selected>' in page


@pytest.mark.parametrize(
    ("siret", "phrase"),
    [("73282932000079", "clé de contrôle est fausse"), ("12", "compte quatorze chiffres"), ("", "quatorze chiffres")],
)
def test_un_siret_faux_ne_derange_pas_l_annuaire(client, alice, serveur, siret, phrase):
    page = chercher(client, siret=siret, nom="Les Jardins").content.decode()
    assert phrase in page
    assert 'value="Les Jardins"' in page
    assert serveur.demandes == []


def test_une_panne_se_dit_et_la_saisie_reste(client, alice, serveur):
    serveur.repondre = PANNES["erreur du serveur"]
    page = chercher(client, nom="Les Jardins").content.decode()
    assert "L’annuaire ne répond pas. Continuez à la main." in page
    assert 'value="Les Jardins"' in page


def test_un_siret_inconnu_se_dit(client, alice, serveur):
    assert "ne connaît pas ce SIRET" in chercher(client).content.decode()


def test_sans_annuaire_regle_pas_de_bouton_et_rien_ne_casse(client, alice, settings):
    settings.ANNUAIRE_URL = ""
    assert "Remplir depuis l’annuaire" not in client.get(ADRESSE).content.decode()
    assert chercher(client).status_code == 200


def test_les_reponses_enregistrees_sont_bien_du_json():
    for fichier in REPONSES.glob("*.json"):
        assert json.loads(fichier.read_text())["results"]
