"""Joindre une pièce."""

from django import forms


class PlusieursFichiers(forms.ClearableFileInput):
    allow_multiple_selected = True


class FichiersField(forms.FileField):
    """Un ou plusieurs fichiers ; leur contenu est contrôlé par le verbe, un par un."""

    widget = PlusieursFichiers

    def __init__(self, **kwargs):
        super().__init__(
            allow_empty_file=True,
            error_messages={"required": "Choisissez un fichier.", "invalid": "Choisissez un fichier."},
            **kwargs,
        )
        self.max_length = None

    def clean(self, data, initial=None):
        if not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FichiersField, self).clean(fichier, initial) for fichier in data]


class PieceForm(forms.Form):
    fichier = FichiersField(label="Fichier")
    garder = forms.BooleanField(label="Garder aussi dans le porte-documents de l’organisme", required=False)
    valable_jusqu_au = forms.DateField(
        label="Valable jusqu’au",
        required=False,
        error_messages={"invalid": "Cette date n’est pas lisible. Écrivez-la par exemple 31/12/2027."},
    )
