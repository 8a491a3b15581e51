"""Ce que les pages montrent d'un appel, rassemblé en peu de requêtes ; aucune règle ne se décide ici."""

from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from django.db.models import CharField, DecimalField, Prefetch, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format

from appels.apercu import apercu
from appels.carte import dessiner
from appels.conditions import conditions, constante, pieces_d_une_association, pieces_par_obligation
from appels.models import (
    Appel,
    Constat,
    Indicateur,
    ObjectifOperationnel,
    Quartier,
)
from appels.regles import enonce, periode


class Statut(NamedTuple):
    code: str
    ton: str
    forme: str
    libelle: str


PREPARATION = Statut("preparation", "neu", "○", "En préparation")
A_VENIR = Statut("a-venir", "info", "◐", "À venir")
OUVERT = Statut("ouvert", "ok", "●", "Ouvert")
CLOS = Statut("clos", "neu", "✓", "Clos")
STATUTS = (OUVERT, A_VENIR, CLOS, PREPARATION)


def statut(appel, maintenant=None):
    maintenant = maintenant or timezone.now()
    if not appel.est_publie():
        return PREPARATION
    if maintenant < appel.ouvre_le:
        return A_VENIR
    return OUVERT if appel.est_ouvert(maintenant) else CLOS


class Vignette(NamedTuple):
    """Un appel dans une liste."""

    appel: Appel
    statut: Statut
    jours: int
    quartiers: list


def vignettes(appels, avec_contours=False):
    """Les appels d'une page, avec leurs quartiers ; deux requêtes quel qu'en soit le nombre."""
    maintenant = timezone.now()
    quartiers = Quartier.objects.all() if avec_contours else Quartier.objects.defer("contour")
    return [
        Vignette(
            appel, statut(appel, maintenant), appel.jours_restants(maintenant), list(appel.convention.quartiers.all())
        )
        for appel in appels.select_related("collectivite", "convention").prefetch_related(
            Prefetch("convention__quartiers", quartiers)
        )
    ]


class Etape(NamedTuple):
    titre: str
    texte: str
    etat: str  # "fait", "ici" ou ""


def etapes(appel, maintenant=None):
    """Le chemin d'un dossier, avec les dates de cet appel, et où nous en sommes."""
    maintenant = maintenant or timezone.now()
    ouverture, cloture = timezone.localtime(appel.ouvre_le), timezone.localtime(appel.cloture_le)
    avant, clos = maintenant < appel.ouvre_le, maintenant > appel.cloture_le
    depot = f"à partir du {date_format(ouverture, 'j F')}" if avant else f"jusqu’au {date_format(cloture, 'j F')}"
    return [
        Etape("Dépôt en ligne", depot, "fait" if clos else "" if avant else "ici"),
        Etape("Vérification", "le service vous aide à compléter", "ici" if clos else ""),
        Etape("Réunions thématiques", appel.periode_reunions or "partenaires et habitants lisent les dossiers", ""),
        Etape("Décision", appel.periode_decision or f"par {appel.collectivite.organe_deliberant}", ""),
        Etape("Votre réponse", "une lettre, pour chaque demande", ""),
    ]


def etapes_generales():
    """Le même chemin, quand plusieurs appels ont chacun leurs dates."""
    return [
        Etape("Dépôt en ligne", "jusqu’à la clôture de l’appel", "ici"),
        Etape("Vérification", "le service vous aide à compléter", ""),
        Etape("Réunions thématiques", "partenaires et habitants lisent les dossiers", ""),
        Etape("Décision", "par l’assemblée de la collectivité", ""),
        Etape("Votre réponse", "une lettre, pour chaque demande", ""),
    ]


class EnjeuMontre(NamedTuple):
    numero: int
    titre: str
    themes: list  # les titres de second niveau : les mots les plus simples de la convention
    objectifs: dict  # {texte de l'objectif: {clés des quartiers où il vaut}}, dans l'ordre de la convention


def objectifs_par_enjeu(appel):
    """L'arbre retenu par l'appel, et dans quels quartiers vaut chaque objectif. Une requête."""
    groupes = {}
    lignes = ObjectifOperationnel.objects.filter(appels=appel).order_by("strategique__enjeu__numero", "code", "pk")
    for numero, titre, theme, texte, quartier in lignes.values_list(
        "strategique__enjeu__numero", "strategique__enjeu__titre", "strategique__titre", "texte", "quartiers"
    ):
        groupe = groupes.setdefault(numero, EnjeuMontre(numero, titre, [], {}))
        if theme not in groupe.themes:
            groupe.themes.append(theme)
        groupe.objectifs.setdefault(texte, set()).add(quartier)
    return list(groupes.values())


