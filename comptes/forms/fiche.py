"""Les pages de la fiche permanente, une par thème."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone

from comptes.fiche import titulaire_differe
from comptes.forms.champs import CLASSES, WIDGETS, IdentifiantsMixin, champ_date
from comptes.forms.identite import IdentiteForm
from comptes.models import Agrement, Organisme

LIGNES_VIDES = 1
AGREMENTS_MAX = 20
EFFECTIF_MAX = 1_000_000


class PageForm(IdentifiantsMixin, forms.ModelForm):
    """Une page : ce qu'elle enregistre, et ce qu'elle fait remarquer sans rien bloquer."""

    def a_enregistrer(self):
        return {nom: self.cleaned_data[nom] for nom in self._meta.fields if nom in self.fields}

    def remarques(self):
        return []


class AdressesForm(PageForm):
    class Meta:
        model = Organisme
        fields = ["adresse", "code_postal", "ville", "correspondance", "telephone", "courriel"]
        field_classes, widgets = CLASSES, WIDGETS


class PersonnesForm(PageForm):
    class Meta:
        model = Organisme
        fields = [
            "representant_civilite", "representant_prenom", "representant_nom", "representant_fonction",
            "representant_telephone", "representant_courriel", "charge_prenom", "charge_nom", "charge_fonction",
            "charge_telephone", "charge_courriel",
        ]  # fmt: skip
        field_classes, widgets = CLASSES, WIDGETS

    def clean(self):
        donnees = super().clean()
        charge = [nom for nom in self.fields if nom.startswith("charge_")]
        if (
            any(donnees.get(nom) for nom in charge)
            and not donnees.get("charge_nom")
            and "charge_nom" not in self.errors
        ):
            self.add_error("charge_nom", "Donnez le nom de la personne chargée du dossier.")
        return donnees


class AdministrationForm(PageForm):
    class Meta:
        model = Organisme
        fields = ["utilite_publique", "utilite_publique_le", "impots_commerciaux"]
        widgets = WIDGETS

    def clean(self):
        donnees = super().clean()
        date = donnees.get("utilite_publique_le")
        if not donnees.get("utilite_publique"):
            donnees["utilite_publique_le"] = None
        elif date is None and "utilite_publique_le" not in self.errors:
            self.add_error("utilite_publique_le", "Indiquez la date de publication au Journal officiel.")
        elif date is not None and date > timezone.localdate():
            self.add_error("utilite_publique_le", "Cette date est à venir.")
        return donnees


class AgrementForm(forms.ModelForm):
    retirer = forms.BooleanField(label="Retirer cet agrément", required=False)

    class Meta:
        model = Agrement
        fields = ["type", "attribue_par", "date"]
        widgets = {"date": champ_date()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].required = False

    def clean(self):
        donnees = super().clean()
        if donnees.get("retirer"):
            return donnees
        if not donnees.get("type") and (donnees.get("attribue_par") or donnees.get("date")):
            self.add_error("type", "Donnez le nom de cet agrément.")
        if donnees.get("date") and donnees["date"] > timezone.localdate():
            self.add_error("date", "Cette date est à venir.")
        return donnees


class BaseAgrements(forms.BaseFormSet):
    def a_enregistrer(self):
        return [
            {nom: ligne.cleaned_data[nom] for nom in AgrementForm._meta.fields}
            for ligne in self
            if ligne.cleaned_data.get("type") and not ligne.cleaned_data["retirer"]
        ]


AgrementsFormSet = forms.formset_factory(
    AgrementForm, formset=BaseAgrements, extra=LIGNES_VIDES, max_num=AGREMENTS_MAX, validate_max=True
)


class ReseauForm(PageForm):
    class Meta:
        model = Organisme
        fields = ["reseau", "adherents_personnes_morales"]
        widgets = WIDGETS


class MoyensForm(PageForm):
    class Meta:
        model = Organisme
        fields = [
            "effectifs_annee", "nb_benevoles", "nb_volontaires", "nb_salaries", "nb_emplois_aides", "etpt_salaries",
            "nb_mis_a_disposition", "nb_adherents",
        ]  # fmt: skip

        localized_fields = ["etpt_salaries"]  # « 3,5 » comme on l'écrit

    # Bénévoles et adhérents n'ont de sens que pour une association.
    PROPRES_AUX_ASSOCIATIONS = ("nb_benevoles", "nb_adherents")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        derniere = timezone.localdate().year - 1
        annees = [derniere, derniere - 1]
        self.fields["effectifs_annee"] = forms.TypedChoiceField(
            label="Effectifs au 31 décembre", choices=[(annee, str(annee)) for annee in annees], coerce=int
        )
        if self.instance.effectifs_annee not in annees:
            self.initial["effectifs_annee"] = derniere
        if self.instance.type != Organisme.Type.ASSOCIATION:
            for nom in self.PROPRES_AUX_ASSOCIATIONS:
                del self.fields[nom]
        for nom, champ in self.fields.items():
            if nom != "effectifs_annee":
                champ.validators.append(MaxValueValidator(EFFECTIF_MAX, "Ce nombre paraît trop grand : relisez-le."))
                champ.widget.attrs["inputmode"] = "decimal" if nom == "etpt_salaries" else "numeric"
        self.fields[
            "etpt_salaries"
        ].help_text = "Deux mi-temps toute l’année font 1 ; un temps plein six mois fait 0,5."

    def clean_etpt_salaries(self):
        etpt = self.cleaned_data["etpt_salaries"]
        if etpt is not None and etpt < 0:
            raise forms.ValidationError("Un nombre de salariés n’est pas négatif.")
        return etpt

    def clean(self):
        donnees = super().clean()
        salaries, aides = donnees.get("nb_salaries"), donnees.get("nb_emplois_aides")
        if aides and salaries is None and "nb_salaries" not in self.errors:
            self.add_error("nb_salaries", "Indiquez le nombre total de salariés, emplois aidés compris.")
        elif salaries is not None and aides is not None and aides > salaries:
            self.add_error(
                "nb_emplois_aides", "Les emplois aidés sont comptés parmi les salariés : ils ne les dépassent pas."
            )
        return donnees

    def remarques(self):
        salaries, etpt = self.cleaned_data.get("nb_salaries"), self.cleaned_data.get("etpt_salaries")
        if etpt is not None and salaries is not None and etpt > salaries:
            return [
                "Les salariés en équivalent temps plein dépassent le nombre de salariés. C’est possible si l’effectif "
                "a baissé dans l’année ; sinon, relisez ces deux nombres."
            ]
        return []


class BanqueForm(PageForm):
    class Meta:
        model = Organisme
        fields = ["titulaire_compte", "iban", "bic"]
        field_classes, widgets = CLASSES, WIDGETS
        help_texts = {
            "titulaire_compte": "Tel qu’il est écrit sur le relevé d’identité bancaire : le nom de l’organisme.",
            "iban": "Il sert au versement et reste chiffré.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.titulaire_compte:
            self.initial["titulaire_compte"] = self.instance.nom[:160]
        if self.instance.iban:
            self.initial["iban"] = ""
            fin = self.instance.iban_fin
            self.fields["iban"].mention = "vide : on garde le compte enregistré"
            self.fields["iban"].help_text = f"Compte enregistré se terminant par {fin}. Laissez vide pour le garder."

    def clean_iban(self):
        # Le formulaire n'affiche jamais l'IBAN enregistré : vide veut dire « inchangé ».
        return self.cleaned_data["iban"] or Organisme.objects.values_list("iban", flat=True).get(pk=self.instance.pk)

    def clean(self):
        donnees = super().clean()
        if donnees.get("iban") and not donnees.get("titulaire_compte") and "titulaire_compte" not in self.errors:
            self.add_error("titulaire_compte", "Dites au nom de qui est ce compte.")
        return donnees

    def remarques(self):
        titulaire = self.cleaned_data.get("titulaire_compte", "")
        if titulaire_differe(titulaire, self.instance.nom, self.instance.sigle):
            return [
                f"Le compte est au nom de « {titulaire} », qui ne ressemble pas à « {self.instance.nom} ». Le "
                "versement se fait sur le compte de l’organisme : vérifiez le relevé d’identité bancaire."
            ]
        return []


FORMULAIRES = {
    "identite": IdentiteForm,
    "adresses": AdressesForm,
    "personnes": PersonnesForm,
    "administration": AdministrationForm,
    "reseau": ReseauForm,
    "moyens": MoyensForm,
    "banque": BanqueForm,
}
PAGE_BANCAIRE = "banque"
