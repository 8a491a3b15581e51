"""Quarante téléphones et un mur devant un vrai gunicorn, PostgreSQL et Redis : le temps d’un vote jusqu’au mur."""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

RACINE = Path(__file__).resolve().parents[2]
DELAI_DEMARRAGE_S = 60


def port_libre():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


TOUR_A_VIDE = """
import time
debut, cpu = time.perf_counter(), time.process_time()
while time.perf_counter() - debut < 1: pass
print(time.process_time() - cpu)
"""


def part_de_machine():
    """Ce que la machine nous laisse d'elle-même, de 0 à 1 : d'autres peuvent y travailler pendant la mesure."""
    fils = [
        subprocess.Popen([sys.executable, "-c", TOUR_A_VIDE], stdout=subprocess.PIPE, text=True)
        for _ in range(os.cpu_count())
    ]
    return min(1.0, sum(float(fil.communicate()[0]) for fil in fils) / len(fils))


class Serveur:
    """Celui de l'image : deux processus de huit fils (Dockerfile)."""

    def __init__(self, journal, environnement):
        self.port, self.journal = port_libre(), journal
        commande = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        commande += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60"]
        with journal.open("w") as sortie:
            self.processus = subprocess.Popen(
                commande, cwd=RACINE, env=os.environ | environnement, stdout=sortie, stderr=subprocess.STDOUT
            )

    def attendre(self):
        fin = time.monotonic() + DELAI_DEMARRAGE_S
        while time.monotonic() < fin and self.processus.poll() is None:
            try:
                if Client(self.port).lire("/sante/")[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"gunicorn ne répond pas :\n{self.journal.read_text()[-3000:]}")

    def arreter(self):
        self.processus.terminate()
        self.processus.wait(timeout=40)


class Client:
    """Un navigateur réduit à l'os : une session, une connexion par demande."""

    def __init__(self, port, session=""):
        self.port, self.session, self.csrf = port, session, "c" * 32

    def _demander(self, methode, chemin, corps=None, entetes=None, delai=30):
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=delai)
        temoins = f"csrftoken={self.csrf}; sessionid={self.session}"
        connexion.request(methode, chemin, corps, {"Cookie": temoins, **(entetes or {})})
        return connexion, connexion.getresponse()

    def lire(self, chemin, **entetes):
        connexion, reponse = self._demander("GET", chemin, entetes=entetes)
        try:
            return reponse.status, reponse.read().decode()
        finally:
            connexion.close()

    def envoyer(self, chemin, **donnees):
        entetes = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.csrf,
            "Parvis-Fragment": "1",
        }
        connexion, reponse = self._demander("POST", chemin, urlencode(donnees), entetes)
        try:
            reponse.texte = reponse.read().decode()
            return reponse
        finally:
            connexion.close()

    def evenements(self, chemin):
        """(événement, donnée) annoncés par le flux, un à un."""
        connexion, reponse = self._demander("GET", chemin)
        evenement = ""
        try:
            for ligne in iter(reponse.readline, b""):
                if ligne.startswith(b"event: "):
                    evenement = ligne[7:].strip().decode()
                elif ligne.startswith(b"data: "):
                    yield evenement, ligne[6:].strip().decode()
        finally:
            connexion.close()


def cle_d_ecran(page):
    """Le jeton et la version qu'une page affiche."""
    return re.search(r'data-jeton="([^"]+)"', page)[1], re.search(r'data-version="([^"]+)"', page)[1]


class Mur(threading.Thread):
    """Le projecteur : le flux le réveille (ou l'interrogation), il relit l'état, et l'on note qui s'y voit voter."""

    def __init__(self, client, base, flux=True):
        super().__init__(daemon=True)
        self.client, self.base, self.flux = client, base, flux
        self.vus, self.arret, self.lectures = {}, threading.Event(), 0
        page = client.lire(f"{base}projecteur/")[1]
        self.jeton, self.version = cle_d_ecran(page)

    def relire(self):
        self.lectures += 1
        _, page = self.client.lire(f"{self.base}projecteur/", **{"Parvis-Fragment": "1"})
        lu = time.monotonic()
        self.version = re.search(r'data-version="([^"]+)"', page)[1]
        for nom in re.findall(r'class="vu"><span aria-hidden="true">✓</span> ([^<]+)<', page):
            self.vus.setdefault(nom.strip(), lu)

    def suivre(self, suite):
        """Comme static/seance.js : le flux reste ouvert, et l'on ne relit que ce qu'on ne montre pas déjà."""
        for evenement, donnee in self.client.evenements(f"{self.base}flux/?{suite}"):
            if evenement == "complet":
                raise RuntimeError("le projecteur n’a pas eu sa place")
            if evenement == "version" and donnee != self.version:
                self.relire()
            if evenement == "fin" or self.arret.is_set():
                return

    def run(self):
        while not self.arret.is_set():
            suite = urlencode({"jeton": self.jeton, "version": self.version})
            if self.flux:
                self.suivre(suite)
            else:
                if self.client.lire(f"{self.base}etat/?{suite}")[0] == 200:
                    self.relire()
                self.arret.wait(0.25)


class Telephone(threading.Thread):
    """Un membre : sa page interroge toutes les deux secondes, et relit quand il y a du neuf qu'elle ne sait pas."""

    def __init__(self, client, base, rang):
        super().__init__(daemon=True)
        self.client, self.base, self.rang, self.version = client, base, rang, ""
        self.arret, self.erreurs, self.demandes = threading.Event(), [], 0

    def run(self):
        self.arret.wait(self.rang * 0.05)
        jeton, self.version = cle_d_ecran(self.client.lire(f"{self.base}membre/")[1])
        while not self.arret.wait(2):
            suite = urlencode({"jeton": jeton, "version": self.version})
            code, _ = self.client.lire(f"{self.base}etat/?{suite}")
            self.demandes += 1
            if code == 200:
                _, page = self.client.lire(f"{self.base}membre/", **{"Parvis-Fragment": "1"})
                self.version = re.search(r'data-version="([^"]+)"', page)[1]
            elif code != 204:
                self.erreurs.append(code)

    def voter(self, passage, tour, montant):
        """(départ, réponse, code). Comme dans la page, la réponse dit la version que le vote a donnée."""
        debut = time.monotonic()
        donnees = {"passage": passage, "tour": tour, "montant": montant, "version": 0}
        reponse = self.client.envoyer(f"{self.base}membre/voter/", **donnees)
        fin = time.monotonic()
        self.version = reponse.headers["Parvis-Version"]
        return debut, fin, reponse.status


class Visiteuse(threading.Thread):
    """Quelqu'un d'autre, sur une autre page, pendant ce temps : la salle ne doit pas l'affamer."""

    def __init__(self, client, adresse):
        super().__init__(daemon=True)
        self.client, self.adresse = client, adresse
        self.durees, self.arret = [], threading.Event()

    def run(self):
        while not self.arret.wait(0.1):
            debut = time.monotonic()
            assert self.client.lire(self.adresse)[0] == 200
            self.durees.append(time.monotonic() - debut)


def voter_ensemble(telephones, passage, tour, montant):
    """{nom: (départ, réponse, code)} : tous partent au même instant."""
    depart = threading.Barrier(len(telephones))

    def voter(nom, telephone):
        depart.wait()
        return nom, telephone.voter(passage, tour, montant)

    with ThreadPoolExecutor(len(telephones)) as fils:
        return dict(fils.map(lambda paire: voter(*paire), telephones.items()))


def centile(valeurs, part):
    return statistics.quantiles(valeurs, n=100, method="inclusive")[part - 1]
