"""Le budget de l'action, ligne à ligne : `C60-0-montant`, `P74-1-firmete`, `F-3-montant`, `H-0-heures`."""

import re

from django import forms

from dossiers import budget
from dossiers.forms.action import sans_coupure
from dossiers.forms.champs import MontantField, SectionForm
from dossiers.forms.nombres import DecimalField
from dossiers.models import HeuresBenevoles, LigneBudget
from dossiers.montants import ZERO
from dossiers.operations.chiffrage import (
    lire_demandes,
    lire_lignes_budget,
    poser_demandes,
    poser_heures,
    poser_lignes_budget,
)

# Les rangées offertes aux autres financeurs et aux tâches des bénévoles : la page montre les remplies et une de plus.
LIGNES_MAX = 12
HEURES_MAX, TAUX_MAX = 999_999, 9_999
# Les comptes que presque tous les budgets emploient ; les autres se déplient.
COURANTS = {"C": ("60", "61", "62", "64", "IND"), "P": ("70", "756", "PRO")}
NOM_LIGNE = re.compile(r"([CP])([0-9A-Z]{2,3})-([0-9]{1,2})-(montant|libelle|public|firmete)")
NOM_DEMANDE = re.compile(r"F-([0-9]{1,9})-montant")
NOM_HEURES = re.compile(r"H-([0-9]{1,2})-(tache|heures|taux)")


class LigneSaisie:
    """Une ligne du budget à l'écran : son intitulé et ses champs liés au formulaire."""

    def __init__(self, form, prefixe, libelle, compte, sens, rang=0, financeur=None):
        self.libelle, self.compte, self.sens, self.rang, self.financeur = libelle, compte, sens, rang, financeur
        self.volontaire = budget.Ligne(sens, compte, ZERO).volontaire
        self.aide = "" if financeur else budget.SOUS_COMPTES.get(compte, "")
        for attribut, colonne in (
            ("montant", "montant"), ("precision", "libelle"), ("est_public", "public"), ("firmete", "firmete"),
        ):  # fmt: skip
            nom = f"{prefixe}-{colonne}"
            setattr(self, attribut, form[nom] if nom in form.fields else None)

    @property
    def champs(self):
        return [c for c in (self.montant, self.precision, self.est_public, self.firmete) if c is not None]

    @property
    def remplie(self):
        return any(champ.value() not in (None, "", False) for champ in self.champs)

    @property
    def erreurs(self):
        return any(champ.errors for champ in self.champs)


