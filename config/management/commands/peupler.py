import time

from django.core.management.base import BaseCommand, CommandError

from config.peuplement import GraineDejaServie, peupler


class Command(BaseCommand):
    help = "Crée une campagne synthétique, cohérente et reproductible, pour mesurer et répéter."

    def add_arguments(self, parser):
        parser.add_argument("--dossiers", type=int, default=250)
        parser.add_argument("--evaluations", type=int, default=2, help="évaluations par dossier passé en réunion")
        parser.add_argument("--graine", type=int, default=1)

    def handle(self, *args, dossiers, evaluations, graine, **options):
        if dossiers < 1 or evaluations < 0:
            raise CommandError("Donnez au moins un dossier, et un nombre d’évaluations positif ou nul.")
        debut = time.monotonic()
        try:
            appel = peupler(dossiers, evaluations, graine)
        except GraineDejaServie as erreur:
            raise CommandError(str(erreur)) from erreur
        self.stdout.write(f"{dossiers} dossiers dans « {appel} » en {time.monotonic() - debut:.1f} s.")
        self.stdout.write(f"Agent de cette collectivité : agent-{graine}-{dossiers}@essai.test (sans mot de passe).")
