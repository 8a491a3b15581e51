"""Formulaires des personnes et des organismes."""

from django import forms


class InscriptionForm(forms.Form):
    """Ce que nous ajoutons à l'inscription d'allauth."""

    prenom = forms.CharField(
        label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))

    def signup(self, request, user):
        user.prenom, user.nom = self.cleaned_data["prenom"], self.cleaned_data["nom"]
        user.save(update_fields=["prenom", "nom"])
