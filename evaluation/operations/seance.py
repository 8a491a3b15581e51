"""Conduire la séance : l'ouvrir, ouvrir un dossier, passer de phase en phase, le minuteur, la lever."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation import seance as lire
from evaluation.models import Deport, PassageDossier, Seance, Vote
from evaluation.operations.avis import rendre_avis
from evaluation.operations.communs import OperationRefusee, ouverte, verrouiller_reunion
from evaluation.operations.presences import tenir_la_porte
from journal.models import Evenement
from journal.publication import publier

Phase = Seance.Phase
TOUR_DEVOILE = {Phase.RESULTAT_1: 1, Phase.RESULTAT_2: 2}
# Là où la séance se prononce : le quorum s'y vérifie.
SE_PRONONCE = {Phase.TOUR_1, Phase.TOUR_2, Phase.AVIS}
DERNIER_GESTE = {
    Phase.ATTENTE: "de refermer le dossier",
    Phase.PRESENTATION: "d’ouvrir un dossier",
    Phase.TOUR_1: "de passer au premier vote",
    Phase.RESULTAT_1: "de dévoiler le premier vote",
    Phase.TOUR_2: "de passer au second vote",
    Phase.RESULTAT_2: "de dévoiler le second vote",
    Phase.AVIS: "de passer à l’avis collectif",
}


class SeanceAvancee(OperationRefusee):
    """Un autre geste de conduite est passé avant celui-ci : la page n'était plus à jour."""

    def __init__(self, seance, par):
        geste = DERNIER_GESTE[seance.phase]
        if seance.animee_par_id == par.pk:
            super().__init__(f"Vous venez déjà {geste}. Voici où en est la séance.")
        else:
            qui = seance.animee_par.get_short_name() if seance.animee_par else "Une autre personne"
            super().__init__(f"{qui} vient {geste}. Voici où en est la séance.")


class QuorumNonAtteint(OperationRefusee):
    """On prévient ; l'agent peut poursuivre en le disant, et c'est noté."""

    def __init__(self, presents, quorum):
        self.presents, self.quorum = presents, quorum
        super().__init__(
            f"Le quorum n’est pas atteint : {presents} membre{'s' if presents > 1 else ''} dans la salle "
            f"pour ce dossier, {quorum} exigés."
        )


def verrouiller_seance(reunion, par, version=None):
    """La réunion, puis la séance : les votes n'attendent que la seconde."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    seance = (
        Seance.objects.select_for_update(of=("self",))
        .select_related("passage__dossier__organisme", "animee_par")
        .filter(reunion=reunion)
        .first()
    )
    if seance is None:
        raise OperationRefusee("La séance n’est pas encore ouverte.")
    if version is not None and version != seance.version:
        raise SeanceAvancee(seance, par)
    if seance.levee_le:
        raise OperationRefusee("La séance est levée. Reprenez-la pour poursuivre.")
    seance.reunion = reunion
    return seance


def _ecarter_le_deporte(passage, par):
    if Deport.objects.filter(dossier=passage.dossier_id, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent en conduit l’examen.")


def _exiger_le_quorum(seance, passage, par, sans_quorum):
    quorum = seance.reunion.quorum
    if not quorum:
        return
    presents = lire.votants_dans_la_salle(seance.reunion, passage)
    if presents >= quorum:
        return
    deja = Evenement.objects.de(seance.reunion).filter(
        type="seance.poursuivre_sans_quorum", donnees__passage_id=passage.pk, donnees__presents=presents
    )
    if deja.exists():
        return
    if not sans_quorum:
        raise QuorumNonAtteint(presents, quorum)
    publier(
        "seance.poursuivre_sans_quorum", seance.reunion, par=par,
        passage_id=passage.pk, numero=passage.dossier.numero, presents=presents, quorum=quorum,
    )  # fmt: skip


def _ecrire(seance, par, **champs):
    for champ, valeur in champs.items():
        setattr(seance, champ, valeur)
    seance.version += 1
    seance.animee_par = par
    seance.save()
    return seance


@transaction.atomic
def ouvrir_seance(reunion, *, par):
    """Ouvre la séance d'une réunion thématique, ou la reprend après l'avoir levée ; un double clic ne fait rien."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if not reunion.est_thematique:
        raise OperationRefusee("Cette réunion n’examine pas de dossiers : elle se tient sans vote.")
    seance, creee = Seance.objects.get_or_create(reunion=reunion, defaults={"animee_par": par})
    if creee:
        publier("seance.ouvrir", reunion, par=par)
    elif seance.levee_le:
        _ecrire(seance, par, levee_le=None)
        publier("seance.reprendre", reunion, par=par)
    return seance


