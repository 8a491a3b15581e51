"""La synthèse d'un dossier : une page, qui se lit seule."""

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from documents import fontes, nombres
from documents.balisage import CORPS, DOUCE, FILET, FOND, PETIT, SOUS_TITRE, Bloc, Debut, Fin, Grille, Puce
from documents.champs import sur
from documents.classeur.reperes import LARGEUR
from documents.dossier_complet.styles import CELLULE, DROITE, ENTETE, ENTETE_DROITE

COURT = ParagraphStyle("court", CORPS, fontSize=9.4, leading=12.2, spaceAfter=3, splitLongWords=1)
LIGNE = ParagraphStyle("ligne", PETIT, spaceAfter=2, splitLongWords=1)
POINT = ParagraphStyle("point", COURT, leftIndent=10, bulletIndent=1, spaceAfter=1.5)
RUBRIQUE = ParagraphStyle("rubrique-synthese", SOUS_TITRE, fontSize=10.4, leading=13.5, spaceBefore=7, spaceAfter=2)
VALEUR = ParagraphStyle("valeur", CORPS, fontName=fontes.DEMI_GRAS, fontSize=12.5, leading=15, spaceAfter=0)
MESURE = ParagraphStyle("mesure", PETIT, fontSize=8, leading=9.6, spaceAfter=0)
QUARTIER = ParagraphStyle("quartier", COURT, fontName=fontes.DEMI_GRAS, fontSize=9, spaceAfter=0)
RIEN = "–"


def page(s):
    """Les blocs d'une synthèse ; ses titres sont du niveau 4."""
    if s.resume:
        yield Bloc(sur(s.resume), COURT)
    yield _chiffres(s)
    yield from _titre("Qui", s.qui)
    yield from _titre("Pour qui", s.pour_qui)
    yield from _lieux(s)
    yield Bloc("Combien", RUBRIQUE, role="H4")
    yield _demandes(s) if s.demandes else Bloc("Rien n’est demandé.", COURT)
    if s.minimum is not None:
        yield Bloc(f"En dessous de {nombres.euros(s.minimum)}, l’action n’aurait pas lieu.", LIGNE)
    yield from _l_an_passe(s)


def _titre(titre, lignes):
    yield Bloc(titre, RUBRIQUE, role="H4")
    premiere, *suite = lignes or ("Non renseigné",)
    yield Bloc(sur(premiere), COURT)
    for ligne in suite:
        yield Bloc(sur(ligne), LIGNE)


def _chiffres(s):
    return Grille(
        [[Bloc(sur(valeur), VALEUR) for valeur, _ in s.chiffres], [Bloc(sur(quoi), MESURE) for _, quoi in s.chiffres]],
        entetes=1,
        colWidths=[LARGEUR / len(s.chiffres)] * len(s.chiffres),
        spaceBefore=4,
        spaceAfter=2,
        style=[
            ("BACKGROUND", (0, 0), (-1, -1), FOND),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, 0), 5),
            ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
            ("TOPPADDING", (0, 1), (-1, 1), 0),
            ("BOTTOMPADDING", (0, 1), (-1, 1), 5),
        ],
    )


def _lieux(s):
    yield Bloc("Où, et pourquoi là", RUBRIQUE, role="H4")
    if not s.cibles:
        yield Bloc("Objectifs non renseignés.", COURT)
    else:
        yield Debut("L")
        for objectif, quartier in s.cibles:
            yield Puce(f"{sur(objectif)} · <b>{sur(quartier)}</b>", POINT)
        yield Fin()
    if s.portraits:
        yield _portraits(s.portraits)
    if s.suite_des_lieux:
        yield Bloc(sur(s.suite_des_lieux), LIGNE)


def _portraits(portraits):
    """Les quartiers côte à côte ; à voix haute, chacun derrière son nom."""
    entetes = [Bloc(sur(portrait.nom), QUARTIER) for portrait in portraits]
    corps = [[Bloc(sur(ligne), LIGNE) for ligne in portrait.lignes] or "" for portrait in portraits]
    return Grille(
        [entetes, corps],
        entetes=1,
        colWidths=[LARGEUR / len(portraits)] * len(portraits),
        spaceBefore=3,
        spaceAfter=3,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEABOVE", (0, 0), (-1, 0), 0.6, FILET),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ],
    )


def _demandes(s):
    entetes = ["Financeur", "Demandé", "Part du coût"]
    if s.annee_avant:
        entetes += [f"Demandé en {s.annee_avant}", f"Obtenu en {s.annee_avant}"]
    lignes = [[Bloc(sur(e), ENTETE_DROITE if rang else ENTETE) for rang, e in enumerate(entetes)]]
    for d in s.demandes:
        ligne = [nombres.euros(d.montant), nombres.pourcent(d.part) if d.part is not None else RIEN]
        if s.annee_avant:
            ligne += [_euros(d.demande_avant), _euros(d.obtenu_avant)]
        lignes.append([Bloc(sur(d.financeur), CELLULE), *(Bloc(valeur, DROITE) for valeur in ligne)])
    premiere = LARGEUR * (0.36 if s.annee_avant else 0.5)
    autre = (LARGEUR - premiere) / (len(entetes) - 1)
    return Grille(
        lignes,
        premiere_colonne=True,
        colWidths=[premiere] + [autre] * (len(entetes) - 1),
        spaceBefore=1,
        spaceAfter=3,
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), FOND),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, FILET),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _euros(montant):
    return nombres.euros(montant) if montant is not None else RIEN


def _l_an_passe(s):
    if not s.annee_avant:
        yield Bloc(
            "Première demande pour cette action : il n’y a pas d’année précédente à comparer.",
            ParagraphStyle("premiere", LIGNE, textColor=DOUCE, spaceBefore=6),
        )
        return
    yield Bloc(f"Et en {s.annee_avant}", RUBRIQUE, role="H4")
    for ligne in s.avant:
        yield Bloc(sur(ligne), COURT)
    if s.reserves:
        yield Debut("L")
        for levee, texte in s.reserves:
            etat = "Réserve levée" if levee else "Réserve non levée"
            yield Puce(f"<b>{etat}</b> : {sur(texte)}", POINT)
        yield Fin()
    else:
        yield Bloc("Aucune réserve n’avait été émise.", LIGNE)
    yield Bloc("Ce qui a changé", RUBRIQUE, role="H4")
    if not s.changements:
        yield Bloc("Rien d’autre que les dates.", COURT)
        return
    yield Debut("L")
    for quoi, avant, apres in s.changements:
        suite = f"{sur(avant)} devient <b>{sur(apres)}</b>" if avant or apres else "texte récrit"
        yield Puce(f"{sur(quoi)} : {suite}", POINT)
    yield Fin()
    if s.autres_changements:
        pluriel = "s" if s.autres_changements > 1 else ""
        yield Bloc(
            f"Et {s.autres_changements} autre{pluriel} changement{pluriel}.",
            ParagraphStyle("et", LIGNE, spaceBefore=2 * mm),
        )
