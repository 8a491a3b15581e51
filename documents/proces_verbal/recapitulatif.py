"""Le récapitulatif : combien d'avis de chaque sens, ce qui est proposé, et chaque dossier sur une ligne."""

from decimal import Decimal

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, KeepTogether

from documents import nombres
from documents.balisage import CORPS, SOUS_TITRE, Bloc, Grille
from documents.champs import sur
from documents.feuille import LARGEUR
from documents.proces_verbal.examen import CELLULE, STYLE, TOTAL, montant

# Le titre, le décompte et le début du tableau restent ensemble.
PLACE_DU_DEBUT = 60 * mm
NUMERO, AVIS, MONTANT = 27 * mm, 32 * mm, 24 * mm
MONTANT_PAR_FINANCEUR = 35 * mm


def recapitulatif(d):
    yield CondPageBreak(PLACE_DU_DEBUT)
    decompte = [f"{sur(libelle)} : {nombre}" for libelle, nombre in d.recapitulatif]
    texte = " · ".join(decompte) + f"<br/>Total proposé : <b>{nombres.euros(d.total_propose)}</b>."
    if reste := _reste(d):
        texte += f" {reste}"
    yield KeepTogether([Bloc("3. Récapitulatif", SOUS_TITRE, role="H2"), Bloc(texte, CORPS)])
    # Un seul dossier a déjà tout dit.
    if len(d.dossiers) > 1:
        yield from _par_financeur(d)
        yield _par_dossier(d)


def _reste(d):
    if d.reste is None:
        return ""
    if d.reste < 0:
        return f"Les avis rendus à ce jour dépassent l’enveloppe de tout l’appel de {nombres.euros(-d.reste)}."
    return f"Reste sur l’enveloppe de tout l’appel, tous les avis rendus à ce jour comptés : {nombres.euros(d.reste)}."


def _par_financeur(d):
    demandes, proposes = {}, {}
    for ligne in (ligne for dossier in d.dossiers if not dossier.retire for ligne in dossier.montants):
        demandes[ligne.financeur] = demandes.get(ligne.financeur, Decimal(0)) + ligne.demande
        proposes[ligne.financeur] = proposes.get(ligne.financeur, Decimal(0)) + (ligne.propose or Decimal(0))
    if len(demandes) < 2:
        return
    yield KeepTogether(
        Grille(
            [
                ["Par financeur", "Demandé", "Proposé"],
                *(
                    [Bloc(sur(financeur), CELLULE), montant(demande), montant(proposes[financeur])]
                    for financeur, demande in demandes.items()
                ),
            ],
            premiere_colonne=True,
            colWidths=[LARGEUR - 2 * MONTANT_PAR_FINANCEUR, MONTANT_PAR_FINANCEUR, MONTANT_PAR_FINANCEUR],
            spaceBefore=2,
            spaceAfter=10,
            style=[*STYLE, ("ALIGN", (1, 0), (-1, -1), "RIGHT")],
        )
    )


def _par_dossier(d):
    lignes = [
        [
            Bloc(sur(dossier.numero), CELLULE),
            Bloc(f"{sur(dossier.porteur)} · {sur(dossier.action)}", CELLULE),
            Bloc(sur(dossier.avis) or "Non rendu", CELLULE),
            # Le total ne compte pas un dossier retiré : sa ligne non plus.
            montant(None if dossier.retire else dossier.demande),
            montant(dossier.propose),
        ]
        for dossier in d.dossiers
    ]
    total = ["Total", "", "", montant(d.total_demande), montant(d.total_propose)]
    return Grille(
        [["Dossier", "Porteur et action", "Avis", "Demandé", "Proposé"], *lignes, total],
        premiere_colonne=True,
        colWidths=[NUMERO, LARGEUR - NUMERO - AVIS - 2 * MONTANT, AVIS, MONTANT, MONTANT],
        spaceBefore=2,
        spaceAfter=10,
        style=[
            *STYLE,
            ("ALIGN", (3, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 1), (-1, -2), "TOP"),
            # Le total ne passe pas seul à la page suivante.
            ("NOSPLIT", (0, -2), (-1, -1)),
            *TOTAL,
        ],
    )
