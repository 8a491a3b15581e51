"""La grille d'évaluation, critère par critère."""

from django import forms

from appels.forms.lignes import LigneForm, liste_de
from appels.models import CritereEvaluation


class CritereForm(LigneForm):
    libelle = forms.CharField(label="Critère", max_length=160)
    aide = forms.CharField(label="Question posée à l’évaluateur", max_length=400, required=False)
    poids = forms.IntegerField(label="Poids", min_value=1, max_value=100)
    bloquant_sous = forms.IntegerField(
        label="Bloquant en dessous de",
        help_text="Un niveau de 1 à 5. Une moyenne plus basse sur ce critère se signale à la réunion, qui reste libre.",
        min_value=1,
        max_value=CritereEvaluation.NIVEAU_MAX,
        required=False,
    )
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
        champs = ("libelle", "aide", "poids", "bloquant_sous")
        return {"id": critere.pk, **{nom: getattr(critere, nom) for nom in champs}, **niveaux}


GrilleFormSet = liste_de(CritereForm)
