"""Les formulaires du dossier : tout est facultatif tant qu'on n'a pas déposé, mais rien de faux n'entre."""

import re
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone

from dossiers import budget
from dossiers.models import Dossier, LigneBudget

LIGNES_MAX = 20
# Les comptes que presque tous les budgets emploient ; les autres se déplient.
COURANTS = {"C": ("60", "61", "62", "64"), "P": ("74", "756", "70", "PRO")}
TOUT_VIDE = re.compile(r"[\s\u00a0\u202f€]")


class MontantField(forms.DecimalField):
    """Un montant saisi comme on l'écrit : « 1 234,50 », « 1234.5 », « 1 234 € »."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal("0"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages |= {
            "invalid": "Ce montant n’est pas lisible. Écrivez-le en chiffres, par exemple 1 234,50.",
            "min_value": "Un montant ne peut pas être négatif.",
            "max_digits": "Ce montant est trop grand.",
            "max_whole_digits": "Ce montant est trop grand.",
            "max_decimal_places": "Un montant a deux chiffres au plus après la virgule.",
        }
        for validateur in self.validators:
            if getattr(validateur, "code", "") == "min_value":
                validateur.message = self.error_messages["min_value"]
            for code in ("max_digits", "max_whole_digits", "max_decimal_places"):
                if hasattr(validateur, "decimal_places"):
                    validateur.messages = {**validateur.messages, code: self.error_messages[code]}

    def to_python(self, value):
        if isinstance(value, str):
            value = TOUT_VIDE.sub("", value).replace(",", ".")
            if value and not re.fullmatch(r"-?\d*\.?\d*", value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return budget.euros(value).removesuffix("\u00a0€")
        return value


class AvecVersion(forms.Form):
    """Le numéro de la version lue, pour ne pas écraser ce qu'une collègue vient d'écrire."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Texte(forms.Textarea):
    def __init__(self, rows=5):
        super().__init__({"rows": rows})


class EtapeForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.required = False

    @property
    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "version"}


class ActionForm(EtapeForm):
    class Meta:
        model = Dossier
        fields = ["intitule", "description", "moyens", "partenaires", "resultats_attendus"]
        widgets = {
            "description": Texte(9),
            "moyens": Texte(),
            "partenaires": Texte(3),
            "resultats_attendus": Texte(),
        }
        help_texts = {
            "intitule": "Un nom court, que les habitants comprendront.",
            "description": "Ce que vous ferez, avec qui, où, et pourquoi c’est utile ici.",
            "moyens": "Les personnes, les salles, le matériel.",
            "partenaires": "Les structures avec lesquelles vous agissez, s’il y en a.",
            "resultats_attendus": "Ce qui aura changé, et à quoi vous le verrez : deux ou trois indicateurs suffisent.",
        }


class PublicForm(EtapeForm):
    class Meta:
        model = Dossier
        fields = ["public", "nb_beneficiaires", "part_qpv", "debut", "fin"]
        widgets = {
            "public": Texte(4),
            "debut": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "fin": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "part_qpv": "De 0 à 100. Une estimation sincère suffit.",
            "debut": "L’action se déroule en principe dans l’année civile de l’appel.",
        }

    def clean(self):
        donnees = super().clean()
        if donnees.get("debut") and donnees.get("fin") and donnees["fin"] < donnees["debut"]:
            self.add_error("fin", "L’action finit avant d’avoir commencé. Vérifiez les deux dates.")
        return donnees


