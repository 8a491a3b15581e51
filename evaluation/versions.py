"""Mes envois successifs, lus : ma note à chacun, et ce qui a changé depuis le précédent. Sans base."""

from typing import NamedTuple

from dossiers.comparaison import Difference
from evaluation.models import VersionEvaluation
from evaluation.notes import note_sur_cent


class Changement(NamedTuple):
    critere: str
    avant: int | None
    apres: int | None


class VersionLue(NamedTuple):
    """`commentaire` : ce qui y a changé, ou None ; `changements` est vide au premier envoi."""

    version: VersionEvaluation
    sur_cent: object
    changements: list
    commentaire: Difference | None


def lire(versions, criteres):
    """[VersionLue], la plus récente d'abord, comme `versions`."""
    criteres = list(criteres)
    precedentes = [*versions[1:], None]
    return [_lue(version, avant, criteres) for version, avant in zip(versions, precedentes, strict=True)]


def _lue(version, avant, criteres):
    # Un critère ôté de la grille depuis ne pèse plus.
    notes = [(c.poids, version.notes[str(c.pk)]) for c in criteres if str(c.pk) in version.notes]
    changements, commentaire = [], None
    if avant:
        changements = [
            Changement(critere.libelle, avant.notes.get(str(critere.pk)), version.notes.get(str(critere.pk)))
            for critere in criteres
            if avant.notes.get(str(critere.pk)) != version.notes.get(str(critere.pk))
        ]
        if avant.commentaire != version.commentaire:
            commentaire = Difference("", "Commentaire", avant.commentaire, version.commentaire)
    return VersionLue(version, note_sur_cent(notes), changements, commentaire)
