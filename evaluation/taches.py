"""Ce qui attend un évaluateur ou un agent, pour la page d'accueil."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from appels.models import Appel
from comptes.models import Role
from comptes.taches import Tache
from dossiers.etats import Etat
from evaluation.habitants import fiches_a_donner
from evaluation.models import Lecteur, PassageDossier, Reunion

MAX = 10  # la page d'accueil dit par quoi commencer, pas tout


def taches_d_evaluation(utilisateur):
    taches = []
    if Role.EVALUATEUR in utilisateur.roles:
        taches += _a_noter(utilisateur)
    if Role.CITOYEN in utilisateur.roles:
        taches += _a_repondre(utilisateur)
    if Role.AGENT in utilisateur.roles:
        taches += _avis_a_rendre(utilisateur)
        taches += _a_inscrire(utilisateur)
    return taches


def _a_noter(utilisateur):
    """Comme la file de lecture : les dossiers confiés à cette personne, ou à personne."""
    lecteurs = Lecteur.objects.filter(passage=OuterRef("pk"))
    reunions = (
        PassageDossier.objects.filter(
            reunion__close_le=None,
            reunion__membres__utilisateur=utilisateur,
            reunion__membres__evalue=True,
            dossier__etat=Etat.EN_EVALUATION,
        )
        .filter(~Exists(lecteurs) | Exists(lecteurs.filter(membre__utilisateur=utilisateur)))
        .exclude(dossier__deports__utilisateur=utilisateur)
        .exclude(dossier__evaluations__in=utilisateur.evaluations.filter(envoyee_le__isnull=False))
        .values("reunion", "reunion__titre", "reunion__debut")
        .annotate(nombre=Count("pk", distinct=True))
        .order_by("reunion__debut", "reunion")[:MAX]
    )
    for reunion in reunions:
        nombre = reunion["nombre"]
        combien = f"{nombre} dossiers attendent vos notes" if nombre > 1 else "Un dossier attend vos notes"
        yield Tache(
            f"{combien} avant la réunion « {reunion['reunion__titre']} ».",
            reverse("evaluation-accueil"),
            reunion["reunion__debut"],
        )


def _a_repondre(utilisateur):
    """Les trois questions, pour un membre de conseil citoyen."""
    reunions = (
        fiches_a_donner(utilisateur)
        .values("reunion", "reunion__titre", "reunion__debut")
        .annotate(nombre=Count("pk", distinct=True))
        .order_by("reunion__debut", "reunion")[:MAX]
    )
    for reunion in reunions:
        nombre = reunion["nombre"]
        combien = f"{nombre} projets attendent votre avis" if nombre > 1 else "Un projet attend votre avis"
        yield Tache(
            f"{combien} avant la réunion « {reunion['reunion__titre']} ».",
            reverse("evaluation-accueil"),
            reunion["reunion__debut"],
        )


def _avis_a_rendre(utilisateur):
    passees = (
        Reunion.objects.conduites_par(utilisateur)
        .filter(close_le=None, debut__lte=timezone.now())
        .annotate(attente=Count("passages", filter=Q(passages__dossier__etat=Etat.EN_EVALUATION)))
        .filter(attente__gt=0)
        .order_by("debut", "pk")[:MAX]
    )
    for reunion in passees:
        combien = f"{reunion.attente} avis" if reunion.attente > 1 else "Un avis"
        verbe = "restent" if reunion.attente > 1 else "reste"
        yield Tache(
            f"{combien} {verbe} à enregistrer pour la réunion « {reunion.titre} ».",
            reverse("reunions-detail", args=[reunion.pk]),
            reunion.debut,
        )


def _a_inscrire(utilisateur):
    """Les dossiers recevables que nulle réunion n'examine encore, par appel."""
    appels = (
        Appel.objects.geres_par(utilisateur)
        .annotate(recevables=Count("dossiers", filter=Q(dossiers__etat=Etat.RECEVABLE)))
        .filter(recevables__gt=0)
        .order_by("cloture_le")
    )
    for appel in appels[:MAX]:
        nombre = appel.recevables
        combien = (
            f"{nombre} dossiers recevables attendent d’être inscrits"
            if nombre > 1
            else "Un dossier recevable attend d’être inscrit"
        )
        yield Tache(f"{combien} à une réunion ({appel}).", reverse("evaluation-accueil"))
