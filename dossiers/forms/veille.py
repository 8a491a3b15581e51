"""Signaler, et ce que le service en fait."""

from django import forms

from appels.models import ObjectifOperationnel, Quartier
from comptes.models import Partenaire, Role
from dossiers.forms.champs import Texte
from dossiers.models import Dossier, Signalement

TEXTE_MAX = 3000
LIBELLE_MAX = 90


class PhotoField(forms.FileField):
    """Une photo ; son contenu est contrôlé par le verbe."""

    widget = forms.FileInput(attrs={"accept": "image/*"})

    def __init__(self, **kwargs):
        super().__init__(allow_empty_file=True, required=False, **kwargs)
        self.error_messages["invalid"] = "Choisissez une photo."


class SignalerForm(forms.Form):
    quartier = forms.ModelChoiceField(
        None,
        label="Quartier",
        empty_label="Choisissez un quartier",
        error_messages={
            "required": "Choisissez un quartier.",
            "invalid_choice": "Choisissez l’un des quartiers proposés.",
        },
    )
    conseil = forms.ModelChoiceField(
        None,
        label="Au nom de",
        required=False,
        empty_label="Un habitant, hors conseil citoyen",
        error_messages={"invalid_choice": "Choisissez l’un des conseils citoyens proposés."},
        help_text="Les membres du conseil choisi liront ce signalement et sa réponse.",
    )
    sujet = forms.ChoiceField(
        label="Sujet",
        choices=[("", "Choisissez un sujet"), *Signalement.Sujet.choices],
        error_messages={"required": "Choisissez un sujet.", "invalid_choice": "Choisissez l’un des sujets proposés."},
    )
    lieu = forms.CharField(
        label="Lieu",
        max_length=160,
        help_text="Une rue, un bâtiment, un arrêt de bus.",
        error_messages={"required": "Dites où."},
    )
    texte = forms.CharField(
        label="Ce que vous avez vu ou entendu",
        widget=Texte(6),
        max_length=TEXTE_MAX,
        help_text="Ne nommez personne, et ne donnez rien qui permette de reconnaître quelqu’un.",
        error_messages={"required": "Écrivez ce que vous avez vu ou entendu."},
    )
    photo = PhotoField(
        label="Une photo",
        help_text="Sans visage ni plaque d’immatriculation. La position et la date enregistrées par le téléphone "
        "sont effacées.",
    )

    def __init__(self, donnees=None, fichiers=None, *, par):
        super().__init__(donnees, fichiers)
        agent = par.ids_collectivites(Role.AGENT)
        quartiers = Quartier.objects.filter(
            convention__collectivite__in=par.ids_collectivites(Role.AGENT, Role.CITOYEN)
        ).select_related("convention__collectivite")
        self.fields["quartier"].queryset = quartiers.defer("contour")
        if agent:
            self.fields["conseil"].queryset = Partenaire.objects.filter(
                collectivite__in=agent, type=Partenaire.Type.CONSEIL_CITOYEN
            )
        else:
            del self.fields["conseil"]

    def ranger_le_choix_unique(self):
        """Un seul quartier possible : il est déjà choisi."""
        quartiers = list(self.fields["quartier"].queryset[:2])
        if len(quartiers) == 1:
            self.initial["quartier"] = quartiers[0].pk
        return bool(quartiers)

    def champs(self):
        noms = ("quartier", "sujet", "lieu", "texte", "conseil")
        return {nom: self.cleaned_data[nom] for nom in noms if nom in self.cleaned_data}


class LuForm(forms.Form):
    """Ce que l'agent avait sous les yeux : la clé du dernier fait."""

    lu = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_lu(self):
        return self.cleaned_data["lu"] or 0


