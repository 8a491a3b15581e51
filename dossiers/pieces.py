"""Contrôle d'un fichier reçu : par son contenu, jamais sur la foi de son nom."""

import hashlib
import unicodedata
import zipfile
from pathlib import PurePath
from typing import NamedTuple

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError

MO = 1024 * 1024
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": f"{OOXML}wordprocessingml.document",
    "xlsx": f"{OOXML}spreadsheetml.sheet",
    "odt": f"{ODF}text",
    "ods": f"{ODF}spreadsheet",
}
ARCHIVES = {"docx", "xlsx", "odt", "ods"}
PARTIE_PRINCIPALE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
# Une archive bureautique honnête ne se déplie pas au-delà.
DEPLIAGE_MAX = 200 * MO
ENTREES_MAX = 5_000
NOM_MAX = 120


class Controle(NamedTuple):
    nom: str
    type_mime: str
    taille: int
    sha256: str


def nettoyer_nom(nom):
    """Le dernier morceau du chemin, sans caractère invisible (U+202E renverse un nom), raccourci avant l'extension."""
    nom = PurePath(str(nom).replace("\\", "/")).name
    nom = "".join(c for c in unicodedata.normalize("NFC", nom) if unicodedata.category(c)[0] != "C").strip()
    base, point, extension = nom.rpartition(".")
    return f"{base[: NOM_MAX - len(extension)]}{point}{extension}" if len(extension) < 10 else nom[:NOM_MAX]


def controler(fichier):
    """Vérifie taille, extension, contenu et archive ; lève ValidationError avec une phrase claire."""
    nom = nettoyer_nom(fichier.name) or "fichier"
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
    if extension in ARCHIVES:
        conforme = _archive_conforme(fichier, nom, extension)
    else:
        reconnu = filetype.guess(fichier.read(8192))
        conforme = reconnu is not None and reconnu.mime == TYPES[extension]
    if not conforme:
        raise ValidationError(
            f"Le contenu de « {nom} » n’est pas celui d’un fichier {extension.upper()}. "
            "Enregistrez-le de nouveau dans le bon format.",
            code="contenu",
        )
    empreinte = hashlib.sha256()
    fichier.seek(0)
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    fichier.seek(0)
    return Controle(nom, TYPES[extension], fichier.size, empreinte.hexdigest())


def _archive_conforme(fichier, nom, extension):
    """Ouvre l'archive bureautique sans la déplier : sa taille annoncée, ses macros, sa nature."""
    if fichier.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(fichier) as archive:
            entrees = archive.infolist()
            if len(entrees) > ENTREES_MAX or sum(entree.file_size for entree in entrees) > DEPLIAGE_MAX:
                raise ValidationError(
                    f"Le fichier « {nom} » est anormalement volumineux une fois ouvert.", code="archive"
                )
            noms = {entree.filename for entree in entrees}
            if any(entree.rpartition("/")[2].lower() == "vbaproject.bin" for entree in noms):
                raise ValidationError(
                    f"Le fichier « {nom} » contient des macros. Enregistrez-le sans macro, ou en PDF.", code="macros"
                )
            if extension in PARTIE_PRINCIPALE:
                return "[Content_Types].xml" in noms and PARTIE_PRINCIPALE[extension] in noms
            return "mimetype" in noms and _debut(archive, "mimetype") == TYPES[extension].encode()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise ValidationError(f"Le fichier « {nom} » est abîmé : il ne s’ouvre pas.", code="contenu")


def _debut(archive, nom):
    with archive.open(nom) as entree:
        return entree.read(200).strip()
