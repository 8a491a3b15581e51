"""Les saisies de la programmation. Un montant s'écrit comme on le dit : « 23 500,50 € »."""

import re
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from documents.notification_refus import MOTIFS_REFUS
from programmation.operations import MONTANT_MAX
from programmation.presentation import chiffre

ESPACES = re.compile(r"[\s\u00a0\u202f]")


def lire_montant(texte):
    """Le montant écrit, en Decimal ; None si rien n'est écrit. Lève ValidationError, en français."""
    texte = ESPACES.sub("", str(texte or "")).removesuffix("€").replace(",", ".")
    if not texte:
        return None
    if not re.fullmatch(r"[+-]?\d{0,15}(\.\d*)?", texte) or texte.strip("+-.") == "":
        raise ValidationError("Écrivez un montant en chiffres, par exemple 2 500 ou 2 500,50.")
    try:
        montant = Decimal(texte)
    except InvalidOperation:
        raise ValidationError("Écrivez un montant en chiffres, par exemple 2 500 ou 2 500,50.")
    if montant < 0:
        raise ValidationError("Un montant est positif ou nul.")
    if montant > MONTANT_MAX:
        raise ValidationError("Ce montant est trop grand.")
    if montant != montant.quantize(Decimal("0.01")):
        raise ValidationError("Un montant compte au plus deux décimales.")
    return montant.quantize(Decimal("0.01"))


class MontantField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "montant"})
        )
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value):
        return lire_montant(super().to_python(value))

    def prepare_value(self, value):
        return chiffre(value) if isinstance(value, Decimal) else value

    def validate(self, value):
        if self.required and value is None:
            raise ValidationError("Écrivez un montant, 0 s’il n’y en a pas.")

    def run_validators(self, value):
        return None


class EnveloppesForm(forms.Form):
    """Un montant par financeur de l'appel ; vide : pas d'enveloppe."""

    def __init__(self, *args, financeurs, enveloppes, **kwargs):
        super().__init__(*args, **kwargs)
        self.financeurs = list(financeurs)
        for financeur in self.financeurs:
            self.fields[f"f{financeur.pk}"] = MontantField(
                label=financeur.nom, required=False, initial=enveloppes.get(financeur.pk)
            )

    @property
    def montants(self):
        return {f: self.cleaned_data[f"f{f.pk}"] for f in self.financeurs}


class MontantsForm(forms.Form):
    """Les montants d'un dossier, colonne par colonne, chacun avec la version lue."""

    def __init__(self, *args, colonnes, **kwargs):
        super().__init__(*args, **kwargs)
        self.colonnes = colonnes
        for colonne in colonnes:
            self.fields[f"f{colonne.financeur.pk}"] = MontantField(
                label=colonne.financeur.nom,
                initial=colonne.montant,
                help_text=colonne.aide,
                required=True,
            )
            self.fields[f"v{colonne.financeur.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=colonne.version, min_value=0
            )

    @property
    def visibles(self):
        return [self[f"f{c.financeur.pk}"] for c in self.colonnes]


class DeliberationForm(forms.Form):
    numero = forms.CharField(label="Numéro de la délibération", max_length=40, help_text="Par exemple : 2027-034.")
    date = forms.DateField(label="Date de la séance", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    organe = forms.CharField(
        label="Organe délibérant", max_length=80, help_text="Tel qu’il est écrit dans les lettres."
    )
    transmise_le = forms.DateField(
        label="Transmise au représentant de l’État le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="La délibération devient exécutoire une fois publiée et transmise.",
    )

    def clean_date(self):
        date = self.cleaned_data["date"]
        if date > timezone.localdate():
            raise ValidationError("La séance n’a pas encore eu lieu : enregistrez la délibération une fois votée.")
        return date

    def clean(self):
        donnees = super().clean()
        if donnees.get("date") and donnees.get("transmise_le") and donnees["transmise_le"] < donnees["date"]:
            self.add_error("transmise_le", "La transmission suit la séance.")
        return donnees


def motifs_saisis(donnees, dossiers):
    """Les motifs écrits pour chaque dossier : {clé: [{"code", "precision"}]}."""
    motifs = {}
    for dossier in dossiers:
        codes = dict.fromkeys(
            code for rang in (1, 2) if (code := donnees.get(f"motif{rang}-{dossier.pk}")) in MOTIFS_REFUS
        )
        precision = donnees.get(f"precision-{dossier.pk}", "").strip()[:400]
        motifs[dossier.pk] = [
            {"code": code, "precision": precision if rang == 0 else ""} for rang, code in enumerate(codes)
        ]
    return motifs
