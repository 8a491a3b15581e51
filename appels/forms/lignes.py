"""Les listes à reprendre ligne par ligne, sans JavaScript."""

from django import forms

LIGNES_VIDES = 3
LIGNES_MAX = 30


class LigneForm(forms.Form):
    """Une ligne d'une liste ; sans libellé, elle ne compte pas."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    retirer = forms.BooleanField(label="Retirer cette ligne", required=False)
    NOM = "libelle"

    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom not in ("retirer", "place")}


class LigneRangeeForm(LigneForm):
    """Une ligne que l'on déplace en changeant son numéro."""

    place = forms.IntegerField(label="Place dans la liste", min_value=1, max_value=LIGNES_MAX, required=False)


class Lignes(forms.BaseFormSet):
    """Une liste à reprendre sans JavaScript : ses lignes, plus quelques-unes, vides, à remplir."""

    def lignes(self):
        """Ce que l'opération attend, dans l'ordre voulu : celui de l'écran, sauf les places changées."""
        gardees = [
            (rang, form)
            for rang, form in enumerate(self.forms, start=1)
            if (form.initial or form.has_changed()) and not form.cleaned_data.get("retirer")
        ]
        return [form.champs() for rang, form in sorted(gardees, key=lambda ligne: _place(*ligne))]

    def clean(self):
        noms = set()
        for form in self.forms:
            if form.errors or not form.cleaned_data or form.cleaned_data.get("retirer"):
                continue
            nom = form.cleaned_data[form.NOM].strip().casefold()
            if nom in noms:
                form.add_error(form.NOM, "Ce libellé est déjà dans la liste.")
            noms.add(nom)


def _place(rang, form):
    """Une ligne remontée passe devant celle qui tenait sa place ; une ligne descendue, derrière."""
    place = form.cleaned_data.get("place") or rang
    return place, (place > rang) - (place < rang), rang


def liste_de(form, lignes=Lignes, vides=LIGNES_VIDES, au_plus=LIGNES_MAX):
    return forms.formset_factory(form, lignes, extra=vides, max_num=au_plus, absolute_max=LIGNES_MAX)
