"""Composer le procès-verbal : la séance, ses dossiers, le récapitulatif, les signatures et l'annexe."""

from reportlab.lib.pagesizes import A4
from reportlab.platypus import KeepTogether

from documents import nombres
from documents.balisage import CORPS, SOUS_TITRE, Bloc, Debut, Fiche, Fin, Puce, Trait, rendre
from documents.champs import exiger, sur
from documents.feuille import (
    GRAND_TITRE,
    MARGES,
    SUR_TITRE,
    cartouche,
    decor,
    en_lignes,
    exemplaire,
    pied,
    presences,
    seance,
    signatures,
)
from documents.proces_verbal.annexe import entrees_et_sorties
from documents.proces_verbal.examen import examen
from documents.proces_verbal.recapitulatif import recapitulatif

# En signes ; au-delà, les points divers ne tiennent plus d'un bloc avec les signatures.
DIVERS_COURT = 500


def composer(document):
    """Rend le procès-verbal en PDF balisé ; lève ChampManquant."""
    d = document
    exiger(d, "collectivite", "titre", "appel", "tenu_le", "edite_le", "organe", "total_demande", "total_propose")
    genre = "Projet de procès-verbal" if d.projet else "Procès-verbal"
    histoire = [
        cartouche(d),
        Bloc(genre, SUR_TITRE),
        Bloc(f"Réunion thématique « {sur(d.titre)} »", GRAND_TITRE, role="H1"),
        Bloc(f"{sur(d.appel)}<br/>{seance(d)}", CORPS),
        Trait(avant=4, apres=8),
        *_presences(d),
        *_deports(d),
        Bloc("1. Rappel", SOUS_TITRE, role="H2"),
        Bloc(_rappel(d), CORPS),
        *_examens(d),
        *recapitulatif(d),
        *_fin(d),
        *entrees_et_sorties(d),
    ]
    fiche = Fiche(titre=f"{genre} · {d.titre}", auteur=d.collectivite, cree_le=d.edite_le, sujet=d.appel)
    bas = pied(genre, d.titre, f"version {d.version}")
    return rendre(histoire, fiche, format_page=A4, marges=MARGES, decor=decor(d.couleur, bas))


def _presences(d):
    yield from presences(d)
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
    for nom, numeros, motif in _par_personne(d.deports):
        mot = "dossiers" if len(numeros) > 1 else "dossier"
        yield Puce(f"{sur(nom)}, {mot} {', '.join(map(sur, numeros))} : {sur(motif).rstrip('.')}.")
    yield Fin()
    yield Bloc(
        "Les personnes citées ont quitté la séance pour l’examen du dossier concerné et n’ont pas pris part à l’avis."
        if d.sorties
        else "Les personnes citées n’ont pris part ni à l’examen du dossier concerné, ni à l’avis.",
        CORPS,
    )


def _par_personne(deports):
    """Un même lien avec plusieurs dossiers se dit une fois : (nom, [numéros], motif)."""
    numeros = {}
    for deport in deports:
        numeros.setdefault((deport.nom, deport.motif), []).append(deport.dossier_numero)
    return [(nom, lesquels, motif) for (nom, motif), lesquels in numeros.items()]


def _rappel(d):
    nombre, retires = len(d.dossiers), sum(dossier.retire for dossier in d.dossiers)
    if not nombre:
        return "Aucun dossier à l’ordre du jour."
    texte = f"{nombre} dossiers" if nombre > 1 else "Un dossier"
    texte += f" à l’ordre du jour, {nombres.euros(d.total_demande)} sollicités"
    if retires:
        combien = f"{retires} dossiers, retirés par leurs porteurs, n’y comptent" if retires > 1 else None
        texte += f" ({combien or 'un dossier, retiré par son porteur, n’y compte'} pas)"
    if d.enveloppe is not None:
        texte += f", pour une enveloppe indicative de {nombres.euros(d.enveloppe)} sur tout l’appel"
    return f"{texte}."


def _examens(d):
    titre = Bloc("2. Examen des dossiers", SOUS_TITRE, role="H2")
    if not d.dossiers:
        yield from (titre, Bloc("Aucun dossier n’a été examiné.", CORPS))
    for rang, dossier in enumerate(d.dossiers, 1):
        yield from examen(rang, dossier, avant=[titre] if rang == 1 else [])


def _fin(d):
    """Un court point divers ne laisse pas les signatures seules sur leur page ; un long se coupe comme il veut."""
    divers = [Bloc(paragraphe, CORPS) for paragraphe in en_lignes(d.divers)]
    if divers:
        divers.insert(0, Bloc("4. Points divers", SOUS_TITRE, role="H2"))
    if len(d.divers) > DIVERS_COURT:
        yield KeepTogether(divers[:2])
        yield from divers[2:]
        divers = []
    yield KeepTogether([*divers, *_cloture(d)])


def _cloture(d):
    yield Bloc(f"Les avis sont consultatifs ; la décision relève {_complement(d.organe)}.", CORPS)
    annexes = ["les entrées et sorties"] if d.mouvements else []
    annexes += [] if d.presents else ["la feuille d’émargement signée"]
    if d.projet:
        attente = "La réunion n’est pas close : ce projet n’est pas à signer. Le procès-verbal s’établit à la clôture."
        yield Bloc(f"<b>{attente}</b>", CORPS)
        yield Bloc(exemplaire(d, "", annexes), CORPS)
        return
    yield Bloc("Signatures", SOUS_TITRE, role="H2")
    yield Bloc(exemplaire(d, "Procès-verbal", annexes), CORPS)
    yield signatures(d)


def _complement(organe):
    """« le conseil municipal » → « du conseil municipal »."""
    texte = sur(organe)
    for article, complement in (("le ", "du "), ("les ", "des ")):
        if texte.startswith(article):
            return complement + texte[len(article) :]
    return f"de {texte}"
