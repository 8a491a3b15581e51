"""L'an passé : un appel voté, une action qui se déroule, de quoi reconduire avec sa mémoire."""

from decimal import Decimal

from django.utils import timezone

from config.demonstration.appels import appel_de, enveloppes, objectifs_de, quartiers_de
from config.demonstration.ecrire import deposer, un_dossier
from config.demonstration.temps import a, horloge
from dossiers import operations as dossiers
from dossiers.models import Dossier
from evaluation import operations as evaluation
from evaluation.models import Reunion
from programmation import operations as programmation

RESERVE = "Ouvrir un atelier le mercredi, pour les enfants."


def an_passe(bruay, gens, associations):
    """L'appel de la première session : un dossier accordé avec une réserve, en cours."""
    annee, agent, porteuse = timezone.localdate().year, gens["agent"], gens["porteuse"]
    appel = appel_de(
        bruay,
        annee=annee,
        code="BLA",
        intitule=f"Appel à projets {annee} · première session",
        ouvre_le=a(-400, 9),
        cloture_le=a(-360, 23, 59),
        periodes=("en janvier", "au conseil municipal de mars"),
    )
    enveloppes(appel, agent, parts=(40_000, 30_000, 10_000, 8_000))
    with horloge(a(-365, 20, 15)):
        dossier = un_dossier(
            appel,
            associations[0],
            porteuse,
            "Ateliers cuisine du samedi",
            "Chaque samedi, des habitants cuisinent ensemble un repas de saison et le partagent.",
            objectifs_de(appel)[1],
            quartiers_de(appel)[:1],
            9_200,
            {"État": 2_400, "Ville": 3_000},
        )
        dossier = deposer(dossier, par=porteuse)
    with horloge(a(-350, 10)):
        dossiers.declarer_recevable(dossier, par=agent)
        seance = evaluation.creer_reunion(
            appel,
            par=agent,
            titre="Alimentation et lien social",
            debut=a(-320, 14),
            lieu="Salle des mariages, hôtel de ville",
            enjeu=appel.convention.enjeux.first(),
            president="Claude Demonstration, adjoint à la politique de la ville",
            secretaire="Thomas Lecomte",
        )
        evaluation.inscrire(seance, dossier, par=agent)
    with horloge(a(-320, 15)):
        demandes = {f.financeur: f.montant_demande for f in dossier.financements.select_related("financeur")}
        evaluation.rendre_avis(
            dossier,
            par=agent,
            sens="reserves",
            reserves=RESERVE,
            observations="Action appréciée, fréquentée surtout par des personnes seules.",
            montants={f: (m * Decimal("0.8")).quantize(Decimal("1")) for f, m in demandes.items()},
        )
        evaluation.clore_reunion(Reunion.objects.get(pk=seance.pk), par=agent)
    frais = Dossier.objects.get(pk=dossier.pk)
    with horloge(a(-300, 10)):
        dossiers.programmer(frais, par=agent)
        for proposition in frais.avis.montants.select_related("financeur"):
            programmation.fixer_montant(frais, proposition.financeur, proposition.montant, par=agent)
    seance_du_conseil = a(-260, 19)
    with horloge(seance_du_conseil):
        jour = timezone.localdate(seance_du_conseil)
        deliberation = programmation.enregistrer_deliberation(appel, f"{annee}-03-12", jour, par=agent)
        programmation.decider(appel, [frais], deliberation, par=agent)
    return appel
