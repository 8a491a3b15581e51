"""Formulaires de la notation, des citations et du déport."""

import re

from django import forms
from django.utils.html import format_html

from evaluation import brouillon
from evaluation.citations import CHAMPS

UN_CRITERE = re.compile(rf"{brouillon.CRITERE}\d+")


class EvaluationForm(forms.Form):
    """La grille de l'appel : un groupe de boutons par critère, de 0 à 5, avec ses niveaux décrits."""

    def __init__(self, *args, criteres, etat=None, par=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteres, self.ecrit, self.par = list(criteres), etat or {}, par
        for critere in self.criteres:
            nom = brouillon.nom_du(critere)
            self.fields[nom] = forms.TypedChoiceField(
                label=critere.libelle,
                help_text=critere.aide,
                choices=[(n, self._niveau(critere, n)) for n in range(critere.NIVEAU_MAX + 1)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "niveau"}),
                initial=self.ecrit.get(nom),
                error_messages={"invalid_choice": "Une note va de 0 à 5."},
            )
            self.fields[nom].mention = f"poids {critere.poids}"
        self.fields[brouillon.COMMENTAIRE] = forms.CharField(
            label="Commentaire pour la réunion",
            required=False,
            initial=self.ecrit.get(brouillon.COMMENTAIRE, ""),
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    @staticmethod
    def _niveau(critere, niveau):
        decrit = critere.niveaux[niveau] if niveau < len(critere.niveaux) else ""
        return format_html("<b>{}</b> <span>{}</span>", niveau, decrit) if decrit else format_html("<b>{}</b>", niveau)

    @property
    def temoin(self):
        """Ce que la page montre, qui l'a ouverte et laquelle c'est : deux appareils ne s'écrasent pas."""
        return brouillon.temoin(self.ecrit, self.fields, par=self.par)

    @property
    def notes(self):
        """Combien de critères sont notés et gardés."""
        return len(brouillon.notes_de(self.ecrit, self.criteres))

    def champs_de_notes(self):
        return [(critere, self[brouillon.nom_du(critere)]) for critere in self.criteres]

    def clean(self):
        if any(UN_CRITERE.fullmatch(nom) and nom not in self.fields for nom in self.data):
            raise forms.ValidationError("Ce critère n’est pas dans la grille de l’appel.")
        return self.cleaned_data

    def valeurs(self, noms=None):
        """{nom: valeur propre} ; `noms` : les seuls champs voulus. Un champ que l'envoi ne porte pas ne change pas."""
        return {
            nom: valeur
            for nom, valeur in self.cleaned_data.items()
            if (noms is None and (valeur is not None or nom in self.data)) or (noms is not None and nom in noms)
        }

    def exiger_toutes_les_notes(self, etat):
        """Marque les critères restés sans note ; vrai s'il n'y en a pas."""
        notes = brouillon.notes_de(etat, self.criteres)
        manquants = [critere for critere in self.criteres if critere not in notes]
        for critere in manquants:
            self.add_error(brouillon.nom_du(critere), "Choisissez une note de 0 à 5 avant d’envoyer.")
        return not manquants


class CitationForm(forms.Form):
    """Un passage recopié du dossier, et le critère qu'il appuie."""

    critere = forms.ModelChoiceField(
        queryset=None,
        label="Critère",
        empty_label="Choisissez le critère",
        error_messages={
            "required": "Choisissez le critère que ce passage appuie.",
            "invalid_choice": "Ce critère n’est pas dans la grille de l’appel.",
        },
    )
    texte = forms.CharField(
        label="Passage du dossier",
        help_text="Copié mot pour mot, 600 signes au plus.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Choisissez un passage du dossier avant de l’épingler."},
    )
    champ = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, criteres, **kwargs):
        super().__init__(*args, auto_id="citer-%s", **kwargs)
        self.fields["critere"].queryset = criteres

    def proposer(self, criteres):
        """La grille, déjà lue par la page."""
        libelles = [(critere.pk, critere.libelle) for critere in criteres]
        self.fields["critere"].choices = [("", self.fields["critere"].empty_label), *libelles]

    def clean_champ(self):
        champ = self.cleaned_data["champ"]
        return champ if champ in CHAMPS else ""


class DeportForm(forms.Form):
    motif = forms.CharField(
        label="Votre lien avec le porteur ou l’action",
        help_text="Par exemple : membre du bureau de l’association. Il figure au procès-verbal.",
        max_length=300,
    )
