"""Le pré-projet : dix lignes, enregistrées à mesure comme le dossier."""

from django import forms
from django.db.models import Exists, OuterRef

from appels.models import Quartier
from dossiers.forms.champs import MontantField, SectionForm, Texte
from dossiers.models import PreProjet
from dossiers.operations import objectifs_proposes
from dossiers.operations.avant import SECTION, poser_quartiers

# Dix lignes pleines à l'écran : assez pour une idée, trop peu pour un dossier.
IDEE_MAX = 1500


def _quartiers_de(pre_projet):
    """Les quartiers proposés, chacun disant s'il est `choisi` : une requête, gardée le temps d'un enregistrement."""
    if "_quartiers_lus" not in pre_projet.__dict__:
        choix = PreProjet.quartiers.through.objects.filter(preprojet=pre_projet.pk or 0, quartier=OuterRef("pk"))
        proposes = Quartier.objects.filter(convention=pre_projet.appel.convention_id).defer("contour")
        pre_projet._quartiers_lus = list(proposes.annotate(choisi=Exists(choix)))
    return pre_projet._quartiers_lus


class PreProjetForm(SectionForm):
    """Un brouillon peut rester incomplet ; l'envoi demande un titre et une idée."""

    section = SECTION

    intitule = forms.CharField(
        label="Titre provisoire", max_length=160, required=False, help_text="Quelques mots, vous pourrez en changer."
    )
    idee = forms.CharField(
        label="Votre idée, en dix lignes",
        widget=Texte(10),
        max_length=IDEE_MAX,
        required=False,
        help_text="Ce que vous voulez faire, où, quand et pourquoi. Écrivez comme vous le raconteriez.",
    )
    public = forms.CharField(label="Pour qui ?", max_length=300, required=False, help_text="Âge, situation, nombre.")
    objectif = forms.ModelChoiceField(
        None,
        label="À quel objectif répond-elle ?",
        required=False,
        empty_label="Je ne sais pas encore",
        error_messages={"invalid_choice": "Choisissez un objectif proposé par cet appel à projets."},
    )
    quartiers = forms.TypedMultipleChoiceField(
        label="Dans quels quartiers ?",
        required=False,
        coerce=int,
        empty_value=[],
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Choisissez des quartiers de cet appel à projets."
        ),
    )
    montant = MontantField(label="Montant envisagé (€)", help_text="Ce que vous pensez demander, à peu près.")

    def __init__(self, donnees=None, *, dossier, noms=None, **kwargs):
        super().__init__(donnees, dossier=dossier, noms=noms, **kwargs)
        for nom in [nom for nom in self.saisis if noms is not None and nom not in noms]:
            del self.fields[nom]
        for nom in self.saisis:
            if nom == "quartiers":
                proposes = _quartiers_de(dossier)
                self.fields[nom].choices = [(quartier.pk, str(quartier)) for quartier in proposes]
                self.initial[nom] = [quartier.pk for quartier in proposes if quartier.choisi]
            else:
                self.initial[nom] = dossier.objectif_id if nom == "objectif" else getattr(dossier, nom)
        for nom in {"intitule", "idee"} & self.fields.keys():
            self.fields[nom].mention = "pour envoyer"
        if "objectif" in self.fields:
            objectifs = objectifs_proposes(dossier.appel).select_related("strategique__enjeu")
            self.fields["objectif"].queryset = objectifs
            self.fields["objectif"].label_from_instance = lambda objectif: f"{objectif.code} · {objectif.texte}"

    def lisible(self, nom):
        valeur = self.initial[nom]
        if nom == "objectif" and valeur:
            return str(self.fields[nom].queryset.get(pk=valeur))
        if nom == "quartiers" and valeur:
            return ", ".join(libelle for cle, libelle in self.fields[nom].choices if cle in valeur)
        return super().lisible(nom)

    def ecrire(self, pre_projet, noms):
        for nom in noms:
            if nom != "quartiers":
                setattr(pre_projet, nom, self.cleaned_data[nom])
        if "quartiers" in noms:
            choisis = set(self.cleaned_data["quartiers"])
            poser_quartiers(pre_projet, avant=set(self.initial["quartiers"]), apres=choisis)
            for quartier in _quartiers_de(pre_projet):
                quartier.choisi = quartier.pk in choisis
        return [*(nom for nom in noms if nom != "quartiers"), "ecrit_par"]

    def exiger(self):
        """Ce qu'il faut pour partir ; rend True quand rien ne manque. À demander une fois la saisie relue."""
        for nom, message in (("intitule", "Donnez un titre."), ("idee", "Décrivez votre idée, même en peu de mots.")):
            if not self.cleaned_data.get(nom, "").strip():
                self.add_error(nom, message)
        return not self.errors


class NouveauPreProjetForm(PreProjetForm):
    """Le premier enregistrement fait naître le brouillon : il dit aussi quel organisme le porte."""

    organisme = forms.ModelChoiceField(
        None,
        label="Quel organisme porte l’action ?",
        empty_label=None,
        widget=forms.Select({"data-naissance": ""}),
        error_messages={"required": "Choisissez l’organisme.", "invalid_choice": "Choisissez l’un de vos organismes."},
    )
    field_order = ["organisme"]

    def __init__(self, donnees=None, *, dossier, organismes):
        super().__init__(donnees, dossier=dossier)
        self.fields["organisme"].required = True
        self.fields["organisme"].queryset = organismes
        self.initial["organisme"] = organismes[0].pk if len(organismes) == 1 else None

    @property
    def saisis(self):
        return [nom for nom in self.fields if nom != "organisme"]

    @property
    def temoin(self):
        return PreProjetForm(dossier=self.dossier).temoin

    def champs(self):
        """Ce qui est lisible ; le reste attend d'être corrigé."""
        lus = {nom: self.cleaned_data[nom] for nom in self.saisis if nom in self.cleaned_data}
        choisis = lus.get("quartiers", ())
        return lus | {"quartiers": [q for q in _quartiers_de(self.dossier) if q.pk in choisis]}