class ObjectifsForm(AvecVersion):
    """Les couples objectif × quartier, un par case ; on ne choisit que ce que l'appel propose."""

    cibles = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Ce choix ne fait pas partie de l’appel à projets."}
    )
    principal = forms.ChoiceField(
        label="Objectif principal",
        required=False,
        help_text="Celui qui décide de la réunion où votre dossier sera examiné.",
    )

    def __init__(self, *args, couples, objectifs, quartiers, **kwargs):
        super().__init__(*args, **kwargs)
        self.quartiers = quartiers
        self.couples = {f"{objectif.pk}-{quartier.pk}": (objectif, quartier) for objectif, quartier in couples}
        self.fields["cibles"].choices = [(cle, cle) for cle in self.couples]
        self.fields["principal"].choices = [("", "Le premier coché")] + [
            (str(objectif.pk), f"{objectif.code} · {objectif.texte}") for objectif in objectifs
        ]

    def clean(self):
        donnees = super().clean()
        principal = donnees.get("principal")
        cles = donnees.get("cibles") or []
        if principal and cles and not any(cle.split("-")[0] == principal for cle in cles):
            self.add_error("principal", "Cochez au moins un quartier pour l’objectif principal que vous avez choisi.")
        return donnees

    @property
    def choisis(self):
        """Les couples cochés, l'objectif principal d'abord."""
        principal = self.cleaned_data.get("principal")
        cles = sorted(self.cleaned_data["cibles"], key=lambda cle: cle.split("-")[0] != principal)
        return [self.couples[cle] for cle in cles]

    @property
    def coches(self):
        """Les cases à cocher à l'affichage : ce qui vient d'être saisi, sinon ce qui est enregistré."""
        return set(self["cibles"].value() or ())


class LigneSaisie:
    """Une ligne du budget à l'écran : son intitulé et ses champs liés au formulaire."""

    def __init__(self, form, prefixe, libelle, compte, sens, volontaire=False, financeur=None):
        self.libelle, self.compte, self.sens = libelle, compte, sens
        self.volontaire, self.financeur = volontaire, financeur
        self.montant = form[f"{prefixe}-montant"]
        self.precision = form[f"{prefixe}-libelle"] if f"{prefixe}-libelle" in form.fields else None
        self.est_public = form[f"{prefixe}-public"] if f"{prefixe}-public" in form.fields else None

    @property
    def remplie(self):
        return self.montant.value() not in (None, "")


