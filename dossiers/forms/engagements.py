"""Ce que l'on atteste et souscrit au dépôt, les aides d'État déclarées, et le lien donné à une personne sans compte."""

from django import forms

from comptes.models import NatureDocument
from dossiers import engagements
from dossiers.forms.champs import MontantField
from dossiers.models import AideEtat
from dossiers.operations.depot import AIDES_ETAT_MAX
from dossiers.operations.relecture import DUREES

COCHEZ = {"required": "Cochez cette case pour déposer."}


class DepotForm(forms.Form):
    """L'attestation sur l'honneur et le contrat d'engagement républicain, au nom de l'organisme du dossier."""

    cer_par = forms.CharField(
        label="Nom de la personne qui souscrit",
        max_length=160,
        error_messages={"required": "Indiquez qui souscrit le contrat au nom de l’organisme."},
    )
    cer_qualite = forms.CharField(
        label="Sa qualité",
        max_length=80,
        help_text="Présidente, directeur…",
        error_messages={"required": "Indiquez sa qualité : présidente, directeur…"},
    )
    souscrit_cer = forms.BooleanField(
        label=engagements.TEXTE_CER, error_messages={"required": "Cochez cette case pour souscrire le contrat."}
    )
    a_jour = forms.BooleanField(label=engagements.A_JOUR, error_messages=COCHEZ)
    exactes = forms.BooleanField(label=engagements.EXACTES, error_messages=COCHEZ)
    charte = forms.BooleanField(label=engagements.CHARTE, error_messages=COCHEZ)
    compte = forms.BooleanField(error_messages=COCHEZ)
    aides_plus_500k = forms.ChoiceField(
        label="Sur les trois derniers exercices, l’exercice en cours compris, l’organisme a reçu en aides publiques",
        choices=[("non", engagements.MOINS_500K), ("oui", engagements.PLUS_500K)],
        widget=forms.RadioSelect,
        help_text="Subventions, financières ou en nature, de toutes les autorités publiques.",
        error_messages={"required": "Choisissez l’une des deux réponses."},
    )
    qui_signe = forms.ChoiceField(
        label="Qui signe cette demande ?",
        choices=[("representant", ""), ("autre", "Une autre personne, par délégation")],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites qui signe la demande."},
    )
    signataire = forms.CharField(
        label="Nom et qualité du signataire",
        max_length=200,
        required=False,
        help_text="Seulement si ce n’est pas le représentant légal.",
    )
    pouvoir = forms.ModelChoiceField(
        label="Pièce jointe qui l’autorise à signer",
        queryset=None,
        required=False,
        empty_label="Aucune",
        help_text="Le pouvoir ou la délégation de signature, parmi les pièces jointes à ce dossier.",
        error_messages={"invalid_choice": "Choisissez une pièce jointe à ce dossier."},
    )

    def __init__(self, *args, dossier, **kwargs):
        organisme = dossier.organisme
        representant = f"{organisme.representant_prenom} {organisme.representant_nom}".strip()
        pieces = dossier.pieces.select_related("demandee", "document")
        pouvoir = next((p for p in pieces if NatureDocument.POUVOIR in natures(p)), None)
        kwargs["initial"] = {
            "cer_par": representant,
            "cer_qualite": organisme.representant_fonction,
            "qui_signe": "autre" if dossier.signataire else "representant",
            "signataire": dossier.signataire,
            "pouvoir": pouvoir,
            "aides_plus_500k": {True: "oui", False: "non"}.get(dossier.aides_plus_500k),
        }
        super().__init__(*args, **kwargs)
        self.fields["pouvoir"].queryset = pieces
        self.fields["qui_signe"].choices = [
            ("representant", f"Le représentant légal : {representant}, {organisme.representant_fonction}"),
            ("autre", "Une autre personne, par délégation"),
        ]
        self.fields["compte"].label = engagements.compte(organisme.iban_fin)
        retires = [] if organisme.souscrit_cer else ["cer_par", "cer_qualite", "souscrit_cer", "charte"]
        for nom in [*retires, *([] if organisme.iban_fin else ["compte"])]:
            del self.fields[nom]

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("qui_signe") == "autre":
            if not valeurs.get("signataire"):
                self.add_error("signataire", "Indiquez le nom et la qualité du signataire.")
            if not valeurs.get("pouvoir") and "pouvoir" not in self.errors:
                self.add_error("pouvoir", "Choisissez la pièce qui l’autorise à signer, après l’avoir jointe.")
        return valeurs

    def pour_deposer(self):
        """Ce que le verbe attend ; une saisie incomplète n'atteste rien."""
        v = self.cleaned_data
        par_delegation = v.get("qui_signe") == "autre"
        return {
            "atteste": self.is_valid(),
            "souscrit_cer": v.get("souscrit_cer", False),
            "signature": engagements.Signature(
                aides_plus_500k={"oui": True, "non": False}.get(v.get("aides_plus_500k")),
                signataire=v.get("signataire", "") if par_delegation else "",
                pouvoir=v.get("pouvoir") if par_delegation else None,
                cer_par=v.get("cer_par", ""),
                cer_qualite=v.get("cer_qualite", ""),
            ),
        }


def natures(piece):
    """La nature de document permanent à laquelle répond une pièce jointe, si on la connaît."""
    return {objet.nature for objet in (piece.demandee, piece.document) if objet is not None}


class AideEtatForm(forms.ModelForm):
    """Une ligne du § 7 bis ; laissée vide, elle ne compte pas."""

    montant = MontantField(label="Montant (€)", required=False)

    class Meta:
        model = AideEtat
        fields = ["date_acte", "annees", "texte", "autorite", "montant"]
        labels = {"annees": "Années concernées", "texte": "Texte européen", "autorite": "Autorité qui l’a donnée"}
        widgets = {"date_acte": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        error_messages = {
            "texte": {"required": "Indiquez le texte européen : de minimis, SIEG, RGEC…"},
            "date_acte": {"invalid": "Cette date n’est pas lisible. Écrivez-la par exemple 31/12/2026."},
        }


class AidesEtatDuDossier(forms.BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Retirer cette aide"

    def aides(self):
        """Les lignes remplies, dans l'ordre, sans celles que l'on retire."""
        return [
            AideEtat(**{nom: form.cleaned_data[nom] for nom in AideEtatForm.Meta.fields})
            for form in self.forms
            if form.cleaned_data.get("texte") and not form.cleaned_data.get("DELETE")
        ]


AidesEtatFormSet = forms.formset_factory(
    AideEtatForm,
    AidesEtatDuDossier,
    extra=2,
    max_num=AIDES_ETAT_MAX,
    absolute_max=AIDES_ETAT_MAX,
    can_delete=True,
    can_delete_extra=False,
)


class LienForm(forms.Form):
    pour = forms.CharField(
        label="Pour qui est ce lien ?",
        max_length=120,
        help_text="« La trésorière », « le centre de ressources »… Vous seuls le lisez.",
        error_messages={"required": "Dites à qui vous donnez ce lien : vous le retrouverez dans la liste."},
    )
    jours = forms.TypedChoiceField(
        label="Pendant combien de temps ?",
        choices=[(jours, f"{jours} jours") for jours in DUREES],
        coerce=int,
        initial=DUREES[1],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez l’une des durées proposées."),
    )
