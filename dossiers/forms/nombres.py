"""Les nombres tels qu'on les écrit : « 1 200 », « 0,5 » ; un refus dit ce qu'il faut écrire."""

import re
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from dossiers import budget
from dossiers.forms.champs import TOUT_VIDE

# Au-delà, c'est une faute de frappe : la plus grande agglomération du pays n'a pas tant d'habitants à accueillir.
PERSONNES_MAX = 10_000_000


class EntierField(forms.IntegerField):
    """Un nombre entier, dans une zone de texte : un navigateur n'y efface rien de ce qui est mal écrit."""

    def __init__(self, *, minimum=0, maximum=PERSONNES_MAX, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Écrivez un nombre entier, en chiffres, par exemple 40."
        trop_petit = "Un nombre ne peut pas être négatif." if minimum == 0 else f"Écrivez {minimum} ou plus."
        self.validators += [
            MinValueValidator(minimum, trop_petit),
            MaxValueValidator(maximum, f"Écrivez {maximum:,} au plus.".replace(",", "\u202f")),
        ]

    def to_python(self, value):
        if isinstance(value, str):
            value = TOUT_VIDE.sub("", value)
            if value and not re.fullmatch(r"-?[0-9]{1,12}", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DecimalField(forms.DecimalField):
    """Un nombre à virgule : un temps de travail, la cible d'un indicateur."""

    def __init__(self, *, maximum, exemple, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages["invalid"] = f"Écrivez un nombre, en chiffres, par exemple {exemple}."
        self.error_messages["virgule"] = "Deux chiffres au plus après la virgule."
        self.validators += [
            MinValueValidator(Decimal("0"), "Un nombre ne peut pas être négatif."),
            MaxValueValidator(Decimal(maximum), f"Écrivez {maximum:,} au plus.".replace(",", "\u202f")),
        ]

    def to_python(self, value):
        if isinstance(value, str):
            value = TOUT_VIDE.sub("", value).replace(",", ".")
            if value and not re.fullmatch(r"-?[0-9]{0,15}\.?[0-9]{0,15}", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        value = super().to_python(value)
        if value is not None and value.as_tuple().exponent < -2:
            raise forms.ValidationError(self.error_messages["virgule"], code="virgule")
        return value

    def prepare_value(self, value):
        return budget.nombre(value) if isinstance(value, Decimal) else value
