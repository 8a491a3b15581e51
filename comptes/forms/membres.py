"""Inviter une personne, changer son rôle."""

from django import forms

from comptes.models import Membre


class InvitationForm(forms.Form):
    courriel = forms.EmailField(label="Adresse électronique de la personne")
    role = forms.ChoiceField(
        label="Ce qu’elle pourra faire", choices=Membre.Role.choices, initial=Membre.Role.REDACTEUR
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membre.Role.choices)
