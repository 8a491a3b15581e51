"""Ce que montrent en plus les étapes de l'action : ce qui mérite un coup d'œil, ce qui se calcule, ce qu'on suggère."""

from comptes.fiche import manques_de_fiche
from dossiers import budget
from dossiers.avertissements import avertissements
from dossiers.calendrier import periode_de
from dossiers.completude import manques_bloquants
from dossiers.etapes import suivante
from dossiers.suggestions import indicateurs_suggeres
from dossiers.views.communs import url_etape


def contexte_structure(dossier):
    """La fiche de l'organisme telle que le dossier la reprend : ce qui lui manque, bloquant ou non."""
    bloquants = manques_bloquants(dossier.organisme)
    return {
        "bloquants": bloquants,
        "conseilles": [m for m in manques_de_fiche(dossier.organisme) if m not in bloquants],
        "agrements": dossier.organisme.agrements.all(),
        "suite": url_etape(dossier, suivante(dossier, "structure")),
    }


def contexte_public(form, dossier):
    charges = budget.totaux_du_dossier(dossier).charges
    return {
        "avertissements": avertissements(dossier, "public"),
        "periode": periode_de(dossier),
        # « coût par bénéficiaire » : les charges de l'action, sans les contributions volontaires.
        "cout_par_personne": charges / dossier.nb_beneficiaires if charges and dossier.nb_beneficiaires else None,
    }


def contexte_moyens(form, dossier):
    return {"avertissements": avertissements(dossier, "moyens")}


def contexte_resultats(form, dossier):
    objectifs = dict.fromkeys(cible.objectif for cible in dossier.cibles.all())
    return {
        "avertissements": avertissements(dossier, "resultats"),
        "suggestions": indicateurs_suggeres(objectifs),
    }
