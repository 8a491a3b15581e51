"""Ce que le fichier dit de lui-même : XMP (PDF/A, PDF/UA), profil de couleur, date."""

import struct
from datetime import UTC
from functools import cache
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.lib.utils import TimeStamp

# Où l'en-tête d'un profil dit quand il a été créé (ICC.1, § 7.2.8), et la date qu'on y écrit.
PLACE_DE_LA_DATE = slice(24, 36)
DATE_DU_PROFIL = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)


@cache
def profil_srgb():
    """Le profil de couleur, sans l'heure de sa création : deux machines écrivent les mêmes octets."""
    profil = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profil[PLACE_DE_LA_DATE] = DATE_DU_PROFIL
    return bytes(profil)


def horodatage(instant):
    """L'horodatage de ReportLab, pris d'un instant donné : la même lettre redonne les mêmes octets."""
    marque = TimeStamp(invariant=1)
    universel = instant.astimezone(UTC)
    marque.t = universel.timestamp()
    marque.lt = universel.timetuple()
    marque.YMDhms = tuple(marque.lt)[:6]
    return marque


def xmp(info, marque):
    """Le paquet XMP ; ses valeurs égalent celles du dictionnaire Info (ISO 19005-2, § 6.6.2)."""

    def texte(nom):
        return escape(str(getattr(info, nom) or ""))

    iso = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}+00:00".format(*marque.YMDhms)
    return _XMP.format(
        titre=texte("title"),
        auteur=texte("author"),
        sujet=texte("subject"),
        mots=texte("keywords"),
        producteur=texte("producer"),
        outil=texte("creator"),
        date=iso,
    ).encode()


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{titre}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{auteur}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{sujet}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>fr</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producteur}</pdf:Producer><pdf:Keywords>{mots}</pdf:Keywords>
<xmp:CreatorTool>{outil}</xmp:CreatorTool><xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
