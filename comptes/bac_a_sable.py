"""Ouvre un fichier reçu dans un processus à part, qui n'a ni réseau à joindre, ni fichier à écrire, ni temps à perdre.

Lancé par comptes/apercus.py : le fichier arrive par l'entrée, une ligne JSON puis une image WebP sortent. Un document
forgé qui ferait tomber PDFium ou Pillow ne fait tomber que ce processus.
"""

import io
import json
import re
import resource
import sys
import zlib

MEMOIRE_MAX = 1 << 30
TEMPS_MAX_S = 10
LARGEUR = 1_400
HAUTEUR_MAX = 4_000
QUALITE = 85
DEPLIAGE_MAX = 50 << 20
MOT_DE_PASSE = 4
FLUX_D_OBJETS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.S)
ECHAPPEMENT = re.compile(rb"#([0-9A-Fa-f]{2})")
LANCE = re.compile(rb"/S\s*/Launch\b|/RichMedia\b")
CACHE = re.compile(rb"/EmbeddedFile\b|/FileAttachment\b")


def se_borner():
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAX, MEMOIRE_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (TEMPS_MAX_S, TEMPS_MAX_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def texte_des_objets(octets):
    """Les noms du PDF, y compris ceux que cachent un flux compressé ou un échappement."""
    morceaux, reste = [octets], DEPLIAGE_MAX
    for flux in FLUX_D_OBJETS.finditer(octets):
        try:
            deplie = zlib.decompressobj().decompress(octets[flux.end() :], reste)
        except zlib.error:
            continue
        reste -= len(deplie)
        morceaux.append(deplie)
        if reste <= 0:
            break
    return ECHAPPEMENT.sub(lambda m: bytes([int(m[1], 16)]), b"\n".join(morceaux))


def examiner(octets):
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as erreur:
        return {"lisible": False, "protege": getattr(erreur, "err_code", None) == MOT_DE_PASSE, "pages": 0}
    joints = [joint.get_name() for joint in (document.get_attachment(n) for n in range(document.count_attachments()))]
    texte = texte_des_objets(octets)
    if CACHE.search(texte) and not joints:
        joints = [""]
    return {
        "lisible": len(document) > 0,
        "protege": False,
        "pages": len(document),
        "lance": bool(LANCE.search(texte)),
        "joints": joints,
    }


def rendre_page(octets, rang):
    import pypdfium2

    document = pypdfium2.PdfDocument(octets)
    page = document[rang]
    largeur, hauteur = page.get_size()
    echelle = min(LARGEUR / largeur, HAUTEUR_MAX / hauteur)
    return page.render(scale=echelle).to_pil(), {"pages": len(document)}


def rendre_image(octets):
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # le contrôle à l'envoi borne les dimensions, ce processus borne la mémoire
    image = Image.open(io.BytesIO(octets), formats=["JPEG", "PNG"])
    image.draft("RGB", (LARGEUR, HAUTEUR_MAX))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LARGEUR, HAUTEUR_MAX))
    return image, {"pages": 1}


def en_webp(image):
    """Seuls les points de l'image passent : ni EXIF, ni position, ni commentaire."""
    tampon = io.BytesIO()
    image.convert("RGBA" if "A" in image.getbands() else "RGB").save(tampon, "WEBP", quality=QUALITE, exif=b"", xmp=b"")
    return tampon.getvalue()


def principal(commande, rang="0"):
    octets = sys.stdin.buffer.read()
    se_borner()
    sortie = sys.stdout.buffer
    if commande == "examiner":
        sortie.write(json.dumps(examiner(octets)).encode() + b"\n")
        return
    image, bilan = rendre_page(octets, int(rang)) if commande == "page" else rendre_image(octets)
    sortie.write(json.dumps(bilan).encode() + b"\n" + en_webp(image))


if __name__ == "__main__":
    principal(*sys.argv[1:])
