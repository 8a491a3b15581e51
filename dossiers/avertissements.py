"""Ce qui mérite un coup d'œil sans empêcher de déposer : des nombres qui ne vont pas ensemble, des oublis."""

from django.utils.text import capfirst

from dossiers import budget
from dossiers.calendrier import deborde, periode_de
from dossiers.completude import Manque
from dossiers.forms.public import AGES, GENRES


def avertissements(dossier, etape):
    """Les avertissements d'une étape, dans l'ordre de ses champs."""
    return [Manque(etape, champ, message) for champ, message in PAR_ETAPE[etape](dossier)]


def _public(dossier):
    if "ages" in dossier.appel.sections:
        yield from _comptes(dossier, GENRES, "Les femmes et les hommes comptés")
        yield from _comptes(dossier, AGES, "Les tranches d’âge")
    if deborde(dossier):
        periode = periode_de(dossier)
        yield (
            "debut" if not periode.contient(dossier.debut) else "fin",
            f"L’appel prévoit des actions du {periode.debut:%d/%m/%Y} au {periode.fin:%d/%m/%Y} : "
            "le service vérifiera que ces dates sont possibles.",
        )


def _comptes(dossier, noms, sujet):
    """Un détail et un total, quand on a les deux : le détail peut rester incomplet, on le dit seulement."""
    donnes = [nombre for nom in noms if (nombre := getattr(dossier, nom)) is not None]
    total, somme = dossier.nb_beneficiaires, sum(donnes)
    if total is None or not donnes or somme == total:
        return
    if somme > total:
        yield noms[0], f"{sujet} font {_personnes(somme)}, plus que les {total} bénéficiaires annoncés."
    elif len(donnes) == len(noms):
        yield noms[0], f"{sujet} font {_personnes(somme)}, pour {total} bénéficiaires annoncés."


def _personnes(nombre):
    return f"{nombre}\u00a0personne{'s' if nombre > 1 else ''}"


def _moyens(dossier):
    if "moyens" in dossier.appel.sections:
        for ligne in dossier.moyens_humains.all():
            if ligne.nombre is not None and ligne.etpt is not None and ligne.etpt > ligne.nombre:
                yield (
                    f"moyen-{ligne.nature}-etpt",
                    f"{capfirst(ligne.get_nature_display())} : {budget.nombre(ligne.etpt)} équivalent temps plein pour "
                    f"{_personnes(ligne.nombre)}. Une personne compte pour 1 au plus.",
                )
    if dossier.recrutement and not dossier.recrutement_etpt:
        yield "recrutement_etpt", "Vous recrutez pour cette action : indiquez pour combien de temps plein."


def _resultats(dossier):
    if "indicateurs" not in dossier.appel.sections:
        return
    for indicateur in dossier.indicateurs.all():
        nom = f"indicateur-{indicateur.rang}"
        if not indicateur.libelle:
            yield f"{nom}-libelle", f"L’indicateur {indicateur.rang + 1} n’a pas encore de nom."
        elif indicateur.cible is None:
            yield f"{nom}-cible", f"« {indicateur.libelle} » n’a pas encore de cible à atteindre."


PAR_ETAPE = {"public": _public, "moyens": _moyens, "resultats": _resultats}
