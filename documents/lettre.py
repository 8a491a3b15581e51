"""La lettre de la collectivité : en-tête, destinataire pour enveloppe à fenêtre, objet, corps, signature, pied."""

from dataclasses import dataclass, field
from datetime import datetime

import segno
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
    Pose,
    Puce,
    Trait,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import exiger, imprimable, sur

MARGES = (16 * mm, 22 * mm, 29 * mm, 24 * mm)
LARGEUR = A4[0] - MARGES[1] - MARGES[3]
# La fenêtre d'une enveloppe longue : à 110 mm du bord gauche, entre 50 et 85 mm du haut.
RETRAIT_DESTINATAIRE = 112 * mm - MARGES[3]
HAUT_DESTINATAIRE = 51 * mm - MARGES[0]
HAUT_DATE = 80 * mm - MARGES[0]
COTE_EMBLEME = 13.5 * mm
LIGNES_COURTES = 220  # signes : deux lignes, à peu près
COTE_QR = 16 * mm
# Un masque fixe évite d'en essayer huit : cinq fois plus rapide, et le même code à chaque relance.
MASQUE_QR = 2


@dataclass(frozen=True)
class Emetteur:
    """La collectivité qui écrit. `couleur` : #rrggbb, lisible sur blanc."""

    collectivite: str
    adresse: str
    service: str
    telephone: str
    courriel: str
    lieu: str
    couleur: str = "#0b5563"


@dataclass(frozen=True)
class Destinataire:
    organisme: str
    representant: str
    fonction: str
    adresse_lignes: tuple[str, ...]
    civilite: str = ""
    siret: str = ""

    @property
    def appel(self):
        return self.civilite or "Madame, Monsieur"


@dataclass(frozen=True)
class Signataire:
    """CRPA, art. L. 212-1 : prénom, nom et qualité."""

    prenom: str
    nom: str
    qualite: str

    @property
    def nom_complet(self):
        return f"{self.prenom} {self.nom}, {self.qualite}"


@dataclass(frozen=True)
class Recours:
    """Où contester (CJA, art. R. 421-1 et R. 421-5)."""

    tribunal_nom: str
    tribunal_adresse: str


@dataclass(frozen=True)
class Protection:
    """Ce que la personne doit savoir de ses données (RGPD, art. 13). Sans délégué désigné, le service répond."""

    duree_conservation: str
    dpo_contact: str


@dataclass(frozen=True)
class Reference:
    """Le numéro de l'acte, son instant (heure de Paris), et de quoi vérifier son authenticité."""

    numero: str
    date: datetime
    code: str = ""
    url_verification: str = ""


MARQUE = ParagraphStyle("marque", CORPS, fontName=fontes.DEMI_GRAS, fontSize=15, leading=18, spaceAfter=0)
SERVICE = ParagraphStyle("service", CORPS, textColor=DOUCE, spaceAfter=0)
MENTION = ParagraphStyle("mention", CORPS, fontSize=9, leading=12.4, textColor=DOUCE, spaceAfter=0)
ADRESSE = ParagraphStyle("adresse", CORPS, leading=13.8, spaceAfter=0)
SIGNATURE = ParagraphStyle("signature", CORPS, leftIndent=RETRAIT_DESTINATAIRE, spaceAfter=0)
ENCART = ParagraphStyle("encart", SOUS_TITRE, fontSize=9.4, leading=12, spaceBefore=0, spaceAfter=2)


