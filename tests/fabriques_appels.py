"""Fabriques du contrat et des appels : un appel ouvert, avec sa convention, ses financeurs et sa grille."""

from datetime import timedelta

import factory
from django.utils import timezone

from appels.grille import GRILLE_PAR_DEFAUT
from appels.models import (
    Appel,
    Contrat,
    ConventionApplication,
    CritereEvaluation,
    Enjeu,
    Financeur,
    ObjectifOperationnel,
    ObjectifStrategique,
    PieceDemandee,
    Quartier,
)


class ContratFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contrat
        django_get_or_create = ["collectivite", "debut"]

    collectivite = factory.SubFactory("tests.fabriques.CollectiviteFactory")
    intitule = "Contrat de ville d’essai"
    debut = 2024
    fin = 2030


class ConventionFactory(factory.django.DjangoModelFactory):
    """La convention de la collectivité ; une collectivité n'en a qu'une."""

    class Meta:
        model = ConventionApplication
        django_get_or_create = ["collectivite"]

    collectivite = factory.SubFactory("tests.fabriques.CollectiviteFactory")
    contrat = factory.SubFactory(ContratFactory, collectivite=factory.SelfAttribute("..collectivite"))
    intitule = factory.LazyAttribute(lambda o: f"Convention d’application · {o.collectivite}")


class QuartierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quartier

    convention = factory.SubFactory(ConventionFactory)
    code_qpv = factory.Sequence(lambda n: f"QN0{1 + n // 100 % 95:02d}{n % 100:02d}M")
    nom = factory.Sequence(lambda n: f"Quartier {n}")


class EnjeuFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enjeu
        django_get_or_create = ["convention", "code"]

    convention = factory.SubFactory(ConventionFactory)
    numero = 1
    code = factory.LazyAttribute(lambda o: f"E{o.numero}")
    titre = "Des quartiers attentifs"


class ObjectifStrategiqueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ObjectifStrategique

    enjeu = factory.SubFactory(EnjeuFactory)
    code = factory.Sequence(lambda n: f"OS{n}")
    titre = factory.Sequence(lambda n: f"Objectif stratégique {n}")


class ObjectifFactory(factory.django.DjangoModelFactory):
    """Un objectif opérationnel ; `convention=…` et `quartiers=[…]` le placent."""

    class Meta:
        model = ObjectifOperationnel
        skip_postgeneration_save = True

    class Params:
        convention = factory.SubFactory(ConventionFactory)

    strategique = factory.SubFactory(
        ObjectifStrategiqueFactory, enjeu__convention=factory.SelfAttribute("...convention")
    )
    code = factory.LazyAttribute(lambda o: f"{o.strategique.code}.a")
    texte = factory.Sequence(lambda n: f"Objectif opérationnel {n}")

    @factory.post_generation
    def quartiers(self, create, quartiers, **kwargs):
        if create and quartiers:
            self.quartiers.set(quartiers)


class FinanceurFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Financeur
        django_get_or_create = ["collectivite", "sigle"]

    collectivite = factory.SubFactory("tests.fabriques.CollectiviteFactory")
    nom = factory.Sequence(lambda n: f"Financeur {n}")
    sigle = factory.Sequence(lambda n: f"F{n}")


class CritereFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CritereEvaluation

    appel = factory.SubFactory("tests.fabriques.AppelFactory", grille=[])
    libelle = factory.Sequence(lambda n: f"Critère {n}")
    poids = 10


class PieceDemandeeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PieceDemandee

    appel = factory.SubFactory("tests.fabriques.AppelFactory")
    libelle = factory.Sequence(lambda n: f"Pièce {n}")


class AppelFactory(factory.django.DjangoModelFactory):
    """Un appel publié et ouvert, avec deux quartiers, deux objectifs, deux financeurs (État, Ville) et la grille.

    `financeurs=[…]`, `objectifs=[…]`, `grille=[…]` remplacent ; traits `en_preparation`, `a_venir`, `clos`.
    """

    class Meta:
        model = Appel
        skip_postgeneration_save = True

    class Params:
        en_preparation = factory.Trait(publie_le=None)
        a_venir = factory.Trait(
            ouvre_le=factory.LazyFunction(lambda: timezone.now() + timedelta(days=5)),
            cloture_le=factory.LazyFunction(lambda: timezone.now() + timedelta(days=35)),
        )
        clos = factory.Trait(cloture_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=2)))

    collectivite = factory.SubFactory("tests.fabriques.CollectiviteFactory")
    convention = factory.SubFactory(ConventionFactory, collectivite=factory.SelfAttribute("..collectivite"))
    annee = 2027
    code = factory.Sequence(lambda n: f"T{n}")
    slug = factory.Sequence(lambda n: f"appel-{n}")
    intitule = factory.Sequence(lambda n: f"Appel à projets 2027 n° {n}")
    ouvre_le = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    cloture_le = factory.LazyFunction(lambda: timezone.now() + timedelta(days=20))
    publie_le = factory.LazyFunction(lambda: timezone.now() - timedelta(days=11))

    @factory.post_generation
    def financeurs(self, create, financeurs, **kwargs):
        if create:
            self.financeurs.set(
                financeurs
                if financeurs is not None
                else [
                    FinanceurFactory(collectivite=self.collectivite, sigle="État", nom="État", ordre=1),
                    FinanceurFactory(collectivite=self.collectivite, sigle="Ville", nom="Ville", ordre=2),
                ]
            )

    @factory.post_generation
    def objectifs(self, create, objectifs, **kwargs):
        if create:
            if objectifs is None:
                quartiers = list(self.convention.quartiers.all()[:2]) or QuartierFactory.create_batch(
                    2, convention=self.convention
                )
                objectifs = ObjectifFactory.create_batch(2, convention=self.convention, quartiers=quartiers)
            self.objectifs.set(objectifs)

    @factory.post_generation
    def grille(self, create, grille, **kwargs):
        if create:
            CritereEvaluation.objects.bulk_create(
                CritereEvaluation(appel=self, ordre=rang, **critere)
                for rang, critere in enumerate(GRILLE_PAR_DEFAUT if grille is None else grille)
            )
