"""Lire la séance : qui est dans la salle, le bloc sans débat, le dossier suivant ; et son journal, pour le PV."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Prefetch

from comptes.models import Membre
from dossiers.etats import Etat
from dossiers.models import Financement
from evaluation.depouillement import depouiller
from evaluation.models import Deport, MembreReunion, Mouvement, Seance, Vote
from journal.models import Evenement

SORTIE = Mouvement.Sens.SORTIE


def derniers_mouvements(reunion, utilisateur=None):
    """{personne: son dernier mouvement}"""
    mouvements = Mouvement.objects.filter(reunion=reunion).select_related("passage").order_by("pk")
    if utilisateur:
        mouvements = mouvements.filter(utilisateur=utilisateur)
    return {m.utilisateur_id: m for m in mouvements}


def dans_la_salle(membre, derniers):
    dernier = derniers.get(membre.utilisateur_id)
    return membre.presence == MembreReunion.Presence.PRESENT and not (dernier and dernier.sens == SORTIE)


def votants_dans_la_salle(reunion, passage=None):
    """Combien comptent pour le quorum : ceux qui notent, présents, ni déportés du dossier ni membres du porteur."""
    derniers = derniers_mouvements(reunion)
    membres = reunion.membres.filter(evalue=True)
    if passage:
        membres = membres.exclude(
            utilisateur__in=Deport.objects.filter(dossier=passage.dossier_id).values("utilisateur")
        ).exclude(utilisateur__in=Membre.objects.filter(organisme__dossiers=passage.dossier_id).values("utilisateur"))
    # Un déporté dehors pour le dossier précédent rentre pour celui-ci : il compte.
    return sum(
        membre.presence == MembreReunion.Presence.PRESENT
        and not (
            (dernier := derniers.get(membre.utilisateur_id)) and dernier.sens == SORTIE and dernier.passage_id is None
        )
        for membre in membres
    )


def sans_debat(passage):
    return passage.sans_debat and passage.sorti_du_bloc_par_id is None


def reste_a_examiner(passage):
    return passage.dossier.etat == Etat.EN_EVALUATION


def suivant_parmi(passages, passage=None):
    """Le dossier à débattre qui suit celui-ci, ou le premier qui reste."""
    restants = [p for p in passages if reste_a_examiner(p) and not sans_debat(p) and p != passage]
    apres = [p for p in restants if passage and (p.rang, p.pk) > (passage.rang, passage.pk)]
    return next(iter([*apres, *restants]), None)


def dossier_suivant(reunion, passage=None):
    return suivant_parmi(reunion.passages.select_related("dossier").order_by("rang", "pk"), passage)


def bloc_sans_debat(reunion):
    """Les dossiers qu'un seul geste adopte : proposés sans débat, que personne n'a demandé à débattre."""
    passages = (
        reunion.passages.filter(sans_debat=True, sorti_du_bloc_par=None, dossier__etat=Etat.EN_EVALUATION)
        .select_related("dossier__organisme", "dossier__avis")
        .prefetch_related(
            Prefetch("dossier__financements", Financement.objects.select_related("financeur")),
            "dossier__avis__montants",
        )
    )
    return list(passages.order_by("rang", "pk"))


def montants_du_bloc(dossier):
    """Ce que le bloc propose : le montant déjà proposé à un dossier qui revient, sinon celui demandé."""
    avis = getattr(dossier, "avis", None)
    proposes = {m.financeur_id: m.montant for m in avis.montants.all()} if avis else {}
    return {
        f.financeur: min(proposes.get(f.financeur_id, f.montant_demande), f.montant_demande)
        for f in dossier.financements.all()
    }


def suites(phase, devoiles):
    """Les phases où l'on peut passer, la suite naturelle d'abord ; un tour dévoilé ne se revote pas."""
    Phase = Seance.Phase
    premier = Phase.RESULTAT_1 if 1 in devoiles else Phase.TOUR_1
    second = Phase.RESULTAT_2 if 2 in devoiles else Phase.TOUR_2
    dernier_lu = Phase.RESULTAT_2 if 2 in devoiles else Phase.RESULTAT_1 if 1 in devoiles else Phase.PRESENTATION
    return {
        Phase.PRESENTATION: (premier, Phase.AVIS),
        Phase.TOUR_1: (Phase.RESULTAT_1, Phase.PRESENTATION),
        Phase.RESULTAT_1: (second, Phase.AVIS),
        Phase.TOUR_2: (Phase.RESULTAT_2, Phase.RESULTAT_1),
        Phase.RESULTAT_2: (Phase.AVIS,),
        Phase.AVIS: (dernier_lu,),
    }.get(phase, ())


class Venue(NamedTuple):
    """Un membre présent : sa première arrivée, sa dernière sortie s'il n'est pas revenu."""

    nom: str
    structure: str
    note: bool
    arrivee: datetime | None
    depart: datetime | None


class Passage(NamedTuple):
    """Une entrée ou une sortie, dans l'ordre ; `numero` : le dossier dont le déport fait sortir."""

    nom: str
    sens: str
    le: datetime
    numero: str


