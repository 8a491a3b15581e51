"""Les règles d'éligibilité : une question chacune, ses paramètres selon son type."""

from django import forms

from appels.forms.lignes import LigneRangeeForm, Lignes, liste_de
from appels.models import RegleEligibilite
from appels.regles import REGLES_MAX
from comptes.models import Organisme

Type = RegleEligibilite.Type
REPONSES = [("oui", "Oui"), ("non", "Non")]


class RegleForm(LigneRangeeForm):
    NOM = "question"
    type = forms.ChoiceField(label="Sur quoi porte la règle", choices=Type.choices, initial=Type.OUI_NON)
    question = forms.CharField(label="Question posée à l’association", max_length=250)
    types = forms.MultipleChoiceField(
        label="Structures admises",
        choices=Organisme.Type.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Pour une règle sur le type de structure.",
    )
    minimum = forms.IntegerField(
        label="Part minimale du public (%)",
        min_value=1,
        max_value=100,
        required=False,
        help_text="Pour une règle sur le public habitant en quartier prioritaire.",
    )
    attendu = forms.ChoiceField(
        label="Réponse attendue",
        choices=REPONSES,
        initial="oui",
        required=False,
        help_text="Pour une question à répondre par oui ou non.",
    )
    explication = forms.CharField(
        label="Ce qu’on lit quand la règle n’est pas tenue",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        help_text="Dites pourquoi, et ce que l’association peut faire.",
    )
    bloquante = forms.BooleanField(
        label="Sans cette réponse, le dossier n’entre pas dans l’appel",
        required=False,
        help_text="Décochée, la règle alerte sans empêcher.",
    )

    def clean(self):
        donnees = super().clean()
        if donnees.get("type") == Type.STRUCTURE and not donnees.get("types") and "types" not in self.errors:
            self.add_error("types", "Cochez au moins une sorte de structure admise.")
        if donnees.get("type") == Type.PART_QPV and not donnees.get("minimum") and "minimum" not in self.errors:
            self.add_error("minimum", "Indiquez la part minimale, de 1 à 100.")
        return donnees

    def champs(self):
        champs = super().champs()
        types, minimum, attendu = champs.pop("types"), champs.pop("minimum"), champs.pop("attendu")
        parametres = {
            Type.STRUCTURE: {"types": types},
            Type.PART_QPV: {"min": minimum},
            Type.OUI_NON: {"attendu": attendu != "non"},
        }
        return {**champs, "parametres": parametres.get(champs["type"], {})}

    @classmethod
    def initial(cls, regle, place):
        return {
            "id": regle.pk,
            "place": place,
            "type": regle.type,
            "question": regle.question,
            "types": regle.parametres.get("types", []),
            "minimum": regle.parametres.get("min"),
            "attendu": "oui" if regle.parametres.get("attendu", True) else "non",
            "explication": regle.explication,
            "bloquante": regle.bloquante,
        }


class ListeDeRegles(Lignes):
    def clean(self):
        super().clean()
        if not any(form.errors for form in self.forms) and len(self.lignes()) > REGLES_MAX:
            raise forms.ValidationError(
                f"Un appel pose {REGLES_MAX} questions au plus : au-delà, on renonce avant d’écrire."
            )


RegleFormSet = liste_de(RegleForm, ListeDeRegles, vides=1, au_plus=REGLES_MAX)
