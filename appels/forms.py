"""Formulaires de préparation d'un appel. Les heures saisies sont celles de Paris."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from appels.models import (
    Appel,
    ConventionApplication,
    CritereEvaluation,
    Financeur,
    ObjectifOperationnel,
    PieceDemandee,
)
from comptes.models import Role

ESPACES = re.compile(r"[\s\u00a0\u202f€%]")
LIGNES_VIDES = 3
LIGNES_MAX = 30


class NombreField(forms.DecimalField):
    """Un montant ou un taux, écrit à la française : « 1 500,50 »."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "montant", "autocomplete": "off"})

    def to_python(self, value):
        if isinstance(value, str):
            value = ESPACES.sub("", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        if value in (None, "") or isinstance(value, str):
            return value
        return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",").removesuffix(",00")


class InstantField(forms.DateTimeField):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AppelForm(forms.ModelForm):
    """Calendrier et règles. À la création, la convention dit de quelle collectivité il s'agit."""

    class Meta:
        model = Appel
        fields = [
            "convention", "intitule", "annee", "code", "presentation", "ouvre_le", "cloture_le", "periode_reunions",
            "periode_decision", "montant_min", "montant_max", "taux_max_public", "benevolat_dans_assiette",
        ]  # fmt: skip
        field_classes = {
            "ouvre_le": InstantField,
            "cloture_le": InstantField,
            "montant_min": NombreField,
            "montant_max": NombreField,
            "taux_max_public": NombreField,
        }
        labels = {
            "montant_min": "Montant minimal demandé (€)",
            "montant_max": "Montant maximal demandé (€)",
            "benevolat_dans_assiette": "Le bénévolat valorisé compte dans le coût de l’action",
        }
        help_texts = {
            "intitule": "Tel qu’il sera affiché, par exemple « Appel à projets 2027 du contrat de ville ».",
            "annee": "Celle où les actions se déroulent.",
            "code": "Deux à huit capitales ou chiffres. Il entre dans le numéro des dossiers : 2027-BLB-0014.",
            "presentation": "Deux ou trois phrases simples, lues en premier par les associations.",
            "ouvre_le": "Heure de Paris.",
            "cloture_le": "Heure de Paris. Un dossier déposé pendant cette minute est encore reçu.",
            "periode_reunions": "Par exemple « en février ».",
            "periode_decision": "Par exemple « au conseil municipal de mars ».",
            "montant_max": "Laissez vide s’il n’y a pas de plafond.",
            "taux_max_public": "La part des financements publics dans le coût total de l’action.",
        }
        widgets = {"presentation": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        conventions = ConventionApplication.objects.filter(
            collectivite__in=utilisateur.ids_collectivites(Role.AGENT)
        ).select_related("collectivite")
        if self.instance.pk:
            del self.fields["convention"]
        else:
            champ = self.fields["convention"]
            champ.queryset, champ.label, champ.empty_label = conventions, "Territoire de l’appel", None
            champ.label_from_instance = lambda convention: convention.collectivite.nom
            if len(conventions) == 1:
                champ.initial, champ.widget = conventions[0], forms.HiddenInput()
            self._proposer(conventions[0] if conventions else None)

    def _proposer(self, convention):
        """Des dates et un intitulé plausibles : corriger va plus vite que remplir."""
        aujourdhui = timezone.localdate()
        annee = aujourdhui.year + 1
        self.initial.setdefault("annee", annee)
        self.initial.setdefault("intitule", f"Appel à projets {annee} du contrat de ville")
        self.initial.setdefault("ouvre_le", _a(aujourdhui + timedelta(days=7), time(9)))
        self.initial.setdefault("cloture_le", _a(aujourdhui + timedelta(days=49), time(23, 59)))
        if convention:
            sigle = re.sub(r"[^0-9A-Z]", "", convention.collectivite.sigle.upper())[:8]
            self.initial.setdefault("code", sigle if len(sigle) > 1 else "")

    def clean_code(self):
        return self.cleaned_data["code"].strip().upper()

    def clean_cloture_le(self):
        """La minute annoncée est offerte en entier : « 23 h 59 » ferme à 23 h 59 min 59 s."""
        return self.cleaned_data["cloture_le"].replace(second=59)

    @property
    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "convention"}


def _a(jour, heure):
    return timezone.make_aware(datetime.combine(jour, heure))


class FinanceursForm(forms.Form):
    financeurs = forms.ModelMultipleChoiceField(
        Financeur.objects.none(),
        label="Qui finance cet appel ?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un financeur."},
    )
    nouveau_nom = forms.CharField(label="Nom d’un autre financeur", max_length=160, required=False)
    nouveau_sigle = forms.CharField(
        label="Nom court",
        max_length=24,
        required=False,
        help_text="Il sert d’en-tête de colonne dans le tableau de programmation.",
    )

    def __init__(self, *args, appel, **kwargs):
        self.appel = appel
        super().__init__(*args, initial={"financeurs": appel.financeurs.all()}, **kwargs)
        connus = self.fields["financeurs"]
        connus.queryset = appel.collectivite.financeurs.all()
        connus.required = connus.queryset.exists()

    def clean(self):
        donnees = super().clean()
        nom, sigle = donnees.get("nouveau_nom"), donnees.get("nouveau_sigle")
        if bool(nom) != bool(sigle):
            self.add_error("nouveau_sigle" if nom else "nouveau_nom", "Un nouveau financeur a un nom et un nom court.")
        elif sigle and self.fields["financeurs"].queryset.filter(sigle__iexact=sigle).exists():
            self.add_error("nouveau_sigle", "Un financeur porte déjà ce nom court : cochez-le dans la liste.")
        elif not nom and not self.fields["financeurs"].required:
            self.add_error("nouveau_nom", "Indiquez au moins un financeur.")
        return donnees

    @property
    def nouveau(self):
        nom = self.cleaned_data["nouveau_nom"]
        return {"nom": nom, "sigle": self.cleaned_data["nouveau_sigle"]} if nom else None


class ObjectifsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, objectif):
        return objectif.texte


class ObjectifsForm(forms.Form):
    objectifs = ObjectifsField(
        ObjectifOperationnel.objects.none(),
        error_messages={"required": "Retenez au moins un objectif."},
    )

    def __init__(self, *args, appel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["objectifs"].queryset = ObjectifOperationnel.objects.filter(
            strategique__enjeu__convention=appel.convention_id
        ).select_related("strategique__enjeu")
        retenus = set(appel.objectifs.values_list("pk", flat=True))
        self.coches = {int(v) for v in self.data.getlist("objectifs") if v.isdecimal()} if self.is_bound else retenus

    def par_enjeu(self):
        """[(enjeu, [(objectif, coché)])]"""
        groupes = {}
        for objectif in self.fields["objectifs"].queryset:
            groupes.setdefault(objectif.strategique.enjeu, []).append((objectif, objectif.pk in self.coches))
        return list(groupes.items())


class LigneForm(forms.Form):
    """Une ligne d'une liste ; sans libellé, elle ne compte pas."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    retirer = forms.BooleanField(label="Retirer cette ligne", required=False)

    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "retirer"}


class CritereForm(LigneForm):
    libelle = forms.CharField(label="Critère", max_length=160)
    aide = forms.CharField(label="Question posée à l’évaluateur", max_length=400, required=False)
    poids = forms.IntegerField(label="Poids", min_value=1, max_value=100)
    niveau_0 = forms.CharField(label="Niveau 0", max_length=300, required=False)
    niveau_1 = forms.CharField(label="Niveau 1", max_length=300, required=False)
    niveau_2 = forms.CharField(label="Niveau 2", max_length=300, required=False)
    niveau_3 = forms.CharField(label="Niveau 3", max_length=300, required=False)
    niveau_4 = forms.CharField(label="Niveau 4", max_length=300, required=False)
    niveau_5 = forms.CharField(label="Niveau 5", max_length=300, required=False)

    NIVEAUX = [f"niveau_{n}" for n in range(CritereEvaluation.NIVEAU_MAX + 1)]

    @property
    def niveaux(self):
        return [self[nom] for nom in self.NIVEAUX]

    def clean(self):
        donnees = super().clean()
        decrits = [donnees.get(nom, "") for nom in self.NIVEAUX]
        if any(decrits) and not all(decrits):
            manquant = decrits.index("")
            self.add_error(f"niveau_{manquant}", "Décrivez les six niveaux, ou aucun.")
        return donnees

    def champs(self):
        champs = super().champs()
        niveaux = [champs.pop(nom) for nom in self.NIVEAUX]
        return {**champs, "niveaux": niveaux if any(niveaux) else []}

    @classmethod
    def initial(cls, critere):
        niveaux = dict(zip(cls.NIVEAUX, critere.niveaux, strict=False))
        return {"id": critere.pk, "libelle": critere.libelle, "aide": critere.aide, "poids": critere.poids, **niveaux}


class PieceDemandeeForm(LigneForm):
    libelle = forms.CharField(label="Pièce", max_length=160)
    aide = forms.CharField(label="Précision pour le porteur", max_length=300, required=False)
    # La valeur de départ du menu : sans elle, une ligne laissée vide passerait pour une ligne commencée.
    obligation = forms.ChoiceField(
        label="Obligation", choices=PieceDemandee.Obligation.choices, initial=PieceDemandee.Obligation.TOUJOURS
    )

    @classmethod
    def initial(cls, piece):
        return {"id": piece.pk, "libelle": piece.libelle, "aide": piece.aide, "obligation": piece.obligation}


class Lignes(forms.BaseFormSet):
    """Une liste à reprendre sans JavaScript : ses lignes, plus quelques-unes, vides, à remplir."""

    def lignes(self):
        """Ce que l'opération attend, dans l'ordre de l'écran."""
        return [
            form.champs()
            for form in self.forms
            if (form.initial or form.has_changed()) and not form.cleaned_data.get("retirer")
        ]

    def clean(self):
        libelles = set()
        for form in self.forms:
            if form.errors or not form.cleaned_data or form.cleaned_data.get("retirer"):
                continue
            libelle = form.cleaned_data["libelle"].strip().casefold()
            if libelle in libelles:
                form.add_error("libelle", "Ce libellé est déjà dans la liste.")
            libelles.add(libelle)


def _liste_de(form):
    return forms.formset_factory(form, Lignes, extra=LIGNES_VIDES, max_num=LIGNES_MAX, absolute_max=LIGNES_MAX)


GrilleFormSet = _liste_de(CritereForm)
PiecesFormSet = _liste_de(PieceDemandeeForm)
