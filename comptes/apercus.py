"""Regarder un fichier sans le télécharger ni lui faire confiance : tout s'ouvre dans comptes/bac_a_sable.py."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

BAC = Path(__file__).with_name("bac_a_sable.py")
DELAI_S = 15
# PDFium occupe un cœur : deux à la fois laissent le reste aux pages.
PLACES = threading.BoundedSemaphore(2)
MONTRABLES = {"application/pdf": "page", "image/jpeg": "image", "image/png": "image"}
TYPE_RENDU = "image/webp"


class ApercuImpossible(Exception):
    """Le fichier ne se laisse pas ouvrir dans les limites données."""


class Examen(NamedTuple):
    lisible: bool
    protege: bool
    pages: int
    lance: bool = False
    joints: tuple = ()


def _lancer(octets, *arguments):
    # -I : ni variable d'environnement, ni dossier courant, n'entrent dans ce processus.
    commande = [sys.executable, "-I", str(BAC), *map(str, arguments)]
    try:
        with PLACES:
            sortie = subprocess.run(
                commande, input=octets, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=DELAI_S, check=True
            ).stdout
    except (subprocess.SubprocessError, OSError) as panne:
        raise ApercuImpossible from panne
    entete, _, corps = sortie.partition(b"\n")
    return json.loads(entete), corps


def examiner_pdf(octets):
    """Ce qu'il y a dans ce PDF ; ce qui fait tomber le lecteur n'est pas lisible."""
    try:
        return Examen(**_lancer(octets, "examiner")[0])
    except ApercuImpossible:
        return Examen(lisible=False, protege=False, pages=0)


def rendre(octets, type_mime, page=1):
    """Une page en image WebP, sans métadonnée ; lève ApercuImpossible."""
    if type_mime not in MONTRABLES:
        raise ApercuImpossible
    return _lancer(octets, MONTRABLES[type_mime], page - 1)[1]
