"""Formulaire de l'avis collectif."""

from django import forms

from appels.models import Financeur
from dossiers.budget import euros
from dossiers.forms import MontantField
from evaluation.models import Avis


class AvisForm(forms.Form):
    sens = forms.ChoiceField(label="Sens de l’avis", choices=Avis.Sens.choices, widget=forms.RadioSelect)
    reserves = forms.CharField(
        label="Réserves", required=False, help_text="À dire si l’avis est favorable avec réserves.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    observations = forms.CharField(
        label="Observations des partenaires", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, financements, **kwargs):
        super().__init__(*args, **kwargs)
        self.financements = list(financements)
        for financement in self.financements:
            champ = MontantField(
                label=f"Proposé à {financement.financeur.nom}",
                help_text=f"Demandé : {euros(financement.montant_demande)}. Laissez vide pour zéro.",
            )
            champ.mention = "en euros"
            self.fields[f"montant-{financement.financeur_id}"] = champ

    def champs_de_montants(self):
        return [self[f"montant-{f.financeur_id}"] for f in self.financements]

    def clean(self):
        donnees = super().clean()
        if donnees.get("sens") == Avis.Sens.RESERVES and not donnees.get("reserves", "").strip():
            self.add_error("reserves", "Un avis favorable avec réserves dit lesquelles.")
        for financement in self.financements:
            nom = f"montant-{financement.financeur_id}"
            montant = donnees.get(nom) or 0
            if montant > financement.montant_demande:
                self.add_error(nom, f"Le montant demandé est de {euros(financement.montant_demande)}.")
            elif montant and donnees.get("sens") == Avis.Sens.DEFAVORABLE:
                self.add_error(nom, "Un avis défavorable ne propose aucun montant.")
        return donnees

    def montants(self):
        return {f.financeur: self.cleaned_data[f"montant-{f.financeur_id}"] or 0 for f in self.financements}


def saisie_lisible(envoyee):
    """[(libellé, valeur)] : un avis qui n'a pas pu s'enregistrer, à recopier ; rien si rien n'y était écrit."""
    champs = AvisForm.base_fields
    sens = dict(Avis.Sens.choices).get(envoyee.get("sens", ""), "")
    montants = {
        nom.removeprefix("montant-"): envoyee[nom].strip()
        for nom in envoyee
        if nom.startswith("montant-") and nom.removeprefix("montant-").isdecimal() and len(nom) < 25
    }
    noms = dict(Financeur.objects.filter(pk__in=montants).values_list("pk", "nom")) if montants else {}
    lignes = [
        (champs["sens"].label, sens),
        *((f"Proposé à {noms[int(pk)]}", montant) for pk, montant in montants.items() if int(pk) in noms),
        *((champs[nom].label, envoyee.get(nom, "").strip()) for nom in ("reserves", "observations")),
    ]
    return [(libelle, valeur) for libelle, valeur in lignes if valeur]
