"""Donner un rôle sur une collectivité, régler ce qu'elle écrit."""

from django import forms
from django.core.exceptions import ValidationError

from comptes.models import Affectation, Collectivite, Partenaire

CONTRASTE_MINIMAL = 4.5  # WCAG 2.2, critère 1.4.3


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
