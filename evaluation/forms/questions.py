"""Formulaires des questions au porteur : celle du lecteur, le message réuni et le mot du service."""

from uuid import uuid4

from django import forms

from dossiers.forms.champs import Texte
from dossiers.operations.echanges import TEXTE_MAX
from evaluation.questions import MOT_MAX, SIGNES_MAX


class TexteField(forms.CharField):
    """Un texte compté comme on le voit : un retour à la ligne y vaut un signe, quoi qu'envoie le navigateur."""

    def __init__(self, *, rows, max_length, trop_long, **kwargs):
        super().__init__(widget=Texte(rows), max_length=max_length, **kwargs)
        self.error_messages["max_length"] = trop_long

    def to_python(self, value):
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class QuestionForm(forms.Form):
    texte = TexteField(
        rows=3,
        max_length=SIGNES_MAX,
        label="Votre question",
        help_text=f"{SIGNES_MAX} signes au plus. Le service la transmet sans votre nom, avec celles des autres.",
        error_messages={"required": "Écrivez votre question avant de l’envoyer."},
        trop_long="Cette question est trop longue : %(show_value)d signes, pour %(limit_value)d au plus.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="question-%s", **kwargs)


class EnvoiQuestionsForm(forms.Form):
    texte = TexteField(
        rows=10,
        max_length=TEXTE_MAX,
        label="Votre message",
        help_text="Il part dans les messages du dossier, au nom du service. Un message envoyé ne se modifie pas.",
        error_messages={"required": "Écrivez votre message avant de l’envoyer."},
        trop_long="Ce message est trop long : %(show_value)d signes, pour %(limit_value)d au plus.",
    )
    jeton = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="message-%s", **kwargs)


class MotForm(forms.Form):
    """La réponse du service à une question qu'il ne transmet pas, ou la raison pour laquelle il l'écarte."""

    mot = TexteField(
        rows=3,
        max_length=MOT_MAX,
        label="Votre réponse",
        help_text=f"{MOT_MAX} signes au plus.",
        error_messages={"required": "Écrivez votre réponse avant de l’envoyer."},
        trop_long="Votre réponse est trop longue : %(show_value)d signes, pour %(limit_value)d au plus.",
    )

    def __init__(self, *args, question, **kwargs):
        super().__init__(*args, auto_id=f"mot-{question}-%s", **kwargs)
