"""La répartition proposée d'une réunion, ou de tout un appel : ce qui se lit de la base, et le plan qui en sort."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects

from dossiers.etats import Etat
from dossiers.models import Cible, Dossier
from evaluation import lecture, repartition
from evaluation.empechements import empeches
from evaluation.models import Evaluation, MembreReunion, PassageDossier, Reunion
from evaluation.operations.repartition import empreinte, lecteurs_designes

METHODES = {
    "": "Ne pas changer les lecteurs",
    "equitable": "Équitablement, selon le temps de lecture",
    "quartier": "Selon les quartiers",
    "aucun": "Tous les membres lisent tout",
}


@dataclass
class Reglages:
    """Ce que l'agent demande : la méthode, le nombre de lecteurs, qui lit quel quartier."""

    methode: str = ""
    voulus: int | None = None
    garder: bool = False
    par_enjeu: bool = False
    quartiers: dict = field(default_factory=dict)


def cibles_rangees():
    return Prefetch(
        "cibles",
        Cible.objects.select_related("quartier", "objectif__strategique")
        .defer("quartier__contour")
        .order_by("ordre", "pk"),
    )


def enjeu_principal(dossier):
    cibles = list(dossier.cibles.all())
    return cibles[0].objectif.strategique.enjeu_id if cibles else None


@dataclass
class Plan:
    """Une répartition proposée sur plusieurs réunions : les dossiers à inscrire, et qui lit quoi."""

    reunions: list
    dossiers: list
    # {dossier: sa réunion}, y compris celle où il entrerait
    place: dict
    membres: dict
    designes: dict
    acquis: dict
    fermes: dict
    reglages: Reglages
    caches: list

    def __post_init__(self):
        self.methode = self.reglages.methode
        self.inscriptions = [
            (d, self.place[d.pk]) for d in self.dossiers if d.etat == Etat.RECEVABLE and d.pk in self.place
        ]
        self.sans_reunion = [d for d in self.dossiers if d.pk not in self.place]

    def _voulus(self, reunion):
        return self.reglages.voulus if self.reglages.voulus is not None else reunion.lecteurs_par_dossier

    @cached_property
    def a_lire(self):
        """{réunion: ses dossiers}, tels que le calcul les attend."""
        par_reunion = defaultdict(list)
        for dossier in self.dossiers:
            reunion = self.place.get(dossier.pk)
            if reunion is None or dossier.etat not in (Etat.RECEVABLE, Etat.EN_EVALUATION):
                continue
            notent = {m.utilisateur_id for m in self.membres[reunion.pk] if m.presence != MembreReunion.Presence.EXCUSE}
            garde = self.acquis[dossier.pk] & self.designes[dossier.pk]
            if self.reglages.garder:
                garde = garde | (self.designes[dossier.pk] & notent) - self.fermes[dossier.pk]
            par_reunion[reunion.pk].append(
                repartition.ALire(
                    dossier.pk,
                    lecture.minutes_de_lecture(dossier),
                    frozenset(notent - self.fermes[dossier.pk]),
                    frozenset(garde),
                    tuple(q.pk for q in dossier.quartiers),
                )
            )
        return par_reunion

    @cached_property
    def lecteurs(self):
        """{dossier: personnes} proposé ; égal à l'actuel quand la méthode n'y touche pas."""
        propose, charges = {}, {}
        if self.methode == "equitable":
            # Toutes réunions ensemble : qui siège à deux réunions ne lit pas deux fois plus.
            for reunion in self.reunions:
                personnes = [m.utilisateur_id for m in self.membres[reunion.pk]]
                calcul = repartition.equitable(self.a_lire[reunion.pk], personnes, self._voulus(reunion), charges)
                charges |= calcul.charges
                propose |= calcul.lecteurs
        elif self.methode == "quartier":
            for reunion in self.reunions:
                propose |= repartition.par_quartier(
                    self.a_lire[reunion.pk], self.reglages.quartiers, self._voulus(reunion)
                ).lecteurs
        elif self.methode == "aucun":
            propose = {d.cle: set(d.acquis) for lus in self.a_lire.values() for d in lus}
        return {d.pk: propose.get(d.pk, self.designes[d.pk]) for d in self.dossiers}

    @property
    def changes(self):
        return {pk: qui for pk, qui in self.lecteurs.items() if qui != self.designes[pk]}

    @property
    def est_vide(self):
        return not self.inscriptions and not self.changes

    @cached_property
    def manques(self):
        """{dossier: ce qui lui manque}, seulement quand des lecteurs y sont désignés."""
        return {
            manque.cle: manque
            for reunion in self.reunions
            for manque in repartition.manques(
                [d for d in self.a_lire[reunion.pk] if self.lecteurs[d.cle]], self.effectifs, self._voulus(reunion)
            )
        }

    @property
    def effectifs(self):
        """Les lecteurs, moins ceux qu'un conflit a écartés depuis."""
        return {pk: qui - self.fermes[pk] for pk, qui in self.lecteurs.items()}

    def charges(self, lecteurs):
        """{personne: (nombre de dossiers, minutes)}."""
        total = defaultdict(lambda: [0, 0])
        for lus in self.a_lire.values():
            for dossier in lus:
                for personne in lecteurs[dossier.cle]:
                    total[personne][0] += 1
                    total[personne][1] += dossier.minutes
        return total

    def lecteurs_par_reunion(self):
        par_reunion = defaultdict(dict)
        for pk, qui in self.changes.items():
            par_reunion[self.place[pk].pk][pk] = qui
        return par_reunion

    @property
    def empreinte(self):
        inscrits = ",".join(f"{d.pk}>{r.pk}" for d, r in self.inscriptions)
        return f"{inscrits}|{empreinte(self.designes)}|{empreinte(self.lecteurs)}"


