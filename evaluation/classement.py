"""Le classement des dossiers d'une réunion, ou de tout un appel : moyennes, écarts, notes corrigées, avis.

Ce que disent les habitants et les critères sous leur seuil se lisent à côté ; ni l'un ni l'autre ne change un rang.

Ne classe que ce que la personne a le droit de lire : jamais un dossier dont elle s'est déportée, ni des notes encore
secrètes ; ceux-là suivent, sans note ni rang.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Prefetch

from appels.models import nommer_enjeu
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Cible, Financement
from evaluation import equite, lecture
from evaluation.bloquants import bloquants_de
from evaluation.habitants import avis_des_habitants
from evaluation.models import MembreReunion, PassageDossier
from evaluation.seance import sans_debat


@dataclass
class Ligne:
    """Un dossier du classement ; `rang`, `moyenne`, `ecart` sont vides tant que ses notes ne se lisent pas."""

    dossier: object
    reunion: object
    # {financeur: (son nom, ce qui lui est demandé)}
    demandes: dict
    sans_debat: bool
    envoyees: int
    attendues: int
    moyenne: Decimal | None = None
    ecart: Decimal | None = None
    corrigee: float | None = None
    rang: int | None = None
    rang_corrige: int | None = None
    avis: object | None = None
    propose: Decimal | None = None
    habitants: object | None = None
    bloquants: list = field(default_factory=list)
    par_evaluateur: dict = field(default_factory=dict)

    @property
    def demande(self):
        return sum((montant for _, montant in self.demandes.values()), Decimal(0))

    @property
    def enjeux(self):
        """{enjeu: son nom}, dans l'ordre des cibles."""
        return {cible.enjeu: nommer_enjeu(cible.enjeu_numero, cible.enjeu_titre) for cible in self.dossier.cibles.all()}

    @property
    def a_debattre(self):
        return not self.sans_debat and self.dossier.etat == Etat.EN_EVALUATION

    @property
    def debat(self):
        """« À débattre », « Sans débat », ou rien quand l'examen est fait."""
        return "Sans débat" if self.sans_debat else "À débattre" if self.a_debattre else ""

    @property
    def sous_le_seuil(self):
        return ", ".join(bloquant.libelle for bloquant in self.bloquants)

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

    @property
    def habitants(self):
        """Des habitants ont-ils répondu sur l'un de ces dossiers ?"""
        return any(ligne.habitants for ligne in self.lignes)


def classer(passages, utilisateur):
    """Le classement de ces passages pour cette personne ; onze requêtes au plus, quel que soit leur nombre."""
    cibles = Cible.objects.select_related("quartier").defer("quartier__contour")
    enjeu = "objectif__strategique__enjeu"
    cibles = cibles.annotate(enjeu=F(enjeu), enjeu_numero=F(f"{enjeu}__numero"), enjeu_titre=F(f"{enjeu}__titre"))
    tous = list(
        passages.exclude(dossier__etat=Etat.RETIRE)
        .select_related("reunion", "dossier__organisme", "dossier__avis")
        .prefetch_related(Prefetch("dossier__cibles", cibles), "dossier__avis__montants")
        .order_by("reunion__debut", "reunion", "rang", "pk")
    )
    deports = lecture.deports_de([p.dossier_id for p in tous])
    lisibles = [p for p in tous if utilisateur.pk not in deports[p.dossier_id]]
    evaluations = lecture.evaluations_envoyees([p.dossier_id for p in lisibles], deports)
    attendus = _attendus(lisibles, deports)
    demandes = _demandes(lisibles)
    lignes = [
        _ligne(
            passage, demandes[passage.dossier_id], evaluations[passage.dossier_id], attendus[passage.dossier_id],
            utilisateur,
        )
        for passage in lisibles
    ]  # fmt: skip
    _a_cote(lignes, utilisateur)
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


def _demandes(passages):
    """{dossier: {financeur: (son nom, montant demandé)}}, sans un objet par ligne : il y en a des milliers."""
    demandes = defaultdict(dict)
    financements = Financement.objects.filter(dossier__in=[p.dossier_id for p in passages])
    for dossier, financeur, nom, montant in financements.values_list(
        "dossier_id", "financeur_id", "financeur__nom", "montant_demande"
    ):
        demandes[dossier][financeur] = (nom, montant)
    return demandes


def _a_cote(lignes, utilisateur):
    """Les habitants et les seuils : à qui conduit la réunion, ou lit déjà les notes du dossier."""
    conduites = utilisateur.ids_collectivites(Role.AGENT)
    notees = [ligne for ligne in lignes if ligne.moyenne is not None]
    ouvertes = [ligne for ligne in lignes if ligne.moyenne is not None or ligne.reunion.collectivite_id in conduites]
    paroles = avis_des_habitants([ligne.dossier.pk for ligne in ouvertes])
    alertes = bloquants_de([ligne.dossier.pk for ligne in notees])
    for ligne in ouvertes:
        ligne.habitants = paroles.get(ligne.dossier.pk)
    for ligne in notees:
        ligne.bloquants = alertes.get(ligne.dossier.pk, [])


def _ligne(passage, demandes, evaluations, attendus, utilisateur):
    dossier, envoyeurs = passage.dossier, {e.evaluateur_id for e in evaluations}
    ligne = Ligne(
        dossier, passage.reunion, demandes, sans_debat(passage), len(envoyeurs), len(attendus | envoyeurs)
    )  # fmt: skip
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
