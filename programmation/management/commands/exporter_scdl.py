import io

from django.core.management.base import BaseCommand, CommandError

from programmation import donnees_ouvertes


class Command(BaseCommand):
    help = "Écrit en CSV les subventions notifiées d'une année ; refuse d'écrire un fichier non conforme."

    def add_arguments(self, parser):
        parser.add_argument("--annee", type=int, required=True)
        parser.add_argument("--format", choices=donnees_ouvertes.FORMATS, default="scdl")

    def handle(self, *args, annee, **options):
        sortie = io.StringIO()
        try:
            donnees_ouvertes.ecrire(sortie, annee, options["format"])
        except donnees_ouvertes.ExportInvalide as refus:
            raise CommandError(f"Rien n’est écrit, le fichier ne serait pas conforme :\n{refus}")
        self.stdout.write(sortie.getvalue(), ending="")
