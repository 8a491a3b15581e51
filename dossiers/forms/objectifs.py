"""Le choix des objectifs et des quartiers, dans l'arbre du contrat."""

from functools import cached_property

from django import forms

from appels.models import ObjectifOperationnel
from appels.presentation import portraits
from dossiers.forms.champs import SectionForm
from dossiers.operations.saisie import lire_choix, poser_cibles

# Un arbre plus long que cela s'ouvre replié, sauf là où une case est cochée.
ARBRE_COURT = 12


def _cle(objectif, quartier):
    return f"{objectif}-{quartier}"


class ObjectifsForm(SectionForm):
    """Les couples objectif × quartier, un par case ; on ne choisit que ce que l'appel propose.

    Enregistrer ne lit que des clés ; les textes et les portraits ne se lisent que pour être montrés.
    """

    section = "objectifs"
    cibles = forms.MultipleChoiceField(
        required=False,
        label="Objectifs et quartiers",
        error_messages={"invalid_choice": "Ce choix ne fait pas partie de l’appel à projets."},
    )
    principal = forms.ChoiceField(
        label="Objectif principal",
        required=False,
        error_messages={"invalid_choice": "Ce choix ne fait pas partie de l’appel à projets."},
    )

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        choix = lire_choix(dossier)
        initial = {
            "cibles": sorted(_cle(*cle) for cle in choix.vises),
            "principal": str(choix.vises[0][0]) if choix.vises else "",
        }
        super().__init__(donnees, dossier=dossier, noms=noms, initial=initial, **kwargs)
        self.quartiers = choix.quartiers
        # Ce que l'appel ne propose plus, mais que le dossier vise déjà, reste permis.
        self.couples = {_cle(*cle): cle for cle in (*choix.proposes, *choix.vises)}
        self.fields["cibles"].choices = [(cle, cle) for cle in self.couples]
        objectifs = dict.fromkeys(objectif for objectif, _ in self.couples.values())
        self.fields["principal"].choices = [(str(objectif), objectif) for objectif in objectifs]

    def clean(self):
        donnees = super().clean()
        principal, cles = donnees.get("principal"), donnees.get("cibles") or []
        if "principal" in self.changed_data and principal and cles and principal not in self._vises(cles):
            self.add_error("principal", "Cochez au moins un quartier pour l’objectif principal que vous avez choisi.")
        return donnees

    def _vises(self, cles):
        return {str(self.couples[cle][0]) for cle in cles}

    @property
    def choisis(self):
        """Les couples cochés, par clés : l'objectif principal d'abord, puis dans l'ordre où ils ont été choisis.

        Un objectif principal dont on a décoché tous les quartiers laisse sa place au premier qui reste.
        """
        principal, deja = self.cleaned_data.get("principal"), list(lire_choix(self.dossier).vises)
        cles = [self.couples[cle] for cle in self.cleaned_data["cibles"]]
        rangs = {cle: rang for rang, cle in enumerate([*deja, *(cle for cle in cles if cle not in deja)])}
        return sorted(cles, key=lambda cle: (str(cle[0]) != principal, rangs[cle]))

    @property
    def coches(self):
        """Les cases à cocher à l'affichage : ce qui vient d'être saisi, sinon ce qui est enregistré."""
        return set(self["cibles"].value() or ())

    @cached_property
    def objectifs(self):
        return list(
            ObjectifOperationnel.objects.filter(pk__in={objectif for objectif, _ in self.couples.values()})
            .select_related("strategique__enjeu", "strategique__parent")
            .order_by("strategique__enjeu__numero", "strategique__ordre", "strategique__code", "ordre", "code", "pk")
        )

    @property
    def arbre(self):
        """enjeu (ouvert ou non) → objectif stratégique → objectif (principal ou non) → une case par quartier."""
        arbre, coches, principal = {}, self.coches, str(self["principal"].value() or "")
        court = len(self.objectifs) <= ARBRE_COURT
        for objectif in self.objectifs:
            cles = ((_cle(objectif.pk, quartier.pk), quartier) for quartier in self.quartiers)
            cases = [(cle, quartier, cle in coches) for cle, quartier in cles if cle in self.couples]
            branche = arbre.setdefault(objectif.strategique.enjeu, {})
            branche.setdefault(objectif.strategique, []).append((objectif, str(objectif.pk) == principal, cases))
        return [(enjeu, court or _une_case(branche, coches), list(branche.items())) for enjeu, branche in arbre.items()]

    @property
    def portraits(self):
        """[(quartier, son portrait, est visé)]"""
        vises = {self.couples[cle][1] for cle in self.coches if cle in self.couples}
        return [
            (quartier, portrait, quartier.pk in vises)
            for quartier, portrait in zip(self.quartiers, portraits(self.quartiers), strict=True)
        ]

    def lisible(self, nom):
        objectifs = {objectif.pk: objectif for objectif in self.objectifs}
        if nom == "principal":
            return str(objectifs[int(self.initial[nom])]) if self.initial[nom] else "rien"
        quartiers = {quartier.pk: quartier.nom for quartier in self.quartiers}
        vises = [self.couples[cle] for cle in self.initial["cibles"]]
        return " ; ".join(f"{objectifs[o]} à {quartiers[q]}" for o, q in vises) or "rien"

    def ecrire(self, dossier, noms):
        poser_cibles(dossier, self.choisis)
        return []


def _une_case(branche, coches):
    return any(cle in coches for lignes in branche.values() for _, _, cases in lignes for cle, _, _ in cases)
