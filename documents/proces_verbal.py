"""Le procès-verbal d'une réunion thématique, prêt à signer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from documents import fontes, nombres
from documents.balisage import (
    CORPS,
    DOUCE,
    PETIT,
    SOUS_TITRE,
    TAILLE_PIED,
    TITRE,
    Bloc,
    Debut,
    Embleme,
    Fiche,
    Fin,
    Grille,
    Pose,
    Puce,
    Trait,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import exiger, imprimable, sur

MARGES = (16 * mm, 22 * mm, 22 * mm, 24 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
COTE_EMBLEME = 13.5 * mm


@dataclass(frozen=True)
class Participant:
    nom: str
    structure: str


@dataclass(frozen=True)
class DeportInscrit:
    nom: str
    dossier_numero: str
    motif: str


@dataclass(frozen=True)
class Montants:
    """Pour un financeur : ce qui est demandé, ce que la réunion propose."""

    financeur: str
    demande: Decimal
    propose: Decimal | None


@dataclass(frozen=True)
class DossierExamine:
    """`note` : moyenne sur 100, absente s'il n'y en a pas. `avis` : le libellé, vide s'il n'est pas rendu.

    `reprises` : qui a modifié ses notes après avoir lu celles des autres.
    `deroule` : ce qui s'est passé en séance, une phrase par fait. `habitants` : ce que les habitants en disent, à part.
    """

    numero: str
    porteur: str
    action: str
    quartiers: str
    objectif: str
    cout_total: Decimal
    montants: tuple[Montants, ...]
    note: Decimal | None = None
    avis: str = ""
    observations: str = ""
    reserves: str = ""
    obtenu_avant: Decimal | None = None
    habitants: str = ""
    deroule: tuple[str, ...] = ()
    reprises: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProcesVerbal:
    """`tenu_le`, `fini_le` et `edite_le` : heure de Paris. `recapitulatif` : (avis, nombre) dans l'ordre d'impression.

    `seance` : l'ouverture, la levée et le quorum, une phrase par fait. `sorties` : vrai si la séance a constaté les
    sorties des personnes déportées.
    """

    collectivite: str
    service: str
    titre: str
    appel: str
    tenu_le: datetime
    edite_le: datetime
    version: int
    organe: str
    presents: tuple[Participant, ...]
    excuses: tuple[Participant, ...]
    deports: tuple[DeportInscrit, ...]
    dossiers: tuple[DossierExamine, ...]
    recapitulatif: tuple[tuple[str, int], ...]
    total_demande: Decimal
    total_propose: Decimal
    lieu: str = ""
    president: str = ""
    secretaire: str = ""
    conseils_citoyens: tuple[str, ...] = ()
    divers: str = ""
    couleur: str = "#0b5563"
    fini_le: datetime | None = None
    enveloppe: Decimal | None = None
    seance: tuple[str, ...] = ()
    sorties: bool = False


SUR_TITRE = ParagraphStyle("sur-titre", CORPS, textColor=DOUCE, fontSize=11.5, spaceAfter=1)
GRAND_TITRE = ParagraphStyle("grand-titre", TITRE, fontSize=17, leading=21, spaceBefore=0, spaceAfter=8)
DOSSIER = ParagraphStyle("dossier", SOUS_TITRE, fontSize=10.8, spaceBefore=14, spaceAfter=2)
CELLULE = ParagraphStyle("cellule", CORPS, fontSize=9.2, leading=12, spaceAfter=0)


def composer(document):
    """Rend le procès-verbal en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "titre", "appel", "tenu_le", "edite_le", "organe", "total_demande", "total_propose")
    histoire = [
        _cartouche(d),
        Bloc("Procès-verbal", SUR_TITRE),
        Bloc(f"Réunion thématique « {sur(d.titre)} »", GRAND_TITRE, role="H1"),
        Bloc(_seance(d), CORPS),
        Trait(avant=4, apres=8),
        *_presences(d),
        *_deports(d),
        Bloc("1. Rappel", SOUS_TITRE, role="H2"),
        Bloc(_rappel(d), CORPS),
        Bloc("2. Examen des dossiers", SOUS_TITRE, role="H2"),
    ]
    for dossier in d.dossiers:
        histoire += _dossier(dossier)
    if not d.dossiers:
        histoire.append(Bloc("Aucun dossier à l’ordre du jour.", CORPS))
    histoire += _fin(d)
    fiche = Fiche(titre=f"Procès-verbal · {d.titre}", auteur=d.collectivite, cree_le=d.edite_le, sujet=d.appel)
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=_decor(d))


