"""Ranger un document permanent, ou en corriger la date."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.fichiers import ACCEPTES
from comptes.forms.champs import champ_date
from comptes.models import NatureDocument


class ValiditeForm(forms.Form):
    valable_jusqu_au = forms.DateField(
        label="Valable jusqu’au",
        required=False,
        widget=champ_date(),
        help_text="S’il a une date de fin (assurance, délégation…) : nous vous préviendrons un mois avant.",
    )


class DocumentForm(ValiditeForm):
    nature = forms.ChoiceField(label="Quel document ?", choices=[("", "Choisissez"), *NatureDocument.choices])
    precision = forms.CharField(
        label="Précision", max_length=160, required=False, help_text="Par exemple l’année : « exercice 2025 »."
    )
    fichier = forms.FileField(label="Fichier", widget=forms.FileInput(attrs={"accept": ACCEPTES}))

    field_order = ["nature", "precision", "fichier", "valable_jusqu_au"]

    def clean_valable_jusqu_au(self):
        date = self.cleaned_data["valable_jusqu_au"]
        if date is not None and date < timezone.localdate():
            raise ValidationError("Cette date est passée : rangez plutôt le document en cours de validité.")
        return date

    def clean(self):
        donnees = super().clean()
        if donnees.get("nature") == NatureDocument.AUTRE and not donnees.get("precision"):
            self.add_error("precision", "Dites de quel document il s’agit.")
        return donnees
