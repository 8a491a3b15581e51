"""Formulaires des réunions, des notes et des avis."""

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from appels.models import Appel
from comptes.models import Role, Utilisateur
from dossiers.budget import euros
from dossiers.forms import MontantField
from evaluation.models import Avis, MembreReunion, Reunion


class ReunionForm(forms.ModelForm):
    debut = forms.DateTimeField(
        label="Date et heure",
        help_text="À l’heure de Paris.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        model = Reunion
        fields = ["appel", "titre", "enjeu", "debut", "lieu", "president", "secretaire", "divers"]
        labels = {"appel": "Appel à projets"}
        help_texts = {
            "enjeu": "Si la réunion porte sur un seul enjeu de la convention.",
            "president": "Nom et qualité, comme ils figureront au procès-verbal.",
            "divers": "Repris à la fin du procès-verbal.",
        }
        widgets = {"divers": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        appels = Appel.objects.geres_par(utilisateur).select_related("convention")
        self.fields["appel"].queryset = appels
        self.fields["appel"].empty_label = "Choisissez un appel"
        self.fields["enjeu"].empty_label = "Tous les enjeux"
        conventions = [appel.convention_id for appel in appels]
        self.fields["enjeu"].queryset = self.fields["enjeu"].queryset.filter(convention__in=conventions)
        if self.instance.pk:
            del self.fields["appel"]
            self.initial["debut"] = timezone.localtime(self.instance.debut)

    def clean(self):
        donnees = super().clean()
        appel = donnees.get("appel") or (self.instance.appel if self.instance.pk else None)
        enjeu = donnees.get("enjeu")
        if appel and enjeu and enjeu.convention_id != appel.convention_id:
            self.add_error("enjeu", "Cet enjeu n’est pas celui de la convention de l’appel.")
        return donnees


class MembreForm(forms.Form):
    utilisateur = forms.ModelChoiceField(
        label="Personne", queryset=Utilisateur.objects.none(), empty_label="Choisissez une personne"
    )
    structure = forms.CharField(label="Structure représentée", max_length=160, required=False)
    evalue = forms.BooleanField(
        label="Cette personne note les dossiers",
        help_text="Les membres des conseils citoyens lisent les dossiers sans les noter.",
        required=False,
        initial=True,
    )

    def __init__(self, *args, reunion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["utilisateur"].queryset = (
            Utilisateur.objects.filter(
                affectations__collectivite=reunion.appel.collectivite_id,
                affectations__role__in=[Role.EVALUATEUR, Role.CITOYEN],
            )
            .exclude(reunions__reunion=reunion)
            .distinct()
        )


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=MembreReunion.Presence.choices)


class EvaluationForm(forms.Form):
    """La grille de l'appel : un groupe de boutons par critère, de 0 à 5, avec ses niveaux décrits."""

    def __init__(self, *args, criteres, notes=None, commentaire="", **kwargs):
        super().__init__(*args, **kwargs)
        self.criteres = list(criteres)
        for critere in self.criteres:
            self.fields[f"critere-{critere.pk}"] = forms.TypedChoiceField(
                label=critere.libelle,
                help_text=critere.aide,
                choices=[(n, self._niveau(critere, n)) for n in range(critere.NIVEAU_MAX + 1)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "niveau"}),
                initial=(notes or {}).get(critere.pk),
                error_messages={"invalid_choice": "Une note va de 0 à 5."},
            )
            self.fields[f"critere-{critere.pk}"].mention = f"poids {critere.poids}"
        self.fields["commentaire"] = forms.CharField(
            label="Commentaire pour la réunion",
            required=False,
            initial=commentaire,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    @staticmethod
    def _niveau(critere, niveau):
        decrit = critere.niveaux[niveau] if niveau < len(critere.niveaux) else ""
        return format_html("<b>{}</b> <span>{}</span>", niveau, decrit) if decrit else format_html("<b>{}</b>", niveau)

    def champs_de_notes(self):
        return [(critere, self[f"critere-{critere.pk}"]) for critere in self.criteres]

    def exiger_toutes_les_notes(self):
        """Marque les critères restés sans note ; vrai s'il n'y en a pas."""
        manquants = [c for c in self.criteres if self.cleaned_data[f"critere-{c.pk}"] is None]
        for critere in manquants:
            self.add_error(f"critere-{critere.pk}", "Choisissez une note de 0 à 5 avant d’envoyer.")
        return not manquants

    def notes(self):
        valeurs = {critere: self.cleaned_data[f"critere-{critere.pk}"] for critere in self.criteres}
        return {critere: valeur for critere, valeur in valeurs.items() if valeur is not None}


class DeportForm(forms.Form):
    motif = forms.CharField(
        label="Votre lien avec le porteur ou l’action",
        help_text="Par exemple : membre du bureau de l’association. Il figure au procès-verbal.",
        max_length=300,
    )


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


class MotifForm(forms.Form):
    motif = forms.CharField(label="Motif", max_length=300)