class Tour(NamedTuple):
    """Un tour dévoilé, agrégé : jamais qui a voté quoi."""

    tour: int
    nombre: int
    mediane: Decimal
    mini: Decimal
    maxi: Decimal


class Examen(NamedTuple):
    """Un dossier tel qu'il a été examiné ; `sortis` : les déportés présents, hors de la salle pendant l'examen."""

    numero: str
    ouvert_le: datetime | None
    ferme_le: datetime | None
    sans_debat: bool
    sorti_du_bloc: bool
    sortis: list
    mouvements: list
    tours: list
    reserve_de_quorum: str


class Journal(NamedTuple):
    ouverte_le: datetime
    levee_le: datetime | None
    quorum: int
    presents: list
    mouvements: list
    examens: list
    reserves: list


def journal_de_seance(reunion):
    """Tout ce que le procès-verbal dit de la séance ; None si elle ne s'est pas tenue."""
    seance = Seance.objects.filter(reunion=reunion).first()
    if seance is None:
        return None
    mouvements = list(
        Mouvement.objects.filter(reunion=reunion).select_related("utilisateur", "passage__dossier").order_by("le", "pk")
    )
    membres = list(reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk"))
    passages = list(reunion.passages.select_related("dossier").order_by("rang", "pk"))
    presents = {m.utilisateur_id for m in membres if m.presence == MembreReunion.Presence.PRESENT}
    deportes = defaultdict(list)
    connus = Deport.objects.filter(dossier__passages__reunion=reunion).avant_l_avis()
    for deport in connus.select_related("utilisateur"):
        if deport.utilisateur_id in presents:
            deportes[deport.dossier_id].append(deport)
    votes = defaultdict(list)
    for vote in Vote.objects.filter(passage__reunion=reunion):
        votes[vote.passage_id, vote.tour].append(vote)
    devoiles = tours_devoiles(reunion)
    reserves = _reserves(reunion)
    return Journal(
        ouverte_le=seance.ouverte_le,
        levee_le=seance.levee_le or reunion.close_le,
        quorum=reunion.quorum,
        presents=[_venue(m, mouvements) for m in membres if m.utilisateur_id in presents],
        mouvements=[_passage(m) for m in mouvements],
        examens=[_examen(p, deportes[p.dossier_id], mouvements, votes, devoiles, reserves) for p in passages],
        reserves=list(reserves.values()),
    )


def _reserves(reunion):
    """{passage: la phrase}, quand la séance s'est prononcée sous le quorum."""
    faits = Evenement.objects.de(reunion).filter(type="seance.poursuivre_sans_quorum")
    return {
        fait.donnees["passage_id"]: (
            f"Dossier {fait.donnees['numero']} : examiné sans le quorum "
            f"({fait.donnees['presents']} dans la salle, {fait.donnees['quorum']} exigés)."
        )
        for fait in faits
    }


def tours_devoiles(reunion):
    """{(passage, tour)} ; un tour que la salle n'a pas lu reste secret."""
    tours = {Seance.Phase.RESULTAT_1: 1, Seance.Phase.RESULTAT_2: 2}
    faits = Evenement.objects.de(reunion).filter(type="seance.passer", donnees__phase__in=list(tours))
    return {(fait.donnees["passage_id"], tours[fait.donnees["phase"]]) for fait in faits}


def _passage(mouvement):
    numero = mouvement.passage.dossier.numero if mouvement.passage_id else ""
    return Passage(str(mouvement.utilisateur), mouvement.sens, mouvement.le, numero)


def _venue(membre, mouvements):
    siens = [m for m in mouvements if m.utilisateur_id == membre.utilisateur_id]
    arrivee = next((m.le for m in siens if m.sens != SORTIE), None)
    depart = siens[-1].le if siens and siens[-1].sens == SORTIE else None
    return Venue(str(membre.utilisateur), membre.structure, membre.evalue, arrivee, depart)


def _examen(passage, deports, mouvements, votes, devoiles, reserves):
    deportes = {d.utilisateur_id for d in deports}
    tours = []
    for tour in Vote.TOURS:
        if (passage.pk, tour) not in devoiles:
            continue
        exprimes = [v.montant for v in votes[passage.pk, tour] if v.utilisateur_id not in deportes]
        if resultat := depouiller(exprimes):
            tours.append(Tour(tour, resultat.nombre, resultat.mediane, resultat.mini, resultat.maxi))
    return Examen(
        numero=passage.dossier.numero,
        ouvert_le=passage.ouvert_le,
        ferme_le=passage.ferme_le,
        sans_debat=sans_debat(passage),
        sorti_du_bloc=passage.sorti_du_bloc_par_id is not None,
        sortis=[str(d.utilisateur) for d in deports] if passage.ouvert_le else [],
        mouvements=[_passage(m) for m in mouvements if m.passage_id == passage.pk],
        tours=tours,
        reserve_de_quorum=reserves.get(passage.pk, ""),
    )
