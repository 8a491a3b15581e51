"""Le public de l'action, ses dates, et le nombre d'années demandées."""

from django import forms
from django.utils.text import capfirst

from dossiers.calendrier import annees_suivantes, periode_plausible
from dossiers.forms.action import SansCoupure, mentionner, repere
from dossiers.forms.champs import MontantField
from dossiers.forms.lignes import Lignes, SectionLignesForm
from dossiers.forms.nombres import EntierField
from dossiers.models import Dossier

GENRES = ("nb_femmes", "nb_hommes")
AGES = ("age_0_5", "age_6_15", "age_16_25", "age_26_49", "age_50_64", "age_65")


class DateHtml(forms.DateInput):
    def __init__(self):
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class PublicForm(SansCoupure, SectionLignesForm):
    section = "public"
    lignes = Lignes("annee", "demandes_annuelles", "annee")

    class Meta:
        model = Dossier
        fields = [
            "public", "nb_beneficiaires", "part_qpv", *GENRES, *AGES, "participation_financiere", "debut", "fin",
            "nb_annees",
        ]  # fmt: skip
        widgets = {
            "public": repere(600, 4),
            "participation_financiere": forms.TextInput({"list": "participations"}),
            "debut": DateHtml(),
            "fin": DateHtml(),
        }
        help_texts = {
            "public": "Qui viendra : âge, situation, lieu de vie ; et comment vous irez vers ces personnes.",
            "participation_financiere": "« Gratuit », ou ce que paie chaque personne : 2 € par séance, 10 € l’année…",
        }

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        appel = dossier.appel
        self._entier("nb_beneficiaires", minimum=1, help_text="Des personnes différentes, même si elles reviennent.")
        self._entier("part_qpv", maximum=100, help_text="De 0 à 100. Une estimation sincère suffit.")
        for nom in (*GENRES, *AGES):
            self._entier(nom)
            if "ages" not in appel.sections:
                del self.fields[nom]
        for nom in ("debut", "fin"):
            self.fields[nom].error_messages["invalid"] = (
                "Cette date n’existe pas. Vérifiez le jour, le mois et l’année."
            )
        self._annees(appel)

    def _entier(self, nom, **plus):
        libelle = capfirst(Dossier._meta.get_field(nom).verbose_name)
        self.fields[nom] = mentionner(nom, EntierField(label=libelle, **plus))

    def _annees(self, appel):
        # Un appel ramené à une durée plus courte laisse relire, et corriger, ce qui était demandé avant.
        self.annees_max = max(appel.pluriannuel_max, self.dossier.nb_annees)
        if self.annees_max == 1:
            del self.fields["nb_annees"]
            return
        choix = [("1", f"Une année : {appel.annee}")]
        choix += [
            (str(n), f"{n} ans : de {appel.annee} à {appel.annee + n - 1}") for n in range(2, self.annees_max + 1)
        ]
        self.fields["nb_annees"] = forms.TypedChoiceField(
            label="Durée de la demande",
            choices=choix,
            coerce=int,
            empty_value=1,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choisissez l’une des durées proposées."},
        )
        self.initial["nb_annees"] = str(self.dossier.nb_annees)
        if self.veut_les_lignes():
            self.ajouter_lignes(
                annees_suivantes(appel, self.annees_max),
                lambda annee: {"montant": MontantField(label=f"Demandé pour {annee}")},
            )

    @property
    def annees(self):
        """Les années qui suivent la première, et leur champ."""
        return [(annee, self.rangee(annee)["montant"]) for annee in getattr(self, "cellules", {})]

    @property
    def ages(self):
        return [self[nom] for nom in AGES if nom in self.fields]

    def clean(self):
        donnees = super().clean()
        appel = self.dossier.appel
        plausible = periode_plausible(appel)
        for nom in ("debut", "fin"):
            if not plausible.contient(donnees.get(nom)):
                self.add_error(nom, f"Cette année est loin de celle de l’appel, {appel.annee}. Vérifiez-la.")
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            self.add_error(
                self.fautif("fin", "debut"), "L’action finit avant d’avoir commencé. Vérifiez les deux dates."
            )
        return donnees
