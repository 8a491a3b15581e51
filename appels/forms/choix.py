"""Ce qui se coche : les financeurs, les objectifs retenus."""

from django import forms

from appels.models import Financeur, ObjectifOperationnel


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