def matrice(groupes, quartiers):
    """[(enjeu, [(texte de l'objectif, [(nom du quartier, oui ou non)])])], colonnes dans l'ordre de `quartiers`."""
    return [
        (
            groupe,
            [
                (texte, [(quartier.nom, quartier.pk in places) for quartier in quartiers])
                for texte, places in groupe.objectifs.items()
            ],
        )
        for groupe in groupes
    ]


class Chiffre(NamedTuple):
    libelle: str
    valeur: Decimal
    unite: str
    reference: Decimal | None
    perimetre: str


class Portrait(NamedTuple):
    nom: str
    code_qpv: str
    population: int | None
    chiffres: tuple
    fragilites: tuple
    appuis: tuple
    voix: tuple = ()


_sources_de_voix = []


def ecouter(fonction):
    """Inscrit `fonction(clés) -> {clé du quartier: ce que ses habitants disent}` ; dans `AppConfig.ready()`."""
    if fonction not in _sources_de_voix:
        _sources_de_voix.append(fonction)


def portraits(quartiers):
    """Les chiffres et les constats de chaque quartier, et ce que ses habitants disent.

    Deux requêtes : la page publique d'un appel est la plus lue, elle en compte six en tout.
    """
    rendus = {quartier.pk: ([], [], []) for quartier in quartiers}
    indicateurs = Indicateur.objects.filter(quartier__in=rendus).order_by()
    constats = Constat.objects.filter(quartier__in=rendus).order_by()
    sans_chiffre = Value(None, output_field=DecimalField(max_digits=12, decimal_places=2))
    lignes = indicateurs.values_list(
        constante("indicateur", 12),
        "quartier_id",
        "ordre",
        Cast("libelle", TextField()),
        Cast("unite", TextField()),
        "valeur",
        "reference",
        Cast("perimetre", TextField()),
    ).union(
        constats.values_list(
            Cast("genre", CharField(max_length=12)),
            "quartier_id",
            "ordre",
            Cast("titre", TextField()),
            Cast("detail", TextField()),
            sans_chiffre,
            sans_chiffre,
            Cast("statut", TextField()),
        ),
        all=True,
    )
    perimetres = dict(Indicateur.Perimetre.choices)
    for genre, quartier, _, libelle, detail, valeur, reference, dernier in sorted(lignes, key=itemgetter(0, 1, 2)):
        chiffres, fragilites, appuis = rendus[quartier]
        if genre == "indicateur":
            chiffres.append(Chiffre(libelle, valeur, detail, reference, perimetres.get(dernier, "")))
        else:
            liste = fragilites if genre == Constat.Genre.IRRITANT else appuis
            liste.append((libelle, "" if dernier == "tronque" else detail))
    entendues = [source(rendus) for source in _sources_de_voix]
    return [
        Portrait(
            quartier.nom,
            quartier.code_qpv,
            quartier.population,
            *map(tuple, rendus[quartier.pk]),
            tuple(voix for source in entendues for voix in source.get(quartier.pk, ())),
        )
        for quartier in quartiers
    ]


def page_de_l_appel(appel):
    """Tout ce que la page d'un appel montre, en cinq requêtes (plus celle qui a lu l'appel)."""
    quartiers = list(Quartier.objects.filter(convention=appel.convention_id))
    groupes = objectifs_par_enjeu(appel)
    listes = conditions(appel)
    return {
        "statut": statut(appel),
        "jours": appel.jours_restants(),
        "etapes": etapes(appel),
        "quartiers": quartiers,
        "carte": dessiner(quartiers),
        "groupes": groupes,
        "matrice": matrice(groupes, quartiers),
        "portraits": portraits(quartiers),
        "financeurs": listes.financeurs,
        "criteres": listes.criteres,
        "total_poids": sum(critere.poids for critere in listes.criteres),
        "pieces": pieces_par_obligation(listes.pieces),
        "regles": [enonce(regle, appel) for regle in listes.regles],
        "periode": periode(appel),
        "apercu": apercu(appel, len(pieces_d_une_association(listes.pieces).a_chercher)),
    }
