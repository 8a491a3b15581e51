"""Composer le dossier complet : cartouche, rubriques, mentions de fin, décor."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak

from documents import fontes
from documents.balisage import (
    CORPS,
    DOUCE,
    FILET,
    PETIT,
    TAILLE_PIED,
    Bloc,
    Embleme,
    Fiche,
    Pose,
    Trait,
    numeroter,
    rendre,
    teinte,
)
from documents.champs import ChampManquant, imprimable, sur
from documents.dossier_complet.contenu import Renseignements
from documents.dossier_complet.styles import (
    COTE_EMBLEME,
    GRAND_TITRE,
    LARGEUR,
    MARGES,
    PARTIE,
    PLACE_D_UN_BUDGET,
    PLACE_D_UN_TABLEAU,
    PLACE_D_UNE_RUBRIQUE,
    RUBRIQUE,
    SUR_TITRE,
)
from documents.dossier_complet.tableaux import bloc_renseignements, budget, renseignements, tableau
from documents.dossier_complet.textes import TitreSigne, cases, phrase, recit


def composer(document):
    """Rend le dossier complet en PDF balisé ; lève ChampManquant."""
    d = document
    _exiger(d, "collectivite", "numero", "organisme", "appel", "mention", "etabli_le", "rubriques")
    histoire = [
        _cartouche(d),
        Bloc("Demande de subvention", SUR_TITRE),
        Bloc(sur(d.intitule or "Sans titre"), GRAND_TITRE, role="H1"),
        Bloc(sur(d.mention), CORPS),
        Trait(couleur=teinte(d.couleur), epaisseur=1.2, avant=4, apres=6),
        renseignements(Renseignements(d.resume)),
    ]
    for rang, rubrique in enumerate(d.rubriques):
        histoire += _rubrique(rubrique, rang, teinte(d.couleur))
    histoire += _fin(d)
    fiche = Fiche(
        titre=f"{d.numero} · {d.intitule or 'Sans titre'}", auteur=d.organisme, cree_le=d.etabli_le, sujet=d.appel
    )
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=_decor(d))


def _exiger(document, *noms):
    """Ce que Parvis doit au document. Ce que la personne a écrit s'imprime tel quel : « {{ » n'y est pas un trou."""
    for nom in noms:
        if not getattr(document, nom):
            raise ChampManquant(f"DossierComplet : « {nom} » est vide.")
    if document.etabli_le.tzinfo is None:
        raise ChampManquant("« etabli_le » n’a pas de fuseau horaire.")


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
    return Pose(places, apres=9 * mm)


def _rubrique(rubrique, rang, couleur):
    style = ParagraphStyle("rubrique", RUBRIQUE, textColor=couleur)
    yield CondPageBreak(PLACE_D_UNE_RUBRIQUE)
    yield TitreSigne(sur(rubrique.titre), style, "H2", imprimable(rubrique.titre), f"rubrique-{rang}", 0)
    trait = Trait(couleur=couleur, epaisseur=0.8, apres=5)
    trait.keepWithNext = 1
    yield trait
    for place, partie in enumerate(rubrique.parties):
        if partie.titre:
            cle = f"rubrique-{rang}-{place}"
            # La première suit le titre de sa rubrique, qui a déjà gardé la place ; un budget en veut davantage.
            if place:
                un_budget = partie.blocs and partie.blocs[0].genre == "budget"
                yield CondPageBreak(PLACE_D_UN_BUDGET if un_budget else PLACE_D_UN_TABLEAU)
            yield TitreSigne(sur(partie.titre), PARTIE, "H3", imprimable(partie.titre), cle, 1)
        for bloc in partie.blocs:
            yield from _DESSINS[bloc.genre](bloc)


_DESSINS = {
    "renseignements": bloc_renseignements,
    "recit": recit,
    "phrase": phrase,
    "cases": cases,
    "tableau": tableau,
    "budget": budget,
}


def _fin(d):
    yield Trait(avant=12, apres=6)
    if d.epreuve:
        yield Bloc(
            "Épreuve tirée d’un brouillon : ce document n’a pas été déposé et ne vaut pas demande de subvention.", PETIT
        )
    else:
        yield Bloc(
            "Cette copie a été établie au dépôt et ne change plus. Empreinte SHA-256 des données : "
            f"{sur(d.empreinte)}. L’empreinte du fichier figure sur l’accusé de réception"
            + (f" ; elle se vérifie à l’adresse {sur(d.adresse_verification)}." if d.adresse_verification else "."),
            PETIT,
        )
    yield Bloc(
        "Document établi par la collectivité selon les rubriques du formulaire Cerfa n° 12156*06. Il n’est pas le "
        "formulaire officiel.",
        PETIT,
    )


def _decor(d):
    largeur, hauteur = A4

    def dessiner(toile, page):
        if d.epreuve:
            _filigrane(toile)
        if page == 1:
            toile.setFillColor(teinte(d.couleur))
            toile.rect(0, hauteur - 2.4 * mm, largeur, 2.4 * mm, stroke=0, fill=1)
        toile.setStrokeColor(FILET)
        toile.setLineWidth(0.6)
        toile.line(MARGES[3], 15 * mm, largeur - MARGES[1], 15 * mm)
        toile.setFillColor(DOUCE)
        toile.setFont(fontes.NORMAL, TAILLE_PIED)
        pied = f"{d.numero} · {d.organisme[:60]}" + (" · brouillon" if d.epreuve else "")
        toile.drawString(MARGES[3], 10 * mm, imprimable(pied))
        numeroter(toile, page, largeur - MARGES[1], 10 * mm)

    return dessiner


def _filigrane(toile):
    """Au trait seulement : le texte qu'il traverse se lit toujours."""
    largeur, hauteur = A4
    toile.saveState()
    toile.translate(largeur / 2, hauteur / 2)
    toile.rotate(52)
    toile.setStrokeColor("#cfc9bb")
    toile.setLineWidth(0.9)
    ecrit = toile.beginText()
    ecrit.setFont(fontes.DEMI_GRAS, 120)
    ecrit.setTextRenderMode(1)
    ecrit.setTextOrigin(-toile.stringWidth("brouillon", fontes.DEMI_GRAS, 120) / 2, -35)
    ecrit.textOut("brouillon")
    toile.drawText(ecrit)
    toile.restoreState()
