"""La vérification système qui refuse une vue muette sur son accès ; attaquée ici, une fois."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from comptes.acces import connecte, declarer, public
from config.checks import chaque_vue_declare_son_acces


def muette(request):
    return HttpResponse()


urlpatterns = [path("muette/", muette, name="muette")]


class Routes:
    def __init__(self, *motifs):
        self.urlpatterns = list(motifs)


@override_settings(ROOT_URLCONF=__name__)
def test_une_vue_muette_fait_echouer_la_verification():
    assert [erreur.id for erreur in chaque_vue_declare_son_acces(None)] == ["config.E001"]


def test_toutes_les_vues_du_projet_declarent_leur_acces():
    assert chaque_vue_declare_son_acces(None) == []


@pytest.mark.parametrize(
    "vue", [public(lambda request: None), connecte(lambda request: None), declarer(lambda request: None, "connecte")]
)
def test_une_vue_declaree_passe(vue):
    motifs = (path("", vue, name="a"),)
    with override_settings(ROOT_URLCONF=Routes(path("dedans/", include(list(motifs))))):
        assert chaque_vue_declare_son_acces(None) == []
