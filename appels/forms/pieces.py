"""Les pièces demandées : quand, sous quelle forme, lues par qui."""

from django import forms

from appels.forms.champs import NombreField
from appels.forms.lignes import LigneRangeeForm, liste_de
from appels.models import PieceDemandee
from comptes.fichiers import ACCEPTES, controler
from comptes.models import NatureDocument

Obligation = PieceDemandee.Obligation


class PieceDemandeeForm(LigneRangeeForm):
    libelle = forms.CharField(label="Pièce", max_length=160)
    aide = forms.CharField(label="Précision pour le porteur", max_length=300, required=False)
    # La valeur de départ du menu : sans elle, une ligne laissée vide passerait pour une ligne commencée.
    obligation = forms.ChoiceField(label="Obligation", choices=Obligation.choices, initial=Obligation.TOUJOURS)
    a_partir_de = NombreField(
        label="À partir de (€ demandés)", min_value=0, max_digits=12, decimal_places=2, required=False
    )
    nature = forms.ChoiceField(
        label="Document du porte-documents qui y répond",
        choices=[("", "Aucun : propre à l’action"), *NatureDocument.choices],
        required=False,
        help_text="Une association qui l’y a rangé, encore valable, ne le cherche pas une seconde fois.",
    )
    confidentielle = forms.BooleanField(
        label="Réservée au service et à l’organisme",
        required=False,
        help_text="Les évaluateurs et les financeurs ne la voient pas.",
    )
    modele = forms.FileField(
        label="Modèle à remplir",
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTES}),
        help_text="Un document que l’association télécharge, remplit et joint.",
    )
    retirer_modele = forms.BooleanField(label="Retirer le modèle actuel", required=False)

    def clean_modele(self):
        fichier = self.cleaned_data["modele"]
        if fichier:
            fichier.name = controler(fichier).nom
        return fichier

    def clean(self):
        donnees = super().clean()
        conditionnee = donnees.get("obligation") == Obligation.MONTANT
        if conditionnee and donnees.get("a_partir_de") is None and "a_partir_de" not in self.errors:
            self.add_error("a_partir_de", "Indiquez à partir de quelle somme demandée cette pièce est obligatoire.")
        return donnees

    def champs(self):
        champs = super().champs()
        fichier, retirer = champs.pop("modele"), champs.pop("retirer_modele")
        if champs["obligation"] != Obligation.MONTANT:
            champs["a_partir_de"] = None
        if fichier or retirer:
            champs["modele"] = fichier or ""
        return champs

    @classmethod
    def initial(cls, piece, place):
        champs = ("libelle", "aide", "obligation", "a_partir_de", "nature", "confidentielle")
        return {"id": piece.pk, "place": place, **{nom: getattr(piece, nom) for nom in champs}}


PiecesFormSet = liste_de(PieceDemandeeForm)
