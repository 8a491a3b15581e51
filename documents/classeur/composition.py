"""Composer le classeur : page de garde et sommaire, puis chaque dossier, sa synthèse, ses rubriques, mes notes."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, PageBreak

from documents import nombres
from documents.balisage import (
    CORPS,
    DOUCE,
    FILET,
    FOND,
    PETIT,
    SOUS_TITRE,
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
    rendre,
    teinte,
)
from documents.champs import ChampManquant, imprimable, sur
from documents.classeur import synthese
from documents.classeur.reperes import LARGEUR, MARGES, NumeroDePage, Reperage, TitreDeDossier, decor
from documents.dossier_complet.styles import (
    CELLULE,
    COTE_EMBLEME,
    DROITE,
    ENTETE,
    ENTETE_DROITE,
    GRAND_TITRE,
    GRASSE,
    LIBELLE,
    PLACE_D_UN_BUDGET,
    PLACE_D_UN_TABLEAU,
    PLACE_D_UNE_RUBRIQUE,
    RECIT,
    SUR_TITRE,
)
from documents.dossier_complet.tableaux import bloc_renseignements, budget, tableau
from documents.dossier_complet.textes import TitreSigne, cases, en_lignes, phrase, recit

DOSSIER = ParagraphStyle("dossier", TITRE, fontSize=17, leading=20.5, spaceBefore=0, spaceAfter=3, splitLongWords=1)
VOLET = ParagraphStyle("volet", TITRE, fontSize=14, leading=18, spaceBefore=16, spaceAfter=4, keepWithNext=1)
RUBRIQUE = ParagraphStyle("rubrique", TITRE, fontSize=12.6, leading=16, spaceBefore=14, spaceAfter=2, keepWithNext=1)
PARTIE = ParagraphStyle("partie", SOUS_TITRE, fontSize=11, spaceBefore=9, spaceAfter=3)
PLACE_DES_NOTES = 80 * mm
SANS_DEBAT = "Proposé sans débat"
_DESSINS = {
    "renseignements": bloc_renseignements,
    "recit": recit,
    "phrase": phrase,
    "cases": cases,
    "tableau": tableau,
    "budget": budget,
}


def composer(document):
    """Rend le classeur en PDF balisé ; lève ChampManquant."""
    d = document
    _exiger(d)
    histoire = [*_garde(d), *_sommaire(d)]
    for rang, dossier in enumerate(d.dossiers):
        histoire += _dossier(dossier, f"dossier-{rang}", teinte(d.couleur))
    histoire.append(Reperage())
    fiche = Fiche(
        titre=imprimable(f"Classeur · {d.titre}"),
        auteur=imprimable(d.collectivite),
        cree_le=d.etabli_le,
        sujet=imprimable(d.appel),
    )
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=decor(d))


def _exiger(d):
    """Ce que Parvis doit au classeur ; ce que les porteurs ont écrit s'imprime tel quel."""
    for nom in ("collectivite", "titre", "appel", "personne", "tenu_le", "etabli_le", "dossiers"):
        if not getattr(d, nom):
            raise ChampManquant(f"Classeur : « {nom} » est vide.")
    for nom in ("tenu_le", "etabli_le"):
        if getattr(d, nom).tzinfo is None:
            raise ChampManquant(f"Classeur : « {nom} » n’a pas de fuseau horaire.")


def _garde(d):
    couleur, retrait = teinte(d.couleur), COTE_EMBLEME + 5 * mm
    nom = ParagraphStyle("nom", GRASSE, fontSize=15, leading=18, textColor=couleur)
    places = [
        (Embleme(imprimable(d.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME),
        (Bloc(sur(d.collectivite), nom), retrait, 3, LARGEUR - retrait),
    ]
    if d.service:
        service = ParagraphStyle("service", CORPS, textColor=DOUCE)
        places.append((Bloc(sur(d.service), service), retrait, 22, LARGEUR - retrait))
    yield Pose(places, apres=8 * mm)
    yield Bloc("Classeur de la réunion", SUR_TITRE)
    yield Bloc(sur(d.titre), GRAND_TITRE, role="H1")
    yield Bloc(_quand(d), CORPS)
    yield Bloc(
        f"Préparé pour <b>{sur(d.personne)}</b> le {nombres.date_longue(d.etabli_le)} à {nombres.heure(d.etabli_le)}. "
        "Il ne se transmet pas : chaque membre a le sien.",
        PETIT,
    )
    yield Trait(couleur=couleur, epaisseur=1.2, avant=3, apres=4)
    if d.membres:
        noms = ", ".join(f"{sur(nom)} ({sur(structure)})" if structure else sur(nom) for nom, structure in d.membres)
        yield Bloc(f"<b>Membres :</b> {noms}.", CORPS)


def _quand(d):
    debut = nombres.heure(d.tenu_le)
    heures = f"de {debut} à {nombres.heure(d.fini_le)}" if d.fini_le else f"à {debut}"
    texte = f"{sur(d.appel)}<br/><b>{nombres.date_longue(d.tenu_le).capitalize()}</b> {heures}"
    if d.lieu:
        texte += f", {sur(d.lieu)}"
    qui = [
        f"Présidence : {sur(d.president)}." if d.president else "",
        f"Secrétariat : {sur(d.secretaire)}." if d.secretaire else "",
    ]
    return f"{texte}.<br/>{' '.join(filter(None, qui))}".removesuffix("<br/>")


def _sommaire(d):
    nombre = len(d.dossiers)
    yield Bloc(f"Sommaire · {nombre} dossier{'s' if nombre > 1 else ''}", SOUS_TITRE, role="H2")
    lignes = [
        [Bloc("Dossier", ENTETE), Bloc("Action", ENTETE), Bloc("Demandé", ENTETE_DROITE), Bloc("Page", ENTETE_DROITE)]
    ]
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), FOND),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, FILET),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    bloc = False
    for rang, dossier in enumerate(d.dossiers):
        if dossier.sans_debat and not bloc:
            bloc = True
            style.append(("SPAN", (0, len(lignes)), (-1, len(lignes))))
            lignes.append([Bloc("Proposés sans débat", GRASSE), "", "", ""])
        lignes.append(
            [
                Bloc(sur(dossier.numero), GRASSE),
                [Bloc(sur(dossier.intitule), CELLULE), Bloc(sur(dossier.organisme), LIBELLE)],
                Bloc(nombres.euros(dossier.demande), DROITE),
                NumeroDePage(f"dossier-{rang}"),
            ]
        )
    colonnes = [34 * mm, LARGEUR - 34 * mm - 28 * mm - 16 * mm, 28 * mm, 16 * mm]
    yield Grille(lignes, premiere_colonne=True, colWidths=colonnes, style=style, spaceBefore=2, spaceAfter=6)


