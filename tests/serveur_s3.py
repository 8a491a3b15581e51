"""Un entrepôt S3 en miniature : un vrai serveur HTTP, adresses par chemin, objets en mémoire, pannes sur commande.

Il ne vérifie pas la signature, seulement qu'il y en a une : sans elle, il refuse comme un seau privé.
"""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class Requete(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _repondre(self, code, corps=b"", **entetes):
        self.send_response(code)
        for nom, valeur in entetes.items():
            self.send_header(nom.replace("_", "-"), valeur)
        self.send_header("Content-Length", entetes.get("Content_Length") or str(len(corps)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(corps)

    def _traiter(self):
        corps = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        cle = unquote(urlsplit(self.path).path).lstrip("/")
        self.server.appels.append((self.command, cle))
        if "Credential=cle/" not in self.headers.get("Authorization", ""):
            self._erreur(403, "AccessDenied")
        elif self.server.en_panne:
            self._erreur(503, "SlowDown")
        else:
            getattr(self, f"_{self.command.lower()}")(cle, corps)

    do_GET = do_HEAD = do_PUT = do_DELETE = _traiter

    def _erreur(self, code, nom):
        self._repondre(code, f"<Error><Code>{nom}</Code><Message>non</Message></Error>".encode())

    def _put(self, cle, corps):
        self.server.objets[cle] = corps
        self._repondre(200, ETag=f'"{hashlib.md5(corps).hexdigest()}"')

    def _delete(self, cle, corps):
        self.server.objets.pop(cle, None)
        self._repondre(204)

    def _get(self, cle, corps):
        if cle not in self.server.objets:
            self._erreur(404, "NoSuchKey")
            return
        contenu = self.server.objets[cle]
        self._repondre(200, contenu, ETag=f'"{hashlib.md5(contenu).hexdigest()}"', Accept_Ranges="none")

    def _head(self, cle, corps):
        if cle in self.server.objets:
            taille = str(len(self.server.objets[cle]))
            self.send_response(200)
            self.send_header("Content-Length", taille)
            self.send_header("ETag", f'"{hashlib.md5(self.server.objets[cle]).hexdigest()}"')
            self.end_headers()
        else:
            self._repondre(404)

    def log_message(self, *args):
        pass


class ServeurS3(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Requete)
        self.objets, self.appels, self.en_panne = {}, [], False
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def adresse(self):
        return f"http://127.0.0.1:{self.server_address[1]}"