def _cartouche(d):
    couleur, retrait = teinte(d.couleur), COTE_EMBLEME + 5 * mm
    nom = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, fontSize=15, leading=18, textColor=couleur)
    service = ParagraphStyle("service", CORPS, textColor=DOUCE)
    places = [
        (Embleme(imprimable(d.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME),
        (Bloc(sur(d.collectivite), nom), retrait, 3, LARGEUR - retrait),
    ]
    if d.service:
        places.append((Bloc(sur(d.service), service), retrait, 22, LARGEUR - retrait))
    return Pose(places, apres=10 * mm)


def _compte(nombre):
    return f"{nombre} dossiers examinés" if nombre > 1 else "Un dossier examiné" if nombre else "Aucun dossier examiné"


def _seance(d):
    debut = nombres.heure(d.tenu_le)
    heures = f"de {debut} à {nombres.heure(d.fini_le)}" if d.fini_le else f"à {debut}"
    texte = f"{sur(d.appel)}<br/>Séance du <b>{nombres.date_longue(d.tenu_le)}</b> {heures}"
    if d.lieu:
        texte += f", {sur(d.lieu)}"
    texte += "."
    if d.president:
        texte += f"<br/>Présidence : {sur(d.president)}."
    if d.secretaire:
        texte += f" Secrétariat : {sur(d.secretaire)}."
    return texte


def _personnes(participants):
    return ", ".join(f"{sur(p.nom)} ({sur(p.structure)})" if p.structure else sur(p.nom) for p in participants)


def _presences(d):
    yield Bloc(f"<b>Présents :</b> {_personnes(d.presents) or 'personne n’est inscrit comme présent'}.", CORPS)
    if d.excuses:
        yield Bloc(f"<b>Excusés :</b> {_personnes(d.excuses)}.", CORPS)
    if d.conseils_citoyens:
        yield Bloc(f"<b>Conseils citoyens représentés :</b> {', '.join(map(sur, d.conseils_citoyens))}.", CORPS)
    if d.seance:
        yield Bloc(" ".join(map(sur, d.seance)), CORPS)


def _deports(d):
    yield Bloc("Déclarations d’intérêts et déports", SOUS_TITRE, role="H2")
    if not d.deports:
        yield Bloc("Aucune.", CORPS)
        return
    yield Debut("L")
    for deport in d.deports:
        yield Puce(f"{sur(deport.nom)}, dossier {sur(deport.dossier_numero)} : {sur(deport.motif).rstrip('.')}.")
    yield Fin()
    yield Bloc(
        "Les personnes citées ont quitté la séance pour l’examen du dossier concerné et n’ont pas pris part à l’avis."
        if d.sorties
        else "Les personnes citées n’ont pris part ni à l’examen du dossier concerné, ni à l’avis.",
        CORPS,
    )


def _dossier(dossier):
    note = f" · note moyenne <b>{nombres.chiffres(dossier.note)}</b> sur 100" if dossier.note is not None else ""
    tete = [
        Bloc(f"{sur(dossier.numero)} · {sur(dossier.porteur)} · {sur(dossier.action)}", DOSSIER, role="H3"),
        Bloc(
            f"{sur(dossier.quartiers)} · {sur(dossier.objectif)}<br/>"
            f"Coût total {nombres.euros(dossier.cout_total)}{_obtenu(dossier)}{note}",
            PETIT,
        ),
    ]
    lignes = [["Financeur", "Demandé", "Proposé"]]
    lignes += [
        [
            Bloc(sur(m.financeur), CELLULE),
            nombres.euros(m.demande),
            nombres.euros(m.propose) if m.propose is not None else "–",
        ]
        for m in dossier.montants
    ]
    tableau = Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[LARGEUR - 70 * mm, 35 * mm, 35 * mm],
        spaceBefore=2,
        spaceAfter=6,
        style=[
            ("FONT", (0, 0), (-1, 0), fontes.DEMI_GRAS, 8.8),
            ("FONT", (1, 1), (-1, -1), fontes.NORMAL, 9.2),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BACKGROUND", (0, 0), (-1, 0), "#f1efe8"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, "#d9d6cd"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )
    suite = [Bloc(f"<b>Avis : {sur(dossier.avis).lower() or 'non rendu'}.</b>", CORPS)]
    if dossier.reprises:
        noms = sur(", ".join(dossier.reprises))
        suite.append(Bloc(f"Notes modifiées après lecture de celles des autres : {noms}.", PETIT))
    if dossier.deroule:
        suite.append(Bloc(" ".join(map(sur, dossier.deroule)), PETIT))
    if dossier.habitants:
        suite.append(Bloc(f"<b>Habitants :</b> {sur(dossier.habitants)}", CORPS))
    if dossier.observations:
        suite.append(Bloc(f"<b>Observations :</b> {sur(dossier.observations)}", CORPS))
    if dossier.reserves:
        suite.append(Bloc(f"<b>Réserves :</b> {sur(dossier.reserves)}", CORPS))
    return [KeepTogether([*tete, tableau, suite[0]]), *suite[1:]]


def _obtenu(dossier):
    if dossier.obtenu_avant is None:
        return ""
    return f" · obtenu l’an passé {nombres.euros(dossier.obtenu_avant)}"


def _rappel(d):
    texte = f"{_compte(len(d.dossiers))}, {nombres.euros(d.total_demande)} sollicités"
    if d.enveloppe is not None:
        texte += f", pour une enveloppe indicative de {nombres.euros(d.enveloppe)} sur tout l’appel"
    return f"{texte}."


def _fin(d):
    yield Bloc("3. Récapitulatif", SOUS_TITRE, role="H2")
    yield Bloc(
        " · ".join(f"{sur(libelle)} : {nombre}" for libelle, nombre in d.recapitulatif)
        + f"<br/>Total proposé : <b>{nombres.euros(d.total_propose)}</b>.",
        CORPS,
    )
    if d.divers:
        yield Bloc("4. Points divers", SOUS_TITRE, role="H2")
        yield Bloc(sur(d.divers), CORPS)
    yield KeepTogether(
        [
            Bloc(f"Les avis sont consultatifs ; la décision relève {_complement(d.organe)}.", CORPS),
            Bloc("Signatures", SOUS_TITRE, role="H2"),
            _signatures(d),
            Spacer(0, 60),
        ]
    )


def _signatures(d):
    """Deux places côte à côte, pour signer à la main."""
    moitie = LARGEUR / 2
    return Pose(
        [
            (Bloc(f"La présidence<br/><b>{sur(d.president)}</b>", CORPS), 0, 0, moitie - 12),
            (Bloc(f"Le secrétariat<br/><b>{sur(d.secretaire)}</b>", CORPS), moitie, 0, moitie - 12),
        ]
    )


def _complement(organe):
    """« le conseil municipal » → « du conseil municipal »."""
    texte = sur(organe)
    return f"du {texte[3:]}" if texte.startswith("le ") else f"de {texte}"


def _decor(d):
    largeur, _ = A4

    def dessiner(toile, page):
        if page == 1:
            toile.setFillColor(teinte(d.couleur))
            toile.rect(0, A4[1] - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor("#d9d6cd")
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(MARGES[3], 10 * mm, imprimable(f"Procès-verbal · {d.titre[:80]} · version {d.version}"))
        numeroter(toile, page, largeur - MARGES[1], 10 * mm)

    return dessiner
