"""Ce qui attend un évaluateur ou un agent, pour la page d'accueil."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from appels.models import Appel
from comptes.models import Role
from comptes.taches import Tache
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation.habitants import fiches_a_donner
from evaluation.models import Lecteur, PassageDossier, Reunion
from evaluation.questions import a_remettre, nombre_en_attente

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
        taches += _questions(utilisateur)
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


def _questions(utilisateur):
    """Les questions des lecteurs à envoyer au porteur, et ses réponses à leur remettre."""
    passages = (
        PassageDossier.objects.filter(
            reunion__close_le=None,
            dossier__etat=Etat.EN_EVALUATION,
            dossier__in=Dossier.objects.instruits_par(utilisateur).values("pk"),
        )
        .exclude(dossier__organisme__in=utilisateur.ids_organismes)
        .annotate(questions=nombre_en_attente(), repondu=a_remettre())
        .filter(Q(questions__gt=0) | Q(repondu=True))
        .select_related("reunion", "dossier")
        .order_by("reunion__debut", "pk")[:MAX]
    )
    for passage in passages:
        numero, nombre = passage.dossier.numero, passage.questions or 0
        suite = reverse("questions-dossier", args=[numero]), passage.reunion.debut
        if nombre > 1:
            yield Tache(f"{nombre} questions de lecteurs attendent d’être envoyées (dossier {numero}).", *suite)
        elif nombre:
            yield Tache(f"Une question d’un lecteur attend d’être envoyée (dossier {numero}).", *suite)
        if passage.repondu:
            yield Tache(f"L’organisme a répondu aux lecteurs : remettez-leur sa réponse (dossier {numero}).", *suite)
