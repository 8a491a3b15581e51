"""Noter à l'aveugle : écrire champ par champ, envoyer une version, la reprendre jusqu'à la clôture."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from dossiers.forms.champs import Lecture
from dossiers.operations.saisie import Autre
from evaluation import brouillon
from evaluation.lecture import attendus, est_revele, evaluations_envoyees
from evaluation.models import (
    Avis,
    Deport,
    Evaluation,
    Lecteur,
    MembreReunion,
    Note,
    PassageDossier,
    VersionEvaluation,
)
from evaluation.notes import NIVEAU_MAX
from evaluation.operations.communs import OperationRefusee
from journal.publication import publier

RIEN_LU = Lecture()
UN_AUTRE_APPAREIL = "Votre autre appareil"
DEJA_ENVOYEES = "Vous avez déjà envoyé vos notes pour ce dossier : reprenez-les pour les modifier."


class Ecriture(NamedTuple):
    """Le sort d'une saisie : ce qui est entré, ce qu'un autre appareil de la même personne a écrit entre-temps."""

    evaluation: Evaluation
    etat: dict
    ecrits: list
    erreurs: dict
    conflits: dict
    recus: dict


def reunion_ou_noter(dossier, par):
    """La réunion d'un dossier verrouillé que cette personne a le droit de noter, maintenant."""
    lecteurs = Lecteur.objects.filter(passage__dossier=dossier)
    membre = (
        MembreReunion.objects.select_for_update(of=("self",))
        .select_related("reunion")
        .annotate(
            deporte=Exists(Deport.objects.filter(dossier=dossier, utilisateur=OuterRef("utilisateur"))),
            rendu=Exists(Avis.objects.filter(dossier=dossier)),
            confie=Exists(lecteurs),
            designe=Exists(lecteurs.filter(membre=OuterRef("pk"))),
            a_envoye=Exists(
                Evaluation.objects.filter(dossier=dossier, evaluateur=OuterRef("utilisateur"), envoyee_le__isnull=False)
            ),
        )
        .filter(reunion__passages__dossier=dossier, utilisateur=par, evalue=True)
        .first()
    )
    if membre is None:
        raise OperationRefusee("Ce dossier n’est pas à l’ordre du jour d’une réunion où vous notez.")
    if membre.deporte:
        raise OperationRefusee("Vous vous êtes déporté de ce dossier.")
    if dossier.organisme_id in par.ids_organismes:
        raise OperationRefusee("Vous êtes membre de l’organisme qui porte ce dossier : déclarez un conflit d’intérêts.")
    if membre.reunion.est_close or membre.rendu or dossier.etat != Etat.EN_EVALUATION:
        raise OperationRefusee("L’évaluation de ce dossier est terminée : on ne la modifie plus.")
    # Des notes déjà envoyées restent à leur auteur, même si le dossier est ensuite confié à d'autres.
    if membre.confie and not (membre.designe or membre.a_envoye):
        raise OperationRefusee("Ce dossier est confié à d’autres lecteurs : vous pouvez le lire, sans le noter.")
    return membre.reunion


def _valider(valeurs, criteres):
    """Chaque champ est un critère de la grille noté de 0 à 5, ou le commentaire ; vide retire la note."""
    connus = {brouillon.nom_du(critere) for critere in criteres}
    for nom, valeur in valeurs.items():
        if nom == brouillon.COMMENTAIRE:
            continue
        if nom not in connus:
            raise OperationRefusee("Ce critère n’est pas dans la grille de l’appel.")
        if valeur is not None and not 0 <= valeur <= NIVEAU_MAX:
            raise OperationRefusee(f"Une note va de 0 à {NIVEAU_MAX}.")


