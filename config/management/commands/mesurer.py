import time
from statistics import median
from typing import NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appels.models import Appel
from comptes.models import Utilisateur

PASSAGES = 10


class Mesure(NamedTuple):
    page: str
    statut: int
    requetes: int
    cpu: float
    duree: float
    octets: int


class Command(BaseCommand):
    help = (
        "Mesure les pages d’une campagne créée par « peupler » : requêtes SQL, CPU et durée, médiane de dix passages."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dossiers", type=int, default=250, help="le nombre donné à « peupler »")
        parser.add_argument("--graine", type=int, default=1, help="la graine donnée à « peupler »")
        parser.add_argument("--page", default="", help="ne mesurer que les pages dont le titre contient ce mot")

    def handle(self, *args, dossiers, graine, page, **options):
        agent = Utilisateur.objects.filter(email=f"agent-{graine}-{dossiers}@essai.test").first()
        appel = agent and Appel.objects.filter(collectivite__affectations__utilisateur=agent).first()
        if not appel:
            raise CommandError(f"Lancez d’abord : manage.py peupler --dossiers {dossiers} --graine {graine}")
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE")
        connecte = Client()
        connecte.force_login(agent)
        self.stdout.write("| page | statut | SQL | CPU (ms) | durée (ms) | ko |\n|---|---|---|---|---|---|")
        for titre, adresse in self.pages(appel):
            if page.lower() not in titre.lower():
                continue
            client = Client() if titre.startswith("public") else connecte
            m = mesurer(client, titre, adresse)
            self.stdout.write(
                f"| {m.page} | {m.statut} | {m.requetes} | {m.cpu:.0f} | {m.duree:.0f} | {m.octets // 1024} |"
            )

    def pages(self, appel):
        dossier = appel.dossiers.filter(etat="programme").order_by("pk").first()
        reunion = appel.reunions.order_by("pk").first()
        yield "accueil de l’agent", reverse("accueil")
        yield "liste des dossiers", reverse("dossiers-liste")
        yield "liste, dernière page", reverse("dossiers-liste") + "?page=99999"
        yield "liste, recherche", reverse("dossiers-liste") + "?q=jardiner"
        yield "liste, tri par montant", reverse("dossiers-liste") + "?tri=demande"
        yield "un dossier", reverse("dossiers-detail", args=[dossier.numero])
        yield "évaluation", reverse("evaluation-accueil")
        yield "une réunion", reverse("reunions-detail", args=[reunion.pk])
        yield "programmation, accueil", reverse("programmation-accueil")
        yield "tableau de programmation", reverse("programmation-tableau", args=[appel.slug])
        yield "tableau, classeur XLSX", reverse("programmation-xlsx", args=[appel.slug])
        yield "API, dossiers", reverse("api-dossiers-list")
        yield "API, programmation", reverse("api-programmation", args=[appel.slug])
        yield "public : page de l’appel", reverse("appels-detail", args=[appel.slug])


def mesurer(client, titre, adresse):
    """Deux tours de chauffe, dont un compte les requêtes, puis dix passages chronométrés."""
    _lire(client, adresse)
    with CaptureQueriesContext(connection) as requetes:
        statut, octets = _lire(client, adresse)
    nombre = len(requetes)
    cpu, duree = [], []
    for _ in range(PASSAGES):
        debut, debut_cpu = time.perf_counter(), time.process_time()
        _lire(client, adresse)
        cpu.append((time.process_time() - debut_cpu) * 1000)
        duree.append((time.perf_counter() - debut) * 1000)
    return Mesure(titre, statut, nombre, median(cpu), median(duree), octets)


def _lire(client, adresse):
    """La réponse entière, envoi par morceaux compris."""
    reponse = client.get(adresse, secure=True, headers={"host": "localhost"})
    octets = sum(map(len, reponse.streaming_content)) if reponse.streaming else len(reponse.content)
    reponse.close()
    return reponse.status_code, octets