class TraiterForm(LuForm):
    REPONDRE, TRANSMETTRE, CLASSER = "repondre", "transmettre", "classer"
    GESTES = [
        (REPONDRE, "Répondre"),
        (TRANSMETTRE, "Transmettre à quelqu’un"),
        (CLASSER, "Classer sans suite"),
    ]
    geste = forms.ChoiceField(
        label="Quelle suite donnez-vous ?",
        choices=GESTES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la suite que vous donnez.", "invalid_choice": "Choisissez une suite."},
    )
    transmis_a = forms.CharField(
        label="Transmis à qui",
        max_length=160,
        required=False,
        help_text="Par exemple «\u00a0service Voirie\u00a0» ou «\u00a0gardien de la résidence\u00a0».",
    )
    reponse = forms.CharField(
        label="Votre réponse",
        widget=Texte(5),
        max_length=TEXTE_MAX,
        required=False,
        help_text="L’auteur et son conseil citoyen la lisent telle quelle.",
    )
    reponse.mention = "facultative si vous transmettez"
    transmis_a.mention = "si vous transmettez"

    def clean(self):
        donnees = super().clean()
        geste = donnees.get("geste")
        if geste == self.TRANSMETTRE and not donnees.get("transmis_a"):
            self.add_error("transmis_a", "Dites à qui vous transmettez.")
        if geste == self.REPONDRE and not donnees.get("reponse"):
            self.add_error("reponse", "Écrivez votre réponse.")
        if geste == self.CLASSER and not donnees.get("reponse"):
            self.add_error("reponse", "Expliquez pourquoi il n’y aura pas de suite.")
        return donnees


def _court(texte):
    return texte if len(texte) <= LIBELLE_MAX else f"{texte[: LIBELLE_MAX - 1].rstrip()}…"


class RattacherForm(LuForm):
    """Un objectif de la convention, un dossier par son numéro ; chacun facultatif."""

    objectif = forms.ModelChoiceField(
        None,
        label="Objectif du contrat de ville",
        required=False,
        empty_label="Aucun",
        error_messages={"invalid_choice": "Choisissez un objectif de la convention de ce quartier."},
    )
    numero = forms.CharField(label="Numéro du dossier", max_length=24, required=False)

    def __init__(self, donnees=None, *, signalement, par, cache=False):
        self.par, self.signalement = par, signalement
        initial = {"objectif": signalement.objectif_id}
        if signalement.dossier_id and not cache:
            initial["numero"] = signalement.dossier.numero
        super().__init__(donnees, initial=initial, auto_id="rattacher_%s")
        self.fields["objectif"].queryset = (
            ObjectifOperationnel.objects.filter(strategique__enjeu__convention=signalement.quartier.convention_id)
            .select_related("strategique__enjeu")
            .order_by("strategique__enjeu__numero", "strategique__ordre", "code", "pk")
        )
        self.fields["objectif"].label_from_instance = lambda objectif: _court(f"{objectif.code} · {objectif.texte}")
        self.proposes = self._dossiers().filter(cibles__quartier=signalement.quartier_id).distinct()
        self.fields["numero"].widget.attrs |= {"list": "dossiers-du-quartier", "autocomplete": "off"}
        if cache:
            self.fields["numero"].disabled = True
            self.fields[
                "numero"
            ].help_text = "Déjà rattaché à un dossier dont vous vous êtes déporté. Un autre agent peut changer ce lien."
        else:
            self.fields[
                "numero"
            ].help_text = (
                "Laissez vide s’il n’y en a pas. Les dossiers déposés dans ce quartier se proposent pendant la saisie."
            )

    def _dossiers(self):
        return Dossier.objects.instruits_par(self.par).filter(appel__collectivite=self.signalement.collectivite_id)

    def clean_numero(self):
        """Le dossier que porte ce numéro, parmi ceux que l'agent instruit."""
        numero = self.cleaned_data["numero"].strip()
        if not numero or self.fields["numero"].disabled:
            return None
        dossier = self._dossiers().filter(numero__iexact=numero).first()
        if dossier is None:
            raise forms.ValidationError("Aucun dossier de votre collectivité ne porte ce numéro.")
        return dossier
