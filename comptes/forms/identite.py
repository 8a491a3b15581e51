"""L'identité d'un organisme : son type, ses noms, ses numéros, son registre s'il est d'Alsace-Moselle."""

from django import forms
from django.core.exceptions import ValidationError

from comptes import registre
from comptes.forms.champs import CLASSES, WIDGETS, IdentifiantsMixin, champ_date
from comptes.models import Organisme

CHAMPS_IDENTITE = ["type", "nom", "sigle", "siret", "rna", "registre_local", "site_web"]
CHAMPS_REGISTRE = {"date": "registre_date", "volume": "registre_volume", "folio": "registre_folio",
                   "tribunal": "registre_tribunal"}  # fmt: skip
MANQUE_REGISTRE = "Une association indique son numéro RNA, ou son registre si elle est d’Alsace-Moselle."


class RegistreMixin(forms.Form):
    """Les quatre indications du registre local, saisies à part et rangées dans `registre_local`."""

    registre_date = forms.DateField(label="Date d’inscription", required=False, widget=champ_date())
    registre_volume = forms.CharField(label="Volume", required=False, max_length=20)
    registre_folio = forms.CharField(label="Folio", required=False, max_length=20)
    registre_tribunal = forms.CharField(
        label="Tribunal", required=False, max_length=80, help_text="La ville seulement : Strasbourg, Metz…"
    )

    def lire_registre(self, phrase):
        if lu := registre.lire(phrase):
            for indication, champ in CHAMPS_REGISTRE.items():
                self.initial[champ] = getattr(lu, indication)

    def composer_registre(self, donnees):
        """La phrase à garder ; celle d'une fiche ancienne reste quand rien n'est saisi."""
        saisis = {indication: donnees.get(champ) for indication, champ in CHAMPS_REGISTRE.items()}
        if not any(saisis.values()):
            return self.registre_ancien()
        manquants = [champ for indication, champ in CHAMPS_REGISTRE.items() if not saisis[indication]]
        for champ in manquants:
            if champ not in self.errors:
                self.add_error(champ, "Complétez les quatre indications du registre.")
        if manquants or any("," in saisis[nom] for nom in ("volume", "folio")):
            return ""
        return str(registre.Registre(**saisis))

    def registre_ancien(self):
        ancien = self.instance.registre_local if self.instance.pk else ""
        return "" if registre.lire(ancien) else ancien

    def verifier_immatriculation(self, donnees):
        if donnees.get("type") != Organisme.Type.ASSOCIATION:
            donnees["rna"] = donnees["registre_local"] = ""
            return
        donnees["registre_local"] = self.composer_registre(donnees)
        en_cause = {"rna", *CHAMPS_REGISTRE.values()} & self.errors.keys()
        if not (donnees.get("rna") or donnees["registre_local"] or en_cause):
            self.add_error("rna", MANQUE_REGISTRE)

    def clean_registre_volume(self):
        return self._sans_virgule("registre_volume")

    def clean_registre_folio(self):
        return self._sans_virgule("registre_folio")

    def _sans_virgule(self, nom):
        if "," in self.cleaned_data[nom]:
            raise ValidationError("Écrivez ce numéro sans virgule.")
        return self.cleaned_data[nom]


class IdentiteBase(IdentifiantsMixin, RegistreMixin, forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rna"].mention = "obligatoire pour une association"
        if self.instance.pk:
            self.lire_registre(self.instance.registre_local)

    def clean(self):
        donnees = super().clean()
        self.verifier_immatriculation(donnees)
        return donnees

    def _post_clean(self):
        # Composé de quatre champs, il n'est pas de ceux que le formulaire porte à l'organisme.
        self.instance.registre_local = self.cleaned_data.get("registre_local", "")
        super()._post_clean()

    @property
    def est_association(self):
        return self["type"].value() == Organisme.Type.ASSOCIATION


AIDES = {
    "siret": "Quatorze chiffres ; il figure sur l’avis de situation de l’INSEE.",
    "rna": "W suivi de neuf caractères ; il figure sur le récépissé de la préfecture.",
}
DEJA_INSCRIT = {"siret": {"unique": "Cet organisme est déjà inscrit. Demandez à son représentant de vous inviter."}}


class InscriptionOrganismeForm(IdentiteBase):
    """Le strict nécessaire pour commencer ; le reste de la fiche se complète ensuite, page par page."""

    class Meta:
        model = Organisme
        fields = [
            "siret", "type", "nom", "sigle", "rna", "adresse", "code_postal", "ville", "representant_civilite",
            "representant_prenom", "representant_nom", "representant_fonction",
        ]  # fmt: skip
        field_classes, widgets, help_texts, error_messages = CLASSES, WIDGETS, AIDES, DEJA_INSCRIT


class IdentiteForm(IdentiteBase):
    site_web = forms.URLField(label="Site internet", max_length=200, required=False, assume_scheme="https")

    class Meta:
        model = Organisme
        fields = ["type", "nom", "sigle", "siret", "rna", "site_web"]
        field_classes, widgets, help_texts, error_messages = CLASSES, WIDGETS, AIDES, DEJA_INSCRIT

    def a_enregistrer(self):
        return {nom: self.cleaned_data[nom] for nom in CHAMPS_IDENTITE}

    def remarques(self):
        return []
