"""Un montant à la française, un instant à l'heure de Paris."""

import re

from django import forms

ESPACES = re.compile(r"[\s\u00a0\u202f€%]")


class NombreField(forms.DecimalField):
    """Un montant ou un taux, écrit à la française : « 1 500,50 »."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "montant", "autocomplete": "off"})

    def to_python(self, value):
        if isinstance(value, str):
            value = ESPACES.sub("", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        if value in (None, "") or isinstance(value, str):
            return value
        return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",").removesuffix(",00")


class InstantField(forms.DateTimeField):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
