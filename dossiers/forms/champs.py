"""Champs et formulaires communs à la saisie."""

import copy
import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django import forms
from django.forms.models import construct_instance
from django.http import QueryDict

from dossiers import budget

TOUT_VIDE = re.compile(r"[\s\u00a0\u202f€]")


class MontantField(forms.DecimalField):
    """Un montant saisi comme on l'écrit : « 1 234,50 », « 1234.5 », « 1 234 € »."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal("0"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages |= {
            "invalid": "Ce montant n’est pas lisible. Écrivez-le en chiffres, par exemple 1 234,50.",
            "min_value": "Un montant ne peut pas être négatif.",
            "max_digits": "Ce montant est trop grand.",
            "max_whole_digits": "Ce montant est trop grand.",
            "max_decimal_places": "Un montant a deux chiffres au plus après la virgule.",
        }
        for validateur in self.validators:
            if getattr(validateur, "code", "") == "min_value":
                validateur.message = self.error_messages["min_value"]
            for code in ("max_digits", "max_whole_digits", "max_decimal_places"):
                if hasattr(validateur, "decimal_places"):
                    validateur.messages = {**validateur.messages, code: self.error_messages[code]}

    def to_python(self, value):
        if isinstance(value, str):
            value = TOUT_VIDE.sub("", value).replace(",", ".")
            if value and not re.fullmatch(r"-?\d*\.?\d*", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return budget.euros(value).removesuffix("\u00a0€")
        return value


class Texte(forms.Textarea):
    def __init__(self, rows=5):
        super().__init__({"rows": rows})


def _brut(champ):
    """La valeur d'un champ lié, telle qu'un navigateur l'enverrait : une liste de textes."""
    valeur, widget = champ.value(), champ.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if valeur else []
    if valeur is None:
        return [""]
    ecrite = widget.format_value(valeur)
    if isinstance(ecrite, list | tuple):
        return [str(v) for v in ecrite]
    return ["" if ecrite is None else str(ecrite)]


def empreinte(valeurs):
    """L'empreinte courte d'une valeur de champ : dire si elle a changé, sans la transporter."""
    textes = [re.sub(r"\r\n?", "\n", valeur).strip() for valeur in valeurs if valeur]
    return hashlib.blake2s(json.dumps(textes).encode(), digest_size=5).hexdigest()


class Lecture(NamedTuple):
    """Ce qu'une personne avait sous les yeux en écrivant : la version de la section, l'empreinte de chaque champ."""

    version: int = 0
    champs: dict = {}

    @classmethod
    def de(cls, texte):
        """Relit le champ caché `version` ; une valeur forgée ou vide vaut une lecture du tout premier état."""
        try:
            lu = json.loads(texte)
        except ValueError:
            return cls()
        if isinstance(lu, int):
            return cls(lu)
        if isinstance(lu, dict) and isinstance(lu.get("v"), int) and isinstance(lu.get("c"), dict):
            return cls(lu["v"], lu["c"])
        return cls()


class SectionMixin:
    """Une section du dossier, qui s'enregistre entière (bouton) ou champ par champ (à mesure qu'on écrit).

    Une classe fille donne `section`, construit ses champs depuis `self.dossier`, et dit dans `ecrire` comment les
    valeurs nettoyées entrent dans le dossier. `noms` : les seuls champs voulus, pour n'interroger la base que pour eux.
    """

    section = ""

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        self.dossier, self.noms = dossier, None if noms is None else set(noms)
        super().__init__(donnees, **kwargs)
        for champ in self.fields.values():
            champ.required = False

    @classmethod
    def arranger(cls, envoyees):
        """Un bouton de la page peut demander plus qu'un enregistrement : la saisie se réécrit avant d'être lue."""

    @property
    def temoin(self):
        """Ce que la page emporte pour qu'on sache, au retour, ce qui a changé ici et ce qui a changé ailleurs."""
        lu = self if not self.is_bound else type(self)(dossier=self.dossier, noms=self.noms)
        champs = {nom: empreinte(_brut(lu[nom])) for nom in lu.saisis}
        return json.dumps({"v": self.dossier.version_de(self.section), "c": champs}, separators=(",", ":"))

    @property
    def saisis(self):
        """Les noms des champs qui portent une donnée du dossier."""
        return list(self.fields)

    def stockees(self):
        """Ce qui est enregistré, comme un navigateur l'enverrait ; à demander au formulaire sans données."""
        donnees = QueryDict(mutable=True)
        for nom in self.saisis:
            if valeurs := _brut(self[nom]):
                donnees.setlist(nom, valeurs)
        return donnees

    def fondre(self, envoyees, noms):
        """Les données enregistrées, où les champs `noms` prennent la valeur envoyée."""
        donnees = self.stockees()
        for nom in noms:
            if valeurs := envoyees.getlist(nom):
                donnees.setlist(nom, valeurs)
            else:
                donnees.pop(nom, None)
        return donnees

    def differe(self, nom, donnees):
        """La valeur envoyée pour ce champ change-t-elle ce qui est enregistré ?"""
        champ = self.fields[nom]
        envoyee = champ.widget.value_from_datadict(donnees, {}, self.add_prefix(nom))
        return champ.has_changed(self.get_initial_for_field(champ, nom), envoyee)

    def touche(self, nom, donnees, lecture):
        """La personne a-t-elle changé ce champ depuis qu'elle l'a lu ?"""
        return nom not in lecture.champs or empreinte(donnees.getlist(nom)) != lecture.champs[nom]

    def change_depuis(self, nom, lecture):
        """Ce qui est enregistré diffère-t-il de ce que la personne avait lu ?"""
        return nom not in lecture.champs or empreinte(_brut(self[nom])) != lecture.champs[nom]

    def lisible(self, nom):
        """La valeur enregistrée d'un champ, en une phrase courte, pour la montrer à qui a écrit autre chose."""
        champ = self.fields[nom]
        valeur = self.get_initial_for_field(champ, nom)
        if valeur in (None, "", [], False):
            return "rien"
        if valeur is True:
            return "oui"
        if isinstance(champ, MontantField):
            return budget.euros(valeur)
        if isinstance(champ, forms.ChoiceField) and not isinstance(valeur, list | tuple):
            return str(dict(champ.choices).get(valeur, valeur))
        if isinstance(valeur, Decimal):
            return budget.nombre(valeur)
        if isinstance(valeur, date):
            return f"{valeur:%d/%m/%Y}"
        return str(valeur)

    def ecrire(self, dossier, noms):
        """Porte les champs `noms`, déjà validés, dans le dossier verrouillé ; rend les champs du dossier à sauver."""
        raise NotImplementedError


class SectionForm(SectionMixin, forms.Form):
    """Une section dont les champs ne sont pas ceux du dossier : objectifs, budget."""


class SectionModelForm(SectionMixin, forms.ModelForm):
    """Une section dont chaque champ est un champ du dossier."""

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        # La copie reçoit ce que le formulaire lit ; le dossier verrouillé n'est écrit que par `ecrire`.
        super().__init__(donnees, dossier=dossier, noms=noms, instance=copy.copy(dossier), **kwargs)

    def ecrire(self, dossier, noms):
        for nom in noms:
            setattr(dossier, nom, self.cleaned_data[nom])
        return list(noms)

    def _post_clean(self):
        """Seuls les champs du formulaire se jugent ici ; les contraintes de la base valent pour le dossier entier."""
        exclus = self._get_validation_exclusions()
        try:
            self.instance = construct_instance(self, self.instance, self.fields, exclus)
            self.instance.clean_fields(exclude=exclus)
        except forms.ValidationError as erreurs:
            self._update_errors(erreurs)