def _dossier(dossier, cle, couleur):
    entete = imprimable(dossier.numero), imprimable(f"{dossier.intitule} · {dossier.organisme}")
    signet = imprimable(f"{dossier.numero} · {dossier.intitule}")
    yield PageBreak()
    debat = f" · <b>{SANS_DEBAT}</b>" if dossier.sans_debat else ""
    yield Bloc(sur(f"{dossier.numero} · {dossier.organisme}") + debat, SUR_TITRE)
    yield TitreDeDossier(
        sur(dossier.intitule), ParagraphStyle("dossier", DOSSIER, textColor=couleur), signet, cle, entete
    )
    yield _volet("Synthèse", f"{cle}-synthese")
    yield from synthese.page(dossier.synthese)
    yield PageBreak()
    yield _volet("Le dossier", f"{cle}-entier")
    yield Bloc(sur(dossier.mention), PETIT)
    for rang, rubrique in enumerate(dossier.rubriques):
        yield from _rubrique(rubrique, f"{cle}-{rang}", couleur)
    if dossier.notes:
        yield CondPageBreak(PLACE_DES_NOTES)
        yield from _notes(dossier.notes, f"{cle}-notes")


def _volet(titre, cle):
    return TitreSigne(titre, VOLET, "H3", titre, cle, 1)


def _rubrique(rubrique, cle, couleur):
    style = ParagraphStyle("rubrique", RUBRIQUE, textColor=couleur)
    yield CondPageBreak(PLACE_D_UNE_RUBRIQUE)
    yield TitreSigne(sur(rubrique.titre), style, "H4", imprimable(rubrique.titre), cle, 2)
    for place, partie in enumerate(rubrique.parties):
        if partie.titre:
            if place:
                un_budget = partie.blocs and partie.blocs[0].genre == "budget"
                yield CondPageBreak(PLACE_D_UN_BUDGET if un_budget else PLACE_D_UN_TABLEAU)
            yield Bloc(sur(partie.titre), PARTIE, role="H5")
        for bloc in partie.blocs:
            yield from _DESSINS[bloc.genre](bloc)


def _notes(notes, cle):
    """Les siennes seulement."""
    yield _volet("Mes notes", cle)
    if notes.envoyee_le:
        yield Bloc(f"Envoyées le {nombres.date_longue(notes.envoyee_le)} à {nombres.heure(notes.envoyee_le)}.", PETIT)
    if notes.notes:
        lignes = [[Bloc("Critère", ENTETE), Bloc("Poids", ENTETE_DROITE), Bloc("Niveau", ENTETE_DROITE)]]
        lignes += [
            [Bloc(sur(libelle), CELLULE), Bloc(str(poids), DROITE), Bloc(f"{niveau} sur 5", DROITE)]
            for libelle, poids, niveau in notes.notes
        ]
        yield Grille(
            lignes,
            premiere_colonne=True,
            colWidths=[LARGEUR - 50 * mm, 22 * mm, 28 * mm],
            spaceAfter=6,
            style=[
                ("BACKGROUND", (0, 0), (-1, 0), FOND),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, FILET),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ],
        )
    if notes.sur_cent is not None:
        yield Bloc(f"Ma note : <b>{nombres.chiffres(notes.sur_cent)}</b> sur 100.", CORPS)
    if notes.commentaire:
        yield Bloc("Mon commentaire", PARTIE, role="H4")
        for paragraphe in notes.commentaire.replace("\r\n", "\n").split("\n\n"):
            yield Bloc(en_lignes(paragraphe.strip("\n")), RECIT)
    if notes.citations:
        yield Bloc("Mes passages épinglés", PARTIE, role="H4")
        yield Debut("L")
        for citation in notes.citations:
            yield Puce(f"« {sur(citation.texte)} » <b>{sur(citation.critere)}</b>, {sur(citation.champ)}")
        yield Fin()
