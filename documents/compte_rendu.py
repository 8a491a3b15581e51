"""Le compte rendu d'un groupe de travail ou d'un pilotage communal : sans dossiers ni notes, prêt à signer."""

from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from documents import fontes, nombres
from documents.balisage import CORPS, DOUCE, PETIT, SOUS_TITRE, Bloc, Fiche, Grille, Trait, rendre
from documents.champs import exiger, imprimable, sur
from documents.feuille import GRAND_TITRE, LARGEUR, MARGES, SUR_TITRE, cartouche, decor, signatures


@dataclass(frozen=True)
class Participant:
    nom: str
    structure: str = ""


@dataclass(frozen=True)
class Point:
    """`preparation` ne s'imprime que pour un point non traité ; une suite dit qui, quand."""

    titre: str
    preparation: str = ""
    echanges: str = ""
    decision: str = ""
    responsable: str = ""
    echeance: date | None = None


@dataclass(frozen=True)
class CompteRendu:
    """`genre` : « Groupe de travail », « Pilotage communal ». Les heures sont celles de Paris."""

    collectivite: str
    service: str
    genre: str
    titre: str
    tenu_le: datetime
    edite_le: datetime
    version: int
    presents: tuple[Participant, ...]
    excuses: tuple[Participant, ...]
    points: tuple[Point, ...]
    enjeu: str = ""
    fini_le: datetime | None = None
    lieu: str = ""
    president: str = ""
    secretaire: str = ""
    divers: str = ""
    couleur: str = "#0b5563"


POINT = ParagraphStyle("point", SOUS_TITRE, fontSize=10.8, spaceBefore=12, spaceAfter=2)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=9.2, leading=12, spaceAfter=0)


def composer(document):
    """Rend le compte rendu en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "genre", "titre", "tenu_le", "edite_le")
    histoire = [
        cartouche(d),
        Bloc("Compte rendu", SUR_TITRE),
        Bloc(f"{sur(d.genre)} « {sur(d.titre)} »", GRAND_TITRE, role="H1"),
        Bloc(_seance(d), CORPS),
        Trait(avant=4, apres=8),
        *_presences(d),
        Bloc("Ordre du jour", SOUS_TITRE, role="H2"),
    ]
    for rang, point in enumerate(d.points, 1):
        histoire += _point(rang, point)
    if not d.points:
        histoire.append(Bloc("Aucun point n’était à l’ordre du jour.", CORPS))
    histoire += _fin(d)
    fiche = Fiche(titre=f"Compte rendu · {d.titre}", auteur=d.collectivite, cree_le=d.edite_le, sujet=d.genre)
    pied = imprimable(f"Compte rendu · {d.titre[:80]} · version {d.version}")
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=decor(d.couleur, pied))


def _seance(d):
    debut = nombres.heure(d.tenu_le)
    heures = f"de {debut} à {nombres.heure(d.fini_le)}" if d.fini_le else f"à {debut}"
    texte = f"{sur(d.enjeu)}<br/>" if d.enjeu else ""
    texte += f"Séance du <b>{nombres.date_longue(d.tenu_le)}</b> {heures}"
    texte += f", {sur(d.lieu)}." if d.lieu else "."
    if d.president or d.secretaire:
        texte += "<br/>" + " ".join(
            f"{role} : {sur(nom)}." for role, nom in (("Présidence", d.president), ("Secrétariat", d.secretaire)) if nom
        )
    return texte


def _personnes(participants):
    return " ; ".join(f"{sur(p.nom)} ({sur(p.structure)})" if p.structure else sur(p.nom) for p in participants)


def _presences(d):
    yield Bloc(f"<b>Présents :</b> {_personnes(d.presents) or 'personne n’est inscrit comme présent'}.", CORPS)
    if d.excuses:
        yield Bloc(f"<b>Excusés :</b> {_personnes(d.excuses)}.", CORPS)


def _lignes(texte):
    return "<br/>".join(sur(ligne) for ligne in texte.strip().splitlines())


def _suite(point):
    morceaux = [sur(point.responsable)] if point.responsable else []
    if point.echeance:
        morceaux.append(f"pour le {nombres.date(point.echeance)}")
    return ", ".join(morceaux)


def _point(rang, point):
    blocs = [Bloc(f"{rang}. {sur(point.titre)}", POINT, role="H3")]
    if point.echanges:
        blocs.append(Bloc(_lignes(point.echanges), CORPS))
    elif not point.decision:
        if point.preparation:
            blocs.append(Bloc(_lignes(point.preparation), PETIT))
        blocs.append(Bloc("Ce point n’a pas été traité en séance.", CORPS))
    if point.decision:
        blocs.append(Bloc(f"<b>Décision :</b> {_lignes(point.decision)}", CORPS))
    if suite := _suite(point):
        blocs.append(Bloc(f"<b>Suite :</b> {suite}.", CORPS))
    # Le titre ne reste jamais seul au bas d'une page ; un long échange peut, lui, se couper.
    return [KeepTogether(blocs[:2]), *blocs[2:]]


def _suites(d):
    lignes = [
        [
            Bloc(f"{rang}. {sur(point.titre)}", CELLULE),
            Bloc(sur(point.responsable) or "À désigner", CELLULE),
            Bloc(nombres.date(point.echeance) if point.echeance else "Sans date", CELLULE),
        ]
        for rang, point in enumerate(d.points, 1)
        if point.responsable or point.echeance
    ]
    if not lignes:
        return None
    return Grille(
        [["Suite", "Qui", "Pour quand"], *lignes],
        premiere_colonne=True,
        colWidths=[LARGEUR - 92 * mm, 52 * mm, 40 * mm],
        spaceBefore=2,
        spaceAfter=6,
        style=[
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8.8),
            ("TEXTCOLOR", (0, 0), (-1, 0), DOUCE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, "#d9d6cd"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _fin(d):
    if suites := _suites(d):
        yield KeepTogether([Bloc("Ce qui reste à faire", SOUS_TITRE, role="H2"), suites])
    if d.divers:
        yield Bloc("Points divers", SOUS_TITRE, role="H2")
        yield Bloc(_lignes(d.divers), CORPS)
    yield KeepTogether([Bloc("Signatures", SOUS_TITRE, role="H2"), signatures(d), Spacer(0, 60)])
