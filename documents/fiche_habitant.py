"""La fiche habitant : un projet sur une page, en mots courants, et trois questions à remplir à la main."""

import re
from dataclasses import dataclass
from datetime import datetime

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak

from documents import fontes
from documents.balisage import CORPS, DOUCE, TAILLE_PIED, Bloc, Embleme, Fiche, Texte, rendre, teinte
from documents.champs import exiger, imprimable, sur
from documents.lettre import MASQUE_QR

MARGES = (13 * mm, 18 * mm, 15 * mm, 18 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
HAUTEUR = A4[1] - MARGES[0] - MARGES[2]
COTE_EMBLEME, COTE_QR = 10 * mm, 29 * mm
ETIQUETTE = 37 * mm
PAS_DES_LIGNES = 9 * mm
HAUTEUR_DU_FOND = 91 * mm
HAUTEUR_DES_QUESTIONS = HAUTEUR_DU_FOND + 4 * mm + 33 * mm
LIGNES_POUR_QUI, LIGNES_MANQUE = 2, 3
# Au-delà, rien ne tiendrait plus sur la page : on ne mesure pas un roman mot à mot.
SIGNES_LUS = 1500
# Un mot plus long que la page se coupe aussi.
MORCEAUX = re.compile(r"\S{1,40}")
LIGNES_D_UN_FAIT, APRES_UN_FAIT = (3, 2, 1), 7
SUITE = "La suite est dans le dossier, que votre conseil citoyen peut lire."


@dataclass(frozen=True)
class Projet:
    """Un projet et son code. `nouveau` : une phrase par nouveauté ; `adresse` : celle du QR, code compris."""

    numero: str
    titre: str
    qui: str
    ou: str
    pour_qui: str
    quand: str
    combien: str
    resume: str
    nouveau: tuple[str, ...]
    conseil: str
    code: str
    adresse: str
    adresse_courte: str


@dataclass(frozen=True)
class FichesHabitant:
    """Une fiche par page. `reunion` : « jeudi 3 décembre 2026 », le jour où l'avis se rend. `edite_le` : à Paris."""

    collectivite: str
    titre: str
    reunion: str
    edite_le: datetime
    projets: tuple[Projet, ...]
    couleur: str = "#0b5563"


LISIBLE = ParagraphStyle("lisible", CORPS, fontSize=11.8, leading=15, spaceAfter=0, splitLongWords=1)
NOM = ParagraphStyle("nom", CORPS, fontName=fontes.DEMI_GRAS, fontSize=12.5, leading=15, spaceAfter=0)
DISCRET = ParagraphStyle("discret", CORPS, fontSize=10, leading=12.6, textColor=DOUCE, spaceAfter=0)
GRAND = ParagraphStyle("grand", LISIBLE, fontName=fontes.DEMI_GRAS, fontSize=21, leading=24.5)
QUESTION = ParagraphStyle("question", LISIBLE, fontName=fontes.DEMI_GRAS, fontSize=13, leading=16)
CASES = ParagraphStyle("cases", LISIBLE, fontSize=13, leading=17)
SECTION = ParagraphStyle("section", GRAND, fontSize=15, leading=18)
CODE = ParagraphStyle("code", LISIBLE, fontName=fontes.DEMI_GRAS, fontSize=15, leading=19)
CHOIX = ("Oui", "Un peu", "Non", "Je ne sais pas")


def composer(document):
    """Rend les fiches en PDF balisé, une page chacune quoi qu'il arrive ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "titre", "reunion", "edite_le", "projets")
    histoire = []
    for projet in d.projets:
        exiger(projet, "numero", "titre", "qui", "conseil", "code", "adresse", "adresse_courte")
        histoire += [_page(d, projet), PageBreak()]
    fiche = Fiche(titre=d.titre, auteur=d.collectivite, cree_le=d.edite_le, sujet="Votre avis sur un projet")
    return rendre(histoire[:-1], fiche, format_page=A4, marges=MARGES, decor=_decor(d))


def grouper(code):
    """« ABCD EFGH JKLM » : un code se recopie par petits morceaux."""
    return " ".join(code[rang : rang + 4] for rang in range(0, len(code), 4))


class Lignes(Flowable):
    """De quoi écrire à la main : des lignes que la lecture à voix haute saute."""

    def __init__(self, nombre, largeur):
        super().__init__()
        self.nombre, self.largeur = nombre, largeur

    def wrap(self, *_):
        return self.largeur, self.nombre * PAS_DES_LIGNES

    def draw(self):
        self.canv.artefact()
        self.canv.setStrokeColor("#767f8c")
        self.canv.setLineWidth(0.5)
        self.canv.setDash(1, 2)
        for rang in range(self.nombre):
            self.canv.line(0, rang * PAS_DES_LIGNES, self.largeur, rang * PAS_DES_LIGNES)
        self.canv.setDash()
        self.canv.fin_artefact()


class Fond(Flowable):
    """Un aplat de couleur derrière ce qui suit."""

    def __init__(self, largeur, hauteur, couleur):
        super().__init__()
        self.largeur, self.hauteur, self.couleur = largeur, hauteur, couleur

    def wrap(self, *_):
        return self.largeur, self.hauteur

    def draw(self):
        self.canv.artefact()
        self.canv.setFillColor(self.couleur)
        self.canv.roundRect(0, 0, self.largeur, self.hauteur, 5, stroke=0, fill=1)
        self.canv.fin_artefact()


class CodeQR(Flowable):
    """Le dessin que lit un téléphone ; l'adresse et le code sont écrits à côté."""

    def __init__(self, adresse, cote):
        super().__init__()
        self.adresse, self.cote = adresse, cote

    def wrap(self, *_):
        return self.cote, self.cote

    def draw(self):
        toile, cote = self.canv, self.cote
        matrice = segno.make(self.adresse, error="m", micro=False, mask=MASQUE_QR, boost_error=False).matrix
        pas = cote / len(matrice)
        figure = toile.ouvrir("Figure", Alt=Texte("Code à lire avec un téléphone pour répondre en ligne."))
        toile.fermer()
        toile.marquer(figure)
        toile.setFillColor("#000000")
        trace = toile.beginPath()
        for ligne, rangee in enumerate(matrice, 1):
            for debut, longueur in _suites(rangee):
                trace.rect(debut * pas, cote - ligne * pas, longueur * pas, pas)
        toile.drawPath(trace, stroke=0, fill=1)
        toile.fin_marque()


def _suites(rangee):
    """Les modules sombres d'une rangée, regroupés : (début, longueur)."""
    debut = None
    for colonne, sombre in enumerate([*rangee, 0]):
        if sombre and debut is None:
            debut = colonne
        elif not sombre and debut is not None:
            yield debut, colonne - debut
            debut = None


class Page(Flowable):
    """Une page entière de blocs posés à leur place, lus dans l'ordre où on les pose, mesurés une seule fois."""

    def __init__(self):
        super().__init__()
        self.places = []

    def poser(self, bloc, x, y, largeur):
        """Pose un bloc à `y` du haut ; rend où il finit."""
        _, hauteur = bloc.wrap(largeur, HAUTEUR)
        self.places.append((bloc, x, HAUTEUR - y - hauteur))
        return y + hauteur

    def wrap(self, *_):
        return LARGEUR, HAUTEUR

    def draw(self):
        for bloc, x, y in self.places:
            bloc.drawOn(self.canv, x, y)


def _hauteur(bloc, largeur):
    return bloc.wrap(largeur, HAUTEUR)[1]


def _page(d, projet):
    """Le haut et les faits, puis le bas à sa place ; le résumé prend ce qui reste."""
    page = Page()
    y = _tete(page, d, projet)
    bas = HAUTEUR - HAUTEUR_DES_QUESTIONS
    place, libre = LARGEUR - ETIQUETTE, bas - 4 * mm - y
    faits, pris = _faits(projet, place, libre)
    reste = libre - pris
    resume = ("Le projet", *ajuster(projet.resume, place, reste - APRES_UN_FAIT, SUITE))
    for question, valeur, hauteur in [resume, *faits] if resume[1] else faits:
        page.poser(Bloc(f"<b>{question}</b>", _teinte(LISIBLE, d)), 0, y, ETIQUETTE)
        page.poser(valeur, ETIQUETTE, y, place)
        y += hauteur + APRES_UN_FAIT
    _questions(page, d, projet, bas)
    return page


def _faits(projet, place, libre):
    """[(question, bloc, hauteur)] et leur hauteur : trois lignes chacun, moins quand tout ne tiendrait pas."""
    dits = (
        ("Qui ?", projet.qui), ("Où ?", projet.ou), ("Pour qui ?", projet.pour_qui), ("Quand ?", projet.quand),
        ("Combien ?", projet.combien), ("Quoi de neuf ?", " ".join(projet.nouveau)),
    )  # fmt: skip
    for lignes in LIGNES_D_UN_FAIT:
        faits = [(nom, *ajuster(dit, place, lignes * LISIBLE.leading)) for nom, dit in dits if dit]
        pris = sum(hauteur + APRES_UN_FAIT for *_, hauteur in faits)
        if pris <= libre:
            break
    return faits, pris


def _teinte(style, d):
    return ParagraphStyle(f"{style.name}-teinte", style, textColor=teinte(d.couleur))


def _tete(page, d, projet):
    retrait = COTE_EMBLEME + 4 * mm
    page.poser(Embleme(imprimable(d.collectivite), teinte(d.couleur), COTE_EMBLEME), 0, 0, COTE_EMBLEME)
    page.poser(Bloc(sur(d.collectivite), _teinte(NOM, d)), retrait, -2, LARGEUR - retrait)
    sous_titre = f"{sur(projet.conseil)} · avis rendu à la réunion du {sur(d.reunion)}"
    y = max(COTE_EMBLEME, page.poser(Bloc(sous_titre, DISCRET), retrait, 15, LARGEUR - retrait)) + 5 * mm
    titre, _ = ajuster(projet.titre, LARGEUR, 3 * GRAND.leading, style=GRAND, role="H1")
    y = page.poser(titre, 0, y, LARGEUR) + 5
    invitation = "Des habitants lisent ce projet avant la décision. Qu’en pensez-vous ?"
    return page.poser(Bloc(invitation, DISCRET), 0, y, LARGEUR) + 10


def ajuster(texte, largeur, hauteur, suite="", style=LISIBLE, role=None):
    """(bloc, sa hauteur) : le texte s'il tient ; sinon son début, puis où lire la suite.

    Il se coupe à la fin d'une phrase si possible ; rien, quand il n'y a pas la place d'un mot.
    """
    mots = MORCEAUX.findall(texte[:SIGNES_LUS])
    if not mots:
        return None, 0
    if len(texte) <= SIGNES_LUS:
        entier = Bloc(sur(" ".join(mots)), style, role=role)
        taille = _hauteur(entier, largeur)
        if taille <= hauteur:
            return entier, taille
    tient, mini, maxi = (None, 0), 0, len(mots)
    while mini < maxi:
        milieu = (mini + maxi + 1) // 2
        bloc = Bloc(_coupe(mots[:milieu], suite), style, role=role)
        taille = _hauteur(bloc, largeur)
        if taille <= hauteur:
            mini, tient = milieu, (bloc, taille)
        else:
            maxi = milieu - 1
    return tient


def _coupe(mots, suite):
    debut, suite = " ".join(mots), f" <i>{suite}</i>" if suite else ""
    fin = max(debut.rfind(signe) for signe in (". ", "! ", "? "))
    if debut.endswith((".", "!", "?")):
        return f"{sur(debut)}{suite}"
    if suite and fin * 2 > len(debut):
        return f"{sur(debut[: fin + 1])}{suite}"
    return f"{sur(debut.rstrip(' ,;:'))}…{suite}"


def _questions(page, d, projet, haut):
    """Les trois questions sur un fond, puis comment répondre, à côté du code."""
    retrait = 5 * mm
    large = LARGEUR - 2 * retrait
    cases = "\u00a0\u00a0\u00a0\u00a0\u00a0 ".join(f"☐\u00a0\u00a0{choix.replace(' ', chr(160))}" for choix in CHOIX)
    page.poser(Fond(LARGEUR, HAUTEUR_DU_FOND, "#f4f2ec"), 0, haut, LARGEUR)
    y = haut + 4 * mm
    for bloc, apres in (
        (Bloc("Votre avis", _teinte(SECTION, d), role="H2"), 6),
        (Bloc("1. Est-ce utile ici ?", QUESTION, role="H3"), 3),
        (Bloc(cases, CASES, lu=f"Une case à cocher : {', '.join(CHOIX)}."), 9),
        (Bloc("2. Pour qui ?", QUESTION, role="H3"), 0),
        (Lignes(LIGNES_POUR_QUI, large), 10),
        (Bloc("3. Que manque-t-il ?", QUESTION, role="H3"), 0),
        (Lignes(LIGNES_MANQUE, large), 0),
    ):
        y = page.poser(bloc, retrait, y, large) + apres
    y = haut + HAUTEUR_DU_FOND + 4 * mm
    texte = COTE_QR + 6 * mm
    page.poser(CodeQR(projet.adresse, COTE_QR), 0, y, COTE_QR)
    for contenu, style, apres in (
        ("<b>Répondre avec un téléphone.</b> Visez le dessin avec l’appareil photo. Ou tapez cette adresse, puis le "
         f"code : <b>{sur(projet.adresse_courte)}</b>", LISIBLE, 3),
        (grouper(sur(projet.code)), CODE, 4),
        (f"<b>Répondre sur papier.</b> Rendez cette feuille à {_au(projet.conseil)} avant le {sur(d.reunion)}. "
         "N’écrivez ni votre nom ni votre adresse.", LISIBLE, 0),
    ):  # fmt: skip
        lu = f"Code : {' '.join(projet.code)}" if style is CODE else None
        y = page.poser(Bloc(contenu, style, lu=lu), texte, y, LARGEUR - texte) + apres


def _au(conseil):
    """« Conseil citoyen du Centre » → « votre conseil citoyen » se dit mieux que son nom entier, répété."""
    return "votre conseil citoyen" if "conseil citoyen" in conseil.lower() else sur(conseil)


def _decor(d):
    largeur, hauteur = A4

    def dessiner(toile, page):
        projet = d.projets[page - 1]
        toile.setFillColor(teinte(d.couleur))
        toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        pied = f"Dossier {projet.numero} · {projet.conseil[:80]} · code {grouper(projet.code)}"
        toile.drawString(MARGES[3], 8 * mm, imprimable(pied))

    return dessiner
