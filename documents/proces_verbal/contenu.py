"""Ce qu'un procès-verbal contient ; un texte vide, ou une valeur absente, n'y laisse aucune rubrique vide."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Participant:
    nom: str
    structure: str


@dataclass(frozen=True)
class DeportInscrit:
    nom: str
    dossier_numero: str
    motif: str


@dataclass(frozen=True)
class Montants:
    """Pour un financeur : ce qui est demandé, ce que la réunion propose."""

    financeur: str
    demande: Decimal
    propose: Decimal | None


@dataclass(frozen=True)
class MouvementInscrit:
    """Une entrée ou une sortie : « Arrive », « Sort », « Revient »."""

    le: datetime
    nom: str
    fait: str


@dataclass(frozen=True)
class DossierExamine:
    """`note` : moyenne sur 100, absente s'il n'y en a pas. `avis` : le libellé, vide s'il n'est pas rendu.

    `reprises` : qui a modifié ses notes après avoir lu celles des autres.
    `deroule` : ce qui s'est passé en séance, une phrase par fait. `habitants` : ce que les habitants en disent, à part.
    `retire` : le porteur l'a retiré ; il ne compte plus dans les totaux.
    """

    numero: str
    porteur: str
    action: str
    quartiers: str
    objectif: str
    cout_total: Decimal
    montants: tuple[Montants, ...]
    note: Decimal | None = None
    avis: str = ""
    observations: str = ""
    reserves: str = ""
    obtenu_avant: Decimal | None = None
    habitants: str = ""
    deroule: tuple[str, ...] = ()
    reprises: tuple[str, ...] = ()
    retire: bool = False

    @property
    def demande(self):
        return sum((m.demande for m in self.montants), Decimal(0))

    @property
    def propose(self):
        """Le total proposé ; None tant que rien ne l'est."""
        proposes = [m.propose for m in self.montants if m.propose is not None]
        return sum(proposes, Decimal(0)) if proposes else None


@dataclass(frozen=True)
class ProcesVerbal:
    """`tenu_le`, `fini_le` et `edite_le` : heure de Paris. `recapitulatif` : (avis, nombre) dans l'ordre d'impression.

    `seance` : le quorum, une phrase par fait. `mouvements` : les entrées et sorties que la salle a constatées.
    `sorties` : vrai si toutes les personnes déportées ont quitté la salle. `projet` : la réunion n'est pas close, rien
    ne se signe. `reste` : de l'enveloppe de tout l'appel, une fois comptés les avis de toutes ses réunions.
    """

    collectivite: str
    service: str
    titre: str
    appel: str
    tenu_le: datetime
    edite_le: datetime
    version: int
    organe: str
    presents: tuple[Participant, ...]
    excuses: tuple[Participant, ...]
    deports: tuple[DeportInscrit, ...]
    dossiers: tuple[DossierExamine, ...]
    recapitulatif: tuple[tuple[str, int], ...]
    total_demande: Decimal
    total_propose: Decimal
    lieu: str = ""
    president: str = ""
    secretaire: str = ""
    conseils_citoyens: tuple[str, ...] = ()
    divers: str = ""
    couleur: str = "#0b5563"
    fini_le: datetime | None = None
    enveloppe: Decimal | None = None
    seance: tuple[str, ...] = ()
    sorties: bool = False
    absents: tuple[Participant, ...] = ()
    mouvements: tuple[MouvementInscrit, ...] = ()
    projet: bool = False
    reste: Decimal | None = None