@transaction.atomic
def ouvrir_dossier(reunion, passage, *, par, version, sans_quorum=False):
    """Ouvre l'examen d'un dossier, dans l'ordre ou non ; les déportés sortent. Celui d'avant se referme."""
    seance = verrouiller_seance(reunion, par, version)
    passage = PassageDossier.objects.select_related("dossier").filter(reunion=reunion, pk=passage.pk).first()
    if passage is None:
        raise OperationRefusee("Ce dossier n’est plus à l’ordre du jour.")
    _ecarter_le_deporte(passage, par)
    if seance.passage_id:
        _ecarter_le_deporte(seance.passage, par)
    passage.dossier = verrouiller(passage.dossier)
    if passage.dossier.etat != Etat.EN_EVALUATION:
        raise OperationRefusee("Ce dossier n’est plus en évaluation : son avis est rendu, ou le porteur l’a retiré.")
    _exiger_le_quorum(seance, passage, par, sans_quorum)
    maintenant = timezone.now()
    _refermer(seance, maintenant)
    PassageDossier.objects.filter(pk=passage.pk).update(ouvert_le=passage.ouvert_le or maintenant, ferme_le=None)
    tenir_la_porte(seance.reunion, passage, maintenant)
    publier("seance.ouvrir_dossier", seance.reunion, par=par, passage_id=passage.pk, numero=passage.dossier.numero)
    return _ecrire(seance, par, phase=Phase.PRESENTATION, passage=passage, minuteur_fin=None, minuteur_reste_s=None)


def _refermer(seance, maintenant):
    if seance.passage_id:
        PassageDossier.objects.filter(pk=seance.passage_id).update(ferme_le=maintenant)


def _fermer(seance, par):
    maintenant = timezone.now()
    _refermer(seance, maintenant)
    suivant = lire.dossier_suivant(seance.reunion, seance.passage)
    _ecrire(seance, par, phase=Phase.ATTENTE, passage=None, minuteur_fin=None, minuteur_reste_s=None)
    tenir_la_porte(seance.reunion, None, maintenant, suivant=suivant)
    return seance


@transaction.atomic
def fermer_dossier(reunion, *, par, version):
    """Referme le dossier sans avis : il garde sa place, on y reviendra."""
    seance = verrouiller_seance(reunion, par, version)
    if seance.passage_id is None:
        raise OperationRefusee("Aucun dossier n’est ouvert.")
    _ecarter_le_deporte(seance.passage, par)
    publier("seance.fermer_dossier", seance.reunion, par=par, passage_id=seance.passage_id)
    return _fermer(seance, par)


@transaction.atomic
def passer(reunion, phase, *, par, version, sans_quorum=False):
    """Passe le dossier ouvert à la phase demandée."""
    seance = verrouiller_seance(reunion, par, version)
    if seance.passage_id is None:
        raise OperationRefusee("Ouvrez d’abord un dossier.")
    passage = seance.passage
    _ecarter_le_deporte(passage, par)
    devoiles = {tour for pk, tour in lire.tours_devoiles(seance.reunion) if pk == passage.pk}
    if phase not in lire.suites(seance.phase, devoiles):
        raise OperationRefusee("Ce passage n’est pas possible depuis cette étape.")
    if passage.dossier.etat != Etat.EN_EVALUATION:
        raise OperationRefusee("Ce dossier n’est plus en évaluation. Refermez-le pour passer au suivant.")
    if phase in SE_PRONONCE:
        _exiger_le_quorum(seance, passage, par, sans_quorum)
    if phase in TOUR_DEVOILE and not Vote.objects.filter(passage=passage, tour=TOUR_DEVOILE[phase]).exists():
        raise OperationRefusee("Personne n’a encore voté : il n’y a rien à dévoiler.")
    # Un déport déclaré pendant l'examen fait sortir à l'heure où il l'a été.
    tenir_la_porte(seance.reunion, passage, None)
    publier("seance.passer", seance.reunion, par=par, passage_id=passage.pk, phase=phase)
    return _ecrire(seance, par, phase=Phase(phase))


