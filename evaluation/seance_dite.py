"""La séance telle que le procès-verbal la raconte : une phrase par fait, jamais qui a voté quoi."""

from typing import NamedTuple

from django.utils import timezone

from documents import nombres
from evaluation.models import Mouvement
from journal.models import Evenement

SORTIE = Mouvement.Sens.SORTIE
# En dessous, un montant extrême ou médian dirait presque qui l'a proposé.
VOTES_QUI_SE_PUBLIENT = 3
TOURS = {1: "Premier vote", 2: "Second vote"}


class Recit(NamedTuple):
    """`dossiers` : {numéro: ses phrases}. `sortis` : {(numéro, personne)} qui ont bien quitté la salle."""

    phrases: list
    dossiers: dict
    sortis: set
    mouvements: list


def raconter(reunion, journal):
    gestes = _gestes(reunion)
    dossiers, sortis = {}, set()
    for examen in journal.examens:
        dossiers[examen.numero] = _deroule(examen, journal, gestes.get(examen.numero, []))
        sortis |= {(examen.numero, nom) for nom in examen.sortis if _dehors(nom, examen, journal)}
    return Recit(_quorum(journal), dossiers, sortis, _mouvements(journal))


def heure(instant):
    return nombres.heure(timezone.localtime(instant))


def _gestes(reunion):
    """{numéro: « ouvrir » ou « adopter », dans l'ordre des gestes}"""
    numeros = dict(reunion.passages.values_list("pk", "dossier__numero"))
    gestes = {}
    faits = Evenement.objects.de(reunion).filter(type__in=("seance.ouvrir_dossier", "seance.adopter_sans_debat"))
    for fait in faits.order_by("pk"):
        adopte = fait.type == "seance.adopter_sans_debat"
        for pk in fait.donnees["passages"] if adopte else [fait.donnees["passage_id"]]:
            if pk in numeros:
                gestes.setdefault(numeros[pk], []).append("adopter" if adopte else "ouvrir")
    return gestes


def _quorum(journal):
    if not journal.quorum:
        return []
    if journal.quorum > 1:
        regle = f"Quorum, pour chaque dossier : {journal.quorum} membres qui notent, dans la salle."
    else:
        regle = "Quorum, pour chaque dossier : un membre qui note, dans la salle."
    if journal.reserves:
        return [regle, *journal.reserves]
    ouverts = [examen for examen in journal.examens if examen.ouvert_le]
    return [regle, "Il est atteint pour tous les dossiers examinés en séance."] if ouverts else [regle]


def _deroule(examen, journal, gestes):
    if not examen.ouvert_le:
        return []
    phrases = [_duree(examen, gestes)]
    if examen.sorti_du_bloc:
        phrases.append("Proposé sans débat ; un membre a demandé qu’on en débatte.")
    if examen.reserve_de_quorum:
        phrases.append("Le quorum n’était pas atteint.")
    phrases += [phrase for nom in examen.sortis if (phrase := _sortie(nom, examen, journal))]
    return phrases + [_vote(tour) for tour in examen.tours]


def _duree(examen, gestes):
    if gestes and gestes[-1] == "adopter":
        return f"Adopté sans débat à {heure(examen.ferme_le or examen.ouvert_le)}."
    debut, fois = heure(examen.ouvert_le), ", en plusieurs fois" if gestes.count("ouvrir") > 1 else ""
    fin = heure(examen.ferme_le) if examen.ferme_le else debut
    return f"Examiné à {debut}{fois}." if fin == debut else f"Examiné de {debut} à {fin}{fois}."


def _des(nom, mouvements):
    return [mouvement for mouvement in mouvements if mouvement.nom == nom]


def _sorti_avant(nom, examen, journal):
    """La sortie pour un dossier d'avant, si la personne n'était pas encore rentrée."""
    avant = [m for m in _des(nom, journal.mouvements) if m.le < examen.ouvert_le]
    return avant[-1] if avant and avant[-1].sens == SORTIE else None


def _dehors(nom, examen, journal):
    sorties = [m for m in _des(nom, examen.mouvements) if m.sens == SORTIE]
    return bool(sorties or (examen.ouvert_le and _sorti_avant(nom, examen, journal)))


def _sortie(nom, examen, journal):
    siens = _des(nom, examen.mouvements)
    morceaux = []
    for rang, mouvement in enumerate(siens):
        if mouvement.sens != SORTIE:
            continue
        retour = siens[rang + 1] if rang + 1 < len(siens) else None
        morceaux.append(_aller_et_retour(heure(mouvement.le), heure(retour.le) if retour else ""))
    if morceaux:
        return f"{nom} quitte la séance à {', puis de nouveau à '.join(morceaux)}."
    if avant := _sorti_avant(nom, examen, journal):
        return f"{nom}, hors de la séance depuis {heure(avant.le)}, n’y prend pas part."
    return ""


def _aller_et_retour(sortie, retour):
    if not retour:
        return sortie
    return f"{sortie}, le temps de l’avis" if retour == sortie else f"{sortie} et la rejoint à {retour}"


def _vote(tour):
    nom = f"{TOURS[tour.tour]} à l’aveugle sur le montant"
    votes = f"{tour.nombre} votes" if tour.nombre > 1 else "un vote"
    if tour.nombre < VOTES_QUI_SE_PUBLIENT:
        return f"{nom} : {votes} ; à moins de trois, les montants ne se publient pas."
    if tour.mini == tour.maxi:
        return f"{nom} : {votes}, tous à {nombres.euros(tour.mini)}."
    extremes = f"de {nombres.euros(tour.mini)} à {nombres.euros(tour.maxi)}"
    return f"{nom} : {votes}, {extremes}, médiane {nombres.euros(tour.mediane)}."


def _mouvements(journal):
    """Les entrées et sorties, dans l'ordre : {le, nom, fait}."""
    venus, lignes = set(), []
    for mouvement in journal.mouvements:
        lignes.append({"le": timezone.localtime(mouvement.le).isoformat(), "nom": mouvement.nom,
                       "fait": _fait(mouvement, mouvement.nom in venus)})  # fmt: skip
        venus.add(mouvement.nom)
    return lignes


def _fait(mouvement, deja_venu):
    if mouvement.sens == SORTIE:
        return f"Sort, par déport : dossier {mouvement.numero}" if mouvement.numero else "Sort"
    return "Revient" if deja_venu else "Arrive"
