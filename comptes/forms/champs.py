"""Les champs et la mise en forme que partagent les formulaires de la fiche."""

from django import forms

from comptes.validateurs import normaliser

IDENTIFIANTS = {"siret", "rna", "iban", "bic"}
TELEPHONES = {"telephone", "representant_telephone", "charge_telephone"}


class IdentifiantField(forms.CharField):
    """Un numéro recopié avec ses espaces et ses points : on les retire avant de vérifier."""

    def to_python(self, value):
        return normaliser(super().to_python(value))


class IdentifiantsMixin:
    """La longueur se juge une fois les espaces retirés : le champ à l'écran n'en impose pas."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in (IDENTIFIANTS | TELEPHONES) & self.fields.keys():
            champ = self.fields[nom]
            champ.max_length = None
            champ.validators = [v for v in champ.validators if type(v).__name__ != "MaxLengthValidator"]
            champ.widget.attrs.pop("maxlength", None)


def champ_date(**attributs):
    """Le calendrier du navigateur, qui ne comprend que l'écriture internationale."""
    return forms.DateInput(attrs={"type": "date", **attributs}, format="%Y-%m-%d")


CLASSES = dict.fromkeys(IDENTIFIANTS | TELEPHONES, IdentifiantField)
TELEPHONE = {"inputmode": "tel"}
WIDGETS = {
    "iban": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    "siret": forms.TextInput(attrs={"inputmode": "numeric"}),
    "code_postal": forms.TextInput(attrs={"inputmode": "numeric"}),
    "telephone": forms.TextInput(attrs=TELEPHONE),
    "representant_telephone": forms.TextInput(attrs=TELEPHONE),
    "charge_telephone": forms.TextInput(attrs=TELEPHONE),
    "utilite_publique_le": champ_date(),
    "correspondance": forms.Textarea(attrs={"rows": 3}),
    "adherents_personnes_morales": forms.Textarea(attrs={"rows": 5}),
}