@dataclass
class Lettre:
    """Une lettre en cours de rédaction : on y ajoute des blocs, puis on la rend."""

    objet: str
    emetteur: Emetteur
    destinataire: Destinataire
    reference: Reference
    blocs: list = field(default_factory=list)

    def paragraphe(self, texte, style=CORPS):
        self.blocs.append(Bloc(texte, style))

    def encart(self, titre, texte):
        """Un bloc de droit : petit, mais entier et titré, sous un filet."""
        self.blocs.append(KeepTogether([Trait(avant=4, apres=6), Bloc(titre, ENCART, role="H2"), Bloc(texte, PETIT)]))

    def intertitre(self, texte):
        self.blocs.append(Bloc(texte, SOUS_TITRE, role="H2"))

    def liste(self, textes):
        # La phrase qui annonce la liste ne reste pas au bas de la page précédente.
        self.blocs[-1].style = ParagraphStyle("amorce", self.blocs[-1].style, keepWithNext=1)
        self.blocs += [Debut("L"), *[Puce(texte) for texte in textes], Fin(), Spacer(0, 3)]

    def signer(self, signataire):
        """La signature emporte la politesse, et le dernier paragraphe s'il est court : jamais seule sur une page."""
        exiger(signataire, "prenom", "nom", "qualite")
        court = len(self.blocs[-1].getPlainText(identify=True)) < LIGNES_COURTES
        dernier = [self.blocs.pop()] if court else []
        politesse = (
            f"Je vous prie d’agréer, {sur(self.destinataire.appel)}, l’expression de mes salutations distinguées."
        )
        self.blocs.append(
            KeepTogether(
                [
                    *dernier,
                    Bloc(politesse),
                    Spacer(0, 6),
                    Bloc(sur(signataire.qualite), SIGNATURE),
                    Spacer(0, 28),
                    Bloc(f"<b>{sur(signataire.prenom)} {sur(signataire.nom)}</b>", SIGNATURE),
                    Spacer(0, 6),
                ]
            )
        )

    def rendre(self):
        exiger(self.emetteur, "collectivite", "adresse", "service", "lieu")
        exiger(self.destinataire, "organisme", "representant", "adresse_lignes")
        exiger(self.reference, "numero", "date")
        fiche = Fiche(
            titre=f"{self.objet} ({self.reference.numero})",
            auteur=self.emetteur.collectivite,
            cree_le=self.reference.date,
            sujet=self.objet,
        )
        self._verification()
        return rendre(
            [self._entete(), self._titre(), *self.blocs], fiche, format_page=A4, marges=MARGES, decor=self._decorer
        )

    def _verification(self):
        """Le pied de page ne se lit pas à voix haute : l'adresse de vérification est aussi dans le texte."""
        r = self.reference
        if r.url_verification:
            code = f" (code {sur(r.code)})" if r.code else ""
            self.blocs.append(
                Bloc(f"L’authenticité de ce document se vérifie à l’adresse {sur(r.url_verification)}{code}.", PETIT)
            )

    def _titre(self):
        return Bloc(sur(self.objet), TITRE, role="H1")

    def _entete(self):
        e, d, r = self.emetteur, self.destinataire, self.reference
        couleur = teinte(e.couleur)
        titre = COTE_EMBLEME + 5 * mm
        gauche = RETRAIT_DESTINATAIRE - 8 * mm
        places = [(Embleme(imprimable(e.collectivite), couleur, COTE_EMBLEME), 0, 0, COTE_EMBLEME)]

        def poser(bloc, x, haut, largeur):
            places.append((bloc, x, haut, largeur))
            return haut + bloc.wrap(largeur, A4[1])[1]

        y = poser(
            Bloc(sur(e.collectivite), ParagraphStyle("nom", MARQUE, textColor=couleur)), titre, 3, LARGEUR - titre
        )
        y = max(poser(Bloc(sur(e.service), SERVICE), titre, y + 1, LARGEUR - titre), COTE_EMBLEME)
        fenetre = max(HAUT_DESTINATAIRE, y + 6 * mm)
        y = poser(
            _lignes([e.adresse, f"Tél. {telephone(e)}" if e.telephone else "", e.courriel], MENTION),
            0,
            y + 6 * mm,
            gauche,
        )
        reperes = [f"N° {r.numero}", f"SIRET {d.siret}" if d.siret else ""]
        y = poser(_lignes(reperes, MENTION, etiquette="Nos références :"), 0, max(y + 4 * mm, fenetre), gauche)
        personne = f"{d.civilite} {d.representant}".strip()
        droite = LARGEUR - RETRAIT_DESTINATAIRE
        bas = poser(
            _lignes([d.organisme, personne, d.fonction, *d.adresse_lignes], ADRESSE),
            RETRAIT_DESTINATAIRE,
            fenetre,
            droite,
        )
        lieu_date = f"{sur(e.lieu)}, le {nombres.date(r.date)}"
        poser(Bloc(lieu_date, ADRESSE), RETRAIT_DESTINATAIRE, max(bas + 6 * mm, HAUT_DATE), droite)
        return Pose(places, apres=7 * mm)

    def _decorer(self, toile, page):
        e, r = self.emetteur, self.reference
        largeur, hauteur = A4
        gauche, droite, haut = MARGES[3], largeur - MARGES[1], MARGES[2] - 5 * mm
        if page == 1:
            toile.setFillColor(teinte(e.couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor("#d9d6cd")
        toile.setLineWidth(0.6)
        toile.line(gauche, haut, droite, haut)
        lignes = [e.collectivite, f"N° {r.numero}"]
        texte = gauche
        if r.url_verification:
            dessiner_qr(toile, r.url_verification, gauche, haut - 1.5 * mm - COTE_QR, COTE_QR)
            texte = gauche + COTE_QR + 4 * mm
            lignes.append(f"À vérifier sur {r.url_verification.split('://')[-1].rstrip('/')}")
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        for rang, ligne in enumerate(lignes):
            toile.drawString(texte, haut - 14 - 11 * rang, imprimable(ligne))
        numeroter(toile, page, droite, haut - 14)


def telephone(emetteur):
    """Un numéro ne se coupe pas en fin de ligne."""
    return sur(emetteur.telephone).replace(" ", nombres.INSECABLE)


def _lignes(textes, style, etiquette=""):
    """Un seul bloc de plusieurs lignes, la première en gras ; à voix haute, des virgules les séparent."""
    presents = [texte for texte in textes if texte]
    debut, *suite = [sur(texte) for texte in presents]
    if style is ADRESSE:
        debut = f"<b>{debut}</b>"
    entete = [etiquette] if etiquette else []
    return Bloc(
        "<br/>".join([*entete, debut, *suite]), style, lu=f"{etiquette} {imprimable(', '.join(presents))}".strip()
    )


def dessiner_qr(toile, url, x, y, cote):
    """Le QR de vérification, dessiné une fois par document ; l'adresse est écrite à côté pour qui ne le scanne pas."""
    if not toile.hasForm("qr"):
        _preparer_qr(toile, url, cote)
    toile.saveState()
    toile.translate(x, y)
    toile.doForm("qr")
    toile.restoreState()


def _preparer_qr(toile, url, cote):
    matrice = segno.make(url, error="m", micro=False, mask=MASQUE_QR, boost_error=False).matrix
    pas = cote / len(matrice)
    toile.beginForm("qr", 0, 0, cote, cote)
    toile.setFillColor("#000000")
    trace = toile.beginPath()
    for ligne, rangee in enumerate(matrice, 1):
        debut = None
        for colonne, sombre in enumerate([*rangee, 0]):
            if sombre and debut is None:
                debut = colonne
            elif not sombre and debut is not None:
                trace.rect(debut * pas, cote - ligne * pas, (colonne - debut) * pas, pas)
                debut = None
    toile.drawPath(trace, stroke=0, fill=1)
    toile.endForm()


def bloc_recours(lettre, recours, signataire, acte="La présente décision"):
    """Délais et voies de recours, sans lesquels le délai ne court pas (CJA, art. R. 421-5)."""
    exiger(recours, "tribunal_nom", "tribunal_adresse")
    lettre.encart(
        "Si vous contestez cette décision",
        f"{acte} peut être contestée dans un délai de deux mois à compter de sa notification : soit par un recours "
        f"gracieux adressé à {sur(signataire.nom_complet)}, à l’adresse indiquée en tête de ce courrier ; soit par un "
        f"recours devant le {sur(recours.tribunal_nom)}, {sur(recours.tribunal_adresse)}, y compris au moyen de "
        "l’application Télérecours citoyens (www.telerecours.fr). Un recours gracieux formé dans ce délai interrompt "
        "le délai de recours contentieux ; l’absence de réponse pendant deux mois vaut rejet, que vous pouvez "
        "contester devant le tribunal dans un nouveau délai de deux mois.",
    )


def bloc_protection(lettre, protection):
    exiger(protection, "duree_conservation")
    contact = protection.dpo_contact or lettre.emetteur.courriel or lettre.emetteur.service
    lettre.encart(
        "Vos données",
        f"Les informations recueillies sont traitées par {sur(lettre.emetteur.collectivite)} pour l’instruction, la "
        "décision, le paiement et le contrôle des subventions, dans l’exercice d’une mission d’intérêt public. Elles "
        "sont destinées aux services instructeurs, aux partenaires financeurs du contrat de ville et au comptable "
        f"public, et conservées {sur(protection.duree_conservation)}. Vous pouvez exercer vos droits d’accès, de "
        "rectification, d’opposition et de limitation auprès de "
        f"{sur(contact)} et saisir la CNIL.",
    )
