"""Un vrai serveur SMTP, minuscule, qui sait mal se conduire sur commande."""

import email
import socketserver
import threading
from contextlib import contextmanager
from email import policy


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._dire(220, "essai.test")
        while ligne := self.rfile.readline():
            verbe, _, reste = ligne.decode().strip().partition(" ")
            if not self._repondre(verbe.upper(), reste):
                return

    def _repondre(self, verbe, reste):
        serveur = self.server
        if verbe == "RCPT" and any(adresse in reste for adresse in serveur.adresses_refusees):
            return self._dire(550, "adresse inconnue")
        if verbe == "DATA":
            return self._recevoir()
        if verbe == "QUIT":
            self._dire(221, "au revoir")
            return False
        return self._dire(250, "ok")

    def _recevoir(self):
        serveur = self.server
        self._dire(354, "allez")
        lignes = []
        while (ligne := self.rfile.readline()) != b".\r\n":
            if not ligne:
                return False
            lignes.append(ligne)
        generation = serveur.generation
        serveur.en_cours.set()
        serveur.peut_repondre.wait(30)
        if generation != serveur.generation:
            return False  # l'expéditeur est mort sans réponse : rien n'a été accepté
        if serveur.pannes:
            serveur.pannes -= 1
            return self._dire(451, "plus tard")
        with serveur.verrou:
            serveur.messages.append(email.message_from_bytes(b"".join(lignes), policy=policy.default))
        if serveur.coupures:
            serveur.coupures -= 1
            return False  # le message est accepté, et l'expéditeur ne le saura pas
        return self._dire(250, "accepté")

    def _dire(self, code, texte):
        try:
            self.wfile.write(f"{code} {texte}\r\n".encode())
        except OSError:
            return False
        return True


class ServeurSMTP(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = self.server_address[1]
        self.messages, self.verrou = [], threading.Lock()
        self.adresses_refusees, self.pannes, self.coupures = set(), 0, 0
        self.en_cours, self.peut_repondre = threading.Event(), threading.Event()
        self.peut_repondre.set()
        self.generation = 0

    def oublier_les_sessions_en_cours(self):
        self.generation += 1
        self.peut_repondre.set()

    @property
    def identifiants(self):
        return [message["Message-ID"] for message in self.messages]


@contextmanager
def serveur_smtp():
    with ServeurSMTP() as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        fil.start()
        try:
            yield serveur
        finally:
            serveur.shutdown()
            fil.join()
