"""La lettre de la collectivité : en-tête, destinataire pour enveloppe à fenêtre, objet, corps, signature, pied."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

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
    Fiche,
    Fin,
    Puce,
    numeroter,
    rendre,
)
from documents.champs import exiger, sur

MARGES = (16 * mm, 22 * mm, 27 * mm, 22 * mm)
RETRAIT_DESTINATAIRE = 88 * mm
HAUT_DESTINATAIRE = 31 * mm  # sous le haut du cadre : la fenêtre d'une enveloppe DL
COTE_QR = 15 * mm
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
    """Ce que la personne doit savoir de ses données (RGPD, art. 13)."""

    duree_conservation: str
    dpo_contact: str


@dataclass(frozen=True)
class Reference:
    """Le numéro de l'acte, son instant (heure de Paris), et de quoi vérifier son authenticité."""

    numero: str
    date: datetime
    code: str = ""
    url_verification: str = ""


EMETTEUR = ParagraphStyle("emetteur", CORPS, fontSize=9, leading=12, spaceAfter=0, textColor=DOUCE)
ADRESSE = ParagraphStyle("adresse", CORPS, leftIndent=RETRAIT_DESTINATAIRE, spaceAfter=0, leading=13.4)
MENTION = ParagraphStyle("mention", CORPS, fontSize=9, leading=12, textColor=DOUCE, spaceAfter=0)
SIGNATURE = ParagraphStyle("signature", CORPS, leftIndent=RETRAIT_DESTINATAIRE, spaceAfter=0)


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

    def petit(self, texte):
        self.blocs.append(Bloc(texte, PETIT))

    def intertitre(self, texte):
        self.blocs.append(Bloc(texte, SOUS_TITRE, role="H2"))

    def liste(self, textes):
        self.blocs += [Debut("L"), *[Puce(texte) for texte in textes], Fin(), Spacer(0, 3)]

    def signer(self, signataire):
        exiger(signataire, "prenom", "nom", "qualite")
        # La signature emporte le dernier paragraphe : elle ne reste jamais seule en haut d'une page.
        dernier = self.blocs.pop()
        self.blocs.append(
            KeepTogether(
                [
                    dernier,
                    Spacer(0, 8),
                    Bloc(sur(signataire.qualite), SIGNATURE),
                    Spacer(0, 30),
                    Bloc(f"<b>{sur(signataire.prenom)} {sur(signataire.nom)}</b>", SIGNATURE),
                    Spacer(0, 10),
                ]
            )
        )

    def rendre(self):
        exiger(self.emetteur, "collectivite", "adresse", "service", "telephone", "courriel", "lieu")
        exiger(self.destinataire, "organisme", "representant", "adresse_lignes")
        exiger(self.reference, "numero", "date")
        fiche = Fiche(
            titre=f"{self.objet} ({self.reference.numero})",
            auteur=self.emetteur.collectivite,
            cree_le=self.reference.date,
            sujet=self.objet,
        )
        return rendre([*self._entete(), *self.blocs], fiche, format_page=A4, marges=MARGES, decor=self._decorer)

    def _entete(self):
        e, d, r = self.emetteur, self.destinataire, self.reference
        marque = ParagraphStyle(
            "marque", EMETTEUR, fontName=fontes.DEMI_GRAS, fontSize=14, leading=18, textColor=e.couleur
        )
        emetteur = [
            Bloc(sur(e.collectivite), marque),
            Bloc(f"{sur(e.service)}<br/>{sur(e.adresse)}<br/>Tél. {sur(e.telephone)} · {sur(e.courriel)}", EMETTEUR),
        ]
        largeur = A4[0] - MARGES[1] - MARGES[3]
        occupe = sum(bloc.wrap(largeur, A4[1])[1] for bloc in emetteur)
        lignes = [f"<b>{sur(d.organisme)}</b>"]
        if d.civilite:
            lignes.append(sur(f"{d.civilite} {d.representant}"))
        else:
            lignes.append(sur(d.representant))
        if d.fonction:
            lignes.append(sur(d.fonction))
        lignes += [sur(ligne) for ligne in d.adresse_lignes]
        return [
            *emetteur,
            Spacer(0, max(6, HAUT_DESTINATAIRE - occupe)),
            Bloc("<br/>".join(lignes), ADRESSE),
            Spacer(0, 24),
            Bloc(f"{sur(e.lieu)}, le {nombres.date_longue(r.date)}<br/>N° {sur(r.numero)}", MENTION),
            Spacer(0, 10),
            Bloc(sur(self.objet), TITRE, role="H1"),
        ]

    def _decorer(self, toile, page):
        e, r = self.emetteur, self.reference
        largeur, hauteur = A4
        gauche, droite = MARGES[3], largeur - MARGES[1]
        toile.setFillColor(e.couleur)
        toile.rect(0, hauteur - 3 * mm, largeur, 3 * mm, stroke=0, fill=1)
        toile.setStrokeColor("#d9d6cd")
        toile.setLineWidth(0.6)
        toile.line(gauche, 23 * mm, droite, 23 * mm)
        texte = gauche
        if r.url_verification:
            dessiner_qr(toile, r.url_verification, gauche, 6 * mm, COTE_QR)
            texte = gauche + COTE_QR + 4 * mm
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        toile.drawString(texte, 17.5 * mm, f"{e.collectivite} · {r.numero}")
        if r.url_verification:
            toile.drawString(texte, 13.5 * mm, f"Document vérifiable : {r.url_verification}")
        numeroter(toile, page, droite, 17.5 * mm)


