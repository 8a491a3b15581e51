"""Formulaires des réunions sans dossiers : la réunion, ses points, ce qui s'y décide, ses invités."""

from django import forms
from django.utils import timezone

from appels.models import EnjeuPrioritaire
from comptes.models import Collectivite, Role
from evaluation.forms.reunions import ReunionForm
from evaluation.models import Invite, PointOrdreDuJour, Reunion
from evaluation.operations.points import COMPTE_RENDU, PREPARATION
from evaluation.operations.sans_dossiers import INVITES_DU_PILOTAGE

MINUTES_AU_PLUS = 600


class SansDossiersForm(forms.ModelForm):
    """Groupe de travail ou pilotage ; la collectivité ne se choisit que si l'agent en sert plusieurs."""

    debut, fin = ReunionForm.base_fields["debut"], ReunionForm.base_fields["fin"]
    comme_avant = forms.BooleanField(
        label="Convier les mêmes personnes qu’à la précédente", required=False, initial=True
    )
    invitations = forms.MultipleChoiceField(
        label="Inviter aussi",
        choices=[(cle, structure) for cle, (structure, _) in INVITES_DU_PILOTAGE.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=list(INVITES_DU_PILOTAGE),
        help_text="Vous compléterez leur nom et leur adresse ensuite.",
    )

    class Meta:
        model = Reunion
        fields = [
            "collectivite", "enjeu_prioritaire", "titre", "debut", "fin", "lieu", "president", "secretaire", "divers",
        ]  # fmt: skip
        labels = {"enjeu_prioritaire": "Enjeu prioritaire", "collectivite": "Collectivité"}
        help_texts = {
            "president": "Nom et qualité, comme ils figureront au compte rendu.",
            "divers": "Repris à la fin du compte rendu.",
        }
        widgets = {"divers": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, utilisateur, nature, **kwargs):
        super().__init__(*args, **kwargs)
        self.nature = nature
        services = Collectivite.objects.filter(pk__in=utilisateur.ids_collectivites(Role.AGENT)).order_by("nom")
        self.fields["collectivite"].queryset = services
        self.fields["collectivite"].empty_label = "Choisissez une collectivité"
        self._seule = services.first() if len(services) == 1 else None
        enjeux = EnjeuPrioritaire.objects.filter(convention__collectivite__in=services)
        self.fields["enjeu_prioritaire"].queryset = enjeux.select_related("convention").order_by("convention", "code")
        self.fields["enjeu_prioritaire"].empty_label = "Choisissez un enjeu"
        self.fields["enjeu_prioritaire"].required = True
        # L'instance porte déjà sa nature : la contrainte en dépend.
        self.instance.nature = nature
        self._retirer_ce_qui_ne_sert_pas()

    def _retirer_ce_qui_ne_sert_pas(self):
        retires = []
        if self.instance.pk:
            retires += ["collectivite", "comme_avant", "invitations"]
            self.initial["debut"] = timezone.localtime(self.instance.debut)
            self.initial["fin"] = self.instance.fin and timezone.localtime(self.instance.fin).time()
        elif self._seule:
            retires.append("collectivite")
        if self.nature == Reunion.Nature.GROUPE_TRAVAIL:
            retires.append("invitations")
        else:
            retires.append("enjeu_prioritaire")
        for nom in {*retires}:
            self.fields.pop(nom, None)

    def clean(self):
        donnees = super().clean()
        collectivite = donnees.get("collectivite") or self._seule
        if self.instance.pk:
            collectivite = self.instance.collectivite
        elif collectivite:
            donnees["collectivite"] = self.instance.collectivite = collectivite
        enjeu = donnees.get("enjeu_prioritaire")
        if enjeu and collectivite and enjeu.convention.collectivite_id != collectivite.pk:
            self.add_error("enjeu_prioritaire", "Cet enjeu prioritaire est celui d’une autre collectivité.")
        donnees["fin"] = ReunionForm._fin(self, donnees.get("debut"), donnees.get("fin"))
        return donnees


class PreparationForm(forms.ModelForm):
    class Meta:
        model = PointOrdreDuJour
        fields = PREPARATION
        labels = {"minutes": "Durée prévue, en minutes"}
        help_texts = {
            "titre": "Une question à traiter, en peu de mots.",
            "preparation": "Ce que chacun lit avant de venir : le contexte, les chiffres, ce qu’il faut décider.",
        }
        widgets = {"preparation": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["minutes"].min_value = 1
        self.fields["minutes"].widget.attrs |= {"min": 1, "max": MINUTES_AU_PLUS, "inputmode": "numeric"}

    def clean_minutes(self):
        minutes = self.cleaned_data["minutes"]
        if minutes is not None and not 1 <= minutes <= MINUTES_AU_PLUS:
            raise forms.ValidationError(f"Donnez une durée de 1 à {MINUTES_AU_PLUS} minutes, ou laissez vide.")
        return minutes


class PointForm(PreparationForm):
    """Tout le point : sa préparation, puis ce qui s'est dit et décidé."""

    vu = forms.JSONField(widget=forms.HiddenInput, required=False)

    class Meta(PreparationForm.Meta):
        fields = (*PREPARATION, *COMPTE_RENDU)
        labels = PreparationForm.Meta.labels | {
            "echanges": "Ce qui s’est dit",
            "decision": "Décision ou suite",
            "responsable": "Qui s’en charge",
            "echeance": "Pour quand",
        }
        help_texts = PreparationForm.Meta.help_texts | {
            "responsable": "Une personne ou une structure. Le point reste ouvert jusqu’à ce que la suite soit faite.",
        }
        widgets = PreparationForm.Meta.widgets | {
            "echanges": forms.Textarea(attrs={"rows": 6}),
            "decision": forms.Textarea(attrs={"rows": 3}),
            "echeance": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Pas « preparation » : un gabarit y lirait le champ du même nom, et la page ne montrerait plus rien à préparer.
        self.champs_a_preparer = [self[nom] for nom in PREPARATION]
        self.champs_du_compte_rendu = [self[nom] for nom in COMPTE_RENDU]

    def champs(self):
        return {nom: self.cleaned_data[nom] for nom in (*PREPARATION, *COMPTE_RENDU)}


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invite
        fields = ["nom", "qualite", "structure", "courriel"]
        labels = {"nom": "Nom", "courriel": "Adresse de courriel"}
        help_texts = {
            "qualite": "Par exemple : conseillère municipale, directeur du centre social.",
            "courriel": "Pour recevoir la convocation. Sans adresse, prévenez cette personne vous-même.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # L'unicité se vérifie sous le verrou de la réunion.
        self.fields["courriel"].widget.attrs["autocomplete"] = "off"


class AnnulerForm(forms.Form):
    motif = forms.CharField(
        label="Pourquoi elle est annulée",
        max_length=300,
        help_text="Les personnes déjà convoquées liront cette phrase.",
    )
