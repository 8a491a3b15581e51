"""Formulaires de la réunion : la préparer, convier, marquer les présences."""

from datetime import datetime, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from appels.models import Appel, Enjeu
from comptes.models import Role, Utilisateur
from evaluation.models import MembreReunion, Reunion

NOMBRE_AU_PLUS = 200


def borner(champ, plancher):
    """Un petit nombre entier : ni négatif, ni plus grand qu'une salle."""
    champ.validators += [MinValueValidator(plancher), MaxValueValidator(NOMBRE_AU_PLUS)]
    champ.widget.attrs |= {"min": plancher, "max": NOMBRE_AU_PLUS, "inputmode": "numeric"}


class ReunionForm(forms.ModelForm):
    debut = forms.DateTimeField(
        label="Date et heure",
        help_text="À l’heure de Paris.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    fin = forms.TimeField(
        label="Heure de fin",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Donnez l’heure de fin, par exemple 17:00."},
    )

    class Meta:
        model = Reunion
        fields = [
            "appel", "titre", "enjeu", "debut", "fin", "lieu", "president", "secretaire", "quorum",
            "lecteurs_par_dossier", "minutes_par_dossier", "divers",
        ]  # fmt: skip
        labels = {
            "appel": "Appel à projets",
            "quorum": "Quorum",
            "lecteurs_par_dossier": "Lecteurs par dossier, au moins",
            "minutes_par_dossier": "Minutes prévues par dossier",
        }
        help_texts = {
            "quorum": "Présents qui notent sans lesquels la réunion ne se prononce pas. Zéro : pas de règle.",
            "lecteurs_par_dossier": "Sert à répartir les lectures et à proposer l’ordre du jour.",
            "minutes_par_dossier": "Pour le minuteur de la séance et la durée annoncée.",
            "enjeu": "Si la réunion porte sur un seul enjeu de la convention.",
            "president": "Nom et qualité, comme ils figureront au procès-verbal.",
            "divers": "Repris à la fin du procès-verbal.",
        }
        widgets = {"divers": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        appels = Appel.objects.geres_par(utilisateur).select_related("convention")
        self.fields["appel"].queryset = appels
        self.fields["appel"].required = True
        self.fields["appel"].empty_label = "Choisissez un appel"
        self.fields["enjeu"].empty_label = "Tous les enjeux"
        conventions = [appel.convention_id for appel in appels]
        self.fields["enjeu"].queryset = self.fields["enjeu"].queryset.filter(convention__in=conventions)
        if self.instance.pk:
            del self.fields["appel"]
            self.initial["debut"] = timezone.localtime(self.instance.debut)
            self.initial["fin"] = self.instance.fin and timezone.localtime(self.instance.fin).time()
        for nom, plancher in (("quorum", 0), ("lecteurs_par_dossier", 1), ("minutes_par_dossier", 1)):
            borner(self.fields[nom], plancher)

    def clean(self):
        donnees = super().clean()
        appel = donnees.get("appel") or (self.instance.appel if self.instance.pk else None)
        enjeu = donnees.get("enjeu")
        if appel and enjeu and enjeu.convention_id != appel.convention_id:
            self.add_error("enjeu", "Cet enjeu n’est pas celui de la convention de l’appel.")
        donnees["fin"] = self._fin(donnees.get("debut"), donnees.get("fin"))
        return donnees

    def _fin(self, debut, heure):
        """Le même jour que le début, à l'heure de Paris."""
        if debut is None or heure is None:
            return None
        jour = timezone.localtime(debut)
        fin = timezone.make_aware(datetime.combine(jour.date(), heure))
        if fin <= debut:
            self.add_error("fin", f"La réunion commence à {jour:%H:%M} : elle finit plus tard.")
            return None
        return fin


class MembreForm(forms.Form):
    utilisateur = forms.ModelChoiceField(
        label="Personne", queryset=Utilisateur.objects.none(), empty_label="Choisissez une personne"
    )
    structure = forms.CharField(label="Structure représentée", max_length=160, required=False)
    evalue = forms.BooleanField(
        label="Cette personne note les dossiers",
        help_text="Les membres des conseils citoyens lisent les dossiers sans les noter.",
        required=False,
        initial=True,
    )

    def __init__(self, *args, reunion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["utilisateur"].queryset = (
            Utilisateur.objects.filter(
                affectations__collectivite=reunion.collectivite_id,
                affectations__role__in=[Role.EVALUATEUR, Role.CITOYEN],
            )
            .exclude(reunions__reunion=reunion)
            .distinct()
        )


class ParEnjeuForm(forms.Form):
    """Une réunion par enjeu, en un geste ; chacune se modifie ensuite."""

    SEMAINE, JOUR, SUITE = "semaine", "jour", "suite"
    RYTHMES = [
        (SEMAINE, "Une par semaine, le même jour"),
        (JOUR, "Une par jour ouvré"),
        (SUITE, "L’une après l’autre, la même journée"),
    ]

    enjeux = forms.ModelMultipleChoiceField(
        label="Enjeux",
        queryset=Enjeu.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un enjeu."},
    )
    debut = forms.DateTimeField(
        label="Date et heure de la première réunion",
        help_text="À l’heure de Paris.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    duree = forms.IntegerField(label="Durée de chacune, en minutes", min_value=15, max_value=600, initial=150)
    rythme = forms.ChoiceField(label="Les suivantes", choices=RYTHMES, initial=SEMAINE, widget=forms.RadioSelect)
    lieu = forms.CharField(label="Lieu", max_length=160, required=False)
    president = forms.CharField(label="Présidence", max_length=160, required=False)
    secretaire = forms.CharField(label="Secrétariat", max_length=160, required=False)
    lecteurs_par_dossier = forms.IntegerField(label="Lecteurs par dossier, au moins", initial=2)
    minutes_par_dossier = forms.IntegerField(label="Minutes prévues par dossier", initial=6)

    def __init__(self, *args, enjeux, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["enjeux"].queryset = enjeux
        for nom in ("lecteurs_par_dossier", "minutes_par_dossier"):
            borner(self.fields[nom], 1)

    def dates(self):
        """{enjeu: (début, fin)}, dans l'ordre de la convention."""
        donnees, duree = self.cleaned_data, timedelta(minutes=self.cleaned_data["duree"])
        debut, dates = donnees["debut"], {}
        for enjeu in donnees["enjeux"]:
            dates[enjeu] = (debut, debut + duree)
            debut = self._suivante(debut, duree, donnees["rythme"])
        return dates

    def _suivante(self, debut, duree, rythme):
        """À la même heure de Paris, changement d'heure compris."""
        if rythme == self.SUITE:
            return debut + duree
        local = timezone.localtime(debut)
        jours = 7 if rythme == self.SEMAINE else {4: 3, 5: 2}.get(local.weekday(), 1)
        return timezone.make_aware(datetime.combine(local.date() + timedelta(days=jours), local.time()))

    def communs(self):
        noms = ("lieu", "president", "secretaire", "lecteurs_par_dossier", "minutes_par_dossier")
        return {nom: self.cleaned_data[nom] for nom in noms}


class AutreReunionForm(forms.Form):
    """Vers quelle réunion du même appel passent le dossier, ou tous les dossiers."""

    vers = forms.ModelChoiceField(
        label="Réunion", queryset=Reunion.objects.none(), empty_label="Choisissez une réunion"
    )
    motif = forms.CharField(label="Pourquoi", max_length=300, required=False)

    def __init__(self, *args, reunion, **kwargs):
        super().__init__(*args, **kwargs)
        autres = Reunion.objects.filter(appel=reunion.appel_id, close_le=None).exclude(pk=reunion.pk)
        self.fields["vers"].queryset = autres if reunion.appel_id else autres.none()
        self.possible = self.fields["vers"].queryset.exists()
        self.fields["vers"].label_from_instance = lambda autre: (
            f"{autre.titre}, le {timezone.localtime(autre.debut):%d/%m/%Y à %H:%M}"
        )


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=MembreReunion.Presence.choices)


class MotifForm(forms.Form):
    motif = forms.CharField(label="Motif", max_length=300)
