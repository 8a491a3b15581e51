"""Vérifie le registre des actes : chaque PDF contre son empreinte, chaque suite de numéros contre son compteur."""

from django.core.management.base import BaseCommand, CommandError

from programmation.actes import verifier
from programmation.models import Acte


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        defauts = list(verifier(Acte.objects.all()))
        for defaut in defauts:
            self.stderr.write(defaut)
        if defauts:
            raise CommandError(f"{len(defauts)} défaut(s) dans le registre des actes.")
        self.stdout.write("Registre des actes : aucun défaut.")
