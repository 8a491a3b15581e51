"""Retrouver un passage dans le dossier : un module sans base, qui ne laisse passer aucune citation inventée."""

import re
from typing import NamedTuple

SIGNES_MAX, PAR_CRITERE = 600, 10
# Ce qui se cite : les textes de l'action, dans l'ordre où on les lit.
CHAMPS = {
    "intitule": "Intitulé",
    "objectifs_action": "Objectifs de l’action",
    "description": "Description de l’action",
    "lieux": "Lieux",
    "public": "Public visé",
    "participation": "Participation des habitants",
    "moyens": "Moyens",
    "partenaires": "Partenaires",
    "droit_commun": "Droit commun mobilisé",
    "resultats_attendus": "Résultats attendus",
    "information_complementaire": "Information complémentaire",
}
# Ce que la mise en page ou un copier-coller change sans toucher au texte.
PAREILS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00ad": None, "\u200b": None})
GUILLEMETS = ' \t\r\n«»"“”'


class Passage(NamedTuple):
    champ: str
    texte: str


def _signes(texte):
    """[(signe comparable, sa place)] : les blancs n'y comptent que pour un."""
    signes, blanc = [], True
    for place, signe in enumerate(texte):
        if signe.isspace():
            if not blanc:
                signes.append((" ", place))
            blanc = True
            continue
        if pareil := signe.translate(PAREILS):
            signes.append((pareil, place))
            blanc = False
    return signes


def _chercher(texte, passage):
    cherche = "".join(signe for signe, _ in _signes(passage)).strip()
    signes = _signes(texte)
    debut = "".join(signe for signe, _ in signes).find(cherche) if cherche else -1
    if debut < 0:
        return None
    premier, dernier = signes[debut][1], signes[debut + len(cherche) - 1][1]
    return re.sub(r"\s+", " ", texte[premier : dernier + 1])


def retrouver(dossier, texte, champ=""):
    """Le passage, recopié du dossier lui-même, et son champ ; None s'il ne s'y trouve pas."""
    champs = [champ] if champ else CHAMPS
    for essai in (texte, texte.strip(GUILLEMETS)):
        for nom in champs:
            if nom in CHAMPS and (trouve := _chercher(getattr(dossier, nom), essai)):
                return Passage(nom, trouve)
    return None
