"""La table des abonnements ne nomme que des faits réellement publiés."""

import ast
from pathlib import Path

from dossiers import cycle_de_vie
from notifications.abonnements import ABONNEMENTS
from programmation import actes

RACINE = Path(__file__).resolve().parents[2]
APPLICATIONS = ("appels", "comptes", "dossiers", "evaluation", "programmation")


def _faits_ecrits_en_clair():
    """Le premier argument de chaque publier("…") du code."""
    for application in APPLICATIONS:
        for fichier in (RACINE / application).rglob("*.py"):
            for noeud in ast.walk(ast.parse(fichier.read_text())):
                if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "") == "publier":
                    if isinstance(noeud.args[0], ast.Constant):
                        yield noeud.args[0].value


def test_chaque_abonnement_nomme_un_fait_publie():
    publies = {*cycle_de_vie.FAITS.values(), *actes.FAITS.values(), *_faits_ecrits_en_clair()}
    assert set(ABONNEMENTS) <= publies


def test_les_faits_qui_ecrivent_a_quelqu_un():
    # Écrite à la main : un fait dont les gens attendent une lettre ne doit pas perdre son abonné.
    assert {
        "dossier.deposer",
        "dossier.demander_complement",
        "dossier.completer",
        "dossier.declarer_recevable",
        "dossier.declarer_irrecevable",
        "dossier.decider",
        "dossier.retirer",
        "dossier.constater_notification",
        "acte.produire",
    } <= set(ABONNEMENTS)
