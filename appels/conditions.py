"""Ce qu'un appel demande et comment il juge, lu en une requête : financeurs, règles, pièces, critères."""

import json
from decimal import Decimal
from typing import NamedTuple

from django.db.models import CharField, DecimalField, IntegerField, TextField, Value
from django.db.models.functions import Cast

from appels.models import PieceDemandee

Obligation = PieceDemandee.Obligation
TITRES_DES_PIECES = {
    Obligation.TOUJOURS: "Pour tout dossier",
    Obligation.ASSOCIATION: "En plus, pour une association ou une fondation",
    Obligation.RENOUVELLEMENT: "En plus, pour une action déjà financée",
    Obligation.MONTANT: "En plus, à partir d’un montant",
    Obligation.JAMAIS: "Si vous le souhaitez",
}


class Ligne(NamedTuple):
    libelle: str
    aide: str
    poids: int


class Regle(NamedTuple):
    type: str
    question: str
    explication: str
    parametres: dict


class Piece(NamedTuple):
    pk: int
    libelle: str
    aide: str
    obligation: str
    a_partir_de: Decimal | None
    nature: str
    modele: str


class Conditions(NamedTuple):
    financeurs: list
    criteres: list
    pieces: list
    regles: list


def conditions(appel):
    """Quatre listes d'un coup : la page publique d'un appel est la plus lue, elle en compte cinq en tout."""
    rien, vide, aucun = Value(0, output_field=IntegerField()), constante("", 20), Cast(Value(""), TextField())
    # PostgreSQL type chaque colonne d'une union : un NULL nu y serait un texte.
    sans_montant = Cast(Value(None), DecimalField(max_digits=12, decimal_places=2))
    financeurs = _colonnes(appel.financeurs, "financeur", "nom", "sigle", rien, vide, sans_montant, vide, aucun)
    criteres = _colonnes(
        appel.criteres, "critere", "libelle", "aide", Cast("poids", IntegerField()), vide, sans_montant, vide, aucun
    )
    pieces = _colonnes(
        appel.pieces_demandees, "piece", "libelle", "aide", rien, Cast("obligation", CharField(max_length=20)),
        "a_partir_de", Cast("nature", CharField(max_length=20)), Cast("modele", TextField()),
    )  # fmt: skip
    regles = _colonnes(
        appel.regles, "regle", "question", "explication", rien, Cast("type", CharField(max_length=20)), sans_montant,
        vide, Cast("parametres", TextField()),
    )  # fmt: skip
    rendus = Conditions([], [], [], [])
    for genre, _, pk, nom, aide, poids, code, montant, nature, dernier in sorted(
        financeurs.union(criteres, pieces, regles, all=True)
    ):
        if genre == "regle":
            rendus.regles.append(Regle(code, nom, aide, json.loads(dernier or "{}")))
        elif genre == "piece":
            rendus.pieces.append(Piece(pk, nom, aide, code, montant, nature, dernier))
        else:
            (rendus.financeurs if genre == "financeur" else rendus.criteres).append(Ligne(nom, aide, poids))
    return rendus


def _colonnes(relation, genre, nom, aide, *suite):
    return relation.order_by().values_list(
        constante(genre, 12), "ordre", "pk", Cast(nom, TextField()), Cast(aide, TextField()), *suite
    )


def constante(valeur, longueur):
    return Cast(Value(valeur), CharField(max_length=longueur))


def pieces_par_obligation(pieces):
    return [
        (titre, [piece for piece in pieces if piece.obligation == code])
        for code, titre in TITRES_DES_PIECES.items()
        if any(piece.obligation == code for piece in pieces)
    ]


class AJoindre(NamedTuple):
    """Ce qu'une association joint à un premier dossier."""

    permanentes: list  # rangées une fois dans le porte-documents
    a_chercher: list  # propres à ce dossier
    selon_le_cas: list  # renouvellement, montant
    facultatives: list


def pieces_d_une_association(pieces):
    toujours = [p for p in pieces if p.obligation in (Obligation.TOUJOURS, Obligation.ASSOCIATION)]
    return AJoindre(
        [piece for piece in toujours if piece.nature],
        [piece for piece in toujours if not piece.nature],
        [piece for piece in pieces if piece.obligation in (Obligation.RENOUVELLEMENT, Obligation.MONTANT)],
        [piece for piece in pieces if piece.obligation == Obligation.JAMAIS],
    )