class BudgetForm(SectionForm):
    """Une ligne par financeur de l'appel, puis une ou plusieurs par compte, puis les heures des bénévoles."""

    section = "budget"

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        self.sections = dossier.appel.sections
        self.financeurs, self.rangees, self.rangs_heures = [], {}, []
        self._demandes()
        self._lignes()
        self._heures()
        if "montant_minimum" in self.sections and (noms is None or "montant_minimum" in noms):
            self.fields["montant_minimum"] = MontantField(
                label="Montant minimal pour que l’action ait lieu", initial=dossier.montant_minimum
            )

    # --- Les champs, tous ou les seuls voulus.

    def _trouves(self, motif):
        return [trouve for nom in self.noms if (trouve := motif.fullmatch(nom))]

    def _demandes(self):
        voulus = None if self.noms is None else {int(t[1]) for t in self._trouves(NOM_DEMANDE)}
        if voulus is None or voulus:
            self.financeurs = lire_demandes(self.dossier, voulus)
        for financeur in self.financeurs:
            self.fields[f"F-{financeur.pk}-montant"] = MontantField(
                label=f"Demandé à {financeur.nom}", initial=financeur.demande
            )

    def _lignes(self):
        if self.noms is None:
            existantes = lire_lignes_budget(self.dossier)
            cles = [
                (sens, compte, rang)
                for sens, comptes in budget.COMPTES.items()
                for compte in comptes
                for rang in range(self._nombre(sens, compte, existantes))
            ]
        else:
            cles = list(dict.fromkeys((t[1], t[2], int(t[3])) for t in self._trouves(NOM_LIGNE)))
            cles = [cle for cle in cles if cle[1] in budget.COMPTES[cle[0]] and cle[2] < LIGNES_MAX]
            existantes = lire_lignes_budget(self.dossier, cles)
        for cle in cles:
            self._ligne(*cle, existantes.get(cle))

    def _nombre(self, sens, compte, existantes):
        if compte == budget.SUBVENTIONS:
            return LIGNES_MAX
        return max((rang for s, c, rang in existantes if (s, c) == (sens, compte)), default=0) + 1

    def _ligne(self, sens, compte, rang, ligne):
        self.rangees.setdefault((sens, compte), []).append(rang)
        prefixe, libelle = f"{sens}{compte}-{rang}", budget.COMPTES[sens][compte]
        autre = compte == budget.SUBVENTIONS
        qui = f"autre financeur {rang + 1}" if autre else libelle if not rang else f"{libelle}, ligne {rang + 1}"
        self.fields[f"{prefixe}-montant"] = MontantField(
            label=f"Montant, {qui}" if autre else qui, initial=(ligne and ligne.montant) or None
        )
        self.fields[f"{prefixe}-libelle"] = sans_coupure(
            forms.CharField(
                label=f"Nom, {qui}" if autre else f"Précision pour {qui}",
                required=False,
                max_length=160,
                initial=ligne.libelle if ligne else "",
                widget=forms.TextInput({"placeholder": "Nom du financeur" if autre else "Précision (facultative)"}),
            )
        )
        if autre:
            self.fields[f"{prefixe}-public"] = forms.BooleanField(
                label="Financeur public", required=False, initial=bool(ligne and ligne.est_public)
            )
            self.fields[f"{prefixe}-firmete"] = forms.ChoiceField(
                label=f"Où en est cette aide, {qui}",
                required=False,
                choices=[("", "Où en est-elle ?"), *LigneBudget.Firmete.choices],
                initial=ligne.firmete if ligne else "",
                error_messages={"invalid_choice": "Choisissez : demandé, accordé ou versé."},
            )

    def _heures(self):
        if "benevolat" not in self.sections:
            return
        rangs = range(LIGNES_MAX)
        if self.noms is not None:
            rangs = sorted({int(t[1]) for t in self._trouves(NOM_HEURES)} & set(rangs))
        existantes = self.dossier.heures_lues if rangs else {}
        self.rangs_heures = list(rangs)
        taux = budget.nombre(self.dossier.appel.taux_horaire_benevolat)
        for rang in rangs:
            ligne = existantes.get(rang)
            self.fields[f"H-{rang}-tache"] = sans_coupure(
                forms.CharField(label="Tâche", max_length=160, initial=ligne.tache if ligne else "")
            )
            self.fields[f"H-{rang}-heures"] = DecimalField(
                label="Heures", maximum=HEURES_MAX, exemple="40", initial=ligne and ligne.heures
            )
            self.fields[f"H-{rang}-taux"] = DecimalField(
                label="Euros par heure", maximum=TAUX_MAX, exemple=taux, initial=ligne and ligne.taux
            )
            self.fields[f"H-{rang}-taux"].widget.attrs["placeholder"] = taux
        for nom in self.fields:
            if NOM_HEURES.fullmatch(nom):
                self.fields[nom].required = False

    # --- Ce que la page dispose.

    def _saisies(self, sens, comptes):
        saisies = []
        for compte in comptes:
            for rang in self.rangees[sens, compte]:
                libelle = budget.COMPTES[sens][compte]
                if compte == budget.SUBVENTIONS:
                    libelle = f"Autre financeur {rang + 1}"
                saisies.append(LigneSaisie(self, f"{sens}{compte}-{rang}", libelle, compte, sens, rang))
        return saisies

    @property
    def colonnes(self):
        """Charges et produits courants, autres comptes, contributions volontaires."""
        colonnes = []
        for sens, tous, volontaires in (
            ("C", budget.CHARGES, budget.EMPLOIS_VOLONTAIRES),
            ("P", budget.PRODUITS, budget.RESSOURCES_VOLONTAIRES),
        ):
            rares = [c for c in tous if c not in COURANTS[sens] and c != budget.SUBVENTIONS]
            autres = self._saisies(sens, rares)
            colonnes.append(
                {
                    "sens": sens,
                    "courantes": self._saisies(sens, COURANTS[sens]),
                    "autres": autres,
                    "autres_ouvertes": any(ligne.remplie or ligne.erreurs for ligne in autres),
                    "volontaires": self._saisies(sens, volontaires),
                }
            )
        return colonnes

    @property
    def demandes_saisies(self):
        return [
            LigneSaisie(self, f"F-{financeur.pk}", financeur.nom, budget.SUBVENTIONS, "P", financeur=financeur)
            for financeur in self.financeurs
        ]

    @property
    def subventions_saisies(self):
        """Les autres financeurs : ceux qui sont remplis, une ligne vide, puis celles que le script peut montrer."""
        saisies = self._saisies("P", [budget.SUBVENTIONS])
        derniere = max((rang for rang, ligne in enumerate(saisies) if ligne.remplie or ligne.erreurs), default=-1)
        return [(ligne, rang > derniere + 1) for rang, ligne in enumerate(saisies)]

    @property
    def heures_saisies(self):
        lignes = [
            [self[f"H-{rang}-{colonne}"] for colonne in ("tache", "heures", "taux")] for rang in self.rangs_heures
        ]
        pleines = [rang for rang, ligne in enumerate(lignes) if any(c.value() not in (None, "") for c in ligne)]
        derniere = max(pleines, default=-1)
        return [(ligne, rang > derniere + 1) for rang, ligne in enumerate(lignes)]

    # --- Le budget saisi.

    def _valeurs(self, sens, compte, rang):
        """Les valeurs d'une ligne ; rien quand tout y est vide. Une précision sans montant reste : rien ne se perd."""
        prefixe = f"{sens}{compte}-{rang}"
        valeurs = {
            "montant": self.cleaned_data.get(f"{prefixe}-montant") or ZERO,
            "libelle": self.cleaned_data.get(f"{prefixe}-libelle", ""),
            "est_public": self.cleaned_data.get(f"{prefixe}-public", False),
            "firmete": self.cleaned_data.get(f"{prefixe}-firmete", ""),
        }
        return valeurs if any(valeurs.values()) else {}

    def _valeurs_heures(self, rang):
        tache = self.cleaned_data.get(f"H-{rang}-tache", "")
        heures, taux = (self.cleaned_data.get(f"H-{rang}-{colonne}") for colonne in ("heures", "taux"))
        if not tache and heures is None and taux is None:
            return {}
        taux = self.dossier.appel.taux_horaire_benevolat if taux is None else taux
        return {"tache": tache, "heures": heures or ZERO, "taux": taux}

    def budget(self):
        """Le budget tel qu'il est saisi, une fois les champs relus."""
        return budget.Budget(
            tuple(
                budget.Ligne(sens, compte, rang=rang, **valeurs)
                for (sens, compte), rangs in self.rangees.items()
                for rang in rangs
                if (valeurs := self._valeurs(sens, compte, rang))
            ),
            tuple(
                budget.Demande(f.pk, montant, f.est_public, f.nom)
                for f in self.financeurs
                if (montant := self.cleaned_data.get(f"F-{f.pk}-montant"))
            ),
        )

    def valeur_des_heures(self):
        """Ce que valent les heures saisies ; None quand il n'y en a pas."""
        lignes = [HeuresBenevoles(**valeurs) for rang in self.rangs_heures if (valeurs := self._valeurs_heures(rang))]
        return sum((ligne.valeur for ligne in lignes), ZERO) if lignes else None

    def ecrire(self, dossier, noms):
        cles = dict.fromkeys((t[1], t[2], int(t[3])) for nom in noms if (t := NOM_LIGNE.fullmatch(nom)))
        poser_lignes_budget(dossier, {cle: self._valeurs(*cle) for cle in cles})
        poser_demandes(
            dossier,
            {f: self.cleaned_data[nom] or ZERO for f in self.financeurs if (nom := f"F-{f.pk}-montant") in noms},
        )
        if rangs := dict.fromkeys(int(t[1]) for nom in noms if (t := NOM_HEURES.fullmatch(nom))):
            poser_heures(dossier, {rang: self._valeurs_heures(rang) for rang in rangs})
        if "montant_minimum" not in noms:
            return []
        dossier.montant_minimum = self.cleaned_data["montant_minimum"]
        return ["montant_minimum"]
