"""Ce que chaque écran de la séance montre : un état complet, relu à chaque fois, jamais un différentiel."""

from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.utils import timezone

from dossiers.budget import totaux_du_dossier
from dossiers.models import Cible, Dossier, Financement
from dossiers.montants import repartir
from evaluation import lecture
from evaluation import seance as lire
from evaluation.depouillement import axe, depouiller, est_extreme
from evaluation.direct import CONDUITE, PROJECTEUR, TELEPHONE, empreinte, jeton_de
from evaluation.models import AvisCitoyen, Lecteur, MembreReunion, Mouvement, PassageDossier, Seance, Vote

Phase = Seance.Phase
TOUR_OUVERT = {Phase.TOUR_1: 1, Phase.TOUR_2: 2}
# Une étape de vote n'est passée que si la salle en a lu le résultat.
TOUR_DE = {Phase.TOUR_1: 1, Phase.RESULTAT_1: 1, Phase.TOUR_2: 2, Phase.RESULTAT_2: 2}
TOUR_LU = {Phase.RESULTAT_1: 1, Phase.TOUR_2: 1, Phase.RESULTAT_2: 2}
ANNONCES = {
    Phase.ATTENTE: "Entre deux dossiers.",
    Phase.PRESENTATION: "Un dossier est ouvert.",
    Phase.TOUR_1: "Le premier vote est ouvert.",
    Phase.RESULTAT_1: "Le résultat du premier vote est affiché.",
    Phase.TOUR_2: "Le second vote est ouvert.",
    Phase.RESULTAT_2: "Le résultat du second vote est affiché.",
    Phase.AVIS: "La réunion rend son avis.",
}

DEVOILER = {
    (Phase.TOUR_1, Phase.RESULTAT_1): "Dévoiler le premier vote",
    (Phase.TOUR_2, Phase.RESULTAT_2): "Dévoiler le second vote",
}
OUVRIR = {
    Phase.TOUR_1: "Ouvrir le premier vote",
    Phase.TOUR_2: "Ouvrir le second vote",
    Phase.RESULTAT_1: "Revoir le premier vote",
    Phase.RESULTAT_2: "Revoir le second vote",
    Phase.AVIS: "Passer à l’avis collectif",
}
RETOURS = {
    Phase.TOUR_1: (Phase.PRESENTATION,),
    Phase.TOUR_2: (Phase.RESULTAT_1,),
    Phase.AVIS: (Phase.PRESENTATION, Phase.RESULTAT_1, Phase.RESULTAT_2),
}
REVENIR = {
    Phase.PRESENTATION: "Revenir à la présentation",
    Phase.RESULTAT_1: "Revenir au premier vote",
    Phase.RESULTAT_2: "Revenir au second vote",
}

_JUSQUE_AU_DOSSIER_OUVERT = Q(reunion=OuterRef("reunion")) & (
    Q(rang__lt=OuterRef("passage__rang")) | Q(rang=OuterRef("passage__rang"), pk__lte=OuterRef("passage"))
)


def _compte(lesquels):
    """Combien de passages, sans les lire."""
    passages = PassageDossier.objects.filter(lesquels).order_by().values("reunion")
    return Subquery(passages.annotate(n=Count("pk")).values("n"))


