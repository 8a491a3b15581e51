"""Le tableau en classeur XLSX : exactement ce que la page montre, filtré et groupé pareil, écrit ligne à ligne."""

import tempfile

import xlsxwriter

from programmation.tableau import Groupement

LIGNE_MASQUEE = "Dossier dont vous vous êtes déporté"
FORMATS = {"montant": '#,##0.00\\ "€"', "taux": '0.00" %"', "nombre": "General"}


def ecrire(tableau):
    """Un fichier temporaire ouvert au début ; le fermer l'efface."""
    fichier = tempfile.TemporaryFile(suffix=".xlsx")
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True, "in_memory": False})
    classeur.set_properties({"title": f"Programmation · {tableau.appel.intitule}", "author": ""})
    styles = _styles(classeur)
    _feuille_tableau(classeur.add_worksheet("Programmation"), tableau, styles)
    _feuille_enveloppes(classeur.add_worksheet("Enveloppes"), tableau, styles)
    classeur.close()
    fichier.seek(0)
    return fichier


def _styles(classeur):
    base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    allures = {
        "ligne": {},
        "tete": {"bold": True, "bg_color": "#F1EFE8", "text_wrap": True, "bottom": 1, "valign": "bottom"},
        "titre": {"bold": True, "font_size": 14},
        "groupe": {"bold": True, "bg_color": "#F7F5EF"},
        "sous_total": {"bold": True, "bg_color": "#FCFBF8", "top": 1},
        "total": {"bold": True, "top": 2},
    }
    styles = {}
    for nom, allure in allures.items():
        styles[nom, "texte"] = classeur.add_format({**base, **allure})
        for genre, motif in FORMATS.items():
            styles[nom, genre] = classeur.add_format({**base, **allure, "num_format": motif, "align": "right"})
    return styles


def _cellule(feuille, rang, colonne, position, valeur, styles):
    """write_string : un texte qui commence par « = » reste un texte, jamais une formule."""
    if valeur is None or valeur == "":
        return
    if colonne.genre == "texte":
        feuille.write_string(rang, position, valeur, styles["texte"])
    else:
        feuille.write_number(rang, position, valeur, styles[colonne.genre])


def _ligne(feuille, rang, colonnes, valeurs, allure):
    for position, colonne in colonnes:
        _cellule(feuille, rang, colonne, position, valeurs.get(colonne.cle), allure)


def _totaux(feuille, rang, colonnes, valeurs, libelle, allure):
    feuille.write_string(rang, 0, libelle, allure["texte"])
    for position, colonne in colonnes[1:]:
        if colonne.agregat and valeurs.get(colonne.cle) is not None:
            feuille.write_number(rang, position, valeurs[colonne.cle], allure[colonne.genre])
        else:
            feuille.write_blank(rang, position, None, allure["texte"])


def _feuille_tableau(feuille, tableau, styles):
    colonnes = list(enumerate(tableau.colonnes))
    par_allure = {
        nom: {genre: style for (allure, genre), style in styles.items() if allure == nom} for nom, _ in styles
    }
    for position, colonne in colonnes:
        feuille.set_column(position, position, colonne.largeur)
    feuille.set_landscape()
    feuille.set_paper(8)
    feuille.fit_to_pages(1, 0)
    feuille.repeat_rows(1)
    feuille.freeze_panes(2, 2)
    feuille.write_string(
        0,
        0,
        f"{tableau.appel.intitule} · montants {tableau.fermete.label.lower()}s, en euros",
        styles["titre", "texte"],
    )
    for position, colonne in colonnes:
        feuille.write_string(1, position, colonne.titre, styles["tete", "texte"])
    rang = 2
    for groupe in tableau.groupes:
        if tableau.filtres.groupe != Groupement.AUCUN:
            feuille.write_string(rang, 0, groupe.libelle, styles["groupe", "texte"])
            rang += 1
        for ligne in groupe.lignes:
            _ligne(feuille, rang, colonnes, ligne.valeurs, par_allure["ligne"])
            rang += 1
        if tableau.filtres.groupe != Groupement.AUCUN:
            libelle = f"Sous-total · {accorder(groupe.nombre)}"
            _totaux(feuille, rang, colonnes, groupe.totaux, libelle, par_allure["sous_total"])
            rang += 1
    for _ in range(tableau.masques_ici):
        feuille.write_string(rang, 0, LIGNE_MASQUEE, styles["ligne", "texte"])
        rang += 1
    _totaux(feuille, rang, colonnes, tableau.total, f"Total · {accorder(tableau.nombre)}", par_allure["total"])


def _feuille_enveloppes(feuille, tableau, styles):
    feuille.set_column(0, 0, 40)
    feuille.set_column(1, 3, 18)
    for position, titre in enumerate(("Financeur", "Enveloppe", tableau.fermete.label, "Reste")):
        feuille.write_string(0, position, titre, styles["tete", "texte"])
    for rang, enveloppe in enumerate(tableau.enveloppes, 1):
        feuille.write_string(rang, 0, enveloppe.financeur.nom, styles["ligne", "texte"])
        for position, montant in enumerate((enveloppe.montant, enveloppe.consomme, enveloppe.reste), 1):
            if montant is not None:
                feuille.write_number(rang, position, montant, styles["ligne", "montant"])


def accorder(nombre):
    return f"{nombre} dossier{'s' if nombre > 1 else ''}"
