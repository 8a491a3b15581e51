"""Le classement des dossiers d'une réunion, ou de tout un appel : moyennes, écarts, notes corrigées, avis.

Ne classe que ce que la personne a le droit de lire : jamais un dossier dont elle s'est déportée, ni des notes encore
secrètes ; ceux-là suivent, sans note ni rang.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch, Sum

from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Cible
from evaluation import equite, lecture
from evaluation.models import MembreReunion, PassageDossier


@dataclass
class Ligne:
    """Un dossier du classement ; `rang`, `moyenne`, `ecart` sont vides tant que ses notes ne se lisent pas."""

    dossier: object
    reunion: object
    demande: Decimal
    envoyees: int
    attendues: int
    moyenne: Decimal | None = None
    ecart: Decimal | None = None
    corrigee: float | None = None
    rang: int | None = None
    rang_corrige: int | None = None
    avis: object | None = None
    propose: Decimal | None = None
    par_evaluateur: dict = field(default_factory=dict)

    @property
    def change(self):
        return self.rang_corrige is not None and self.rang_corrige != self.rang


@dataclass
class Classement:
    lignes: list
    phrase: str
    corrige: bool
    deportes: int

    @property
    def notes(self):
        return sum(ligne.rang is not None for ligne in self.lignes)


def classer(passages, utilisateur):
    """Le classement de ces passages pour cette personne ; huit requêtes, quel que soit leur nombre."""
    tous = list(
        passages.exclude(dossier__etat=Etat.RETIRE)
        .select_related("reunion", "dossier__organisme", "dossier__avis")
        .prefetch_related(
            Prefetch("dossier__cibles", Cible.objects.select_related("quartier").defer("quartier__contour")),
            "dossier__avis__montants",
        )
        .annotate(demande=Sum("dossier__financements__montant_demande"))
        .order_by("reunion__debut", "reunion", "rang", "pk")
    )
    deports = lecture.deports_de([p.dossier_id for p in tous])
    lisibles = [p for p in tous if utilisateur.pk not in deports[p.dossier_id]]
    evaluations = lecture.evaluations_envoyees([p.dossier_id for p in lisibles], deports)
    attendus = _attendus(lisibles, deports)
    lignes = [
        _ligne(passage, evaluations[passage.dossier_id], attendus[passage.dossier_id], utilisateur)
        for passage in lisibles
    ]
    phrase, corrige = _corriger(lignes)
    _ranger(lignes)
    return Classement(lignes, phrase, corrige, deportes=len(tous) - len(lisibles))


def _attendus(passages, deports):
    par_reunion, membres = defaultdict(list), defaultdict(list)
    for passage in passages:
        par_reunion[passage.reunion].append(passage.dossier)
    for membre in MembreReunion.objects.filter(reunion__in=[r.pk for r in par_reunion]):
        membres[membre.reunion_id].append(membre)
    designes = lecture.lecteurs_de([p.dossier_id for p in passages])
    attendus = {}
    for reunion, dossiers in par_reunion.items():
        attendus |= lecture.attendus(reunion, dossiers, deports, membres[reunion.pk], designes)
    return attendus


def _ligne(passage, evaluations, attendus, utilisateur):
    dossier, envoyeurs = passage.dossier, {e.evaluateur_id for e in evaluations}
    ligne = Ligne(dossier, passage.reunion, passage.demande or Decimal(0), len(envoyeurs), len(attendus | envoyeurs))
    if dossier.etat != Etat.EN_EVALUATION and hasattr(dossier, "avis"):
        ligne.avis = dossier.avis
        ligne.propose = sum((m.montant for m in dossier.avis.montants.all()), Decimal(0))
    revele = lecture.est_revele(passage, attendus, evaluations)
    # Qui doit encore noter ne lit pas la moyenne des autres.
    doit_noter = utilisateur.pk in attendus - envoyeurs and not passage.reunion.est_close
    if revele and evaluations and not doit_noter:
        synthese = lecture.synthese_des_notes(evaluations)
        ligne.moyenne, ligne.ecart = synthese.moyenne, synthese.ecart
        ligne.par_evaluateur = {e.evaluateur_id: e.sur_cent for e in evaluations}
    return ligne


def _corriger(lignes):
    """Complète les lignes notées ; rend la phrase à dire, et si la correction a eu lieu."""
    notees = {ligne.dossier.pk: ligne for ligne in lignes if ligne.moyenne is not None}
    avant = equite.rangs({pk: ligne.moyenne for pk, ligne in notees.items()})
    for pk, rang in avant.items():
        notees[pk].rang = rang
    notes = {(qui, pk): note for pk, ligne in notees.items() for qui, note in ligne.par_evaluateur.items()}
    if not notes:
        return (
            "Le classement paraît quand les notes se découvrent : tous ont envoyé les leurs, ou la réunion est close.",
            False,
        )
    try:
        corrigees = equite.corriger(notes).notes
    except equite.CorrectionImpossible as refus:
        return str(refus), False
    apres = equite.rangs(corrigees)
    for pk, ligne in notees.items():
        ligne.corrigee, ligne.rang_corrige = corrigees[pk], apres[pk]
    return equite.phrase(equite.deplacements(avant, apres), lambda pk: notees[pk].dossier.intitule), True


def _ranger(lignes):
    lignes.sort(key=lambda ligne: (ligne.rang is None, ligne.rang or 0, ligne.dossier.numero))


def passages_de_l_appel(appel, utilisateur):
    """Ceux d'un appel que la personne conduit."""
    return PassageDossier.objects.filter(
        reunion__appel=appel, reunion__collectivite__in=utilisateur.ids_collectivites(Role.AGENT)
    )
