"""Formulaires de la séance : un montant proposé, un geste de conduite."""

from django import forms

from dossiers.forms import MontantField
from evaluation.models import Vote


class VoteForm(forms.Form):
    """`version` est celle du vote que la page montrait, 0 s'il n'y en avait pas."""

    montant = MontantField(label="Montant total que vous proposez", required=True)
    passage = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    tour = forms.TypedChoiceField(choices=[(t, t) for t in Vote.TOURS], coerce=int, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2**31, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["montant"].error_messages["required"] = "Écrivez un montant, zéro compris."


class GesteForm(forms.Form):
    """`version` est celle de la séance que la page montrait : deux animateurs ne se marchent pas dessus."""

    version = forms.IntegerField(min_value=1, error_messages={"required": "Rechargez la page, puis recommencez."})
    sans_quorum = forms.BooleanField(required=False)