class BudgetForm(AvecVersion):
    """Une ligne par financeur de l'appel, puis une ou plusieurs par compte."""

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.financeurs = list(dossier.appel.financeurs.all())
        demandes = {f.financeur_id: f.montant_demande for f in dossier.financements.all()}
        lignes = {}
        for ligne in dossier.lignes_budget.all():
            lignes.setdefault((ligne.sens, ligne.compte), []).append(ligne)
        self.rangees = {}
        for financeur in self.financeurs:
            self._montant(f"F-{financeur.pk}", f"Demandé à {financeur.nom}", demandes.get(financeur.pk))
        for sens, comptes in budget.COMPTES.items():
            for compte, libelle in comptes.items():
                self._rangees(sens, compte, libelle, lignes.get((sens, compte), []))

    def _montant(self, prefixe, libelle, initial):
        self.fields[f"{prefixe}-montant"] = MontantField(label=libelle, initial=initial)

    def _rangees(self, sens, compte, libelle, existantes):
        # Une ligne vide de plus pour les autres subventions : il en vient une nouvelle à chaque enregistrement.
        nombre = max(len(existantes) + (compte == "74"), 1, self._envoyees(sens, compte))
        nombre = min(nombre, LIGNES_MAX)
        self.rangees[sens, compte] = nombre
        for rang in range(nombre):
            ligne = existantes[rang] if rang < len(existantes) else None
            prefixe = f"{sens}{compte}-{rang}"
            suite = f", ligne {rang + 1}" if nombre > 1 else ""
            self._montant(prefixe, f"{libelle}{suite}", ligne and ligne.montant)
            self.fields[f"{prefixe}-libelle"] = forms.CharField(
                label=f"Précision pour {libelle}{suite}",
                required=False,
                max_length=160,
                initial=ligne.libelle if ligne else "",
                widget=forms.TextInput(
                    attrs={"placeholder": "Nom du financeur" if compte == "74" else "Précision (facultative)"}
                ),
            )
            if compte == "74":
                self.fields[f"{prefixe}-public"] = forms.BooleanField(
                    label="Financeur public", required=False, initial=bool(ligne and ligne.est_public)
                )

    def _envoyees(self, sens, compte):
        rangs = [
            int(trouve[1]) for nom in self.data if (trouve := re.fullmatch(rf"{sens}{compte}-(\d{{1,2}})-montant", nom))
        ]
        return max(rangs, default=-1) + 1

    def _saisies(self, sens, comptes):
        return [
            LigneSaisie(
                self,
                f"{sens}{compte}-{rang}",
                budget.COMPTES[sens][compte],
                compte,
                sens,
                volontaire=compte in budget.EMPLOIS_VOLONTAIRES or compte in budget.RESSOURCES_VOLONTAIRES,
            )
            for compte in comptes
            for rang in range(self.rangees[sens, compte])
        ]

    @property
    def colonnes(self):
        """Ce que la page dispose : charges et produits courants, autres comptes, contributions volontaires."""
        colonnes = []
        for sens, tous, volontaires in (
            ("C", budget.CHARGES, budget.EMPLOIS_VOLONTAIRES),
            ("P", budget.PRODUITS, budget.RESSOURCES_VOLONTAIRES),
        ):
            autres = self._saisies(sens, [compte for compte in tous if compte not in COURANTS[sens]])
            colonnes.append(
                {
                    "sens": sens,
                    "courantes": self._saisies(sens, COURANTS[sens]),
                    "autres": autres,
                    "autres_ouvertes": any(ligne.remplie or ligne.montant.errors for ligne in autres),
                    "volontaires": self._saisies(sens, volontaires),
                }
            )
        return colonnes

    @property
    def demandes_saisies(self):
        return [
            LigneSaisie(self, f"F-{financeur.pk}", financeur.nom, "74", "P", financeur=financeur)
            for financeur in self.financeurs
        ]

    def lignes(self):
        """Les lignes saisies, celles qui portent un montant."""
        lignes = []
        for (sens, compte), nombre in self.rangees.items():
            for rang in range(nombre):
                prefixe = f"{sens}{compte}-{rang}"
                if montant := self.cleaned_data.get(f"{prefixe}-montant"):
                    lignes.append(
                        LigneBudget(
                            sens=sens,
                            compte=compte,
                            libelle=self.cleaned_data.get(f"{prefixe}-libelle", ""),
                            montant=montant,
                            est_public=self.cleaned_data.get(f"{prefixe}-public", False),
                        )
                    )
        return lignes

    def demandes(self):
        return {f: montant for f in self.financeurs if (montant := self.cleaned_data.get(f"F-{f.pk}-montant"))}


class PieceForm(forms.Form):
    fichier = forms.FileField(
        label="Fichier",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
        allow_empty_file=True,
    )


class DepotForm(forms.Form):
    atteste = forms.BooleanField(
        label="J’atteste sur l’honneur que ces renseignements sont exacts, que l’organisme est à jour de ses "
        "déclarations sociales et fiscales, et que j’ai qualité pour l’engager.",
        required=False,
    )
    souscrit_cer = forms.BooleanField(label="L’organisme souscrit le contrat d’engagement républicain.", required=False)


class MotifForm(forms.Form):
    motif = forms.CharField(
        label="Motif", widget=Texte(4), max_length=4000, error_messages={"required": "Donnez le motif."}
    )


def dans_quinze_jours():
    return timezone.localdate() + timedelta(days=15)


class ComplementForm(forms.Form):
    message = forms.CharField(
        label="Ce qui manque",
        widget=Texte(4),
        max_length=4000,
        help_text="L’organisme reçoit ce texte tel quel.",
        error_messages={"required": "Dites ce qui manque : le porteur reçoit ce texte."},
    )
    limite_le = forms.DateField(
        label="À fournir au plus tard le",
        initial=dans_quinze_jours,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
