"""L'antivirus, contre un vrai serveur qui parle le protocole de clamd : sain, infecté, lent, coupé, absent."""

import socketserver
import struct
import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.urls import reverse

from comptes import antivirus
from comptes.fichiers import controler
from config.adresses import antivirus as lire_adresse
from dossiers.models import Piece
from tests.fabriques import MembreFactory
from tests.fabriques_dossiers import DossierFactory, fichier
from tests.fabriques_fichiers import pdf

# La signature d'essai convenue entre antivirus, coupée pour que ce fichier n'en soit pas une.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.StreamRequestHandler):
    """Ce que clamd comprend : zPING, et zINSTREAM suivi de morceaux précédés de leur longueur."""

    def handle(self):
        commande = b""
        while not commande.endswith(b"\0"):
            commande += self.rfile.read(1)
        if commande == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        recu = b""
        while longueur := struct.unpack("!I", self.rfile.read(4))[0]:
            recu += self.rfile.read(longueur)
        self.server.recus.append(recu)
        if self.server.humeur == "lent":
            time.sleep(self.server.attente)
        elif self.server.humeur == "coupe":
            return
        elif self.server.humeur == "bavard":
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in recu else b"stream: OK\0")


class Serveur(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    humeur, attente = "sain", 1.5


class ServeurUnix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    humeur, attente = "sain", 1.5


def _servir(serveur):
    serveur.recus = []
    threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield serveur
    serveur.shutdown()
    serveur.server_close()


@pytest.fixture
def clamd(settings):
    serveur = Serveur(("127.0.0.1", 0), Clamd)
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{serveur.server_address[1]}"
    yield from _servir(serveur)


@pytest.fixture
def absent(settings):
    """Un port où plus personne n'écoute."""
    serveur = Serveur(("127.0.0.1", 0), Clamd)
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{serveur.server_address[1]}"
    serveur.server_close()


def infecte():
    return fichier("facture.pdf", pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF"))


def refus(envoi):
    with pytest.raises(ValidationError) as leve:
        controler(envoi)
    return leve.value


def test_un_fichier_sain_est_lu_en_entier_et_passe(clamd):
    octets = pdf() + bytes(300_000)
    assert controler(fichier("statuts.pdf", octets)).nom == "statuts.pdf"
    assert clamd.recus == [octets]


def test_un_virus_est_refuse(clamd):
    leve = refus(infecte())
    assert leve.code == "virus"
    assert leve.messages[0].startswith("L’antivirus a reconnu un virus dans « facture.pdf »")
    assert leve.messages[0].endswith(".")


def test_par_une_prise_unix(settings, tmp_path):
    serveur = ServeurUnix(str(tmp_path / "clamd.sock"), Clamd)
    settings.CLAMAV_URL = f"unix://{tmp_path}/clamd.sock"
    for _ in _servir(serveur):
        assert antivirus.repond()
        assert refus(infecte()).code == "virus"


def test_sans_reglage_rien_n_est_demande(settings, clamd):
    settings.CLAMAV_URL = ""
    controler(infecte())
    assert clamd.recus == []


@pytest.mark.parametrize("humeur", ["lent", "coupe", "bavard"])
@pytest.mark.parametrize("exige", [False, True], ids=["tolere", "exige"])
def test_en_panne_le_reglage_decide(clamd, settings, monkeypatch, caplog, humeur, exige):
    monkeypatch.setattr(antivirus, "DELAI_S", 0.3)
    clamd.humeur, settings.CLAMAV_EXIGE = humeur, exige
    debut = time.monotonic()
    if exige:
        leve = refus(fichier("statuts.pdf", pdf()))
        assert leve.code == "antivirus"
        assert leve.messages[0].endswith("Réessayez dans quelques minutes.")
    else:
        controler(fichier("statuts.pdf", pdf()))
    assert time.monotonic() - debut < 5
    assert "L’antivirus n’a pas répondu" in caplog.text


@pytest.mark.parametrize("exige", [False, True], ids=["tolere", "exige"])
def test_absent_le_reglage_decide(absent, settings, exige):
    settings.CLAMAV_EXIGE = exige
    if exige:
        assert refus(fichier("statuts.pdf", pdf())).code == "antivirus"
    else:
        controler(fichier("statuts.pdf", pdf()))


@pytest.mark.django_db
def test_la_page_refuse_le_virus_sans_rien_garder(client, clamd):
    dossier = DossierFactory()
    client.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    reponse = client.post(reverse("dossiers-pieces", args=[dossier.numero]), {"demandee": "", "fichier": infecte()})
    assert reponse.status_code == 422
    assert "L’antivirus a reconnu un virus" in reponse.content.decode()
    assert not Piece.objects.exists()


@pytest.mark.django_db
def test_la_sante_dit_si_l_antivirus_repond(client, clamd):
    assert client.get("/sante/").json()["antivirus"] == "ok"


@pytest.mark.django_db
def test_la_sante_dit_que_l_antivirus_manque(client, absent):
    bilan = client.get("/sante/")
    assert bilan.status_code == 200
    assert (bilan.json()["antivirus"], "antivirus" in bilan.json()["alertes"]) == ("injoignable", True)


@pytest.mark.django_db
def test_sans_antivirus_la_sante_n_en_parle_pas(client):
    assert "antivirus" not in client.get("/sante/").json()


@pytest.mark.parametrize("adresse", ["", "tcp://clamav:3310", "unix:///run/clamd.sock"])
def test_adresses_admises(adresse):
    assert lire_adresse(adresse) == adresse


@pytest.mark.parametrize("adresse", ["clamav:3310", "tcp://clamav", "http://clamav:3310", "unix://run/clamd.sock"])
def test_adresses_refusees(adresse):
    with pytest.raises(ImproperlyConfigured):
        lire_adresse(adresse)
