"""L'ordre du jour proposé d'une réunion : ce que la base en dit à cette personne, et pourquoi chaque dossier est là."""

from django.db.models import Sum

from dossiers.etats import Etat
from evaluation import agenda, lecture
from evaluation.bloquants import bloquants_de
from evaluation.empechements import empeches


class Proposition:
    """Les passages dans l'ordre proposé. `clos` : avis déjà rendus, en tête ; `retires` : à la fin des débats."""

    def __init__(self, reunion, utilisateur):
        self.reunion = reunion
        self.passages = list(
            reunion.passages.select_related("dossier__organisme")
            .annotate(demande=Sum("dossier__financements__montant_demande"))
            .order_by("rang", "pk")
        )
        self.membres = list(reunion.membres.select_related("utilisateur"))
        dossiers = [passage.dossier for passage in self.passages]
        self.fermes = empeches(dossiers)
        for passage in self.passages:
            passage.reunion = reunion
            passage.ferme = utilisateur.pk in self.fermes[passage.dossier_id]
        # Qui s'est déporté d'un dossier ne lit pas, dans un ordre calculé, ce que les autres en pensent.
        self.refusee = any(passage.ferme for passage in self.passages)
        self.rangs = [(passage.dossier_id, passage.sans_debat) for passage in self.passages]
        if self.refusee:
            return
        self.notes_voulues = max(agenda.NOTES_SUFFISANTES, reunion.lecteurs_par_dossier)
        self._lire_les_notes(utilisateur, dossiers)
        self._proposer()

    def _lire_les_notes(self, utilisateur, dossiers):
        deports = lecture.deports_de(dossiers)
        envoyees = lecture.evaluations_envoyees(dossiers, deports)
        attendus = lecture.attendus(self.reunion, dossiers, deports, self.membres)
        je_note = any(m.utilisateur_id == utilisateur.pk and m.evalue for m in self.membres)
        for passage in self.passages:
            evaluations = envoyees[passage.dossier_id]
            mienne = any(e.evaluateur_id == utilisateur.pk for e in evaluations)
            revele = lecture.est_revele(passage, attendus[passage.dossier_id], evaluations)
            lisible = revele and (mienne or not je_note)
            passage.notes = tuple(e.sur_cent for e in evaluations) if lisible else None
            passage.moyenne = lecture.synthese_des_notes(evaluations).moyenne if lisible else None
            passage.envoyees = len(evaluations)
            passage.attendues = len(attendus[passage.dossier_id] | {e.evaluateur_id for e in evaluations})
        alertes = bloquants_de([p.dossier_id for p in self.passages if p.notes])
        for passage in self.passages:
            passage.bloquants = alertes.get(passage.dossier_id, [])

    def _proposer(self):
        convies = {m.utilisateur_id: m.utilisateur for m in self.membres}
        par_pk = {passage.dossier_id: passage for passage in self.passages}
        a_examiner = [p for p in self.passages if p.dossier.etat == Etat.EN_EVALUATION]
        ordre = agenda.proposer(
            [
                agenda.Examen(
                    p.dossier_id,
                    p.demande or 0,
                    p.notes,
                    frozenset(self.fermes[p.dossier_id] & convies.keys()),
                    bool(p.bloquants),
                )
                for p in a_examiner
            ],
            self.notes_voulues,
        )
        clos = [p for p in self.passages if p.dossier.etat not in (Etat.EN_EVALUATION, Etat.RETIRE)]
        retires = [p for p in self.passages if p.dossier.etat == Etat.RETIRE]
        for place in ordre.places:
            passage = par_pk[place.cle]
            passage.place = place
            passage.sortants = [convies[pk] for pk in sorted(self.fermes[place.cle] & convies.keys())]
        self.clos = clos
        self.debats = [par_pk[place.cle] for place in ordre.debats]
        self.bloc = [par_pk[place.cle] for place in ordre.bloc]
        self.sorties = [(convies[pk], nombre) for pk, nombre in ordre.sorties.items()]
        # Un bloc déjà décidé reste un bloc.
        places = [(p.dossier_id, p.sans_debat) for p in clos]
        places += [(p.dossier_id, False) for p in self.debats + retires] + [(p.dossier_id, True) for p in self.bloc]
        self.places = sorted(places, key=lambda place: place[1])
        self.change = self.places != self.rangs
        heures, minutes = divmod(len(self.debats) * self.reunion.minutes_par_dossier, 60)
        self.duree = f"{heures} h {minutes:02}" if heures else f"{minutes} min"
