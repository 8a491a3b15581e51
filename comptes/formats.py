"""Ce que chaque format doit être à l'intérieur. Rien n'est affiché tel quel ; ce qui suit protège qui télécharge.

Un PDF peut porter du JavaScript : les Cerfa à remplir en contiennent, et il n'est jamais exécuté ici. Sont refusés ce
qui lance un programme, ce qui transporte un fichier d'un autre genre, et ce que l'instructeur ne pourra pas ouvrir.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib

from django.core.exceptions import ValidationError
from PIL import Image

from comptes import apercus

MO = 1024 * 1024
# Une archive bureautique honnête ne se déplie pas au-delà, ni à ce point.
DEPLIAGE_MAX = 100 * MO
RAPPORT_MAX = 100
RAPPORT_A_PARTIR_DE = 20 * MO
ENTREES_MAX = 5_000
PROFONDEUR_MAX = 1
MORCEAU = 256 * 1024
PARTIE_PRINCIPALE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
BUREAUTIQUE = {"docx", "xlsx", "pptx", "odt", "ods", "odp"}
MACROS = re.compile(r"(^|/)vbaproject\.bin$|^xl/macrosheets/|^(basic|scripts)/.+\.(xml|xlb|bas|py|js)$", re.I)
DISTANT = re.compile(
    rb'<Relationship\b(?=[^>]*Type="[^"]*/(?:attachedTemplate|oleObject|frame|subDocument)")'
    rb'(?=[^>]*Target="(?:https?:|ftp:|\\\\|file:/{4,}))',
    re.I,
)
ENTETES_INTERDITS = {b"PK\x03\x04", b"\x7fELF", b"Rar!", b"7z\xbc\xaf"}
PIXELS_MAX = 50_000_000
FIN_PNG = b"IEND\xaeB`\x82"
# Ce qu'un PDF honnête peut avoir, mais qui demande qu'on l'ouvre pour en juger.
DOUTE_PDF = re.compile(
    rb"/Encrypt\b|/Launch\b|/EmbeddedFile|/FileAttachment|/RichMedia|/ObjStm|/[A-Za-z]*#[0-9A-Fa-f]{2}"
)
BALISES = re.compile(rb"<\s*(?:!doctype|html|script|svg|iframe|body|\?php)", re.I)
JOINTS_ADMIS = {"xml", "pdf", "jpg", "jpeg", "png", "csv", "txt"}


def contenu_faux(nom, extension):
    return ValidationError(
        f"Le contenu de « {nom} » n’est pas celui d’un fichier {extension.upper()}. "
        "Enregistrez-le de nouveau dans le bon format.",
        code="contenu",
    )


def _abime(nom):
    return ValidationError(f"Le fichier « {nom} » est abîmé : il ne s’ouvre pas.", code="contenu")


def _double(nom):
    return ValidationError(
        f"Le fichier « {nom} » contient autre chose que ce qu’il annonce. Enregistrez-le de nouveau.", code="polyglotte"
    )


def _enorme(nom):
    return ValidationError(f"Le fichier « {nom} » est anormalement volumineux une fois ouvert.", code="archive")


def controler_pdf(fichier, nom):
    """Ce qui est simple se juge à la lecture ; le reste s'ouvre dans le bac à sable."""
    fichier.seek(0)
    octets = fichier.read()
    fin = octets.rfind(b"%%EOF")
    if zipfile.is_zipfile(io.BytesIO(octets)) or (fin > 0 and BALISES.search(octets, fin)):
        raise _double(nom)
    if fin > 0 and not DOUTE_PDF.search(octets):
        return
    examen = apercus.examiner_pdf(octets)
    if examen.protege:
        raise ValidationError(
            f"Le fichier « {nom} » demande un mot de passe : le service ne pourrait pas le lire. "
            "Enregistrez-le sans mot de passe.",
            code="protege",
        )
    if not examen.lisible:
        raise _abime(nom)
    genres = {joint.rpartition(".")[2].lower() for joint in examen.joints}
    if examen.lance or not genres <= JOINTS_ADMIS:
        raise ValidationError(
            f"Le fichier « {nom} » contient un programme ou un fichier caché. Imprimez-le en PDF, puis joignez ce PDF.",
            code="actif",
        )


