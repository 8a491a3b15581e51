"""Toutes les adresses du projet, route par route, avec chacun des objets de la base.

La matrice choisit un objet par route ; ici on les prend tous : un balayage ne choisit pas où regarder. Ce qu'un
argument désigne se lit à son nom ou à ce qui le précède dans l'adresse ; une route dont un argument n'est pas connu
lève `SansAdresse`, et le test qui balaie échoue.
"""

import re

from django.urls import reverse

from appels.models import Appel, PieceDemandee
from comptes.models import (
    Affectation,
    Collectivite,
    DocumentPermanent,
    Invitation,
    Membre,
    Organisme,
    Partenaire,
)
from config.checks import acces_declare, motifs
from dossiers.models import Commentaire, CopieDeposee, Dossier, LienRelecture, Piece, PreProjet, Signalement
from evaluation.models import (
    Classeur,
    Deport,
    FicheHabitant,
    Invite,
    LienDeclare,
    MembreReunion,
    PassageDossier,
    PointOrdreDuJour,
    ProcesVerbal,
    Reunion,
)
from notifications.models import CourrielRecu, Envoi
from programmation.models import Acte

# Des jetons secrets, que la base ne garde pas : un faux suffit à éprouver la route.
FAUX = ["faux-jeton"]
# Les mêmes arguments partout où ils paraissent.
PAR_NOM = {
    "numero": Dossier,
    "slug": Appel,
    "jeton": FAUX,
    "cle": FAUX,
    "key": FAUX,
    "uidb36": ["1"],
    "forme": ["csv", "xlsx"],
    "page": ["1"],
    "rang": ["1"],
}
# Un « pk » ne se lit qu'à ce qui le précède.
PAR_RADICAL = {
    "organisme/": Organisme,
    "documents/": DocumentPermanent,
    "invitations/": Invitation,
    "administration/": Collectivite,
    "pre-projets/": PreProjet,
    "relectures/": LienRelecture,
    "relectures/remarques/": Commentaire,
    "pieces/modeles/": PieceDemandee,
    "pieces/": Piece,
    "veille/": Signalement,
    "avis-habitant/": FicheHabitant,
    "verifier/": Acte,
    "evaluation/fiches-habitant/": FicheHabitant,
    "evaluation/conseils/": Partenaire,
    "evaluation/reunions/": Reunion,
    "evaluation/classeurs/": Classeur,
    "evaluation/points/": PointOrdreDuJour,
    "evaluation/invites/": Invite,
    "evaluation/deports/": Deport,
    "evaluation/liens/": LienDeclare,
    "evaluation/proces-verbaux/": ProcesVerbal,
    "programmation/actes/": Acte,
    "notifications/envois/": Envoi,
    "notifications/actes/": Acte,
    "courriels/": CourrielRecu,
}
# Le second argument dépend du premier : (radical, argument) -> le modèle, et ce qui le relie au premier.
DEPENDANTS = {
    ("organisme/", "membre_pk"): (Membre, "organisme"),
    ("organisme/", "invitation_pk"): (Invitation, "organisme"),
    ("administration/", "affectation_pk"): (Affectation, "collectivite"),
    ("evaluation/reunions/", "membre_pk"): (MembreReunion, "reunion"),
    ("evaluation/reunions/", "passage_pk"): (PassageDossier, "reunion"),
    ("evaluation/conseils/", "reunion_pk"): (Reunion, "collectivite__partenaires"),
}
CHAMPS = {"numero": "numero", "slug": "slug", "code": "code"}


class SansAdresse(Exception):
    """Une route dont personne n'a dit ce que ses arguments désignent."""


def _valeurs(radical, argument, deja):
    if argument == "page" and radical == "organisme/":
        return ["adresses"]
    if argument == "rang":
        return sorted(set(CopieDeposee.objects.values_list("rang", flat=True))) or [1]
    if lie := DEPENDANTS.get((radical, argument)):
        modele, chemin = lie
        return list(modele.objects.filter(**{chemin: deja["pk"]}).values_list("pk", flat=True))
    source = PAR_NOM.get(argument) or PAR_RADICAL.get(radical)
    if source is None:
        raise SansAdresse(f"« {radical}<{argument}> » : dites dans adresses.py ce que cet argument désigne.")
    if isinstance(source, list):
        return source
    return list(source.objects.order_by("pk").values_list(CHAMPS.get(argument, "pk"), flat=True))


def _arguments(motif):
    """Le radical de l'adresse, et ses arguments dans l'ordre où elle les écrit."""
    texte = str(motif.pattern)
    noms = re.findall(r"<(?:\w+:)?(\w+)>", texte)
    return re.split(r"[(<]", texte.lstrip("^"))[0], noms


def adresses_de(nom, motif):
    """[(arguments, adresse)] de cette route, pour tous les objets de la base."""
    radical, noms = _arguments(motif)
    jeux = [{}]
    for argument in noms:
        jeux = [deja | {argument: valeur} for deja in jeux for valeur in _valeurs(radical, argument, deja)]
    return [(jeu, reverse(nom, kwargs=jeu)) for jeu in jeux]


def toutes():
    """[(route, arguments, adresse, accès déclaré)]"""
    return [
        (nom, jeu, adresse, acces_declare(nom, motif))
        for nom, motif in motifs()
        for jeu, adresse in adresses_de(nom, motif)
    ]
