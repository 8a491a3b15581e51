"""Le budget annuel de toute la structure (Cerfa 12156*06, § 5), compte par compte."""

import json

from django import forms

from dossiers import budget
from dossiers.forms.champs import MontantField, SectionForm
from dossiers.montants import ZERO
from dossiers.operations.structure import budget_de_l_exercice

PROPRES_A_L_ACTION = ("IND", "PRO")
LIBELLES = {"74": "Subventions d’exploitation", "70": "Ventes de produits et prestations de services"}


def comptes_de_structure(benevolat):
    """Les comptes du § 5 : ceux de l'action, sans ce qui n'a de sens que pour elle."""
    comptes = {
        "C": {**budget.CHARGES, **(budget.EMPLOIS_VOLONTAIRES if benevolat else {})},
        "P": {**budget.PRODUITS, **(budget.RESSOURCES_VOLONTAIRES if benevolat else {})},
    }
    return {
        sens: {c: LIBELLES.get(c, libelle) for c, libelle in plan.items() if c not in PROPRES_A_L_ACTION}
        for sens, plan in comptes.items()
    }


class BudgetStructureForm(SectionForm):
    """Un champ par compte, et les dates de l'exercice quand ce n'est pas l'année civile."""

    section = "budget-structure"

    def __init__(self, donnees=None, *, dossier, noms=None, exercice=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        self.exercice = exercice or budget_de_l_exercice(dossier)
        montants = {}
        if self.exercice.pk:
            montants = {(ligne.sens, ligne.compte): ligne.montant for ligne in self.exercice.lignes.all()}
        self.comptes = comptes_de_structure("benevolat" in dossier.appel.sections)
        for sens, comptes in self.comptes.items():
            for compte, libelle in comptes.items():
                self.fields[f"{sens}{compte}"] = MontantField(label=libelle, initial=montants.get((sens, compte)))
        for nom, label in (("debut", "Début de l’exercice"), ("fin", "Fin de l’exercice")):
            self.fields[nom] = forms.DateField(
                label=label,
                required=False,
                initial=getattr(self.exercice, nom),
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            )

    @property
    def temoin(self):
        lu = type(self)(dossier=self.dossier) if self.is_bound else self
        return json.dumps(json.loads(super(BudgetStructureForm, lu).temoin) | {"v": lu.exercice.version})

    def ligne_de(self, nom):
        """(sens, compte) du champ, ou None pour une date."""
        return (nom[0], nom[1:]) if nom[1:] in self.comptes.get(nom[0], {}) else None

    @property
    def colonnes(self):
        """Charges et produits en regard, puis les contributions volontaires."""
        colonnes = []
        for sens, comptes in self.comptes.items():
            saisies = [(self[f"{sens}{compte}"], compte, budget.SOUS_COMPTES.get(compte, "")) for compte in comptes]
            colonnes.append(
                {
                    "sens": sens,
                    "lignes": [s for s in saisies if not budget.Ligne(sens, s[1], ZERO).volontaire],
                    "volontaires": [s for s in saisies if budget.Ligne(sens, s[1], ZERO).volontaire],
                }
            )
        return colonnes

    @property
    def dates(self):
        return [self["debut"], self["fin"]]

    def clean(self):
        donnees = super().clean()
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            fautif = "debut" if "debut" in self.changed_data and "fin" not in self.changed_data else "fin"
            self.add_error(fautif, "L’exercice finit avant d’avoir commencé.")
        return donnees

    def budget(self):
        """Le budget saisi, une fois les champs relus."""
        return budget.Budget(
            tuple(
                budget.Ligne(sens, compte, montant)
                for sens, comptes in self.comptes.items()
                for compte in comptes
                if (montant := self.cleaned_data.get(f"{sens}{compte}"))
            )
        )
