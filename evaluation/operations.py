"""Les verbes de la réunion : convier, inscrire, noter, se déporter, rendre un avis, clore."""

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.budget import euros
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation import proces_verbal
from evaluation.lecture import attendus, est_revele, evaluations_envoyees, passages_reveles
from evaluation.models import (
    Avis,
    Deport,
    Evaluation,
    MembreReunion,
    MontantPropose,
    Note,
    PassageDossier,
    ProcesVerbal,
    Reunion,
)
from evaluation.notes import NIVEAU_MAX
from journal.publication import publier


class OperationRefusee(dossiers.OperationRefusee):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


def _conduire(appel, par):
    if appel.collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul un agent de la collectivité conduit ses réunions.")


def _verrouiller(reunion, par):
    """Toujours la réunion d'abord, le dossier ensuite : deux agents ne s'attendent jamais l'un l'autre."""
    reunion = Reunion.objects.select_for_update(of=("self",)).select_related("appel").get(pk=reunion.pk)
    _conduire(reunion.appel, par)
    return reunion


def _ouverte(reunion):
    if reunion.est_close:
        raise OperationRefusee("Cette réunion est close : on ne la modifie plus.")
    return reunion


def _figer_les_decouvertes(reunion):
    """À faire avant d'attendre une personne de plus : ce qui a été lu ne redevient pas aveugle."""
    passages = list(reunion.passages.filter(decouvert_le=None).select_related("reunion", "dossier"))
    lus = [passage.pk for passage in passages_reveles(reunion, passages)]
    PassageDossier.objects.filter(pk__in=lus).update(decouvert_le=timezone.now())


@transaction.atomic
def creer_reunion(appel, *, par, **champs):
    _conduire(appel, par)
    reunion = Reunion.objects.create(appel=appel, **champs)
    publier("reunion.creer", reunion, par=par)
    return reunion


@transaction.atomic
def modifier_reunion(reunion, *, par, **champs):
    reunion = _ouverte(_verrouiller(reunion, par))
    for champ, valeur in champs.items():
        setattr(reunion, champ, valeur)
    reunion.save(update_fields=list(champs))
    publier("reunion.modifier", reunion, par=par)
    return reunion


@transaction.atomic
def convier(reunion, utilisateur, *, par, structure="", evalue=True):
    """Convie une personne ; un membre d'un conseil citoyen lit les dossiers sans les noter."""
    reunion = _ouverte(_verrouiller(reunion, par))
    roles = set(
        utilisateur.affectations.filter(collectivite=reunion.appel.collectivite_id).values_list("role", flat=True)
    )
    if not roles & {Role.EVALUATEUR, Role.CITOYEN}:
        raise OperationRefusee("On convie les évaluateurs et les membres des conseils citoyens de la collectivité.")
    _figer_les_decouvertes(reunion)
    membre, cree = MembreReunion.objects.get_or_create(
        reunion=reunion,
        utilisateur=utilisateur,
        defaults={"structure": structure, "evalue": evalue and Role.EVALUATEUR in roles},
    )
    if cree:
        publier("reunion.convier", reunion, par=par, membre_id=utilisateur.pk)
    return membre


def _relire_membre(membre):
    """Verrouille la ligne du membre : il n'envoie pas de notes pendant qu'on change sa place."""
    verrouille = MembreReunion.objects.select_for_update().filter(pk=membre.pk).first()
    if verrouille is None:
        raise OperationRefusee("Cette personne n’est plus conviée à la réunion.")
    return verrouille


@transaction.atomic
def retirer_membre(membre, *, par):
    reunion = _ouverte(_verrouiller(membre.reunion, par))
    membre = _relire_membre(membre)
    if Evaluation.objects.filter(
        evaluateur=membre.utilisateur_id, dossier__passages__reunion=reunion, envoyee_le__isnull=False
    ).exists():
        raise OperationRefusee("Cette personne a déjà envoyé des notes : marquez-la plutôt excusée.")
    Evaluation.objects.filter(evaluateur=membre.utilisateur_id, dossier__passages__reunion=reunion).delete()
    publier("reunion.retirer_membre", reunion, par=par, membre_id=membre.utilisateur_id)
    membre.delete()


