"""Préparer toute une campagne : une réunion par enjeu, les membres d'un coup, supprimer ce qui ne sert pas."""

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from appels.models import Appel, Enjeu
from evaluation.models import (
    Avis,
    Evaluation,
    FicheHabitant,
    Mouvement,
    PassageDossier,
    PointOrdreDuJour,
    ProcesVerbal,
    Reunion,
    Seance,
    Vote,
)
from evaluation.operations.communs import OperationRefusee, conduire, ouverte, verrouiller_reunion
from evaluation.operations.reunions import convier, creer_reunion, retirer_membre
from journal.publication import publier

TITRE_AU_PLUS = Reunion._meta.get_field("titre").max_length


@transaction.atomic
def preparer_par_enjeu(appel, dates, *, par, **communs):
    """Crée une réunion par enjeu : `dates` {enjeu: (début, fin)}. Celles qui existent déjà ne sont pas doublées."""
    conduire(appel.collectivite_id, par)
    # Deux agents, ou un double clic, ne préparent pas deux fois la même réunion.
    appel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
    if any(enjeu.convention_id != appel.convention_id for enjeu in dates):
        raise OperationRefusee("Cet enjeu n’est pas celui de la convention de l’appel.")
    deja = set(enjeux_pourvus(appel))
    return [
        creer_reunion(appel, par=par, titre=titre_de(enjeu), enjeu=enjeu, debut=debut, fin=fin, **communs)
        for enjeu, (debut, fin) in dates.items()
        if enjeu.pk not in deja
    ]


def enjeux_pourvus(appel):
    """{enjeu: sa réunion} pour cet appel ; la première s'il y en a plusieurs."""
    reunions = Reunion.objects.filter(appel=appel, enjeu__isnull=False).order_by("debut", "pk")
    return {reunion.enjeu_id: reunion for reunion in reversed(reunions)}


def titre_de(enjeu: Enjeu):
    titre = str(enjeu)
    return titre if len(titre) <= TITRE_AU_PLUS else f"{titre[: TITRE_AU_PLUS - 1].rsplit(' ', 1)[0]}…"


@transaction.atomic
def fixer_membres(reunion, *, par, ajouts=(), retraits=()):
    """Convie et retire plusieurs personnes d'un coup, ou personne s'il y a un refus. `ajouts` : (qui, structure)."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    for membre in reunion.membres.filter(utilisateur__in=retraits).select_related("utilisateur", "reunion"):
        try:
            retirer_membre(membre, par=par)
        except OperationRefusee as refus:
            raise OperationRefusee(f"{membre.utilisateur} : {refus}")
    for utilisateur, structure in ajouts:
        convier(reunion, utilisateur, par=par, structure=structure)
    return reunion


# Ce qui empêche de supprimer : le modèle, le chemin vers la réunion, au singulier, au pluriel.
CONTENU = (
    (PassageDossier, "reunion", "dossier à l’ordre du jour", "dossiers à l’ordre du jour"),
    (Vote, "passage__reunion", "vote", "votes"),
    (Evaluation, "dossier__passages__reunion", "notation envoyée", "notations envoyées"),
    (Avis, "reunion", "avis", "avis"),
    (FicheHabitant, "reunion", "fiche habitant", "fiches habitant"),
    (PointOrdreDuJour, "reunion", "point à l’ordre du jour", "points à l’ordre du jour"),
    (ProcesVerbal, "reunion", "procès-verbal", "procès-verbaux"),
    (Mouvement, "reunion", "entrée ou sortie constatée", "entrées et sorties constatées"),
    (Seance, "reunion", "séance tenue", "séances tenues"),
)


def contenu(reunion):
    """Ce qu'une suppression perdrait, en phrases ; vide : la réunion se supprime sans rien perdre. Une requête."""
    comptes = Reunion.objects.filter(pk=reunion.pk).values_list(*(_nombre(*ligne[:2]) for ligne in CONTENU)).get()
    return [
        f"{nombre} {plusieurs if nombre > 1 else un}"
        for nombre, (_, _, un, plusieurs) in zip(comptes, CONTENU, strict=True)
        if nombre
    ]


def _nombre(modele, chemin):
    objets = modele.objects.filter(**{chemin: OuterRef("pk")}).order_by()
    if modele is Evaluation:
        objets = objets.filter(envoyee_le__isnull=False)
    return Coalesce(Subquery(objets.values(chemin).annotate(n=Count("pk")).values("n")), 0)


@transaction.atomic
def supprimer_reunion(reunion, *, par):
    """Supprime une réunion vide ; le fait garde son titre, sa date et qui y était convié."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if reunion.convoquee_le:
        raise OperationRefusee("Cette réunion est convoquée : annulez-la, les personnes conviées en seront prévenues.")
    if reste := contenu(reunion):
        raise OperationRefusee(f"Cette réunion contient {_liste(reste)} : rien n’est supprimé.")
    publier(
        "reunion.supprimer",
        reunion,
        par=par,
        titre=reunion.titre,
        debut=reunion.debut.isoformat(),
        collectivite_id=reunion.collectivite_id,
        membres=list(reunion.membres.values_list("utilisateur_id", flat=True)),
    )
    reunion.delete()


def _liste(mots):
    return f"{', '.join(mots[:-1])} et {mots[-1]}" if len(mots) > 1 else mots[0]
