"""Calendrier, règles et plafonds, formulaire de l'appel. Les heures saisies sont celles de Paris."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from appels.forms.champs import InstantField, NombreField
from appels.models import Appel, ConventionApplication
from appels.operations.reglages import CALENDRIER, FORMULAIRE, REGLES
from appels.sections import SECTIONS
from comptes.models import Role

SOURCE_BENEVOLAT = (
    "Le repère des guides de valorisation : le SMIC horaire brut (12,02 € au 1er janvier 2026), augmenté des "
    "cotisations. Pour 100 heures à 13 €, le budget compte 1 300 € en charges (compte 864) et autant en produits "
    "(compte 870)."
)


class ReglageForm(forms.ModelForm):
    """Une page de réglages : ce que des dossiers figent se lit et ne se change plus."""

    def __init__(self, *args, geles=None, **kwargs):
        super().__init__(*args, **kwargs)
        for nom, phrase in (geles or {}).items():
            if nom in self.fields:
                self.fields[nom].disabled = True
                self.fields[nom].help_text = phrase

    @property
    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "convention"}


class CalendrierForm(ReglageForm):
    class Meta:
        model = Appel
        fields = CALENDRIER
        field_classes = {"ouvre_le": InstantField, "cloture_le": InstantField}
        help_texts = {
            "intitule": "Tel qu’il sera affiché, par exemple « Appel à projets 2027 du contrat de ville ».",
            "annee": "Celle où les actions se déroulent.",
            "code": "Deux à huit capitales ou chiffres. Il entre dans le numéro des dossiers : 2027-BLB-0014.",
            "presentation": "Deux ou trois phrases simples, lues en premier par les associations.",
            "ouvre_le": "Heure de Paris.",
            "cloture_le": "Heure de Paris. Un dossier déposé pendant cette minute est encore reçu.",
            "periode_reunions": "Par exemple « en février ».",
            "periode_decision": "Par exemple « au conseil municipal de mars ».",
        }
        widgets = {"presentation": forms.Textarea(attrs={"rows": 4})}

    def clean_code(self):
        return self.cleaned_data["code"].strip().upper()

    def clean_cloture_le(self):
        """La minute annoncée est offerte en entier : « 23 h 59 » ferme à 23 h 59 min 59 s."""
        return self.cleaned_data["cloture_le"].replace(second=59)


class NouvelAppelForm(CalendrierForm):
    """À la création, la convention dit de quelle collectivité il s'agit."""

    class Meta(CalendrierForm.Meta):
        fields = ("convention", *CALENDRIER)

    def __init__(self, *args, utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        conventions = ConventionApplication.objects.filter(
            collectivite__in=utilisateur.ids_collectivites(Role.AGENT)
        ).select_related("collectivite")
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


class ReglesForm(ReglageForm):
    class Meta:
        model = Appel
        fields = REGLES
        field_classes = {
            "montant_min": NombreField,
            "montant_max": NombreField,
            "taux_max_public": NombreField,
            "taux_horaire_benevolat": NombreField,
        }
        labels = {
            "montant_min": "Montant minimal demandé (€)",
            "montant_max": "Montant maximal demandé (€)",
            "benevolat_dans_assiette": "Le bénévolat valorisé compte dans le coût de l’action",
            "taux_horaire_benevolat": "Valeur d’une heure de bénévolat (€)",
            "annee_scolaire": "L’action peut suivre l’année scolaire",
            "pluriannuel_max": "Durée maximale d’une convention (années)",
        }
        help_texts = {
            "montant_min": "En dessous, le dossier ne peut pas être déposé.",
            "montant_max": "Laissez vide s’il n’y a pas de plafond.",
            "taux_max_public": "La part des financements publics dans le coût total de l’action : au-delà, "
            "l’association doit trouver d’autres produits.",
            "benevolat_dans_assiette": "Cochée, les heures de bénévolat augmentent le coût total, donc l’aide "
            "possible : pour 3 000 € de dépenses et 600 € de bénévolat, 80 % font 2 880 € au lieu de 2 400 €.",
            "taux_horaire_benevolat": SOURCE_BENEVOLAT,
            "annee_scolaire": "Sinon, elle se déroule entre le 1er janvier et le 31 décembre de l’année de l’appel.",
            "pluriannuel_max": "De 1 à 4 ans. Avec 1, l’appel ne reçoit que des demandes annuelles.",
        }


class FormulaireForm(ReglageForm):
    sections = forms.MultipleChoiceField(
        label="Ce que demande le formulaire, en plus de l’essentiel",
        choices=[(section.code, section.libelle) for section in SECTIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "« %(value)s » n’est pas une section du formulaire."},
    )

    class Meta:
        model = Appel
        fields = FORMULAIRE
        field_classes = {"seuil_simplifie": NombreField}
        labels = {
            "seuil_simplifie": "Formulaire d’une page jusqu’à (€)",
            "pre_projet_delai_jours": "Le service répond à une idée sous (jours)",
        }
        help_texts = {
            "seuil_simplifie": "Une association qui demande cette somme ou moins ne remplit qu’une page. Laissez vide "
            "pour demander le formulaire complet à tous.",
            "pre_projet_delai_jours": "Une association peut vous soumettre son idée en dix lignes avant d’écrire ; ce "
            "délai lui est annoncé. De 1 à 60 jours ; laissez vide si le service ne reçoit pas d’idées.",
        }

    def clean(self):
        donnees = super().clean()
        seuil, maximum = donnees.get("seuil_simplifie"), self.instance.montant_max
        if seuil is not None and maximum is not None and seuil > maximum:
            self.add_error("seuil_simplifie", "Ce seuil dépasse le montant maximal que cet appel permet de demander.")
        return donnees

    def avec_aide(self):
        """[(case, ce que la section demande)]"""
        return zip(self["sections"], (section.aide for section in SECTIONS), strict=True)


def _a(jour, heure):
    return timezone.make_aware(datetime.combine(jour, heure))