@lru_cache(maxsize=64)
def _modules(url):
    """Les suites de modules sombres du QR : (colonne, ligne, longueur), et le côté en modules."""
    matrice = segno.make(url, error="m", micro=False, mask=MASQUE_QR).matrix
    suites = []
    for ligne, rangee in enumerate(matrice):
        debut = None
        for colonne, sombre in enumerate([*rangee, 0]):
            if sombre and debut is None:
                debut = colonne
            elif not sombre and debut is not None:
                suites.append((debut, ligne, colonne - debut))
                debut = None
    return suites, len(matrice)


def dessiner_qr(toile, url, x, y, cote):
    """Le QR de vérification, en un seul tracé ; l'adresse est écrite à côté pour qui ne le scanne pas."""
    suites, modules = _modules(url)
    pas = cote / modules
    trace = toile.beginPath()
    for colonne, ligne, longueur in suites:
        trace.rect(x + colonne * pas, y + cote - (ligne + 1) * pas, longueur * pas, pas)
    toile.setFillColor("#000000")
    toile.drawPath(trace, stroke=0, fill=1)


def bloc_recours(lettre, recours, signataire, acte="La présente décision"):
    """Délais et voies de recours, sans lesquels le délai ne court pas (CJA, art. R. 421-5)."""
    exiger(recours, "tribunal_nom", "tribunal_adresse")
    lettre.intertitre("Si vous contestez cette décision")
    lettre.petit(
        f"{acte} peut être contestée dans un délai de deux mois à compter de sa notification : soit par un recours "
        f"gracieux adressé à {sur(signataire.nom_complet)}, à l’adresse indiquée en tête de ce courrier ; soit par un "
        f"recours devant le {sur(recours.tribunal_nom)}, {sur(recours.tribunal_adresse)}, y compris au moyen de "
        "l’application Télérecours citoyens (www.telerecours.fr). Un recours gracieux formé dans ce délai interrompt "
        "le délai de recours contentieux ; l’absence de réponse pendant deux mois vaut rejet, que vous pouvez "
        "contester devant le tribunal dans un nouveau délai de deux mois."
    )


def bloc_protection(lettre, protection):
    exiger(protection, "duree_conservation", "dpo_contact")
    lettre.intertitre("Vos données")
    lettre.petit(
        f"Les informations recueillies sont traitées par {sur(lettre.emetteur.collectivite)} pour l’instruction, la "
        "décision, le paiement et le contrôle des subventions, dans l’exercice d’une mission d’intérêt public. Elles "
        "sont destinées aux services instructeurs, aux partenaires financeurs du contrat de ville et au comptable "
        f"public, et conservées {sur(protection.duree_conservation)}. Vous pouvez exercer vos droits d’accès, de "
        "rectification, d’opposition et de limitation auprès de "
        f"{sur(protection.dpo_contact)} et saisir la CNIL."
    )
