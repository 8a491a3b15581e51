"""Ce qu'un dossier complet contient : des rubriques, des parties, des blocs de quelques genres."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class Renseignements:
    """Des couples (libellé, valeur), courts ; une valeur vide s'écrit « Non renseigné »."""

    genre: ClassVar = "renseignements"
    lignes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Recit:
    """Un texte écrit par la personne, aussi long qu'elle veut ; les lignes vides séparent des paragraphes."""

    genre: ClassVar = "recit"
    titre: str
    texte: str


@dataclass(frozen=True)
class Phrase:
    """Une phrase du formulaire, complétée par le dossier."""

    genre: ClassVar = "phrase"
    texte: str


@dataclass(frozen=True)
class Cases:
    """Des cases, cochées ou non."""

    genre: ClassVar = "cases"
    titre: str
    lignes: tuple[tuple[bool, str], ...]


@dataclass(frozen=True)
class Tableau:
    """`a_droite` : les colonnes de chiffres. `vide` : ce qu'on lit quand il n'y a aucune ligne."""

    genre: ClassVar = "tableau"
    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    a_droite: tuple[int, ...] = ()
    total: tuple[str, ...] = ()
    vide: str = "Aucun."
    poids: tuple[float, ...] = ()


@dataclass(frozen=True)
class Poste:
    """Une ligne d'un côté du budget. `nature` : « ligne », « detail » ou « total »."""

    libelle: str
    montant: str
    nature: str = "ligne"


@dataclass(frozen=True)
class Budget:
    """Les charges à gauche, les produits à droite."""

    genre: ClassVar = "budget"
    titre: str
    charges: tuple[Poste, ...]
    produits: tuple[Poste, ...]
    total_charges: str
    total_produits: str
    emplois: tuple[Poste, ...] = ()
    ressources: tuple[Poste, ...] = ()
    total_emplois: str = ""
    total_ressources: str = ""


@dataclass(frozen=True)
class Partie:
    """Une partie d'une rubrique. `section` : l'étape du formulaire où elle s'écrit."""

    section: str
    titre: str
    blocs: tuple


@dataclass(frozen=True)
class Rubrique:
    titre: str
    parties: tuple[Partie, ...]


@dataclass(frozen=True)
class DossierComplet:
    """`etabli_le` : heure de Paris. `mention` dit ce que c'est : une copie déposée, ou une épreuve.

    `empreinte` : le SHA-256 des données dont la copie est tirée ; une épreuve n'en a pas.
    """

    collectivite: str
    service: str
    numero: str
    intitule: str
    organisme: str
    appel: str
    mention: str
    etabli_le: datetime
    resume: tuple[tuple[str, str], ...]
    rubriques: tuple[Rubrique, ...]
    couleur: str = "#0b5563"
    empreinte: str = ""
    adresse_verification: str = ""
    epreuve: bool = False