@transaction.atomic
def inscrire(reunion, dossier, *, par):
    """Met un dossier recevable à l'ordre du jour, au dernier rang."""
    reunion = _ouverte(_verrouiller(reunion, par))
    if dossier.appel_id != reunion.appel_id:
        raise OperationRefusee("Ce dossier répond à un autre appel à projets.")
    dossier = dossiers.mettre_en_evaluation(dossier, par=par, reunion_id=reunion.pk, reunion=reunion.titre)
    rang = (reunion.passages.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
    return PassageDossier.objects.create(reunion=reunion, dossier=dossier, rang=rang)


@transaction.atomic
def desinscrire(passage, *, par, motif):
    """Retire un dossier de l'ordre du jour : il redevient recevable."""
    reunion = _ouverte(_verrouiller(passage.reunion, par))
    dossier = verrouiller(passage.dossier)
    if not reunion.passages.filter(pk=passage.pk).exists():
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    if dossier.evaluations.filter(envoyee_le__isnull=False).exists():
        raise OperationRefusee("Des notes ont été envoyées sur ce dossier : il reste à l’ordre du jour.")
    dossiers.revenir(dossier, "revenir_a_la_recevabilite", par=par, motif=motif)
    dossier.evaluations.all().delete()
    publier("reunion.desinscrire", reunion, par=par, dossier_id=dossier.pk)
    passage.delete()


@transaction.atomic
def deplacer(passage, *, par, vers):
    """Change le rang d'un dossier (1 : le premier) ; les autres se décalent."""
    reunion = _ouverte(_verrouiller(passage.reunion, par))
    passages = list(reunion.passages.order_by("rang", "pk"))
    if passage not in passages:
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    passages.remove(passage)
    passages.insert(max(0, min(vers - 1, len(passages))), passage)
    for rang, autre in enumerate(passages, 1):
        autre.rang = rang
    PassageDossier.objects.bulk_update(passages, ["rang"])
    publier("reunion.deplacer", reunion, par=par, dossier_id=passage.dossier_id, rang=passage.rang)


def _reunion_ou_noter(dossier, par):
    """La réunion d'un dossier verrouillé que cette personne a le droit de noter, maintenant."""
    membre = (
        MembreReunion.objects.select_for_update(of=("self",))
        .select_related("reunion")
        .annotate(
            deporte=Exists(Deport.objects.filter(dossier=dossier, utilisateur=OuterRef("utilisateur"))),
            rendu=Exists(Avis.objects.filter(dossier=dossier)),
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
    return membre.reunion


@transaction.atomic
def enregistrer_evaluation(dossier, *, par, notes, commentaire=""):
    """Garde un brouillon de notes : {critère: niveau de 0 à 5}. Les critères absents gardent leur note."""
    dossier = verrouiller(dossier)
    _reunion_ou_noter(dossier, par)
    for critere, valeur in notes.items():
        if critere.appel_id != dossier.appel_id:
            raise OperationRefusee("Ce critère n’est pas dans la grille de l’appel.")
        if not 0 <= valeur <= NIVEAU_MAX:
            raise OperationRefusee(f"Une note va de 0 à {NIVEAU_MAX}.")
    # Le verrou du dossier suffit à ne pas créer deux évaluations.
    evaluation = Evaluation.objects.filter(dossier=dossier, evaluateur=par).first()
    if evaluation is None:
        evaluation = Evaluation(dossier=dossier, evaluateur=par)
    elif evaluation.envoyee_le:
        raise OperationRefusee("Vous avez déjà envoyé vos notes pour ce dossier.")
    evaluation.commentaire = commentaire.strip()
    evaluation.save()
    Note.objects.bulk_create(
        [Note(evaluation=evaluation, critere=critere, valeur=valeur) for critere, valeur in notes.items()],
        update_conflicts=True,
        unique_fields=["evaluation", "critere"],
        update_fields=["valeur"],
    )
    return evaluation


@transaction.atomic
def envoyer_evaluation(dossier, *, par):
    """Envoie les notes : elles comptent, et ne changent plus sans être rouvertes."""
    dossier = verrouiller(dossier)
    _reunion_ou_noter(dossier, par)
    evaluation = Evaluation.objects.filter(dossier=dossier, evaluateur=par).first()
    if evaluation and evaluation.envoyee_le:
        raise OperationRefusee("Vous avez déjà envoyé vos notes pour ce dossier.")
    notes = evaluation.notes.count() if evaluation else 0
    attendues = dossier.appel.criteres.count()
    if notes < attendues:
        reste = attendues - notes
        raise OperationRefusee(f"Il reste {reste} critère{'s' if reste > 1 else ''} à noter avant d’envoyer.")
    evaluation.envoyee_le = timezone.now()
    evaluation.save(update_fields=["envoyee_le", "modifiee_le"])
    publier("evaluation.envoyer", dossier, par=par, evaluation_id=evaluation.pk)
    return evaluation


@transaction.atomic
def rouvrir_evaluation(dossier, *, par):
    """Rouvre ses notes, tant que personne n'a pu lire celles des autres."""
    dossier = verrouiller(dossier)
    reunion = _reunion_ou_noter(dossier, par)
    passage = reunion.passages.select_related("reunion").get(dossier=dossier)
    envoyees = evaluations_envoyees([dossier])[dossier.pk]
    if est_revele(passage, attendus(reunion, [dossier])[dossier.pk], envoyees):
        raise OperationRefusee("Les notes sont découvertes : on ne les modifie plus.")
    evaluation = Evaluation.objects.filter(dossier=dossier, evaluateur=par, envoyee_le__isnull=False).first()
    if evaluation is None:
        raise OperationRefusee("Vous n’avez pas encore envoyé de notes pour ce dossier.")
    evaluation.envoyee_le = None
    evaluation.save(update_fields=["envoyee_le", "modifiee_le"])
    publier("evaluation.rouvrir", dossier, par=par, evaluation_id=evaluation.pk)
    return evaluation


@transaction.atomic
def declarer_deport(dossier, *, par, motif):
    """Se déporte : la personne ne voit plus rien du dossier, et ses notes ne comptent plus (CGCT, art. L. 2131-11)."""
    if not motif.strip():
        raise OperationRefusee("Dites en quelques mots quel lien vous avez avec le porteur.")
    dossier = verrouiller(dossier)
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    if not (passage and MembreReunion.objects.filter(reunion=passage.reunion, utilisateur=par).exists()):
        raise OperationRefusee("Ce dossier n’est pas à l’ordre du jour d’une de vos réunions.")
    if passage.reunion.est_close:
        raise OperationRefusee("Cette réunion est close. Signalez ce lien au service, qui en gardera la trace.")
    deport, cree = Deport.objects.get_or_create(
        dossier=dossier, utilisateur=par, defaults={"motif": motif.strip()[:300]}
    )
    if cree:
        Evaluation.objects.filter(dossier=dossier, evaluateur=par).delete()
        publier("deport.declarer", dossier, par=par, reunion_id=passage.reunion_id)
    return deport


@transaction.atomic
def marquer_presence(membre, presence, *, par):
    reunion = _ouverte(_verrouiller(membre.reunion, par))
    membre = _relire_membre(membre)
    if membre.presence != presence:
        _figer_les_decouvertes(reunion)
        membre.presence = MembreReunion.Presence(presence)
        membre.save(update_fields=["presence"])
        publier("reunion.marquer_presence", reunion, par=par, membre_id=membre.utilisateur_id, presence=presence)
    return membre


@transaction.atomic
def rendre_avis(dossier, *, par, sens, montants, observations="", reserves=""):
    """Enregistre l'avis collectif et les montants proposés ; ou corrige celui d'un dossier revenu en évaluation."""
    reunion = Reunion.objects.filter(passages__dossier=dossier).first()
    if reunion is None:
        raise OperationRefusee("Ce dossier n’est à l’ordre du jour d’aucune réunion.")
    reunion = _ouverte(_verrouiller(reunion, par))
    dossier = verrouiller(dossier)
    if not reunion.passages.filter(dossier=dossier).exists():
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour de cette réunion.")
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent enregistre l’avis.")
    if sens not in Avis.Sens.values:
        raise OperationRefusee("Choisissez le sens de l’avis.")
    if sens == Avis.Sens.RESERVES and not reserves.strip():
        raise OperationRefusee("Un avis favorable avec réserves dit lesquelles.")
    demandes = {f.financeur_id: f for f in dossier.financements.select_related("financeur")}
    for financeur, montant in montants.items():
        demande = demandes.get(financeur.pk)
        if demande is None:
            raise OperationRefusee(f"Rien n’est demandé à « {financeur} » dans ce dossier.")
        if not 0 <= montant <= demande.montant_demande:
            plafond = euros(demande.montant_demande)
            raise OperationRefusee(f"Le montant proposé à « {financeur} » va de zéro au montant demandé ({plafond}).")
    if sens == Avis.Sens.DEFAVORABLE and any(montants.values()):
        raise OperationRefusee("Un avis défavorable ne propose aucun montant.")
    dossiers.constater_avis(dossier, par=par, sens=sens, reunion_id=reunion.pk)
    avis, _ = Avis.objects.update_or_create(
        dossier=dossier,
        defaults={
            "reunion": reunion,
            "sens": sens,
            "observations": observations.strip(),
            "reserves": reserves.strip() if sens == Avis.Sens.RESERVES else "",
            "rendu_le": timezone.now(),
        },
    )
    avis.montants.all().delete()
    MontantPropose.objects.bulk_create(
        MontantPropose(avis=avis, financeur_id=pk, montant=next((m for f, m in montants.items() if f.pk == pk), 0))
        for pk in demandes
    )
    return avis


@transaction.atomic
def clore_reunion(reunion, *, par):
    """Clôt la réunion quand chaque dossier a son avis."""
    reunion = _ouverte(_verrouiller(reunion, par))
    sans_avis = reunion.passages.filter(dossier__etat=Etat.EN_EVALUATION).count()
    if sans_avis:
        raise OperationRefusee(
            f"{sans_avis} dossiers de l’ordre du jour attendent encore un avis."
            if sans_avis > 1
            else "Un dossier de l’ordre du jour attend encore un avis."
        )
    reunion.close_le = timezone.now()
    reunion.save(update_fields=["close_le"])
    # Clore découvre les notes ; rouvrir ne les cachera pas à qui les a lues.
    reunion.passages.filter(decouvert_le=None).update(decouvert_le=reunion.close_le)
    publier("reunion.clore", reunion, par=par)
    return reunion


@transaction.atomic
def rouvrir_reunion(reunion, *, par, motif):
    """Rouvre une réunion close, pour corriger un avis ou une présence ; le motif reste au journal."""
    reunion = _verrouiller(reunion, par)
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi la réunion est rouverte : l’historique le garde.")
    if not reunion.est_close:
        raise OperationRefusee("Cette réunion est déjà ouverte.")
    reunion.close_le = None
    reunion.save(update_fields=["close_le"])
    publier("reunion.rouvrir", reunion, par=par, motif=motif.strip())
    return reunion


@transaction.atomic
def demander_proces_verbal(reunion, *, par):
    """Fige les données du procès-verbal ; sa composition se fait ensuite, en tâche de fond.

    Un double clic rend la demande déjà en cours.
    """
    reunion = _verrouiller(reunion, par)
    dernier = reunion.proces_verbaux.first()
    if dernier and dernier.produit_le is None:
        return dernier
    version = dernier.version + 1 if dernier else 1
    demande = ProcesVerbal.objects.create(
        reunion=reunion, version=version, donnees=proces_verbal.donnees_de(reunion, version)
    )
    publier("reunion.demander_proces_verbal", reunion, par=par, proces_verbal_id=demande.pk)
    return demande
