"""Formulaires des habitants : les trois questions, la feuille recopiée, ce que leur avis a changé."""

import uuid

from django import forms

from evaluation.models import AvisCitoyen


class TroisQuestionsForm(forms.ModelForm):
    """Les mêmes mots que sur la feuille."""

    utile = forms.ChoiceField(
        label="1. Est-ce utile ici ?",
        choices=AvisCitoyen.Utile.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse à la première question."},
    )

    class Meta:
        model = AvisCitoyen
        fields = ["utile", "pour_qui", "que_manque_t_il"]
        labels = {"pour_qui": "2. Pour qui ?", "que_manque_t_il": "3. Que manque-t-il ?"}
        widgets = {
            "pour_qui": forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
            "que_manque_t_il": forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
        }

    def reponses(self):
        return {champ: self.cleaned_data[champ] for champ in self.Meta.fields}


class PapierForm(TroisQuestionsForm):
    """Une feuille recopiée ; `jeton` est celui du formulaire, pour qu'un double clic ne compte qu'une fois."""

    jeton = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "Rouvrez la page avant de recopier."})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["jeton"].initial = uuid.uuid4


class SuiteForm(forms.Form):
    texte = forms.CharField(
        label="Ce que leur avis a changé",
        help_text="Deux ou trois phrases simples. Si rien n’a changé, dites pourquoi.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez ce que l’avis des habitants a changé, ou pourquoi il n’a rien changé."},
    )
