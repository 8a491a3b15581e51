"""Le décor de la séance : ouverte, Éva et Farid présents, un dossier au premier vote si l'on veut."""

from evaluation import operations
from evaluation.models import Mouvement, Seance
from tests.fabriques_evaluation import DeportFactory

Phase = Seance.Phase
JUSQUE = {
    Phase.PRESENTATION: [],
    Phase.TOUR_1: [Phase.TOUR_1],
    Phase.RESULTAT_1: [Phase.TOUR_1, Phase.RESULTAT_1],
    Phase.TOUR_2: [Phase.TOUR_1, Phase.RESULTAT_1, Phase.TOUR_2],
    Phase.RESULTAT_2: [Phase.TOUR_1, Phase.RESULTAT_1, Phase.TOUR_2, Phase.RESULTAT_2],
    Phase.AVIS: [Phase.AVIS],
}


def version(decor):
    return Seance.objects.get(reunion=decor.reunion).version


def relire(decor):
    return Seance.objects.get(reunion=decor.reunion)


def ouvrir(decor, *presents):
    operations.ouvrir_seance(decor.reunion, par=decor.denis)
    for personne in presents or (decor.eva, decor.farid):
        operations.se_declarer_present(decor.reunion, par=personne)


def ouvrir_dossier(decor, passage=None, **options):
    return operations.ouvrir_dossier(
        decor.reunion, passage or decor.passage, par=decor.denis, version=version(decor), **options
    )


def passer(decor, phase, **options):
    return operations.passer(decor.reunion, phase, par=decor.denis, version=version(decor), **options)


def voter(decor, personne, montant, tour=1, vu=0, passage=None):
    passage = passage or decor.passage
    return operations.voter(decor.reunion, par=personne, passage_id=passage.pk, tour=tour, montant=montant, version=vu)


def mener(decor, phase, montants=(2000, 1000)):
    """Ouvre le dossier et le mène jusqu'à cette phase ; chaque tour traversé reçoit les votes d'Éva et de Farid."""
    ouvrir_dossier(decor)
    for etape in JUSQUE[phase]:
        passer(decor, etape)
        if etape in (Phase.TOUR_1, Phase.TOUR_2) and etape != phase:
            for personne, montant in zip((decor.eva, decor.farid), montants, strict=True):
                voter(decor, personne, montant, tour=1 if etape == Phase.TOUR_1 else 2)


def deporter(decor, personne, passage=None):
    return DeportFactory(dossier=(passage or decor.passage).dossier, utilisateur=personne)


def mouvements(decor):
    return [
        (m.utilisateur.prenom, m.sens, m.passage and m.passage.rang)
        for m in Mouvement.objects.filter(reunion=decor.reunion).select_related("utilisateur", "passage").order_by("pk")
    ]
