"""Avant d'écrire : la réponse au pré-projet, les questions d'éligibilité."""

from django import forms

from appels.models import RegleEligibilite
from comptes.models import Organisme
from dossiers.forms.champs import MontantField, Texte
from dossiers.models import PreProjet


class ReponseForm(forms.Form):
    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=PreProjet.Reponse.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse."},
    )
    explication = forms.CharField(
        label="Explication",
        widget=Texte(5),
        max_length=4000,
        required=False,
        help_text="L’organisme la lit telle quelle. Facultative pour « Allez-y », nécessaire pour les autres réponses.",
    )

    def clean(self):
        donnees = super().clean()
        reponse = donnees.get("reponse")
        if reponse and reponse != PreProjet.Reponse.CONTINUER and not donnees.get("explication", "").strip():
            self.add_error("explication", "Expliquez votre réponse : dites ce qu’il faut changer, ou vers qui aller.")
        return donnees


class DateHtml(forms.DateInput):
    def __init__(self):
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class EligibiliteForm(forms.Form):
    """Les questions de l'appel ; aucune n'est obligatoire, une question sans réponse reste « à vérifier »."""

    def __init__(self, donnees=None, *, regles, reponses=None):
        super().__init__(donnees)
        self.regles = list(regles)
        for regle in self.regles:
            self._poser(regle, (reponses or {}).get(str(regle.pk)))

    def _poser(self, regle, reponse):
        nom, types = f"q{regle.pk}", RegleEligibilite.Type
        if regle.type == types.PERIODE:
            debut, fin = reponse or (None, None)
            self.fields[f"{nom}-debut"] = forms.DateField(
                label=f"{regle.question} Début", required=False, initial=debut, widget=DateHtml()
            )
            self.fields[f"{nom}-fin"] = forms.DateField(label="Fin", required=False, initial=fin, widget=DateHtml())
            return
        champs = {
            types.STRUCTURE: lambda: forms.ChoiceField(choices=[("", "Choisissez"), *Organisme.Type.choices]),
            types.PART_QPV: lambda: forms.IntegerField(min_value=0, max_value=100, help_text="En %, de 0 à 100."),
            types.MONTANT: lambda: MontantField(help_text="En euros."),
            types.OUI_NON: lambda: forms.ChoiceField(
                choices=[("oui", "Oui"), ("non", "Non")], widget=forms.RadioSelect
            ),
        }
        champ = champs[regle.type]()
        champ.label, champ.required, champ.initial = regle.question, False, reponse
        self.fields[nom] = champ

    def clean(self):
        donnees = super().clean()
        for regle in self.regles:
            debut, fin = donnees.get(f"q{regle.pk}-debut"), donnees.get(f"q{regle.pk}-fin")
            if debut and fin and fin < debut:
                self.add_error(f"q{regle.pk}-fin", "L’action finit avant d’avoir commencé. Vérifiez les deux dates.")
        return donnees

    def reponses(self):
        """{clé de la règle: réponse}, en valeurs que JSON garde telles quelles ; sans réponse, rien."""
        gardees = {}
        for regle in self.regles:
            nom, valeur = f"q{regle.pk}", self.cleaned_data.get(f"q{regle.pk}")
            if regle.type == RegleEligibilite.Type.PERIODE:
                dates = [self.cleaned_data.get(f"{nom}-debut"), self.cleaned_data.get(f"{nom}-fin")]
                valeur = [jour.isoformat() for jour in dates] if all(dates) else None
            elif regle.type == RegleEligibilite.Type.MONTANT and valeur is not None:
                valeur = str(valeur)
            if valeur not in (None, ""):
                gardees[str(regle.pk)] = valeur
        return gardees
