"""Ce que l'on dit de l'an passé en renouvelant une action : ce qui a été réalisé, ce qu'on a changé."""

from django import forms

from dossiers.forms.champs import MontantField, SectionForm, Texte
from dossiers.forms.nombres import DecimalField
from dossiers.memoire import memoire, prevus_et_declares
from dossiers.operations.renouvellement import lire_realise, lire_reserves, poser_realise, poser_reserves

EN_EUROS = ("C:", "P:", "F:")
NOMBRE_MAX = 9_999_999_999


class RealisationForm(SectionForm):
    """Un champ par chiffre prévu l'an passé ; ce qu'on ne sait pas encore reste vide."""

    section = "realise"

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        self.lignes = []
        if noms is None:
            self.lignes = [ligne for ligne in memoire(dossier).lignes if ligne.prevu is not None]
            libelles, realises = {ligne.cle: ligne.libelle for ligne in self.lignes}, lire_realise(dossier)
        else:
            realises = prevus_et_declares(dossier, sorted(noms))
            libelles = dict.fromkeys(realises, "")
        for cle, libelle in libelles.items():
            if cle.startswith(EN_EUROS):
                self.fields[cle] = MontantField(label=libelle, initial=realises.get(cle))
            else:
                self.fields[cle] = DecimalField(
                    label=libelle, initial=realises.get(cle), maximum=NOMBRE_MAX, exemple="40"
                )

    def rangees(self):
        """(ligne de la comparaison, champ lié), pour la page."""
        return [(ligne, self[ligne.cle]) for ligne in self.lignes]

    def ecrire(self, dossier, noms):
        poser_realise(dossier, {nom: self.cleaned_data[nom] for nom in noms})
        return []


class ReservesForm(SectionForm):
    """Une case et une réponse par réserve de l'an passé."""

    section = "reserves"

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        for pk, reserve in lire_reserves(dossier).items():
            self.fields[f"reserve-{pk}-traitee"] = forms.BooleanField(
                label="Nous en avons tenu compte", required=False, initial=reserve.traitee
            )
            self.fields[f"reserve-{pk}-reponse"] = forms.CharField(
                label="Ce que nous avons changé",
                widget=Texte(3),
                max_length=2000,
                required=False,
                initial=reserve.reponse,
            )

    def rangees(self):
        """(réserve, case, réponse), pour la page."""
        return [
            (reserve, self[f"reserve-{pk}-traitee"], self[f"reserve-{pk}-reponse"])
            for pk, reserve in lire_reserves(self.dossier).items()
        ]

    def ecrire(self, dossier, noms):
        reponses = {}
        for nom in noms:
            _, pk, champ = nom.split("-")
            reponses.setdefault(int(pk), {})[champ] = self.cleaned_data[nom]
        poser_reserves(dossier, reponses)
        return []
