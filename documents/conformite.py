"""Les endroits où ReportLab 5.1 n'est conforme ni à PDF/A-2a et PDF/UA-1, ni au français, corrigés à l'import.

ISO 19005-2 § 6.1.7 (fin de ligne avant endstream), § 6.2.3 (profil de sortie), § 6.2.11.7 (ToUnicode sans U+0000) ;
ISO 14289-1 § 7 (ordre des onglets et parents de structure sur chaque page).
En français, l'espace fine (U+202F) ne se coupe pas : ReportLab la prend pour une espace ordinaire.
"""

import re

from reportlab.pdfbase import pdfdoc, ttfonts
from reportlab.platypus import paragraph

CORRESPONDANCES_PAR_BLOC = 100  # limite de bfchar dans un bloc de CMap


def _table_unicode(nom, sous_ensemble):
    paires = [(rang, code) for rang, code in enumerate(sous_ensemble) if code]
    lignes = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo",
        f"<< /Registry ({nom})",
        f"/Ordering ({nom})",
        "/Supplement 0",
        ">> def",
        f"/CMapName /{nom} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        f"<00> <{len(sous_ensemble) - 1:02X}>",
        "endcodespacerange",
    ]
    for debut in range(0, len(paires), CORRESPONDANCES_PAR_BLOC):
        bloc = paires[debut : debut + CORRESPONDANCES_PAR_BLOC]
        lignes.append(f"{len(bloc)} beginbfchar")
        lignes += [f"<{rang:02X}> <{code:04X}>" for rang, code in bloc]
        lignes.append("endbfchar")
    lignes += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lignes)


_flux_d_origine = pdfdoc.PDFStream.format


def _flux_termine_par_une_ligne(self, document):
    octets = _flux_d_origine(self, document)
    fin = b"endstream\n"
    # CR LF : des données qui finissent par CR ne se confondent pas avec la fin de ligne.
    return octets[: -len(fin)] + b"\r\n" + fin if octets.endswith(fin) else octets


BLANCS = paragraph._wsc.replace("\u202f", "")
_couper_aux_blancs = re.compile(f"[{re.escape(BLANCS)}]+").split


def _couper(texte, separateur=None):
    if isinstance(texte, bytes):
        texte = texte.decode()
    if separateur is not None:
        return texte.split(separateur.decode() if isinstance(separateur, bytes) else separateur)
    if texte.isascii():
        return texte.split()
    return _couper_aux_blancs(texte.strip(BLANCS)) if texte.strip(BLANCS) else []


def corriger():
    """À appeler une fois ; sans effet ensuite."""
    if ttfonts.makeToUnicodeCMap is _table_unicode:
        return
    ttfonts.makeToUnicodeCMap = _table_unicode
    pdfdoc.PDFStream.format = _flux_termine_par_une_ligne
    paragraph._wsc, paragraph.split = BLANCS, _couper
    paragraph._wsc_end_search = re.compile(f"[{re.escape(BLANCS)}]+$").search
    pdfdoc.PDFCatalog.__NoDefault__ = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents"]
    pdfdoc.PDFPage.__NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]


corriger()