@transaction.atomic
def ecrire_notation(dossier, *, par, valeurs, lecture=RIEN_LU, garder=()):
    """Garde ce qui vient d'être écrit : {nom du champ: niveau, texte, ou None}. Rien n'est envoyé.

    `lecture` : ce que la page avait montré. Un champ changé ici et sur un autre appareil n'est pas écrasé : il est
    rendu en conflit, sauf s'il figure dans `garder`.
    """
    if lecture.champs.get(brouillon.PERSONNE, str(par.pk)) != str(par.pk):
        raise OperationRefusee("Cette page a été ouverte par une autre personne. Rechargez-la pour noter en votre nom.")
    dossier = verrouiller(dossier)
    reunion_ou_noter(dossier, par)
    criteres = list(dossier.appel.criteres.all())
    _valider(valeurs, criteres)
    # Le verrou du dossier suffit à ne pas créer deux évaluations.
    evaluation = Evaluation.objects.filter(dossier=dossier, evaluateur=par).first()
    if evaluation and evaluation.est_envoyee and not evaluation.en_reprise:
        raise OperationRefusee(DEJA_ENVOYEES)
    nouvelle = evaluation is None
    evaluation = evaluation or Evaluation(dossier=dossier, evaluateur=par)
    etat = {} if nouvelle else brouillon.en_cours(evaluation)
    page, instant = lecture.champs.get(brouillon.PAGE, ""), timezone.now().isoformat()

    def ailleurs(nom):
        """Un autre appareil a-t-il changé ce champ depuis que cette page l'a lu ?"""
        return (
            nom in lecture.champs
            and brouillon.empreinte_de(etat.get(nom)) != lecture.champs[nom]
            and evaluation.ecritures.get(nom, [""])[0] != page
        )

    ecrits, conflits, recus = [], {}, {}
    for nom, valeur in valeurs.items():
        valeur = valeur.strip() if isinstance(valeur, str) else valeur
        if valeur == etat.get(nom) or (not valeur and valeur != 0 and nom not in etat):
            continue
        if brouillon.empreinte_de(valeur) == lecture.champs.get(nom):
            # Pas touché ici : ce que l'autre appareil a écrit reste.
            recus[nom] = _autre(evaluation, etat, nom)
        elif ailleurs(nom) and nom not in garder:
            conflits[nom] = _autre(evaluation, etat, nom)
        else:
            etat[nom] = valeur
            ecrits.append(nom)
    noms = [*map(brouillon.nom_du, criteres), brouillon.COMMENTAIRE]
    recus |= {nom: _autre(evaluation, etat, nom) for nom in noms if nom not in valeurs and ailleurs(nom)}
    if ecrits or nouvelle:
        evaluation.brouillon = etat
        evaluation.ecritures |= {nom: [page, instant] for nom in ecrits}
        evaluation.save(update_fields=None if nouvelle else ["brouillon", "ecritures", "modifiee_le"])
    return Ecriture(evaluation, etat, ecrits, {}, conflits, recus)


def _autre(evaluation, etat, nom):
    valeur = etat.get(nom)
    lisible = "rien" if valeur in (None, "") else str(valeur)
    quand = evaluation.ecritures.get(nom, ["", evaluation.modifiee_le.isoformat()])[1]
    return Autre(lisible, brouillon.comme_envoye(valeur) or [""], UN_AUTRE_APPAREIL, quand)


def enregistrer_evaluation(dossier, *, par, notes, commentaire=""):
    """Garde un brouillon de notes : {critère: niveau de 0 à 5}. Les critères absents gardent leur note."""
    if any(critere.appel_id != dossier.appel_id for critere in notes):
        raise OperationRefusee("Ce critère n’est pas dans la grille de l’appel.")
    valeurs = {brouillon.nom_du(critere): valeur for critere, valeur in notes.items()}
    return ecrire_notation(dossier, par=par, valeurs=valeurs | {brouillon.COMMENTAIRE: commentaire}).evaluation


def _mon_evaluation(dossier, par):
    return Evaluation.objects.filter(dossier=dossier, evaluateur=par).first()


def _decouvert(reunion, dossier):
    """Les notes du dossier se lisent-elles ? Si oui, elles se liront toujours : on date la découverte."""
    passage = reunion.passages.select_related("reunion").get(dossier=dossier)
    if passage.decouvert_le is None:
        envoyees = evaluations_envoyees([dossier])[dossier.pk]
        if not est_revele(passage, attendus(reunion, [dossier])[dossier.pk], envoyees):
            return False
        PassageDossier.objects.filter(pk=passage.pk).update(decouvert_le=timezone.now())
    return True


