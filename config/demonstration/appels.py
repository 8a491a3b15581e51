"""Les appels à projets de la démonstration."""

from decimal import Decimal

from django.utils import timezone

from appels.grille import GRILLE_PAR_DEFAUT, PIECES_PAR_DEFAUT
from appels.models import (
    Appel,
    ConventionApplication,
    CritereEvaluation,
    Financeur,
    ObjectifOperationnel,
    PieceDemandee,
    RegleEligibilite,
)
from appels.regles import REGLES_PAR_DEFAUT
from config.demonstration.temps import a
from programmation import operations as programmation


def appel_de(collectivite, *, annee, code, intitule, ouvre_le, cloture_le, periodes=("", "")):
    convention = ConventionApplication.objects.get(collectivite=collectivite)
    appel = Appel.objects.create(
        collectivite=collectivite,
        convention=convention,
        annee=annee,
        code=code,
        slug=f"{annee}-{code.lower()}",
        intitule=intitule,
        presentation="Vous portez un projet pour les habitants d’un quartier prioritaire ? La collectivité et ses "
        "partenaires peuvent le financer. Le service Politique de la Ville vous aide à préparer votre dossier.",
        ouvre_le=ouvre_le,
        cloture_le=cloture_le,
        periode_reunions=periodes[0],
        periode_decision=periodes[1],
        montant_min=500,
        montant_max=40_000,
        seuil_simplifie=3000,
        pre_projet_delai_jours=10,
        publie_le=ouvre_le,
    )
    appel.financeurs.set(Financeur.objects.filter(collectivite=collectivite))
    appel.objectifs.set(ObjectifOperationnel.objects.filter(strategique__enjeu__convention=convention))
    CritereEvaluation.objects.bulk_create(
        CritereEvaluation(appel=appel, ordre=rang, **critere) for rang, critere in enumerate(GRILLE_PAR_DEFAUT)
    )
    PieceDemandee.objects.bulk_create(
        PieceDemandee(appel=appel, ordre=rang, **piece) for rang, piece in enumerate(PIECES_PAR_DEFAUT)
    )
    RegleEligibilite.objects.bulk_create(
        RegleEligibilite(appel=appel, ordre=rang, **regle) for rang, regle in enumerate(REGLES_PAR_DEFAUT)
    )
    return appel


def appel_simple(collectivite):
    Financeur.objects.get_or_create(
        collectivite=collectivite, sigle="Collectivité", defaults={"nom": str(collectivite)}
    )
    annee = timezone.localdate().year + 1
    return appel_de(
        collectivite,
        annee=annee,
        code=collectivite.sigle[:4].upper(),
        intitule=f"Appel à projets {annee} · {collectivite}",
        ouvre_le=a(-5),
        cloture_le=a(40, 23, 59),
        periodes=("au printemps", "en juin"),
    )


def enveloppes(appel, agent, parts=(200_000, 120_000, 60_000, 40_000)):
    programmation.fixer_enveloppes(
        appel,
        {financeur: Decimal(parts[min(rang, len(parts) - 1)]) for rang, financeur in enumerate(appel.financeurs.all())},
        par=agent,
    )


def objectifs_de(appel):
    return list(appel.objectifs.order_by("code"))


def quartiers_de(appel):
    return list(appel.convention.quartiers.all())
