"""Contrôle d'un fichier reçu, pour un dossier ou le porte-documents : par son contenu, jamais sur la foi de son nom."""

import hashlib
import unicodedata
from pathlib import PurePath
from typing import NamedTuple

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from comptes import antivirus, formats

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
# Ce que les formulaires proposent de choisir ; un iPhone convertit lui-même ses photos HEIC quand HEIC n'y est pas.
ACCEPTES = ",".join(f".{extension}" for extension in TYPES)
FORMATS_LISIBLES = ", ".join(extension.upper() for extension in TYPES if extension != "jpeg")
NOM_MAX = 120
ENTETE = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PHOTOS_APPLE = {"image/heic", "image/heif"}


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
    return f"{base[: NOM_MAX - len(extension) - 1]}{point}{extension}" if len(extension) < 10 else nom[:NOM_MAX]


def trop_lourd(nom):
    return ValidationError(
        f"Le fichier « {nom} » dépasse {settings.TAILLE_MAX_PIECE_MO} Mo. Réduisez-le ou scindez-le.", code="taille"
    )


def controler(fichier):
    """Vérifie taille, extension, contenu, puis virus ; lève ValidationError avec une phrase claire."""
    nom = nettoyer_nom(fichier.name) or "fichier"
    if not fichier.size:
        raise ValidationError(f"Le fichier « {nom} » est vide.", code="vide")
    if fichier.size > settings.TAILLE_MAX_PIECE_MO * MO:
        raise trop_lourd(nom)
    extension = nom.rpartition(".")[2].lower() if "." in nom else ""
    fichier.seek(0)
    debut = fichier.read(ENTETE)
    reconnu = filetype.guess(debut)
    _reconnaitre(nom, extension, debut, reconnu and reconnu.mime)
    if extension in ARCHIVES:
        formats.controler_archive(fichier, nom, extension, TYPES[extension])
    elif extension == "pdf":
        formats.controler_pdf(fichier, nom)
    else:
        formats.controler_image(fichier, nom, "PNG" if extension == "png" else "JPEG")
    antivirus.controler(fichier, nom)
    empreinte = hashlib.sha256()
    fichier.seek(0)
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    fichier.seek(0)
    return Controle(nom, TYPES[extension], fichier.size, empreinte.hexdigest())


def _reconnaitre(nom, extension, debut, mime):
    """L'extension est admise et les premiers octets la confirment."""
    if mime in PHOTOS_APPLE or extension in {"heic", "heif"}:
        raise ValidationError(
            f"La photo « {nom} » est au format HEIC de l’iPhone, que tout le monde ne sait pas ouvrir. Sur le "
            "téléphone : Réglages, Appareil photo, Formats, « Le plus compatible » ; ou envoyez-la en JPG.",
            code="format",
        )
    if extension not in TYPES:
        raise ValidationError(
            f"Le format de « {nom} » n’est pas accepté. Formats possibles : {FORMATS_LISIBLES}.", code="format"
        )
    if extension in ARCHIVES and debut.startswith(OLE):
        raise ValidationError(
            f"Le fichier « {nom} » est protégé par un mot de passe, ou dans un ancien format (.doc, .xls). "
            "Enregistrez-le sans mot de passe, ou en PDF.",
            code="protege",
        )
    if not (debut.startswith(b"PK\x03\x04") if extension in ARCHIVES else mime == TYPES[extension]):
        raise formats.contenu_faux(nom, extension)


class PlafondEnvoi(FileUploadHandler):
    """Abandonne un fichier dès qu'il dépasse la taille admise : rien n'est gardé, ni en mémoire, ni sur le disque.

    Le reste de l'envoi est lu et jeté : la personne reçoit sa page et une phrase, pas une connexion coupée.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.recus = 0

    def receive_data_chunk(self, raw_data, start):
        self.recus += len(raw_data)
        if self.recus > settings.TAILLE_MAX_PIECE_MO * MO:
            self._abandonner()
        return raw_data

    def file_complete(self, file_size):
        return None

    def _abandonner(self):
        self.request.fichiers_abandonnes = [*fichiers_abandonnes(self.request), nettoyer_nom(self.file_name)]
        raise SkipFile


def fichiers_abandonnes(request):
    """Les noms des fichiers de cet envoi que `PlafondEnvoi` a abandonnés."""
    return getattr(request, "fichiers_abandonnes", [])
