"""Fabriques des réunions : une réunion, ses membres, ses dossiers inscrits, des notes envoyées ou non."""

from datetime import timedelta

import factory
from django.utils import timezone

from comptes.models import Partenaire, Role
from evaluation.models import Deport, Evaluation, FicheHabitant, MembreReunion, Note, PassageDossier, Reunion
from tests.fabriques_comptes import AffectationFactory
from tests.fabriques_dossiers import DossierFactory


def _une_personne(reunion, role):
    return AffectationFactory(collectivite=reunion.collectivite, role=role).utilisateur


class ReunionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reunion

    class Params:
        sans_dossiers = factory.Trait(
            nature=Reunion.Nature.GROUPE_TRAVAIL,
            appel=None,
            collectivite=factory.SubFactory("tests.fabriques.CollectiviteFactory"),
        )

    appel = factory.SubFactory("tests.fabriques.AppelFactory")
    collectivite = factory.LazyAttribute(lambda o: o.appel.collectivite)
    titre = factory.Sequence(lambda n: f"Réunion thématique {n}")
    debut = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    lieu = "Salle des mariages"


class MembreReunionFactory(factory.django.DjangoModelFactory):
    """Un membre qui note ; `citoyen=True` : un conseil citoyen, qui lit sans noter."""

    class Meta:
        model = MembreReunion

    class Params:
        citoyen = factory.Trait(
            evalue=False,
            structure="Conseil citoyen",
            utilisateur=factory.LazyAttribute(lambda o: _une_personne(o.reunion, Role.CITOYEN)),
        )

    reunion = factory.SubFactory(ReunionFactory)
    utilisateur = factory.LazyAttribute(lambda o: _une_personne(o.reunion, Role.EVALUATEUR))
    structure = "Caisse d’allocations familiales"


class PassageFactory(factory.django.DjangoModelFactory):
    """Un dossier complet, en évaluation, au dernier rang de la réunion."""

    class Meta:
        model = PassageDossier

    reunion = factory.SubFactory(ReunionFactory)
    dossier = factory.SubFactory(
        DossierFactory, appel=factory.SelfAttribute("..reunion.appel"), complet=True, en_evaluation=True
    )
    rang = factory.LazyAttribute(lambda o: o.reunion.passages.count() + 1)


class EvaluationFactory(factory.django.DjangoModelFactory):
    """Des notes envoyées, toutes au même niveau ; `envoyee_le=None` : un brouillon."""

    class Meta:
        model = Evaluation
        skip_postgeneration_save = True

    dossier = factory.SubFactory(DossierFactory, complet=True, en_evaluation=True)
    evaluateur = factory.LazyAttribute(
        lambda o: AffectationFactory(collectivite=o.dossier.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    )
    commentaire = "Action bien située."
    envoyee_le = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def niveau(self, cree, niveau, **kwargs):
        if cree:
            Note.objects.bulk_create(
                Note(evaluation=self, critere=critere, valeur=4 if niveau is None else niveau)
                for critere in self.dossier.appel.criteres.all()
            )


class DeportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Deport

    dossier = factory.SubFactory(DossierFactory, complet=True, en_evaluation=True)
    utilisateur = factory.LazyAttribute(
        lambda o: AffectationFactory(collectivite=o.dossier.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    )
    motif = "Membre du bureau de l’association."


class FicheHabitantFactory(factory.django.DjangoModelFactory):
    """La fiche d'un dossier en évaluation, pour un conseil citoyen de la collectivité."""

    class Meta:
        model = FicheHabitant

    class Params:
        passage = factory.SubFactory(PassageFactory)

    reunion = factory.LazyAttribute(lambda o: o.passage.reunion)
    dossier = factory.LazyAttribute(lambda o: o.passage.dossier)
    conseil = factory.LazyAttribute(lambda o: conseil_citoyen(o.reunion.collectivite))


def conseil_citoyen(collectivite, nom="Conseil citoyen du Centre"):
    """Le conseil citoyen de ce nom, créé s'il n'y est pas."""
    return Partenaire.objects.get_or_create(
        collectivite=collectivite, nom=nom, defaults={"type": Partenaire.Type.CONSEIL_CITOYEN}
    )[0]
