"""Toutes les routes × tous les rôles, contre une table écrite et relue à la main.

Une route nouvelle sans ligne ici fait échouer ; une ligne dont un code change aussi. La table ne se déduit pas du
code : c'est elle qui fait foi. Les demandes qui écrivent sont annulées aussitôt jouées.
"""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from appels.models import PieceDemandee
from comptes.models import Utilisateur
from config.checks import motifs
from config.demonstration import MOT_DE_PASSE, charger
from evaluation.models import Reunion
from evaluation.operations import demander_proces_verbal
from notifications.models import CourrielRecu
from notifications.travail import vider
from tests.architecture.matrice import COLONNES, MATRICE, REPERES

pytestmark = pytest.mark.lent


class Annuler(Exception):
    """Défait ce que la demande a écrit."""


@pytest.fixture
def monde(db):
    charger()
    Utilisateur.objects.create_user("sans-role@demo.test", MOT_DE_PASSE)
    demander_proces_verbal(
        Reunion.objects.get(titre__startswith="Santé"), par=Utilisateur.objects.get(email="agent@demo.test")
    )
    vider()
    PieceDemandee.objects.filter(appel__publie_le__isnull=False).first().modele.save(
        "modele.pdf", ContentFile(b"%PDF-1.7")
    )
    CourrielRecu.objects.create(destinataires="a@demo.test", expediteur="b@demo.test", objet="Un courriel")


def jouer(client, methode, adresse):
    try:
        with transaction.atomic():
            reponse = getattr(client, methode)(adresse)
            if reponse.streaming:
                # Un fichier lu jusqu'au bout se ferme ; fermer la réponse fermerait aussi la base du test.
                b"".join(reponse.streaming_content)
            raise Annuler
    except Annuler:
        return reponse.status_code


def releve():
    """{(route, méthode): (codes dans l'ordre des colonnes)}"""
    codes = {cle: [] for cle in MATRICE}
    for colonne in COLONNES:
        client = Client(raise_request_exception=False)
        personne = Utilisateur.objects.filter(email=f"{colonne}@demo.test").first()
        for route, methode in MATRICE:
            if personne and settings.SESSION_COOKIE_NAME not in client.cookies:
                client.force_login(personne)
            adresse = reverse(route, kwargs=REPERES[route]() if route in REPERES else {})
            codes[route, methode].append(jouer(client, methode, adresse))
            if route == "account_logout":
                client.cookies.clear()
    return {cle: tuple(valeurs) for cle, valeurs in codes.items()}


def test_chaque_route_a_sa_ligne():
    assert {nom for nom, _ in motifs()} == {route for route, _ in MATRICE}


def test_chaque_role_entre_ou_il_doit_et_nulle_part_ailleurs(monde, settings):
    settings.BOITE_VISIBLE = True
    ecarts = {
        cle: dict(zip(COLONNES, zip(codes, MATRICE[cle], strict=True), strict=True))
        for cle, codes in releve().items()
        if codes != MATRICE[cle]
    }
    assert not ecarts, "\n".join(
        f"{route} {methode} : "
        + ", ".join(f"{r} a {vu}, attendu {prevu}" for r, (vu, prevu) in ligne.items() if vu != prevu)
        for (route, methode), ligne in ecarts.items()
    )
