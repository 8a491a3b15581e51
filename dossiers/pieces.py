"""Contrôle d'un fichier reçu : par son contenu, jamais sur la foi de son nom."""

import hashlib
import re
import zipfile
from pathlib import PurePath
from typing import NamedTuple

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError

MO = 1024 * 1024
# Extension → types reconnus dans le contenu.
TYPES = {
    "pdf": {"application/pdf"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "png": {"image/png"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    "xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "odt": {"application/vnd.oasis.opendocument.text"},
    "ods": {"application/vnd.oasis.opendocument.spreadsheet"},
}
BUREAUTIQUE = {"docx", "xlsx", "odt", "ods"}
# Une archive bureautique honnête ne se déplie pas au-delà.
DEPLIAGE_MAX = 200 * MO
ENTREES_MAX = 5_000


class Controle(NamedTuple):
    nom: str
    type_mime: str
    taille: int
    sha256: str


def controler(fichier):
    """Vérifie taille, extension, contenu et archive ; lève ValidationError avec une phrase claire."""
    nom = re.sub(r"[\x00-\x1f\x7f]", "", PurePath(str(fichier.name).replace("\\", "/")).name)[-200:] or "fichier"
    if not fichier.size:
        raise ValidationError(f"Le fichier « {nom} » est vide.", code="vide")
    if fichier.size > settings.TAILLE_MAX_PIECE_MO * MO:
        raise ValidationError(
            f"Le fichier « {nom} » dépasse {settings.TAILLE_MAX_PIECE_MO} Mo. Réduisez-le ou scindez-le.", code="taille"
        )
    extension = nom.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise ValidationError(
            f"Le format de « {nom} » n’est pas accepté. Formats possibles : {', '.join(sorted(TYPES))}.", code="format"
        )
    fichier.seek(0)
    reconnu = filetype.guess(fichier.read(8192))
    type_mime = reconnu.mime if reconnu else ""
    if type_mime not in TYPES[extension]:
        raise ValidationError(
            f"Le contenu de « {nom} » n’est pas celui d’un fichier {extension.upper()}. "
            "Enregistrez-le de nouveau dans le bon format.",
            code="contenu",
        )
    if extension in BUREAUTIQUE:
        _controler_archive(fichier, nom)
    empreinte = hashlib.sha256()
    fichier.seek(0)
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    fichier.seek(0)
    return Controle(nom, type_mime, fichier.size, empreinte.hexdigest())


def _controler_archive(fichier, nom):
    fichier.seek(0)
    try:
        with zipfile.ZipFile(fichier) as archive:
            entrees = archive.infolist()
    except zipfile.BadZipFile:
        raise ValidationError(f"Le fichier « {nom} » est abîmé : il ne s’ouvre pas.", code="contenu")
    if len(entrees) > ENTREES_MAX or sum(entree.file_size for entree in entrees) > DEPLIAGE_MAX:
        raise ValidationError(f"Le fichier « {nom} » est anormalement volumineux une fois ouvert.", code="archive")
