"""Les quatre endroits où ReportLab 5.1 n'est pas conforme à PDF/A-2a et PDF/UA-1, corrigés à l'import.

ISO 19005-2 § 6.1.7 (fin de ligne avant endstream), § 6.2.3 (profil de sortie), § 6.2.11.7 (ToUnicode sans U+0000) ;
ISO 14289-1 § 7 (ordre des onglets et parents de structure sur chaque page).
"""

from reportlab.pdfbase import pdfdoc, ttfonts

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


def corriger():
    """À appeler une fois ; sans effet ensuite."""
    if ttfonts.makeToUnicodeCMap is _table_unicode:
        return
    ttfonts.makeToUnicodeCMap = _table_unicode
    pdfdoc.PDFStream.format = _flux_termine_par_une_ligne
    pdfdoc.PDFCatalog.__NoDefault__ = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents"]
    pdfdoc.PDFPage.__NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]


corriger()
