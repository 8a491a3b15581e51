"""Formulaires des personnes, des organismes et des rôles."""

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError

from comptes.models import Affectation, Collectivite, Membre, Organisme, Partenaire, Utilisateur
from comptes.operations import CHAMPS_BANCAIRES
from comptes.validateurs import normaliser

IDENTIFIANTS = {"siret", "rna", "iban", "bic", "telephone"}
CONTRASTE_MINIMAL = 4.5  # WCAG 2.2, critère 1.4.3


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


class IdentifiantField(forms.CharField):
    """Un numéro recopié avec ses espaces et ses points : on les retire avant de vérifier."""

    def to_python(self, value):
        return normaliser(super().to_python(value))


class OrganismeForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    class Meta:
        model = Organisme
        fields = [
            "type", "nom", "sigle", "siret", "rna", "registre_local", "adresse", "code_postal", "ville", "telephone",
            "courriel", "representant_civilite", "representant_prenom", "representant_nom", "representant_fonction",
            "titulaire_compte", "iban", "bic",
        ]  # fmt: skip
        field_classes = dict.fromkeys(IDENTIFIANTS, IdentifiantField)
        help_texts = {
            "siret": "Quatorze chiffres ; il figure sur l’avis de situation de l’INSEE.",
            "rna": "W suivi de neuf caractères ; il figure sur le récépissé de la préfecture.",
            "iban": "Le compte est au nom de l’organisme. Il sert au versement et reste chiffré.",
        }
        widgets = {
            "iban": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "siret": forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "24"}),
            "code_postal": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
            "telephone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        }
        error_messages = {"siret": {"unique": "Cet organisme est déjà inscrit. Demandez à son représentant de vous "
                                    "ajouter comme membre."}}  # fmt: skip

    def __init__(self, *args, represente=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not represente:
            for nom in CHAMPS_BANCAIRES:
                del self.fields[nom]
        self.fields["rna"].mention = "obligatoire pour une association"
        for nom in IDENTIFIANTS & self.fields.keys():
            # La longueur se juge une fois les espaces retirés ; le modèle la vérifie.
            self.fields[nom].max_length = None
            self.fields[nom].validators = [
                v for v in self.fields[nom].validators if type(v).__name__ != "MaxLengthValidator"
            ]
            self.fields[nom].widget.attrs.pop("maxlength", None)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            if self.instance.iban and "iban" in self.fields:
                self.fields[
                    "iban"
                ].help_text = (
                    f"Compte enregistré se terminant par {self.instance.iban_fin}. Laissez vide pour le garder."
                )
                self.initial["iban"] = ""

    def clean_iban(self):
        return self.cleaned_data["iban"] or (self.instance.iban if self.instance.pk else "")

    def clean(self):
        donnees = super().clean()
        if donnees.get("type") == Organisme.Type.ASSOCIATION and not (
            donnees.get("rna") or donnees.get("registre_local") or "rna" in self.errors
        ):
            self.add_error(
                "rna", "Une association indique son numéro RNA, ou son registre si elle est d’Alsace-Moselle."
            )
        if donnees.get("iban") and not donnees.get("titulaire_compte"):
            donnees["titulaire_compte"] = donnees.get("nom", "")[:160]
        return donnees


class MembreForm(forms.Form):
    courriel = forms.EmailField(label="Adresse électronique de la personne", widget=forms.EmailInput)
    role = forms.ChoiceField(label="Ce qu’elle pourra faire", choices=Membre.Role.choices)


class AffectationForm(forms.Form):
    courriel = forms.EmailField(label="Adresse électronique de la personne")
    role = forms.ChoiceField(label="Rôle", choices=Affectation._meta.get_field("role").choices)
    partenaire = forms.ModelChoiceField(
        label="Au nom de", queryset=Partenaire.objects.none(), required=False, empty_label="La collectivité elle-même"
    )
    nouveau_partenaire = forms.CharField(
        label="Ou d’un partenaire qui n’est pas dans la liste",
        max_length=160,
        required=False,
        help_text="Son nom complet, par exemple « Caisse d’allocations familiales du Pas-de-Calais ».",
    )
    type_partenaire = forms.ChoiceField(
        label="Nature de ce nouveau partenaire", choices=[("", "—"), *Partenaire.Type.choices], required=False
    )

    def __init__(self, *args, collectivite, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partenaire"].queryset = collectivite.partenaires.all()


def contraste_sur_blanc(couleur):
    """Rapport de contraste d'une couleur #rrggbb avec le blanc (WCAG 2.2, luminance relative)."""
    canaux = [int(couleur[rang : rang + 2], 16) / 255 for rang in (1, 3, 5)]
    rouge, vert, bleu = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
    return 1.05 / (0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu + 0.05)


class CollectiviteForm(forms.ModelForm):
    couleur = forms.RegexField(
        label="Couleur de marque",
        regex=r"^#[0-9a-fA-F]{6}$",
        help_text="Sur les lettres. Six chiffres après un dièse, assez foncée pour se lire sur blanc.",
        error_messages={"invalid": "Écrivez la couleur comme #0b5563."},
    )

    class Meta:
        model = Collectivite
        fields = [
            "siret", "adresse", "code_postal", "ville", "service_nom", "service_telephone", "service_courriel",
            "signataire_prenom", "signataire_nom", "signataire_qualite", "organe_deliberant", "tribunal_nom",
            "tribunal_adresse", "dpo_contact", "duree_conservation", "couleur",
        ]  # fmt: skip

    def clean_couleur(self):
        couleur = self.cleaned_data["couleur"]
        if contraste_sur_blanc(couleur) < CONTRASTE_MINIMAL:
            raise ValidationError("Cette couleur est trop claire : on ne la lirait pas sur le papier.")
        return couleur
