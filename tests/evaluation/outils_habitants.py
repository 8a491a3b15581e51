"""La réunion commune, avec son conseil citoyen : Gisèle en est membre, la fiche de son premier dossier est prête."""

import re

from django.urls import reverse

from comptes.models import Affectation
from evaluation.models import FicheHabitant
from evaluation.operations import citoyens
from tests.caches import vider_le_cache
from tests.fabriques_evaluation import conseil_citoyen

OUI = {"utile": "oui", "pour_qui": "Les familles", "que_manque_t_il": "Des bancs"}


def preparer(seance):
    """Gisèle rejoint le conseil citoyen, Denis prépare les fiches ; rend celle du premier dossier."""
    vider_le_cache()
    conseil = conseil_citoyen(seance.reunion.collectivite)
    Affectation.objects.filter(utilisateur=seance.gisele).update(partenaire=conseil)
    seance.gisele.oublier_les_roles()
    citoyens.preparer_fiches(seance.reunion, par=seance.denis)
    return FicheHabitant.objects.get(dossier=seance.dossier, conseil=conseil)


def repondre(fiche, *utiles):
    for rang, utile in enumerate(utiles):
        citoyens.repondre_par_code(fiche, jeton=f"{utile}-{rang}", utile=utile, que_manque_t_il=f"Manque {rang}")


def espaces(texte):
    return re.sub(r"\s+", " ", texte)


def texte(reponse):
    """Le texte d'une page, toutes les espaces ordinaires."""
    return espaces(reponse.content.decode())


def adresse(nom, *args):
    return reverse(nom, args=args)
