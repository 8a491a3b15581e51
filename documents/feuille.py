"""Ce que partagent les feuilles d'une réunion : marges, cartouche, signatures, pied de page."""

import re

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from documents import fontes, nombres
from documents.balisage import CORPS, DOUCE, PETIT, TAILLE_PIED, TITRE, Bloc, Embleme, Pose, numeroter, teinte
from documents.champs import imprimable, sur

MARGES = (16 * mm, 22 * mm, 22 * mm, 24 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
COTE_EMBLEME = 13.5 * mm
ENTRE_CADRES, RETRAIT = 8 * mm, 3 * mm
PLACE_POUR_SIGNER = 26 * mm
SIGNES_DU_PIED = 80
SUR_TITRE = ParagraphStyle("sur-titre", CORPS, textColor=DOUCE, fontSize=11.5, spaceAfter=1)
SIGNATAIRE = ParagraphStyle("signataire", CORPS, spaceAfter=0)
GRAND_TITRE = ParagraphStyle("grand-titre", TITRE, fontSize=17, leading=21, spaceBefore=0, spaceAfter=8)


def cartouche(d):
    """L'emblème, la collectivité et son service : `d` porte `collectivite`, `service` et `couleur`."""
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


class Cadre(Flowable):
    """Un cadre vide, pour signer à la main ; la lecture à voix haute le saute."""

    def __init__(self, largeur, hauteur):
        super().__init__()
        self.largeur, self.hauteur = largeur, hauteur

    def wrap(self, *_):
        return self.largeur, self.hauteur

    def draw(self):
        self.canv.artefact()
        self.canv.setStrokeColor("#767f8c")
        self.canv.setLineWidth(0.6)
        self.canv.roundRect(0, 0, self.largeur, self.hauteur, 4, stroke=1, fill=0)
        self.canv.fin_artefact()


def signatures(d):
    """Deux cadres côte à côte : qui signe, et la place de la date et de la signature, quelle que soit la qualité."""
    largeur = (LARGEUR - ENTRE_CADRES) / 2
    place = largeur - 2 * RETRAIT
    signataires = [
        Bloc(f"{role}<br/><b>{sur(nom)}</b>" if nom else f"{role}<br/>Nom :", SIGNATAIRE)
        for role, nom in (("La présidence", d.president), ("Le secrétariat", d.secretaire))
    ]
    date = 2 * RETRAIT + max(bloc.wrap(place, A4[1])[1] for bloc in signataires)
    places = []
    for rang, signataire in enumerate(signataires):
        gauche = rang * (largeur + ENTRE_CADRES)
        places += [
            (Cadre(largeur, date + PLACE_POUR_SIGNER), gauche, 0, largeur),
            (signataire, gauche + RETRAIT, RETRAIT, place),
            (Bloc("Date et signature :", PETIT), gauche + RETRAIT, date, place),
        ]
    return Pose(places)


def pied(genre, titre, *suite):
    """Le titre, coupé à un mot s'il est long, entre ce qu'est la feuille et sa version."""
    court = titre if len(titre) <= SIGNES_DU_PIED else f"{titre[:SIGNES_DU_PIED].rsplit(' ', 1)[0]}…"
    return imprimable(" · ".join((genre, court, *suite)))


def exemplaire(d, genre, annexes=()):
    """Ce qu'est ce papier : l'exemplaire, la version, ce qui y est joint ; `genre` vide : il n'est pas à signer."""
    texte = f"{genre} établi en un exemplaire original. " if genre else ""
    texte += f"Version {d.version}, éditée le {nombres.date(d.edite_le)} à {nombres.heure(d.edite_le)}"
    texte += " ; elle remplace les précédentes." if d.version > 1 else "."
    return f"{texte} En annexe : {' et '.join(annexes)}." if annexes else texte


def presences(d):
    """Qui est là, excusé, absent ; sans présence saisie, la feuille signée fait foi."""
    if d.presents:
        yield Bloc(f"<b>Présents :</b> {_personnes(d.presents)}.", CORPS)
    else:
        yield Bloc("<b>Présents :</b> les signataires de la feuille d’émargement, jointe en annexe.", CORPS)
    if d.excuses:
        yield Bloc(f"<b>Excusés :</b> {_personnes(d.excuses)}.", CORPS)
    if d.absents:
        yield Bloc(f"<b>Absents :</b> {_personnes(d.absents)}.", CORPS)


def _personnes(participants):
    # Une qualité et une structure se séparent déjà d'une virgule.
    dits = (f"{sur(p.nom)} ({sur(p.structure)})" if p.structure else sur(p.nom) for p in participants)
    return " ; ".join(dits).rstrip(".")


def seance(d):
    """Quand, où, sous quelle présidence."""
    lieu = f", {sur(d.lieu)}" if d.lieu else ""
    texte = f"Séance du {_heures(d.tenu_le, d.fini_le)}{lieu}.".replace("..", ".")
    roles = (("Présidence", d.president), ("Secrétariat", d.secretaire))
    qui = " ".join(f"{role} : {sur(nom).rstrip('.')}." for role, nom in roles if nom)
    return f"{texte}<br/>{qui}" if qui else texte


def _heures(debut, fin):
    """« mardi 3 mars 2027 de 14 h 00 à 16 h 10 », ou jusqu'à un autre jour quand la séance a repris le lendemain."""
    jour = f"<b>{nombres.date_longue(debut)}</b>"
    if fin is None:
        return f"{jour} à {nombres.heure(debut)}"
    if fin.date() == debut.date():
        return f"{jour} de {nombres.heure(debut)} à {nombres.heure(fin)}"
    return f"{jour} à {nombres.heure(debut)} au <b>{nombres.date_longue(fin)}</b> à {nombres.heure(fin)}"


def en_lignes(texte):
    """Un texte saisi, en paragraphes ; ses retours à la ligne restent, les lignes vides séparent."""
    paragraphes = (paragraphe.strip() for paragraphe in re.split(r"\n\s*\n", texte.replace("\r\n", "\n")))
    return ["<br/>".join(sur(ligne) for ligne in p.splitlines()) for p in paragraphes if p]


def decor(couleur, pied):
    """Le bandeau de la première page, et sur chacune un filet, le pied et le numéro."""
    largeur, hauteur = A4

    def dessiner(toile, page):
        if page == 1:
            toile.setFillColor(teinte(couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor("#d9d6cd")
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(MARGES[3], 10 * mm, pied)
        numeroter(toile, page, largeur - MARGES[1], 10 * mm)

    return dessiner
