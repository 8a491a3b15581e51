"""Les colonnes du classement hors de l'écran, les mêmes en CSV et en XLSX."""

import tempfile
from typing import NamedTuple

import xlsxwriter

TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    "texte": {},
    "entier": {"num_format": "0"},
    "note": {"num_format": "0.00"},
    "montant": {"num_format": '#,##0.00\\ "€"'},
}
# Ce qu'un tableur prendrait pour une formule s'il ouvrait le fichier (OWASP, CSV Injection).
DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r")


class Colonne(NamedTuple):
    titre: str
    genre: str
    largeur: int
    lire: object


COLONNES = (
    Colonne("Rang", "entier", 7, lambda ligne: ligne.rang),
    Colonne("Rang corrigé", "entier", 8, lambda ligne: ligne.rang_corrige),
    Colonne("Dossier", "texte", 16, lambda ligne: ligne.dossier.numero),
    Colonne("Action", "texte", 40, lambda ligne: ligne.dossier.intitule),
    Colonne("Porteur", "texte", 30, lambda ligne: ligne.dossier.organisme.nom),
    Colonne("Réunion", "texte", 26, lambda ligne: ligne.reunion.titre),
    Colonne("Enjeux", "texte", 30, lambda ligne: ", ".join(ligne.enjeux.values())),
    Colonne("Quartiers", "texte", 30, lambda ligne: ", ".join(q.nom for q in ligne.dossier.quartiers)),
    Colonne("Demandé (€)", "montant", 14, lambda ligne: ligne.demande),
    Colonne("Moyenne sur 100", "note", 10, lambda ligne: ligne.moyenne),
    Colonne("Écart", "note", 8, lambda ligne: ligne.ecart),
    Colonne("Note corrigée sur 100", "note", 10, lambda ligne: ligne.corrigee),
    Colonne("Notes envoyées", "entier", 9, lambda ligne: ligne.envoyees),
    Colonne("Notes attendues", "entier", 9, lambda ligne: ligne.attendues),
    Colonne("Critères sous leur seuil", "texte", 24, lambda ligne: ligne.sous_le_seuil),
    Colonne("Habitants (hors moyenne)", "texte", 24, lambda ligne: ligne.habitants.phrase if ligne.habitants else ""),
    Colonne("Débat", "texte", 12, lambda ligne: ligne.debat),
    Colonne("Avis", "texte", 22, lambda ligne: ligne.avis.get_sens_display() if ligne.avis else ""),
    Colonne("Proposé (€)", "montant", 14, lambda ligne: ligne.propose),
)


def valeurs(ligne):
    return [colonne.lire(ligne) for colonne in COLONNES]


def sans_formule(valeur):
    """La valeur telle qu'un CSV la porte : vide si elle manque, la virgule décimale, jamais une formule."""
    if valeur is None:
        return ""
    if isinstance(valeur, str):
        return f"'{valeur}" if valeur.startswith(DEBUTS_DE_FORMULE) else valeur
    return str(valeur).replace(".", ",")


def xlsx(titre, lignes):
    """Un fichier temporaire ouvert au début ; le fermer l'efface."""
    fichier = tempfile.TemporaryFile(suffix=".xlsx")
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True, "in_memory": False})
    classeur.set_properties({"title": f"Classement · {titre}", "author": ""})
    base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    styles = {genre: classeur.add_format(base | allure) for genre, allure in FORMATS.items()}
    tete = classeur.add_format(base | {"bold": True, "bg_color": "#F1EFE8", "text_wrap": True, "bottom": 1})
    feuille = classeur.add_worksheet("Classement")
    feuille.set_landscape()
    feuille.set_paper(9)
    feuille.fit_to_pages(1, 0)
    feuille.repeat_rows(1)
    feuille.freeze_panes(2, 4)
    feuille.write_string(0, 0, f"Classement · {titre}", classeur.add_format(base | {"bold": True, "font_size": 14}))
    for position, colonne in enumerate(COLONNES):
        feuille.set_column(position, position, colonne.largeur)
        feuille.write_string(1, position, colonne.titre, tete)
    for rang, ligne in enumerate(lignes, 2):
        for position, (colonne, valeur) in enumerate(zip(COLONNES, valeurs(ligne), strict=True)):
            if valeur is None or valeur == "":
                continue
            # write_string : un texte qui commence par « = » reste un texte.
            ecrire = feuille.write_string if colonne.genre == "texte" else feuille.write_number
            ecrire(rang, position, valeur, styles[colonne.genre])
    classeur.close()
    fichier.seek(0)
    return fichier
