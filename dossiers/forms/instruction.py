"""Ce que le service écrit à l'organisme, et le message de l'un à l'autre."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.utils import timezone

from dossiers.complements import Attendu
from dossiers.forms.champs import Texte
from dossiers.operations.echanges import TEXTE_MAX

QUESTIONS = 3


class MotifForm(forms.Form):
    motif = forms.CharField(
        label="Motif", widget=Texte(4), max_length=4000, error_messages={"required": "Donnez le motif."}
    )


def dans_quinze_jours():
    return timezone.localdate() + timedelta(days=15)


class _DateField(forms.DateField):
    def __init__(self, **kwargs):
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)


class Ligne:
    """Une chose que l'agent peut demander : sa case, son motif, et si l'examen en dépend."""

    def __init__(self, form, nom, sujet, precision=""):
        self.sujet, self.precision = sujet, precision
        self.choisi, self.motif, self.indispensable = (form[f"{nom}-{champ}"] for champ in ("choisi", "motif", "tenu"))


class ComplementForm(forms.Form):
    """Ce qui manque, coché dans la liste ou demandé en toutes lettres, et jusqu'à quand."""

    limite_le = _DateField(label="À fournir au plus tard le", initial=dans_quinze_jours)
    message = forms.CharField(
        label="Votre message",
        widget=Texte(4),
        max_length=4000,
        required=False,
        help_text="Il ouvre la lettre. L’organisme le reçoit tel quel.",
    )

    def __init__(self, donnees=None, *, pieces=(), etapes=(), **kwargs):
        """`pieces` : [(pièce demandée, noms des fichiers joints)] ; `etapes` : celles qu'on peut faire reprendre."""
        super().__init__(donnees, prefix="complement", **kwargs)
        self._pieces = {f"piece{demandee.pk}": (demandee, jointes) for demandee, jointes in pieces}
        self._etapes = {f"etape-{etape.code}": etape for etape in etapes}
        for nom, (demandee, _) in self._pieces.items():
            self._ajouter(nom, demandee.libelle)
        for nom, etape in self._etapes.items():
            self._ajouter(nom, etape.libelle)
        for rang in range(QUESTIONS):
            self.fields[f"question{rang}"] = forms.CharField(
                label=f"Question {rang + 1}", max_length=200, required=False
            )
            self.fields[f"question{rang}-tenu"] = _tenu("cette question")

    def _ajouter(self, nom, libelle):
        self.fields[f"{nom}-choisi"] = forms.BooleanField(label=libelle, required=False)
        self.fields[f"{nom}-motif"] = forms.CharField(label=f"Pourquoi : {libelle}", max_length=1000, required=False)
        self.fields[f"{nom}-tenu"] = _tenu(libelle)

    @property
    def lignes_pieces(self):
        return [Ligne(self, nom, demandee, ", ".join(jointes)) for nom, (demandee, jointes) in self._pieces.items()]

    @property
    def lignes_etapes(self):
        return [Ligne(self, nom, etape) for nom, etape in self._etapes.items()]

    @property
    def questions(self):
        return [(self[f"question{rang}"], self[f"question{rang}-tenu"]) for rang in range(QUESTIONS)]

    def clean(self):
        for nom in (*self._pieces, *self._etapes):
            choisi, motif = self.cleaned_data.get(f"{nom}-choisi"), self.cleaned_data.get(f"{nom}-motif")
            libelle = self.fields[f"{nom}-choisi"].label
            if motif and not choisi:
                self.add_error(f"{nom}-choisi", f"Cochez « {libelle} » pour la demander, ou effacez son motif.")
            a_refaire = nom in self._etapes or self._pieces[nom][1]
            if choisi and not motif and a_refaire:
                self.add_error(f"{nom}-motif", f"Dites ce qui est à reprendre : {libelle}.")
        if not self.errors and not self.cleaned_data["message"].strip() and not self.elements:
            raise forms.ValidationError("Cochez ce qui manque, posez une question, ou écrivez un message.")
        return self.cleaned_data

    @property
    def elements(self):
        """Ce qui est demandé, dans l'ordre de la page."""
        d = self.cleaned_data
        sujets = [(nom, {"demandee": demandee}) for nom, (demandee, _) in self._pieces.items()]
        sujets += [(nom, {"section": etape.code}) for nom, etape in self._etapes.items()]
        liste = [
            Attendu(self.fields[f"{nom}-choisi"].label, d.get(f"{nom}-motif", ""), d[f"{nom}-tenu"], **sujet)
            for nom, sujet in sujets
            if d.get(f"{nom}-choisi")
        ]
        return liste + [
            Attendu(texte, indispensable=d[f"question{rang}-tenu"])
            for rang in range(QUESTIONS)
            if (texte := d.get(f"question{rang}", "").strip())
        ]


def _tenu(libelle):
    return forms.BooleanField(label=f"Indispensable à l’examen : {libelle}", required=False, initial=True)


class ProlongerForm(forms.Form):
    limite_le = _DateField(label="Nouvelle date limite", initial=dans_quinze_jours)
    motif = forms.CharField(
        label="Pourquoi",
        widget=Texte(3),
        max_length=1000,
        help_text="L’organisme reçoit cette raison.",
        error_messages={"required": "Dites pourquoi vous donnez plus de temps."},
    )


class MessageForm(forms.Form):
    texte = forms.CharField(
        label="Votre message",
        widget=Texte(5),
        max_length=TEXTE_MAX,
        help_text=f"{TEXTE_MAX} signes au plus. Un message envoyé ne se modifie pas.",
        error_messages={
            "required": "Écrivez votre message avant de l’envoyer.",
            "max_length": "Ce message est trop long : %(show_value)d signes, pour %(limit_value)d au plus.",
        },
    )
    jeton = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