class Salle:
    """La séance d'une réunion, vue par une personne sur un écran."""

    def __init__(self, reunion, utilisateur, ecran):
        self.reunion, self.utilisateur, self.ecran = reunion, utilisateur, ecran
        # Lue d'abord : un changement survenu pendant la suite se verra à la prochaine interrogation.
        self.version = empreinte(reunion.pk, utilisateur.pk, ecran)
        self.seance = (
            Seance.objects.filter(reunion=reunion)
            .select_related("passage__dossier__organisme", "passage__dossier__appel", "reunion")
            .annotate(nb_dossiers=_compte(Q(reunion=OuterRef("reunion"))), rang=_compte(_JUSQUE_AU_DOSSIER_OUVERT))
            .first()
        )
        self.jeton = jeton_de(reunion, utilisateur, ecran)
        self.deports = lecture.deports_de(Dossier.objects.filter(passages__reunion=reunion))

    @cached_property
    def membres(self):
        """Avec leur dernier mouvement : son sens, son heure, le dossier qui fait sortir."""
        derniers = Mouvement.objects.filter(reunion=self.reunion, utilisateur=OuterRef("utilisateur")).order_by("-pk")
        return list(
            self.reunion.membres.select_related("utilisateur")
            .annotate(
                dernier_sens=Subquery(derniers.values("sens")[:1]),
                dernier_le=Subquery(derniers.values("le")[:1]),
                dernier_passage=Subquery(derniers.values("passage")[:1]),
                # Désigné pour lire le dossier ouvert : lu avec les membres plutôt que d'une requête de plus.
                designe=Exists(Lecteur.objects.filter(membre=OuterRef("pk"), passage=self.passage)),
            )
            .order_by("utilisateur__nom", "pk")
        )

    @cached_property
    def passages(self):
        return list(self.reunion.passages.select_related("dossier__organisme", "dossier__avis").order_by("rang", "pk"))

    @property
    def ouverte(self):
        return bool(self.seance and not self.seance.levee_le and not self.reunion.est_close)

    @property
    def phase(self):
        return self.seance.phase if self.ouverte else ""

    @property
    def passage(self):
        return self.seance.passage if self.ouverte else None

    @property
    def porte_fermee(self):
        """Cette personne s'est déportée du dossier en cours : rien ne s'en montre à elle."""
        return bool(self.passage and self.utilisateur.pk in self.deports.get(self.passage.dossier_id, ()))

    @property
    def reste_dehors(self):
        """Entre deux dossiers dont elle s'est déportée, la personne ne rentre pas."""
        moi = self.moi
        return bool(
            self.ouverte and not self.passage and moi and moi.dernier_sens == lire.SORTIE and moi.dernier_passage
        )

    @property
    def annonce(self):
        if self.porte_fermee or self.reste_dehors:
            return "Vous sortez pour l’examen de ce dossier."
        return ANNONCES.get(self.phase, "")

    # Les personnes

    @cached_property
    def moi(self):
        return next((m for m in self.membres if m.utilisateur_id == self.utilisateur.pk), None)

    @staticmethod
    def est_dedans(membre):
        return membre.presence == MembreReunion.Presence.PRESENT and membre.dernier_sens != lire.SORTIE

    @property
    def je_suis_dedans(self):
        return bool(self.moi and self.est_dedans(self.moi))

    @cached_property
    def personnes(self):
        """Chaque membre avec ce qu'on en voit dans la salle."""
        deportes = self.deports[self.passage.dossier_id] if self.passage else set()
        # Un membre de l'organisme porteur qui ne s'est pas déporté ne note ni ne vote : on ne l'attend pas.
        du_porteur = self.deports.du_porteur[self.passage.dossier_id] if self.passage else set()
        ont_vote = {v.utilisateur_id for v in self._votes if v.tour == self.tour}
        for membre in self.membres:
            membre.dedans = self.est_dedans(membre)
            membre.sorti = membre.presence == "present" and not membre.dedans
            membre.deporte = membre.utilisateur_id in deportes
            membre.compte = membre.evalue and membre.utilisateur_id not in deportes | du_porteur
            membre.vote_attendu = membre.compte and membre.dedans
            membre.a_vote = membre.utilisateur_id in ont_vote and not membre.deporte
        return self.membres

    @cached_property
    def dans_la_salle(self):
        return [m for m in self.personnes if m.dedans]

    @cached_property
    def sortis(self):
        return [m for m in self.personnes if m.sorti or (m.deporte and m.presence == "present")]

    @cached_property
    def votants(self):
        """Ceux dont on attend le vote, et ceux qui l'ont donné avant de sortir."""
        return [m for m in self.personnes if m.vote_attendu or m.a_vote]

    @cached_property
    def ont_vote(self):
        return sum(m.a_vote for m in self.votants)

    @cached_property
    def pour_le_quorum(self):
        return sum(m.compte and m.dedans for m in self.personnes)

    @property
    def quorum_atteint(self):
        return self.pour_le_quorum >= self.reunion.quorum

    # L'ordre du jour

    @cached_property
    def ordre_du_jour(self):
        """Chaque dossier, fermé pour qui s'en est déporté ; un titre n'y est jamais pour lui."""
        courant = self.passage.pk if self.passage else None
        for passage in self.passages:
            passage.ferme = self.utilisateur.pk in self.deports.get(passage.dossier_id, ())
            passage.courant = passage.pk == courant
            passage.a_examiner = lire.reste_a_examiner(passage)
            passage.du_bloc = lire.sans_debat(passage)
            passage.retire = passage.dossier.etat == "retire"
            passage.avis = getattr(passage.dossier, "avis", None) if not passage.a_examiner else None
        return self.passages

    @property
    def examines(self):
        return sum(not lire.reste_a_examiner(p) for p in self.passages)

    @property
    def suivant(self):
        return lire.suivant_parmi(self.passages, self.passage)

    @property
    def suivant_ouvert(self):
        """Le dossier suivant que cette personne peut ouvrir ; celui dont elle s'est déportée est sauté."""
        return lire.suivant_parmi([p for p in self.ordre_du_jour if not p.ferme], self.passage)

    @cached_property
    def bloc(self):
        """Le bloc sans débat, sans les dossiers fermés à cette personne ; au mur, sans ceux d'un membre présent."""
        if not any(lire.sans_debat(p) and lire.reste_a_examiner(p) for p in self.passages):
            return []
        caches = {self.utilisateur.pk}
        if self.ecran == PROJECTEUR:
            caches |= {m.utilisateur_id for m in self.membres if m.presence == "present"}
        bloc = lire.bloc_sans_debat(self.reunion)
        for passage in bloc:
            passage.cache = bool(self.deports.get(passage.dossier_id, set()) & caches)
            passage.montant = sum(lire.montants_du_bloc(passage.dossier).values(), Decimal(0))
        return [p for p in bloc if not p.cache or self.ecran == PROJECTEUR]

    # Le dossier ouvert

    @cached_property
    def dossier(self):
        """Le dossier en cours avec ce que l'écran en lit ; None, sans une requête, pour qui s'en est déporté."""
        if self.passage is None or self.porte_fermee:
            return None
        dossier = self.passage.dossier
        contenu = [Prefetch("financements", Financement.objects.select_related("financeur"))]
        if self.ecran != CONDUITE:
            cibles = Cible.objects.select_related("objectif", "quartier").defer("quartier__contour")
            contenu += [Prefetch("cibles", cibles), "lignes_budget"]
        prefetch_related_objects([dossier], *contenu)
        dossier.demande = sum((f.montant_demande for f in dossier.financements.all()), Decimal(0))
        if self.ecran != CONDUITE:
            dossier.totaux = totaux_du_dossier(dossier)
        return dossier

    @cached_property
    def notes(self):
        """La moyenne des notes quand elles sont découvertes ; jamais à qui doit encore noter."""
        if self.ecran != CONDUITE and self.phase == Phase.AVIS:
            return None
        passage, dossiers = self.passage, [self.dossier]
        envoyees = lecture.evaluations_envoyees(dossiers, self.deports)[self.dossier.pk]
        lecteurs = {m.utilisateur_id for m in self.membres if m.designe}
        designes = {self.dossier.pk: lecteurs} if lecteurs else {}
        attendus = lecture.attendus(self.reunion, dossiers, self.deports, self.membres, designes)[self.dossier.pk]
        passage.reunion = self.reunion
        if not lecture.est_revele(passage, attendus, envoyees):
            return None
        doit_noter = self.ecran == TELEPHONE and self.utilisateur.pk in attendus
        if doit_noter and not any(e.evaluateur_id == self.utilisateur.pk for e in envoyees):
            return None
        return lecture.synthese_des_notes(envoyees)

    @cached_property
    def habitants(self):
        """Ce que disent les habitants, dans leur colonne : combien, et une phrase ; jamais dans la moyenne."""
        if self.phase != Phase.PRESENTATION:
            return None
        avis = list(
            AvisCitoyen.objects.filter(fiche__dossier=self.passage.dossier_id)
            .order_by("-donne_le", "-pk")
            .values_list("utile", "que_manque_t_il")
        )
        if not avis:
            return None
        phrase = next((texte for _, texte in avis if texte), "")
        return {"nombre": len(avis), "utiles": sum(utile == "oui" for utile, _ in avis), "phrase": phrase}

    # Les votes

    @property
    def tour(self):
        return TOUR_OUVERT.get(self.phase)

    @cached_property
    def _votes(self):
        # À la présentation, rien n'est encore voté, ou rien ne s'en montre.
        if self.passage is None or self.porte_fermee or self.phase == Phase.PRESENTATION:
            return []
        deportes = self.deports.get(self.passage.dossier_id, set())
        return [v for v in Vote.objects.filter(passage=self.passage) if v.utilisateur_id not in deportes]

    def resultat_du(self, tour):
        return depouiller([v.montant for v in self._votes if v.tour == tour])

    @cached_property
    def tour_lu(self):
        """Le dernier tour dévoilé, ou None."""
        if self.phase == Phase.AVIS:
            return max(self.devoiles, default=None)
        return TOUR_LU.get(self.phase)

    @cached_property
    def devoiles(self):
        """Les tours de ce dossier que la salle a lus."""
        return {tour for passage, tour in lire.tours_devoiles(self.reunion) if passage == self.passage.pk}

    @property
    def suites(self):
        """Les boutons de phase : le premier est le geste attendu."""
        boutons = []
        for cible in lire.suites(self.phase, self.devoiles):
            libelles = REVENIR if cible in RETOURS.get(self.phase, ()) else OUVRIR
            libelle = DEVOILER.get((self.phase, cible)) or libelles[cible]
            manquants = len(self.votants) - self.ont_vote if (self.phase, cible) in DEVOILER else 0
            phrase = f"{self.ont_vote} votes sur {len(self.votants)}. Dévoiler le résultat maintenant ?"
            confirmer = phrase if manquants else ""
            boutons.append({"phase": cible, "libelle": libelle, "confirmer": confirmer})
        return boutons

    @property
    def etapes(self):
        """Où en est l'examen, sur la ligne des étapes."""
        ordre = [p for p in Phase if p != Phase.ATTENTE]
        ici = ordre.index(self.phase)
        return [
            {"nom": p.label, "ici": i == ici, "passee": i < ici and TOUR_DE.get(p) in (None, *self.devoiles)}
            for i, p in enumerate(ordre)
        ]

    @cached_property
    def resultat(self):
        return self.resultat_du(self.tour_lu) if self.tour_lu else None

    @cached_property
    def axe(self):
        return axe(self.resultat, self.dossier.demande) if self.resultat else None

    def mon_vote(self, tour):
        return next((v for v in self._votes if v.tour == tour and v.utilisateur_id == self.utilisateur.pk), None)

    @property
    def vote_en_cours(self):
        return self.mon_vote(self.tour)

    @property
    def extreme(self):
        """« bas » ou « haut » quand ma proposition borne l'étendue dévoilée : je suis invité à parler."""
        mien = self.mon_vote(self.tour_lu)
        return est_extreme(mien.montant if mien else None, self.resultat)

    @property
    def montants_proposes(self):
        """La médiane partagée au prorata des demandes : un point de départ pour l'avis, à corriger."""
        financements = list(self.dossier.financements.all())
        demandes = [f.montant_demande for f in financements]
        if self.resultat is None or not sum(demandes):
            return {}
        parts = repartir(self.resultat.mediane, demandes)
        # À l'euro près quand c'est possible : personne ne propose 1 428,57 €.
        rondes = [part * 100 for part in repartir(self.resultat.mediane / 100, demandes)]
        if sum(rondes) == self.resultat.mediane and all(r <= d for r, d in zip(rondes, demandes, strict=True)):
            parts = rondes
        return {f.financeur_id: part for f, part in zip(financements, parts, strict=True)}

    # Le minuteur

    @property
    def minuteur(self):
        """Secondes restantes, et s'il tourne ; le navigateur décompte, le serveur fait foi."""
        seance = self.seance
        if self.passage is None:
            return None
        if seance.minuteur_fin:
            reste = (seance.minuteur_fin - timezone.now()).total_seconds()
            return {"reste": round(reste), "tourne": True, "fin": round(seance.minuteur_fin.timestamp() * 1000)}
        reste = seance.minuteur_reste_s
        if reste is None:
            reste = self.reunion.minutes_par_dossier * 60
        return {"reste": reste, "tourne": False, "fin": ""}

    @property
    def affichage_du_minuteur(self):
        reste = self.minuteur["reste"]
        signe = "−" if reste < 0 else ""
        return f"{signe}{abs(reste) // 60:02d}:{abs(reste) % 60:02d}"
