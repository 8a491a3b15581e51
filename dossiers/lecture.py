"""Le dossier entier à l'écran : ses rubriques, où chaque partie se modifie, et les remarques qu'elle a reçues."""

from typing import NamedTuple

from dossiers.etapes import etapes_de, ou_reparer
from dossiers.models import Commentaire
from dossiers.rubriques import a_relire


class PartieLue(NamedTuple):
    """`epingle` : la dernière partie d'une étape porte ses remarques, et de quoi en laisser une."""

    section: str
    titre: str
    blocs: tuple
    epingle: bool
    remarques: list


def lire(donnees, remarques=()):
    """[(titre de rubrique, [PartieLue])]"""
    rubriques = a_relire(donnees)
    dernieres = {}
    for rubrique in rubriques:
        for partie in rubrique.parties:
            dernieres[partie.section] = partie
    return [
        (rubrique.titre, [_lue(partie, dernieres, remarques) for partie in rubrique.parties]) for rubrique in rubriques
    ]


def _lue(partie, dernieres, remarques):
    epingle = bool(partie.section) and dernieres[partie.section] is partie
    recues = [remarque for remarque in remarques if epingle and remarque.section == partie.section]
    return PartieLue(partie.section, partie.titre, partie.blocs, epingle, recues)


def sections_relues(donnees):
    """Les étapes auxquelles une remarque peut s'épingler."""
    return {partie.section for rubrique in a_relire(donnees) for partie in rubrique.parties if partie.section}


def remarques_de(dossier):
    """Toutes les remarques reçues, avec la personne à qui le lien fut donné."""
    return list(Commentaire.objects.filter(lien__dossier=dossier).select_related("lien"))


def remarques_ouvertes(dossier, etape):
    """Ce qu'il reste à traiter à cette étape du formulaire ; rien à lire quand personne n'a rien laissé."""
    if not getattr(dossier, "est_relu", True):
        return []
    return [r for r in remarques_de(dossier) if r.traite_le is None and ou_reparer(dossier, r.section) == etape]


def ou_modifier(dossier, section):
    """Le code de l'étape où cette partie s'écrit ; vide si ce dossier ne la montre pas."""
    code = ou_reparer(dossier, section)
    return code if code in {etape.code for etape in etapes_de(dossier)} else ""
