"""Fabrique des signalements : reçu, du conseil citoyen d'un quartier."""

import factory
from django.utils import timezone

from comptes.models import Partenaire, Role
from dossiers.models import Signalement
from tests.fabriques_comptes import AffectationFactory


class SignalementFactory(factory.django.DjangoModelFactory):
    """Traits : `repondu`, `transmis`, `sans_suite`, `retenu`."""

    class Meta:
        model = Signalement

    class Params:
        repondu = factory.Trait(etat=Signalement.Etat.REPONDU, reponse="Le service passe vendredi.", traite=True)
        transmis = factory.Trait(etat=Signalement.Etat.TRANSMIS, transmis_a="service Voirie", traite=True)
        sans_suite = factory.Trait(etat=Signalement.Etat.SANS_SUITE, reponse="Le terrain est privé.", traite=True)
        traite = factory.Trait(traite_le=factory.LazyFunction(timezone.now))

    quartier = factory.SubFactory("tests.fabriques.QuartierFactory")
    collectivite = factory.LazyAttribute(lambda o: o.quartier.convention.collectivite)
    conseil = factory.LazyAttribute(
        lambda o: Partenaire.objects.get_or_create(
            collectivite=o.collectivite, nom="Conseil citoyen", defaults={"type": Partenaire.Type.CONSEIL_CITOYEN}
        )[0]
    )
    auteur = factory.LazyAttribute(
        lambda o: AffectationFactory(collectivite=o.collectivite, role=Role.CITOYEN, partenaire=o.conseil).utilisateur
    )
    lieu = factory.Sequence(lambda n: f"Rue des Tilleuls, bâtiment {n}")
    sujet = Signalement.Sujet.CADRE_DE_VIE
    texte = "Le lampadaire est éteint depuis un mois."
