"""Les sections qui ont, en plus des champs du dossier, des lignes aux noms stables : `moyen-cdi-nombre`."""

from typing import NamedTuple

from dossiers.forms.champs import SectionModelForm
from dossiers.operations.lignes import lire_lignes, poser_lignes


class Lignes(NamedTuple):
    """Une famille de lignes : le début du nom de ses champs, où elle est rangée, ce qui distingue une ligne."""

    prefixe: str
    relation: str
    cle: str


class SectionLignesForm(SectionModelForm):
    """Ses lignes se fondent champ par champ comme le reste : chaque cellule est un champ nommé du formulaire."""

    lignes = None

    def veut_les_lignes(self):
        """L'enregistrement d'un champ du dossier n'a pas à lire les lignes."""
        return self.noms is None or any(nom.startswith(f"{self.lignes.prefixe}-") for nom in self.noms)

    def ajouter_lignes(self, cles, champs):
        """Ajoute les champs de chaque ligne. `champs(cle)` : {colonne: champ de formulaire}."""
        lues = lire_lignes(self.dossier, self.lignes.relation, self.lignes.cle)
        self.cellules = {}
        for cle in cles:
            for colonne, champ in champs(cle).items():
                champ.initial, champ.required = getattr(lues.get(cle), colonne, None), False
                nom = f"{self.lignes.prefixe}-{cle}-{colonne}"
                self.fields[nom] = champ
                self.cellules.setdefault(cle, {})[colonne] = nom

    def rangee(self, cle):
        """Les champs liés d'une ligne, par colonne : pour le gabarit."""
        return {colonne: self[nom] for colonne, nom in self.cellules[cle].items()}

    def valeurs_de(self, cle):
        return {colonne: self.cleaned_data.get(nom) for colonne, nom in self.cellules[cle].items()}

    def fautif(self, *noms):
        """Le champ auquel dire qu'un ensemble ne tient pas : celui qui vient de changer, sinon le premier."""
        return next((nom for nom in noms if nom in self.changed_data), noms[0])

    def ecrire(self, dossier, noms):
        cellules = getattr(self, "cellules", {})
        touchees = {c: self.valeurs_de(c) for c, colonnes in cellules.items() if set(colonnes.values()) & set(noms)}
        if touchees:
            poser_lignes(dossier, self.lignes.relation, self.lignes.cle, touchees)
        des_lignes = {nom for colonnes in cellules.values() for nom in colonnes.values()}
        return super().ecrire(dossier, [nom for nom in noms if nom not in des_lignes])
