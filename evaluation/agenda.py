"""L'ordre du jour proposé : le calcul, sans base. Les plus discutés d'abord, chacun ne sort qu'une fois."""

from decimal import Decimal
from typing import NamedTuple

from evaluation.contigus import ranger, sorties

# En points sur 100, entre la note la plus haute et la plus basse : jusque-là, tout le monde est d'accord.
ECART_FAIBLE = 15
# Le bloc s'adopte d'un geste, favorable : en dessous, même d'accord, la réunion dit pourquoi.
MOYENNE_HAUTE = 60
# Deux avis semblables au moins ; une réunion qui veut davantage de lecteurs en attend davantage.
NOTES_SUFFISANTES = 2


class Examen(NamedTuple):
    """Un dossier à placer. `notes` : sur 100, ou None tant qu'elles ne se lisent pas ; `absents` : qui s'en déporte."""

    cle: object
    montant: Decimal
    notes: tuple | None
    absents: frozenset = frozenset()
    bloquant: bool = False

    @property
    def ecart(self):
        return max(self.notes) - min(self.notes) if self.notes else None

    @property
    def moyenne(self):
        return sum(self.notes) / len(self.notes) if self.notes else None


class Place(NamedTuple):
    cle: object
    sans_debat: bool
    raison: str
    ecart: Decimal | None
    # Avancé ou reculé pour qu'une personne ne sorte qu'une fois.
    groupe: bool = False


class Ordre(NamedTuple):
    places: tuple
    # {personne: combien de fois elle sort}
    sorties: dict

    @property
    def debats(self):
        return [place for place in self.places if not place.sans_debat]

    @property
    def bloc(self):
        return [place for place in self.places if place.sans_debat]


def est_consensuel(examen, notes_voulues=NOTES_SUFFISANTES):
    """Écart faible, moyenne haute et assez de notes ; un critère bloquant mérite qu'on en parle."""
    return (
        examen.notes is not None
        and len(examen.notes) >= max(notes_voulues, NOTES_SUFFISANTES)
        and examen.ecart <= ECART_FAIBLE
        and examen.moyenne >= MOYENNE_HAUTE
        and not examen.bloquant
    )


def proposer(examens, notes_voulues=NOTES_SUFFISANTES):
    """L'ordre proposé ; à égalité, celui de la liste reçue."""
    bloc = [examen for examen in examens if est_consensuel(examen, notes_voulues)]
    dans_le_bloc = {examen.cle for examen in bloc}
    voulu = sorted((e for e in examens if e.cle not in dans_le_bloc), key=_priorite)
    profils = [examen.absents for examen in voulu]
    absents_du_bloc = frozenset().union(*(examen.absents for examen in bloc))
    suite, relies = _grouper(profils, absents_du_bloc)
    personnes = sorted({p for e in examens for p in e.absents}, key=str)
    # Le bloc se décide d'un coup : qui s'y déporte d'un dossier sort pour tout le bloc.
    groupes = [{n for n, profil in enumerate([*profils, absents_du_bloc]) if p in profil} for p in personnes]
    compte = dict(zip(personnes, sorties([*suite, len(profils)], groupes), strict=True))
    places = [
        Place(voulu[n].cle, False, _raison(voulu[n], notes_voulues), voulu[n].ecart, n != rang and n in relies)
        for rang, n in enumerate(suite)
    ]
    places += [Place(examen.cle, True, "accord", examen.ecart) for examen in bloc]
    return Ordre(tuple(places), compte)


def _priorite(examen):
    """Le désaccord fois l'argent ; un dossier aux notes incomplètes passe après, par montant."""
    if examen.notes is None or not examen.notes:
        return (1, -examen.montant)
    return (0, -examen.ecart * examen.montant, -examen.montant)


def _raison(examen, notes_voulues):
    if examen.notes is None:
        return "incompletes"
    if not examen.notes:
        return "aucune"
    if examen.ecart > ECART_FAIBLE:
        return "desaccord"
    if examen.bloquant:
        return "bloquant"
    return "peu_de_notes" if len(examen.notes) < max(notes_voulues, NOTES_SUFFISANTES) else "note_basse"


def _grouper(profils, absents_du_bloc):
    """Les dossiers dans l'ordre, ceux que relie une même personne à la place du plus discuté ; et lesquels le sont."""
    queue = len(profils)
    tous = [*profils, absents_du_bloc]
    chef = list(range(len(tous)))

    def tete(n):
        while chef[n] != n:
            n = chef[n]
        return n

    premier = {}
    for n, profil in enumerate(tous):
        for personne in profil:
            a, b = tete(premier.setdefault(personne, n)), tete(n)
            chef[max(a, b)] = min(a, b)
    paquets = {}
    for n in range(len(tous)):
        paquets.setdefault(tete(n), []).append(n)
    suite, fin, relies = [], [], set()
    for paquet in paquets.values():
        personnes = sorted({p for n in paquet for p in tous[n]}, key=str)
        groupes = [{n for n in paquet if p in tous[n]} for p in personnes]
        relies.update(paquet if len(paquet) > 1 else ())
        if queue in paquet:
            fin = ranger([n for n in paquet if n != queue], groupes, queue)[:-1]
        else:
            suite += ranger(paquet, groupes)
    return suite + fin, relies
