"""La démonstration : une base embarquée, une campagne vivante, le site et le travail de fond dans un seul processus."""

import shutil
import signal
import threading
import warnings
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler

from celery.platforms import SecurityWarning
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from config.demonstration import MOT_DE_PASSE, PERSONNES, charger
from notifications import embarque, travail

ADRESSE = "127.0.0.1"
ROLES = {
    "porteuse": "porteuse de projet, représente Les Ateliers du Coron",
    "collegue": "rédige pour la même association",
    "autre": "porteuse dans une autre association",
    "evaluateur": "évaluateur d’un partenaire",
    "evaluatrice": "évaluatrice d’un partenaire",
    "citoyenne": "membre d’un conseil citoyen",
    "financeur": "représente l’État, financeur",
    "agent": "agent du service Politique de la Ville de Bruay-la-Buissière",
    "admin": "administre les comptes et les collectivités",
    "agent-agglo": "agent de l’agglomération",
    "agent-auchel": "agent d’une autre commune, Auchel",
}


class Silencieux(WSGIRequestHandler):
    """Une démonstration n'affiche pas chaque requête."""

    def log_message(self, *args):
        pass


class Command(BaseCommand):
    help = "Prépare et lance la démonstration."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--vierge", action="store_true", help="repart d’une base vide")
        parser.add_argument("--sans-serveur", action="store_true", help="prépare seulement")

    def handle(self, *args, port, vierge, sans_serveur, **options):
        settings.URL_PUBLIQUE = f"http://{ADRESSE}:{port}" if port != 8000 else settings.URL_PUBLIQUE
        if vierge:
            self._repartir_de_rien()
        self.stdout.write("Préparation de la base…")
        call_command("migrate", verbosity=0)
        if charger(self.stdout.write):
            self.stdout.write("La campagne de démonstration est prête.")
        self._travail_en_attente()
        if sans_serveur:
            return
        call_command("collectstatic", verbosity=0, interactive=False)
        self._servir(port)

    def _repartir_de_rien(self):
        if connection.vendor != "sqlite":
            raise CommandError("--vierge n’efface que la base embarquée ; videz vous-même une base PostgreSQL.")
        connections.close_all()
        nom = str(settings.DATABASES["default"]["NAME"])
        for suffixe in ("", "-wal", "-shm"):
            Path(nom + suffixe).unlink(missing_ok=True)
        if settings.DOSSIER_FICHIERS:
            shutil.rmtree(settings.DOSSIER_FICHIERS, ignore_errors=True)

    def _travail_en_attente(self):
        """Diffuse les faits du chargement et produit les actes, pour que tout soit là à la première page."""
        travail.vider()

    def _servir(self, port):
        try:
            serveur = ThreadedWSGIServer((ADRESSE, port), Silencieux)
        except OSError as erreur:
            raise CommandError(
                f"Le port {port} est déjà pris. Choisissez-en un autre : ./parvis demo --port {port + 1}"
            ) from erreur
        serveur.daemon_threads = True
        # Celery met en garde contre un worker lancé en administrateur ; ici il n'écoute personne.
        warnings.simplefilter("ignore", SecurityWarning)
        serveur.set_app(get_wsgi_application())
        fond = embarque.demarrer()

        def arreter(*_):
            threading.Thread(target=serveur.shutdown).start()

        signal.signal(signal.SIGINT, arreter)
        signal.signal(signal.SIGTERM, arreter)
        self._accueillir(port)
        try:
            serveur.serve_forever()
        finally:
            serveur.server_close()
            fond.arreter()
            self.stdout.write("Parvis est arrêté.")

    def _accueillir(self, port):
        self.stdout.write(f"\nParvis est ouvert : http://{ADRESSE}:{port}\n")
        self.stdout.write(f"Courriels de la démonstration : http://{ADRESSE}:{port}/courriels/\n")
        self.stdout.write(f"Comptes (mot de passe « {MOT_DE_PASSE} ») :")
        for cle in PERSONNES:
            self.stdout.write(f"  {cle + '@demo.test':<24} {ROLES[cle]}")
        self.stdout.write("\nCtrl-C arrête tout.")
        self.stdout.flush()
