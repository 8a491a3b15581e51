"""Fabriques de l'argent : un appel à programmer, des dossiers notés, des enveloppes, des actes."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from appels.models import Financeur
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Cible, Financement, LigneBudget
from evaluation.models import Avis, Evaluation, MontantPropose, Note, PassageDossier, Reunion
from programmation.models import Acte, Deliberation, Enveloppe, LigneProgrammation
from tests.fabriques_comptes import AffectationFactory
from tests.fabriques_dossiers import DossierFactory

EMPREINTE_VIDE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class EnveloppeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enveloppe

    appel = factory.SubFactory("tests.fabriques.AppelFactory")
    financeur = factory.LazyAttribute(lambda o: o.appel.financeurs.first())
    montant = Decimal("10000")


class DeliberationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Deliberation

    appel = factory.SubFactory("tests.fabriques.AppelFactory")
    collectivite = factory.SelfAttribute("appel.collectivite")
    numero = factory.Sequence(lambda n: f"2027-{n:03d}")
    date = date(2026, 11, 20)
    organe = "le conseil municipal"


class ActeFactory(factory.django.DjangoModelFactory):
    """Un acte demandé ; `produit=True` : rangé, avec son fichier et sa vraie empreinte."""

    class Meta:
        model = Acte

    class Params:
        produit = factory.Trait(
            produit_le=factory.LazyFunction(timezone.now),
            fichier=factory.LazyFunction(lambda: ContentFile(b"", name="acte.pdf")),
            sha256=EMPREINTE_VIDE,
        )

    dossier = factory.SubFactory(DossierFactory, decide=True)
    collectivite = factory.SelfAttribute("dossier.appel.collectivite")
    nature = Acte.Nature.ATTRIBUTION
    annee = 2027
    sequence = factory.Sequence(lambda n: n + 1)
    evenement_id = factory.Sequence(lambda n: 900_000 + n)
    donnees = factory.LazyFunction(dict)


def agent_de(collectivite, **champs):
    return AffectationFactory(collectivite=collectivite, role=Role.AGENT, **champs).utilisateur


def financeur_de(financeur):
    """Une personne qui représente ce financeur ; lui donne un partenaire s'il n'en a pas."""
    affectation = AffectationFactory(collectivite=financeur.collectivite, role=Role.FINANCEUR)
    if financeur.partenaire_id is None:
        Financeur.objects.filter(pk=financeur.pk).update(partenaire=affectation.partenaire)
        financeur.refresh_from_db()
    else:
        affectation.partenaire = financeur.partenaire
        affectation.save()
    return affectation.utilisateur


def dossier_chiffre(
    appel, demandes, *, etat=Etat.PROGRAMME, cout=10_000, cibles=(), propose=None, prevu=None, **champs
):
    """Un dossier avec tout ce que le tableau lit : budget, demandes, cibles, avis et notes, montants prévus.

    `demandes`, `propose` et `prevu` : {financeur: montant} ; `propose` et `prevu` valent `demandes` par défaut.
    """
    dossier = DossierFactory(appel=appel, etat=etat, intitule=champs.pop("intitule", "Jardiner ensemble"), **champs)
    for sens, compte, montant in (("C", "60", cout), ("P", "756", cout - sum(demandes.values()))):
        LigneBudget.objects.create(dossier=dossier, sens=sens, compte=compte, montant=montant)
    for financeur, montant in demandes.items():
        Financement.objects.create(dossier=dossier, financeur=financeur, montant_demande=montant)
    for ordre, (objectif, quartier) in enumerate(cibles or _cibles_de(appel)):
        Cible.objects.create(dossier=dossier, objectif=objectif, quartier=quartier, ordre=ordre)
    if etat not in {Etat.RECEVABLE, Etat.EN_EVALUATION}:
        rendre_avis(dossier, demandes if propose is None else propose)
    if etat not in {Etat.RECEVABLE, Etat.EN_EVALUATION, Etat.EVALUE}:
        for financeur, montant in (demandes if prevu is None else prevu).items():
            LigneProgrammation.objects.create(dossier=dossier, financeur=financeur, montant=montant, version=1)
    return dossier


def _cibles_de(appel):
    objectif = appel.objectifs.first()
    return [(objectif, quartier) for quartier in objectif.quartiers.all()[:1]]


def rendre_avis(dossier, propose, niveau=4, sens=Avis.Sens.FAVORABLE):
    """Deux évaluations envoyées, un avis et ses montants, dans une réunion de l'appel."""
    reunion, _ = Reunion.objects.get_or_create(
        appel=dossier.appel,
        titre="Réunion thématique",
        defaults={"collectivite": dossier.appel.collectivite, "debut": timezone.now() - timedelta(days=5)},
    )
    PassageDossier.objects.create(reunion=reunion, dossier=dossier, rang=reunion.passages.count() + 1)
    for _ in range(2):
        evaluation = Evaluation.objects.create(
            dossier=dossier,
            evaluateur=AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.EVALUATEUR).utilisateur,
            envoyee_le=timezone.now(),
        )
        Note.objects.bulk_create(
            Note(evaluation=evaluation, critere=critere, valeur=niveau) for critere in dossier.appel.criteres.all()
        )
    avis = Avis.objects.create(dossier=dossier, reunion=reunion, sens=sens)
    for financeur, montant in propose.items():
        MontantPropose.objects.create(avis=avis, financeur=financeur, montant=montant)
    return avis
