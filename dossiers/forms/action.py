"""L'action : son nom, ce qu'elle vise, ce qu'on y fera, où. Rien n'est obligatoire avant le dépôt."""

from django import forms

from dossiers.completude import CHAMPS
from dossiers.forms.champs import SectionModelForm, Texte
from dossiers.models import Dossier


def repere(signes, rows):
    """Une longueur conseillée, que la page compte à mesure ; elle ne coupe et n'interdit rien."""
    texte = Texte(rows)
    texte.attrs["data-repere"] = str(signes)
    return texte


def sans_coupure(champ):
    """Un navigateur coupe sans rien dire ce qui dépasse `maxlength` : le refus, lui, explique et garde tout."""
    if isinstance(champ, forms.CharField) and champ.max_length:
        champ.widget.attrs.pop("maxlength", None)
        champ.error_messages["max_length"] = (
            f"{champ.max_length} signes au plus ; ce texte en compte %(show_value)d. Il est gardé ici, à raccourcir."
        )
    return champ


def mentionner(nom, champ):
    """Ce que le dépôt exige ne se dit pas « facultatif »."""
    if nom in CHAMPS:
        champ.mention = "pour déposer"
    return champ


class SansCoupure:
    """Des textes qu'aucun navigateur ne coupe en silence."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            mentionner(nom, sans_coupure(champ))


class ActionForm(SansCoupure, SectionModelForm):
    section = "action"

    class Meta:
        model = Dossier
        fields = ["intitule", "objectifs_action", "description", "lieux"]
        widgets = {
            "intitule": forms.TextInput({"data-repere": "80"}),
            "objectifs_action": repere(600, 4),
            "description": repere(3000, 10),
            "lieux": Texte(2),
        }
        help_texts = {
            "intitule": "Un nom court, que les habitants comprendront.",
            "objectifs_action": (
                "Ce que vous voulez changer, en deux ou trois phrases. Environ 600 signes suffisent, "
                "plus long si c’est utile : rien n’est coupé."
            ),
            "description": (
                "Ce que vous ferez, avec qui, à quel rythme, et pourquoi c’est utile ici. Environ 3\u202f000 signes, "
                "une page ; plus long si c’est utile."
            ),
            "lieux": "Les adresses ou les équipements où l’action se déroule.",
        }
