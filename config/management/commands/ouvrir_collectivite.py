"""Le premier geste d'une installation : une collectivité et la personne qui l'administre."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from comptes.models import Affectation, Collectivite, Role, Utilisateur
from journal.publication import publier


class Command(BaseCommand):
    help = "Crée une collectivité et donne son administration à une personne ; sans effet la seconde fois."

    def add_arguments(self, parser):
        parser.add_argument("--nom", required=True, help="nom de la collectivité")
        parser.add_argument("--sigle", required=True, help="sigle, unique, employé dans les numéros")
        parser.add_argument("--type", required=True, choices=Collectivite.Type.values)
        parser.add_argument("--agglomeration", metavar="SIGLE", help="sigle de son intercommunalité")
        parser.add_argument("--administrateur", required=True, metavar="ADRESSE", help="adresse électronique")

    @transaction.atomic
    def handle(self, *args, nom, sigle, type, agglomeration, administrateur, **options):
        adresse = administrateur.strip().lower()
        try:
            validate_email(adresse)
        except ValidationError:
            raise CommandError(f"« {administrateur} » n’est pas une adresse électronique.")
        collectivite = Collectivite.objects.filter(sigle=sigle).first()
        if collectivite is None:
            collectivite = self._collectivite(nom, sigle, type, agglomeration)
        elif (collectivite.nom, collectivite.type) != (nom, type):
            raise CommandError(f"Le sigle {sigle} est déjà celui de « {collectivite.nom} ».")
        personne, nouvelle = self._personne(adresse)
        _, donnee = Affectation.objects.get_or_create(utilisateur=personne, collectivite=collectivite, role=Role.ADMIN)
        if donnee:
            publier("collectivite.affecter", collectivite, personne_id=personne.pk, role=Role.ADMIN)
        self.stdout.write(f"{adresse} administre {collectivite.nom}.")
        if nouvelle:
            self.stdout.write("Son compte est créé : qu’elle choisisse son mot de passe par « Mot de passe oublié ».")

    def _collectivite(self, nom, sigle, type, agglomeration):
        parent = None
        if agglomeration:
            parent = Collectivite.objects.filter(sigle=agglomeration, type=Collectivite.Type.EPCI).first()
            if parent is None:
                raise CommandError(f"Aucune intercommunalité n’a pour sigle {agglomeration}.")
        collectivite = Collectivite(nom=nom, sigle=sigle, type=type, parent=parent)
        try:
            collectivite.full_clean()
        except ValidationError as erreur:
            raise CommandError(" ".join(erreur.messages))
        collectivite.save()
        return collectivite

    def _personne(self, adresse):
        personne = Utilisateur.objects.filter(email__iexact=adresse).first()
        if personne is not None:
            return personne, False
        personne = Utilisateur.objects.create_user(adresse)
        # La personne prouvera l'adresse en choisissant son mot de passe : le lien y est envoyé.
        EmailAddress.objects.create(user=personne, email=adresse, verified=True, primary=True)
        return personne, True
