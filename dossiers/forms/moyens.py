"""Avec qui et avec quoi : le tableau des moyens humains, le recrutement, le matériel, les partenaires."""

from django import forms

from dossiers.forms.action import SansCoupure, repere
from dossiers.forms.champs import Texte
from dossiers.forms.lignes import Lignes, SectionLignesForm
from dossiers.forms.nombres import DecimalField, EntierField
from dossiers.models import Dossier, MoyenHumain

Nature = MoyenHumain.Nature
ETPT_MAX = 9_999
# Le Cerfa compte ces lignes parmi les salariés.
PARMI_LES_SALARIES = (Nature.CDI, Nature.CDD, Nature.AIDES)


class MoyensForm(SansCoupure, SectionLignesForm):
    section = "moyens"
    lignes = Lignes("moyen", "moyens_humains", "nature")

    class Meta:
        model = Dossier
        fields = ["moyens", "recrutement", "recrutement_etpt", "partenaires", "droit_commun"]
        labels = {"moyens": "Moyens matériels et humains"}
        widgets = {"moyens": repere(1000, 5), "partenaires": Texte(3), "droit_commun": Texte(3)}
        help_texts = {
            "moyens": "Les salles, le matériel, les véhicules ; et ce que chacun fera.",
            "partenaires": "Les structures avec lesquelles vous agissez, et ce que chacune apporte.",
            "droit_commun": "Les services et les aides ordinaires (école, santé, emploi…) que l’action complète.",
        }

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        sections = dossier.appel.sections
        if "droit_commun" not in sections:
            del self.fields["droit_commun"]
        self._recrutement()
        if "moyens" in sections and self.veut_les_lignes():
            self.ajouter_lignes(Nature.values, self._champs_de)

    def _champs_de(self, nature):
        libelle = Nature(nature).label
        return {
            "nombre": EntierField(label=f"{libelle} : nombre de personnes"),
            "etpt": DecimalField(label=f"{libelle} : équivalent temps plein", maximum=ETPT_MAX, exemple="0,5"),
        }

    def _recrutement(self):
        self.fields["recrutement"] = forms.TypedChoiceField(
            label="Recrutez-vous pour cette action ?",
            choices=[("oui", "Oui"), ("non", "Non")],
            coerce=lambda valeur: valeur == "oui",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Répondez par oui ou par non."},
        )
        self.initial["recrutement"] = {True: "oui", False: "non"}.get(self.dossier.recrutement, "")
        self.fields["recrutement_etpt"] = DecimalField(
            label="Combien, en équivalent temps plein ?",
            maximum=ETPT_MAX,
            exemple="0,5",
            help_text="Une personne à mi-temps toute l’année compte pour 0,5.",
        )

    @property
    def tableau(self):
        """Les rangées du tableau : (nature, libellé, comptée parmi les salariés ?, champs)."""
        return [
            (nature, Nature(nature).label, nature in PARMI_LES_SALARIES, self.rangee(nature))
            for nature in getattr(self, "cellules", {})
        ]

    def clean(self):
        donnees = super().clean()
        nombres = {nature: self.valeurs_de(nature)["nombre"] for nature in getattr(self, "cellules", {})}
        salaries = nombres.get(Nature.SALARIES)
        if salaries is None:
            return donnees
        contrats = (nombres[Nature.CDI] or 0) + (nombres[Nature.CDD] or 0)
        if contrats > salaries:
            self._refuser(
                f"{contrats} en CDI ou en CDD, pour {salaries} en tout : les contrats comptent parmi les salariés.",
                Nature.CDI, Nature.CDD, Nature.SALARIES,
            )  # fmt: skip
        aides = nombres[Nature.AIDES] or 0
        if aides > salaries:
            self._refuser(
                f"{aides} emplois aidés, pour {salaries} en tout : ils comptent parmi les salariés.",
                Nature.AIDES, Nature.SALARIES,
            )  # fmt: skip
        return donnees

    def _refuser(self, message, *natures):
        self.add_error(self.fautif(*(f"moyen-{nature}-nombre" for nature in natures)), message)
