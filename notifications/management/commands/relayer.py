"""Une passe du relais : diffuse les faits dus. Avec --tout, produit aussi les actes et envoie les courriels."""

from django.core.management.base import BaseCommand

from notifications import relais, travail


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--tout", action="store_true", help="sans worker : faits, actes, procès-verbaux, courriels")

    def handle(self, *, tout, **options):
        if tout:
            bilan = travail.vider()
            self.stdout.write(", ".join(f"{nombre} {quoi}" for quoi, nombre in bilan.items()))
        else:
            self.stdout.write(f"{relais.diffuser_tout()} fait(s) diffusé(s)")
