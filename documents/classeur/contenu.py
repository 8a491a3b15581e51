"""Ce qu'un classeur imprime : la réunion, et pour chaque dossier sa synthèse, ses rubriques, les notes du lecteur."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from documents.dossier_complet import Rubrique


@dataclass(frozen=True)
class Demande:
    """Ce qui est demandé à un financeur ; `demande_avant` et `obtenu_avant` : la même action, l'an passé."""

    financeur: str
    montant: Decimal
    part: Decimal | None = None
    demande_avant: Decimal | None = None
    obtenu_avant: Decimal | None = None


@dataclass(frozen=True)
class Portrait:
    """Un quartier en quelques lignes."""

    nom: str
    lignes: tuple[str, ...]


@dataclass(frozen=True)
class Synthese:
    """Une page. `chiffres` : (valeur, ce qu'elle mesure). `changements` : (quoi, avant, après), sans avant ni après
    quand le texte est récrit. `reserves` : (levée ou non, texte). `annee_avant` : vide pour une première demande.
    """

    resume: str
    chiffres: tuple[tuple[str, str], ...]
    qui: tuple[str, ...]
    pour_qui: tuple[str, ...]
    cibles: tuple[tuple[str, str], ...]
    demandes: tuple[Demande, ...]
    portraits: tuple[Portrait, ...] = ()
    suite_des_lieux: str = ""
    minimum: Decimal | None = None
    annee_avant: int | None = None
    avant: tuple[str, ...] = ()
    reserves: tuple[tuple[bool, str], ...] = ()
    changements: tuple[tuple[str, str, str], ...] = ()
    autres_changements: int = 0


@dataclass(frozen=True)
class Citation:
    critere: str
    texte: str
    champ: str


@dataclass(frozen=True)
class MesNotes:
    """Ce que la personne elle-même a envoyé et épinglé. `notes` : (critère, poids, niveau sur 5)."""

    notes: tuple[tuple[str, int, int], ...] = ()
    sur_cent: Decimal | None = None
    commentaire: str = ""
    envoyee_le: datetime | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class DossierDuClasseur:
    """`mention` : d'où viennent les rubriques, la copie déposée ou le dossier à ce jour."""

    numero: str
    intitule: str
    organisme: str
    demande: Decimal
    synthese: Synthese
    mention: str
    rubriques: tuple[Rubrique, ...]
    sans_debat: bool = False
    notes: MesNotes | None = None


@dataclass(frozen=True)
class Classeur:
    """`tenu_le`, `fini_le` et `etabli_le` : heure de Paris. `personne` : à qui il est."""

    collectivite: str
    service: str
    titre: str
    appel: str
    personne: str
    tenu_le: datetime
    etabli_le: datetime
    dossiers: tuple[DossierDuClasseur, ...]
    fini_le: datetime | None = None
    lieu: str = ""
    president: str = ""
    secretaire: str = ""
    membres: tuple[tuple[str, str], ...] = ()
    couleur: str = "#0b5563"