@transaction.atomic
def conclure(reunion, *, par, version, sens, montants, observations="", reserves="", sans_quorum=False):
    """Enregistre l'avis collectif du dossier ouvert, puis le referme."""
    seance = verrouiller_seance(reunion, par, version)
    if seance.phase != Phase.AVIS:
        raise OperationRefusee("Passez d’abord à l’avis collectif.")
    _ecarter_le_deporte(seance.passage, par)
    _exiger_le_quorum(seance, seance.passage, par, sans_quorum)
    tenir_la_porte(seance.reunion, seance.passage, None)
    avis = rendre_avis(
        seance.passage.dossier, par=par, sens=sens, montants=montants, observations=observations, reserves=reserves
    )
    _fermer(seance, par)
    return avis


@transaction.atomic
def lever_seance(reunion, *, par, version):
    seance = verrouiller_seance(reunion, par, version)
    if seance.passage_id:
        raise OperationRefusee("Un dossier est encore ouvert : rendez l’avis ou refermez-le avant de lever la séance.")
    maintenant = timezone.now()
    tenir_la_porte(seance.reunion, None, maintenant)
    publier("seance.lever", seance.reunion, par=par)
    return _ecrire(seance, par, levee_le=maintenant)


MINUTE = timedelta(minutes=1)


@transaction.atomic
def regler_minuteur(reunion, geste, *, par):
    """« demarrer », « pause » ou « ajouter » une minute ; il ne fait pas avancer la séance, deux agents s'y aident."""
    seance = verrouiller_seance(reunion, par)
    if seance.passage_id is None:
        raise OperationRefusee("Le minuteur sert pendant l’examen d’un dossier.")
    _ecarter_le_deporte(seance.passage, par)
    maintenant, fin, reste = timezone.now(), seance.minuteur_fin, seance.minuteur_reste_s
    if geste == "demarrer":
        if fin is None:
            duree = timedelta(seconds=reste) if reste is not None else MINUTE * seance.reunion.minutes_par_dossier
            fin, reste = maintenant + duree, None
    elif geste == "pause":
        if fin is not None:
            fin, reste = None, max(0, round((fin - maintenant).total_seconds()))
    elif geste == "ajouter":
        if fin is not None:
            fin = max(fin, maintenant) + MINUTE
        else:
            reste = (reste if reste is not None else seance.reunion.minutes_par_dossier * 60) + 60
    else:
        raise OperationRefusee("Le minuteur se démarre, s’arrête ou s’allonge d’une minute.")
    Seance.objects.filter(pk=seance.pk).update(minuteur_fin=fin, minuteur_reste_s=reste)
    publier("seance.regler_minuteur", seance.reunion, par=par, geste=geste)
    seance.minuteur_fin, seance.minuteur_reste_s = fin, reste
    return seance


@transaction.atomic
def adopter_sans_debat(reunion, *, par, version, passages, sans_quorum=False):
    """Adopte d'un geste les dossiers du bloc qu'on avait sous les yeux : avis favorable, un par dossier.

    Qui s'est déporté d'un de ces dossiers sort et rentre ; l'agent déporté laisse le sien à un collègue.
    """
    seance = verrouiller_seance(reunion, par, version)
    if seance.passage_id:
        raise OperationRefusee("Un dossier est ouvert : refermez-le avant d’adopter le bloc.")
    bloc = [p for p in lire.bloc_sans_debat(seance.reunion) if not p.dossier.deports.filter(utilisateur=par).exists()]
    if not bloc:
        raise OperationRefusee("Aucun dossier n’est proposé sans débat.")
    if {p.pk for p in bloc} != set(passages):
        raise OperationRefusee("Le bloc vient de changer : un dossier en est sorti ou y est entré. Le voici à jour.")
    for passage in bloc:
        _exiger_le_quorum(seance, passage, par, sans_quorum)
    maintenant = timezone.now()
    for passage in bloc:
        tenir_la_porte(seance.reunion, passage, maintenant)
        rendre_avis(passage.dossier, par=par, sens="favorable", montants=lire.montants_du_bloc(passage.dossier))
        PassageDossier.objects.filter(pk=passage.pk).update(
            ouvert_le=Coalesce("ouvert_le", maintenant), ferme_le=maintenant
        )
    tenir_la_porte(seance.reunion, None, maintenant, suivant=lire.dossier_suivant(seance.reunion, None))
    publier("seance.adopter_sans_debat", seance.reunion, par=par, passages=[p.pk for p in bloc])
    _ecrire(seance, par)
    return bloc
