"""Ce que l'action doit changer, et à quoi on le verra."""

import re

from django import forms

from dossiers.forms.action import SansCoupure, repere, sans_coupure
from dossiers.forms.lignes import Lignes, SectionLignesForm
from dossiers.forms.nombres import DecimalField
from dossiers.models import Dossier, IndicateurAction

LIGNES_MAX = 8
# Ce que la page montre d'emblée, et ce qu'elle laisse de libre après la dernière ligne écrite.
LIGNES_MONTREES, LIGNES_LIBRES = 2, 1
COLONNES = ("libelle", "unite", "cible", "mesure")
# Les listes de suggestions de la page.
SUGGESTIONS = {"libelle": "suggestions", "unite": "unites"}
CIBLE_MAX = 9_999_999_999


class ResultatsForm(SansCoupure, SectionLignesForm):
    section = "resultats"
    lignes = Lignes("indicateur", "indicateurs", "rang")

    class Meta:
        model = Dossier
        fields = ["resultats_attendus", "participation", "information_complementaire"]
        widgets = {
            "resultats_attendus": repere(1000, 5),
            "participation": repere(800, 4),
            "information_complementaire": repere(1000, 4),
        }
        help_texts = {
            "resultats_attendus": "Ce qui aura changé pour les habitants, et à quoi vous le verrez.",
            "participation": "Comment les habitants préparent, font vivre et évaluent l’action.",
            "information_complementaire": "Ce que le formulaire ne demande pas et qui aide à comprendre.",
        }

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        sections = dossier.appel.sections
        if "participation" not in sections:
            del self.fields["participation"]
        if "indicateurs" in sections and self.veut_les_lignes():
            self.ajouter_lignes(range(LIGNES_MAX), self._champs_de)

    def _champs_de(self, rang):
        nomme = {nom: IndicateurAction._meta.get_field(nom) for nom in ("libelle", "unite", "mesure")}
        champs = {
            nom: sans_coupure(
                forms.CharField(label=f"Indicateur {rang + 1} : {champ.verbose_name}", max_length=champ.max_length)
            )
            for nom, champ in nomme.items()
        }
        for nom, liste in SUGGESTIONS.items():
            champs[nom].widget.attrs["list"] = liste
        champs["cible"] = DecimalField(label=f"Indicateur {rang + 1} : cible", maximum=CIBLE_MAX, exemple="120")
        return {nom: champs[nom] for nom in COLONNES}

    @property
    def indicateurs(self):
        """Les rangées à montrer : (rang, champs, peut monter, peut descendre)."""
        rangees = [(rang, self.rangee(rang)) for rang in getattr(self, "cellules", {})]
        ecrites = [rang for rang, champs in rangees if any(champ.value() for champ in champs.values())]
        montrees = min(max(LIGNES_MONTREES, max(ecrites, default=-1) + 1 + LIGNES_LIBRES), LIGNES_MAX)
        return [(rang, champs, rang > 0, rang < montrees - 1) for rang, champs in rangees[:montrees]]

    @property
    def peut_ajouter(self):
        return len(self.indicateurs) < LIGNES_MAX

    @classmethod
    def arranger(cls, envoyees):
        """Les boutons « monter », « descendre », « retirer » : la saisie se réordonne, puis s'enregistre."""
        trouve = re.fullmatch(r"(monter|descendre|retirer)-([0-7])", envoyees.get("ligne", ""))
        if not trouve:
            return
        geste, rang = trouve[1], int(trouve[2])
        lignes = [{c: envoyees.get(f"indicateur-{r}-{c}", "") for c in COLONNES} for r in range(LIGNES_MAX)]
        if geste == "retirer":
            lignes.append(dict.fromkeys(COLONNES, ""))
            del lignes[rang]
        else:
            autre = rang - 1 if geste == "monter" else rang + 1
            if 0 <= autre < LIGNES_MAX:
                lignes[rang], lignes[autre] = lignes[autre], lignes[rang]
        for r, ligne in enumerate(lignes):
            for colonne, valeur in ligne.items():
                envoyees[f"indicateur-{r}-{colonne}"] = valeur
