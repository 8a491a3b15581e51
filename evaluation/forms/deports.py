"""Formulaires des conflits d'intérêts : un lien avec un organisme, un déport consigné ou annulé par le service."""

from django import forms

from comptes.models import Organisme, Utilisateur
from dossiers.models import Dossier
from evaluation.models import Deport
from evaluation.operations.deports import MOTIF_AU_PLUS, RECUS

QUEL_LIEN = "Dites en quelques mots quel lien vous avez avec cet organisme."


class LienForm(forms.Form):
    """Un organisme choisi parmi les résultats de la recherche, et le lien qu'on a avec lui."""

    organisme = forms.ModelChoiceField(
        label="Organisme",
        queryset=Organisme.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choisissez l’organisme dans la liste.",
            "invalid_choice": "Cet organisme n’est pas connu ici. Cherchez-le de nouveau.",
        },
    )
    motif = forms.CharField(
        label="Votre lien avec cet organisme",
        help_text="Par exemple : membre du bureau, salariée, conjoint de la directrice. "
        "Le service le lit, et il figure au procès-verbal des réunions concernées.",
        max_length=MOTIF_AU_PLUS,
        error_messages={"required": QUEL_LIEN},
    )

    def __init__(self, *args, organismes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisme"].queryset = organismes
        self.fields["organisme"].label_from_instance = lambda o: ", ".join(filter(None, [str(o), o.sigle, o.ville]))


class ConsignerForm(forms.Form):
    """Ce qu'une personne a déclaré au service, recopié."""

    personne = forms.ModelChoiceField(
        label="Personne",
        queryset=Utilisateur.objects.none(),
        empty_label="Choisissez une personne",
        error_messages={
            "required": "Choisissez la personne qui s’est déportée.",
            "invalid_choice": "Cette personne n’est pas conviée à la réunion.",
        },
    )
    dossier = forms.ModelChoiceField(
        label="Dossier",
        queryset=Dossier.objects.none(),
        empty_label="Choisissez un dossier",
        error_messages={
            "required": "Choisissez le dossier dont elle s’est déportée.",
            "invalid_choice": "Ce dossier n’est pas à l’ordre du jour.",
        },
    )
    recu = forms.ChoiceField(
        label="Comment l’a-t-elle déclaré ?",
        choices=[(recu.value, recu.label) for recu in RECUS],
        widget=forms.RadioSelect,
        initial=Deport.Recu.ORAL,
        error_messages={"required": "Dites comment la personne l’a déclaré."},
    )
    motif = forms.CharField(
        label="Le lien déclaré",
        help_text="Dans ses mots. Il figure au procès-verbal.",
        max_length=MOTIF_AU_PLUS,
        error_messages={"required": "Recopiez le lien que la personne a déclaré : il figure au procès-verbal."},
    )

    def __init__(self, *args, reunion, par, **kwargs):
        super().__init__(*args, **kwargs)
        self.par = par
        self.fields["personne"].queryset = (
            Utilisateur.objects.filter(reunions__reunion=reunion) | Utilisateur.objects.filter(pk=par.pk)
        ).distinct()
        # Un dossier qu'on ne peut pas lire ne se choisit pas : son titre y serait.
        self.fields["dossier"].queryset = (
            Dossier.objects.filter(passages__reunion=reunion).exclude(deports__utilisateur=par).select_related("appel")
        )

    def proposer(self, membres, dossiers):
        """Les personnes et les dossiers, déjà lus par la page."""
        personnes = {m.utilisateur_id: str(m.utilisateur) for m in membres if m.utilisateur_id != self.par.pk}
        # Soi-même en dernier : on consigne le plus souvent ce qu'un autre a dit.
        personnes[self.par.pk] = f"{self.par} (vous)"
        titres = {d.pk: f"{d.numero} · {d.intitule} ({d.organisme.nom})" for d in dossiers}
        for nom, choix in (("personne", personnes), ("dossier", titres)):
            self.fields[nom].choices = [("", self.fields[nom].empty_label), *choix.items()]