def controler_image(fichier, nom, format_attendu):
    """L'image est entière, de taille raisonnable, et n'est rien d'autre."""
    fichier.seek(0)
    try:
        image = Image.open(fichier, formats=[format_attendu])
        if image.width * image.height > PIXELS_MAX:
            raise _trop_grande(nom)
        if format_attendu == "PNG":
            image.verify()
        else:
            # Un huitième de la définition suffit à lire tous les octets sans remplir la mémoire.
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _trop_grande(nom)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError):
        raise _abime(nom)
    fichier.seek(0)
    octets = fichier.read()
    if zipfile.is_zipfile(io.BytesIO(octets)):
        raise _double(nom)
    # Un téléphone ajoute parfois une vidéo après un JPEG ; rien d'honnête ne suit la fin d'un PNG.
    if format_attendu == "PNG" and octets[octets.rfind(FIN_PNG) + len(FIN_PNG) :].strip(b"\0\r\n "):
        raise _double(nom)


def _trop_grande(nom):
    return ValidationError(
        f"L’image « {nom} » a des dimensions démesurées. Réduisez-la à moins de cinquante millions de points.",
        code="dimensions",
    )


def controler_archive(fichier, nom, extension, type_mime):
    """Déplie l'archive bureautique en mémoire bornée : sa taille vraie, ses macros, ses passagers, sa nature."""
    try:
        noms = _parcourir(fichier, nom, DEPLIAGE_MAX, fichier.size, 0)
        with zipfile.ZipFile(fichier) as archive:
            if extension in PARTIE_PRINCIPALE:
                conforme = "[Content_Types].xml" in noms and PARTIE_PRINCIPALE[extension] in noms
            else:
                conforme = "mimetype" in noms and archive.read("mimetype").strip() == type_mime.encode()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error):
        raise _abime(nom)
    if not conforme:
        raise contenu_faux(nom, extension)


def _parcourir(fichier, nom, budget, taille, profondeur):
    """Lit chaque entrée une fois, et rend leurs noms ; l'annonce ne compte que pour refuser plus tôt."""
    with zipfile.ZipFile(fichier) as archive:
        entrees = archive.infolist()
        total = sum(entree.file_size for entree in entrees)
        if len(entrees) > ENTREES_MAX or total > budget:
            raise _enorme(nom)
        if total > RAPPORT_A_PARTIR_DE and total > RAPPORT_MAX * taille:
            raise _enorme(nom)
        noms = {entree.filename for entree in entrees}
        if len(noms) != len(entrees) or any(_sort_de_l_archive(entree) for entree in noms):
            raise _double(nom)
        if any(entree.flag_bits & 1 for entree in entrees):
            raise ValidationError(
                f"Le fichier « {nom} » est protégé par un mot de passe. Enregistrez-le sans mot de passe.",
                code="protege",
            )
        if any(MACROS.search(entree) for entree in noms):
            raise _macros(nom)
        for entree in entrees:
            _lire_entree(archive, entree, nom, budget - total, profondeur)
    return noms


def _lire_entree(archive, entree, nom, budget, profondeur):
    """Une entrée dit vrai sur sa taille, n'est ni un programme ni une archive, et n'appelle rien au dehors."""
    extension = entree.filename.rpartition(".")[2].lower()
    with archive.open(entree) as flux:
        debut = flux.read(MORCEAU)
        lus = len(debut)
        while morceau := flux.read(MORCEAU):
            lus += len(morceau)
    if lus != entree.file_size:
        raise zipfile.BadZipFile
    if debut[:4] == b"PK\x03\x04" and extension in BUREAUTIQUE and profondeur < PROFONDEUR_MAX:
        _parcourir(io.BytesIO(archive.read(entree)), nom, budget, entree.file_size, profondeur + 1)
    elif debut[:4] in ENTETES_INTERDITS or (debut[:2] == b"MZ" and b"PE\0\0" in debut):
        raise ValidationError(
            f"Le fichier « {nom} » contient un programme ou une archive. Joignez ces fichiers à part, ou en PDF.",
            code="actif",
        )
    if entree.filename == "[Content_Types].xml" and b"macroEnabled" in debut:
        raise _macros(nom)
    if extension in {"xml", "rels"} and (b"<!ENTITY" in debut or b"<\0!\0E\0N\0T" in debut):
        raise _enorme(nom)
    if extension == "rels" and DISTANT.search(debut):
        raise ValidationError(
            f"Le fichier « {nom} » va chercher un modèle sur un autre site. Enregistrez-le en PDF.", code="actif"
        )


def _sort_de_l_archive(entree):
    normal = posixpath.normpath(entree.replace("\\", "/"))
    return normal.startswith(("../", "/")) or normal == ".." or ":" in normal.split("/")[0]


def _macros(nom):
    return ValidationError(
        f"Le fichier « {nom} » contient des macros. Enregistrez-le sans macro, ou en PDF.", code="macros"
    )
