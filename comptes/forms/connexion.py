"""Se connecter, s'inscrire, changer d'adresse ou de mot de passe, tenir son profil."""

from allauth.account import forms as allauth
from django import forms

from comptes.models import Utilisateur


class SansIndiceMixin:
    """Un exemple gris dans le champ disparaît quand on tape : l'étiquette suffit, et toujours la même."""

    ETIQUETTES = {
        "login": "Adresse électronique",
        "email": "Adresse électronique",
        "password": "Mot de passe",
        "oldpassword": "Mot de passe actuel",
        "password2": "Le même mot de passe, une seconde fois",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            champ.widget.attrs.pop("placeholder", None)
            champ.label = self.ETIQUETTES.get(nom, champ.label)
        for nom in ("password1", "password2"):
            if nom in self.fields:
                self.fields[nom].help_text = ""
        if "password1" in self.fields:
            self.fields[
                "password1"
            ].help_text = (
                "Au moins dix caractères. Une phrase courte convient très bien ; pas votre nom, pas que des chiffres."
            )


class ConnexionForm(SansIndiceMixin, allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # le lien « Mot de passe oublié » est à côté du bouton


class InscriptionForm(SansIndiceMixin, allauth.SignupForm):
    prenom = forms.CharField(
        label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))

    field_order = ["prenom", "nom", "email", "password1", "password2"]

    def custom_signup(self, request, user):
        user.prenom, user.nom = self.cleaned_data["prenom"], self.cleaned_data["nom"]
        user.save(update_fields=["prenom", "nom"])


class AdresseForm(SansIndiceMixin, allauth.AddEmailForm):
    pass


class MotDePasseForm(SansIndiceMixin, allauth.ChangePasswordForm):
    pass


class MotDePasseOublieForm(SansIndiceMixin, allauth.ResetPasswordForm):
    pass


class NouveauMotDePasseForm(SansIndiceMixin, allauth.ResetPasswordKeyForm):
    pass


class ConfirmationForm(SansIndiceMixin, allauth.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ProfilForm(forms.ModelForm):
    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom"]
        widgets = {
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "nom": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Ils figurent dans l'historique des dossiers : un compte ancien sans nom le complète ici.
        for champ in self.fields.values():
            champ.required = True