@transaction.atomic
def envoyer_evaluation(dossier, *, par):
    """Envoie ce qui est écrit : ces notes comptent, et une version en garde la trace."""
    dossier = verrouiller(dossier)
    reunion = reunion_ou_noter(dossier, par)
    evaluation = _mon_evaluation(dossier, par)
    reprise = bool(evaluation and evaluation.est_envoyee)
    if reprise and not evaluation.en_reprise:
        raise OperationRefusee(DEJA_ENVOYEES)
    criteres = list(dossier.appel.criteres.all())
    etat = brouillon.en_cours(evaluation)
    notes = brouillon.notes_de(etat, criteres)
    if reste := len(criteres) - len(notes):
        raise OperationRefusee(f"Il reste {reste} critère{'s' if reste > 1 else ''} à noter avant d’envoyer.")
    commentaire = etat.get(brouillon.COMMENTAIRE) or ""
    figees = {str(critere.pk): valeur for critere, valeur in notes.items()}
    derniere = evaluation.versions.first() if reprise else None
    if derniere and (derniere.notes, derniere.commentaire) == (figees, commentaire):
        return _oublier(evaluation)
    Note.objects.bulk_create(
        [Note(evaluation=evaluation, critere=critere, valeur=valeur) for critere, valeur in notes.items()],
        update_conflicts=True,
        unique_fields=["evaluation", "critere"],
        update_fields=["valeur"],
    )
    apres_lecture = reprise and _decouvert(reunion, dossier)
    evaluation.commentaire, evaluation.envoyee_le = commentaire, timezone.now()
    evaluation.brouillon, evaluation.ecritures = None, {}
    evaluation.save(update_fields=["commentaire", "envoyee_le", "brouillon", "ecritures", "modifiee_le"])
    version = VersionEvaluation.objects.create(
        evaluation=evaluation,
        version=derniere.version + 1 if derniere else 1,
        notes=figees,
        commentaire=commentaire,
        envoyee_le=evaluation.envoyee_le,
        apres_lecture=apres_lecture,
    )
    publier(
        "evaluation.envoyer", dossier, par=par, evaluation_id=evaluation.pk, version=version.version,
        apres_lecture=apres_lecture,
    )  # fmt: skip
    return evaluation


@transaction.atomic
def rouvrir_evaluation(dossier, *, par):
    """Reprend ses notes, jusqu'à la clôture ; celles qui ont été envoyées comptent tant qu'on n'a pas renvoyé."""
    dossier = verrouiller(dossier)
    reunion = reunion_ou_noter(dossier, par)
    evaluation = _mon_evaluation(dossier, par)
    if evaluation is None or not evaluation.est_envoyee:
        raise OperationRefusee("Vous n’avez pas encore envoyé de notes pour ce dossier.")
    if evaluation.en_reprise:
        return evaluation
    _decouvert(reunion, dossier)
    etat = brouillon.en_cours(evaluation)
    if not evaluation.versions.exists():
        VersionEvaluation.objects.create(
            evaluation=evaluation,
            version=1,
            notes={str(note.critere_id): note.valeur for note in evaluation.notes.all()},
            commentaire=evaluation.commentaire,
            envoyee_le=evaluation.envoyee_le,
        )
    evaluation.brouillon, evaluation.ecritures = etat, {}
    evaluation.save(update_fields=["brouillon", "ecritures", "modifiee_le"])
    publier("evaluation.rouvrir", dossier, par=par, evaluation_id=evaluation.pk)
    return evaluation


@transaction.atomic
def renoncer_a_la_reprise(dossier, *, par):
    """Garde les notes envoyées : ce qui s'écrivait par-dessus est oublié."""
    dossier = verrouiller(dossier)
    reunion_ou_noter(dossier, par)
    evaluation = _mon_evaluation(dossier, par)
    if evaluation is None or not evaluation.en_reprise:
        raise OperationRefusee("Vous n’avez pas de reprise en cours pour ce dossier.")
    publier("evaluation.renoncer", dossier, par=par, evaluation_id=evaluation.pk)
    return _oublier(evaluation)


def _oublier(evaluation):
    evaluation.brouillon, evaluation.ecritures = None, {}
    evaluation.save(update_fields=["brouillon", "ecritures", "modifiee_le"])
    return evaluation


def retablir_les_envois(reunion):
    """À la clôture : une reprise restée sans envoi s'oublie, la dernière version envoyée compte."""
    Evaluation.objects.filter(
        dossier__passages__reunion=reunion, envoyee_le__isnull=False, brouillon__isnull=False
    ).update(brouillon=None, ecritures={})