def plan(reunions, utilisateur, reglages, recevables=None):
    """Le plan de ces réunions pour cet agent ; les dossiers auxquels il est lié n'y figurent pas (`caches`)."""
    reunions = list(reunions)
    passages = list(
        PassageDossier.objects.filter(reunion__in=reunions)
        .exclude(dossier__etat=Etat.RETIRE)
        .select_related("dossier__organisme")
        .order_by("rang", "pk")
    )
    par_pk = {reunion.pk: reunion for reunion in reunions}
    dossiers = [passage.dossier for passage in passages]
    place = {passage.dossier_id: par_pk[passage.reunion_id] for passage in passages}
    attente = list(recevables.select_related("organisme").order_by("numero")) if recevables is not None else []
    dossiers += attente
    prefetch_related_objects(dossiers, cibles_rangees())
    if reglages.par_enjeu:
        des_enjeux = {r.enjeu_id: r for r in reversed(reunions) if r.enjeu_id}
        place |= {d.pk: r for d in attente if (r := des_enjeux.get(enjeu_principal(d)))}
    fermes = empeches(dossiers)
    caches = [d for d in dossiers if utilisateur.pk in fermes[d.pk]]
    dossiers = [d for d in dossiers if utilisateur.pk not in fermes[d.pk]]
    membres = {reunion.pk: [] for reunion in reunions}
    for membre in (
        MembreReunion.objects.filter(reunion__in=reunions, evalue=True)
        .select_related("utilisateur")
        .order_by("utilisateur__nom", "utilisateur__prenom", "pk")
    ):
        membres[membre.reunion_id].append(membre)
    acquis = defaultdict(set)
    for pk, evaluateur in Evaluation.objects.filter(dossier__in=dossiers, envoyee_le__isnull=False).values_list(
        "dossier_id", "evaluateur_id"
    ):
        acquis[pk].add(evaluateur)
    return Plan(reunions, dossiers, place, membres, lecteurs_designes(reunions), acquis, fermes, reglages, caches)


def plan_de_l_appel(appel, utilisateur, reglages):
    reunions = Reunion.objects.filter(appel=appel, close_le=None).order_by("debut", "pk")
    recevables = Dossier.objects.instruits_par(utilisateur).filter(appel=appel, etat=Etat.RECEVABLE)
    return plan(reunions, utilisateur, reglages, recevables)
