"""Le tableau tel qu'une page le montre : des cellules prêtes à écrire, sans calcul."""

from dataclasses import dataclass
from decimal import Decimal

from dossiers.etats import Etat
from programmation.tableau import Fermete

FINE = "\u202f"
AVIS = {
    "Favorable": ("ok", "●"),
    "Favorable avec réserves": ("att", "◐"),
    "Ajourné": ("att", "!"),
    "Défavorable": ("non", "○"),
}


def chiffre(montant):
    """2 500 ou 2 500,50 : l'unité est dans l'en-tête ; un montant absent est un tiret."""
    if montant is None:
        return "–"
    texte = f"{Decimal(montant):,.2f}".replace(",", FINE).replace(".", ",")
    return texte.removesuffix(",00")


def ecrire(colonne, valeur):
    if colonne.genre == "montant":
        return chiffre(valeur)
    if valeur is None or valeur == "":
        return "–"
    if colonne.genre == "taux":
        return f"{valeur:.0f}{FINE}%"
    return str(valeur).replace(".", ",") if colonne.genre == "nombre" else str(valeur)


@dataclass
class Cellule:
    colonne: object
    texte: str
    classe: str = ""
    etiquette: str = ""
    ton: str = ""
    forme: str = ""
    version: int | None = None  # donnée seulement si la personne peut écrire ici
    alerte: str = ""
    erreur: str = ""
    saisie: str = ""

    @property
    def modifiable(self):
        return self.version is not None


@dataclass
class Rang:
    """Une ligne de la page."""

    ligne: object
    cle: str
    cellules: list
    porteur: str
    intitule: str
    prefixe: str
    suffixe: str


def financeurs_modifiables(appel, financeurs, utilisateur, peut_fixer):
    return {f.pk for f in financeurs if peut_fixer(appel, f, utilisateur)}


def rang(tableau, ligne, modifiables, *, erreurs=None):
    """`erreurs` : {financeur: (message, saisie)} de la cellule qu'on vient de refuser."""
    cellules = []
    for colonne in tableau.colonnes_ecran:
        if colonne.cle in ("numero", "porteur"):
            continue
        valeur = ligne.valeurs.get(colonne.cle)
        cellule = Cellule(
            colonne,
            ecrire(colonne, valeur),
            classe="n" if colonne.a_droite else "",
            etiquette=colonne.titre,
        )
        if colonne.cle == "avis" and valeur:
            cellule.ton, cellule.forme = AVIS[valeur]
            cellule.texte = valeur.removeprefix("Favorable avec ").capitalize()
        elif colonne.cle == "situation":
            cellule.ton = "neu" if valeur == "Reconduit" else "info"
        elif colonne.cle == "convention":
            cellule.texte = "Oui" if valeur == "Oui" else "–"
        elif colonne.retenu and colonne.financeur:
            _completer(cellule, tableau, ligne, valeur, modifiables, erreurs or {})
        elif colonne.retenu:
            cellule.classe += " fort"
        elif colonne.cle == "quartiers":
            cellule.classe = "quartiers"
        if cellule.texte == "–" and not cellule.modifiable:
            cellule.classe += " rien"
        cellules.append(cellule)
    prefixe, _, suffixe = ligne.numero.rpartition("-")
    return Rang(
        ligne=ligne,
        cle=f"{ligne.dossier_id}-{ligne.groupe}",
        cellules=cellules,
        porteur=ligne.valeurs["porteur"],
        intitule=ligne.valeurs["intitule"],
        prefixe=f"{prefixe}-" if prefixe else "",
        suffixe=suffixe,
    )


def _completer(cellule, tableau, ligne, valeur, modifiables, erreurs):
    financeur = cellule.colonne.financeur.pk
    demande = ligne.valeurs.get(f"d{financeur}")
    if valeur is not None and ((demande is None and valeur) or (demande is not None and valeur > demande)):
        cellule.alerte = "plus que demandé" if demande is not None else "non sollicité"
    if (
        tableau.fermete == Fermete.PROGRAMME
        and ligne.etat == Etat.PROGRAMME
        and ligne.parts == 1
        and financeur in modifiables
    ):
        cellule.version = ligne.versions.get(financeur, 0)
        cellule.classe += " ed"
    if financeur in erreurs:
        cellule.erreur, cellule.saisie = erreurs[financeur]
        cellule.classe += " faux"


def totaux(tableau, valeurs):
    """Les cellules d'un sous-total ou du total, sous les colonnes qui s'additionnent."""
    return [
        Cellule(
            colonne,
            ecrire(colonne, valeurs.get(colonne.cle)) if colonne.agregat else "",
            classe=("n" if colonne.a_droite else "") + ("" if valeurs.get(colonne.cle) else " rien"),
            etiquette=colonne.titre if colonne.agregat else "",
        )
        for colonne in tableau.colonnes_ecran
        if colonne.cle not in ("numero", "porteur")
    ]
