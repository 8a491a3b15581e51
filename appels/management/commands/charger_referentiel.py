"""`manage.py charger_referentiel FICHIER.json` : charge une convention, ou refuse le fichier entier."""

from django.core.management.base import BaseCommand, CommandError

from appels.lecture_referentiel import ReferentielInvalide
from appels.referentiel import charger


class Command(BaseCommand):
    help = "Charge les quartiers et les objectifs d’une convention d’application. Rejouable sans effet."

    def add_arguments(self, parser):
        parser.add_argument("fichier", help="le référentiel, en JSON")
        parser.add_argument("--contours", help="les contours des quartiers, en GeoJSON (code_qpv dans les propriétés)")

    def handle(self, *args, fichier, contours, **options):
        try:
            bilan = charger(fichier, contours=contours)
        except ReferentielInvalide as refus:
            raise CommandError(f"{fichier} est refusé, rien n’a changé :\n{refus}")
        for objet in bilan.gardes:
            self.stdout.write(f"Absent du fichier mais utilisé, donc gardé : {objet}")
        if not bilan.ecritures:
            self.stdout.write(f"{bilan.convention} : déjà à jour, rien n’a changé.")
            return
        self.stdout.write(
            f"{bilan.convention} : {bilan.crees} créés, {bilan.modifies} modifiés, {bilan.retires} retirés."
        )
