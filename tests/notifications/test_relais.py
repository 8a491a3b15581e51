"""Le relais : chaque fait une fois, aucun n'en arrête un autre."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from comptes.models import Collectivite
from journal.models import ESSAIS_AVANT_ALERTE, Evenement
from journal.publication import publier
from notifications import relais
from notifications.abonnements import ABONNEMENTS


@pytest.fixture
def suites(monkeypatch):
    """Un abonné d'essai, qui note les faits reçus ; celui d'un fait empoisonné échoue toujours."""
    recus = []

    def noter(evenement):
        if evenement.donnees.get("poison"):
            Collectivite.objects.create(type="commune", nom="Écriture à défaire", sigle="DEFAIRE")
            raise ValueError("poison pour alice@asso.test")
        recus.append(evenement.pk)

    monkeypatch.setitem(ABONNEMENTS, "essai.faire", (noter,))
    return recus


def faire(nombre=1, **donnees):
    objet, _ = Collectivite.objects.get_or_create(type="commune", nom="Villefranche", sigle="VF")
    with transaction.atomic():
        return [publier("essai.faire", objet, **donnees).pk for _ in range(nombre)]


@pytest.mark.django_db
def test_chaque_fait_est_diffuse_une_fois_dans_l_ordre(suites):
    faits = faire(3)
    assert relais.diffuser_tout() == 3
    assert relais.diffuser_tout() == 0
    assert suites == faits


@pytest.mark.django_db(transaction=True)
def test_un_fait_que_personne_n_attend_ne_reveille_rien(suites, monkeypatch):
    """Quarante votes ensemble ne font pas quarante demandes au courtier ; le balayage les range."""
    sonneries = []
    monkeypatch.setattr("notifications.courtier.demander", sonneries.append)
    objet = Collectivite.objects.create(type="commune", nom="Villefranche", sigle="VF")
    with transaction.atomic():
        publier("essai.inconnu", objet)
    assert sonneries == []
    faire()
    assert sonneries == ["relayer"]
    assert relais.diffuser_tout() == 2


@pytest.mark.django_db
def test_une_file_vide_ne_coute_qu_une_lecture(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert relais.diffuser_tout() == 0


@pytest.mark.django_db
def test_un_fait_sans_abonne_est_diffuse():
    objet = Collectivite.objects.create(type="commune", nom="Villefranche", sigle="VF")
    with transaction.atomic():
        publier("essai.inconnu", objet)
    assert relais.diffuser_tout() == 1


@pytest.mark.django_db
def test_un_fait_empoisonne_n_arrete_pas_les_autres_et_ne_laisse_rien(suites, caplog):
    [poison] = faire(poison=True)
    sains = faire(2)
    assert relais.diffuser_tout() == 2
    assert suites == sains
    assert not Collectivite.objects.filter(sigle="DEFAIRE").exists()
    fait = Evenement.objects.get(pk=poison)
    assert (fait.diffuse_le, fait.essais) == (None, 1)
    assert "ValueError" in fait.derniere_erreur
    assert str(poison) in caplog.text
    assert "alice@asso.test" not in caplog.text


@pytest.mark.django_db
def test_l_attente_double_a_chaque_echec_puis_l_alerte_se_voit(suites, caplog):
    [poison] = faire(poison=True)
    attentes = []
    for _ in range(ESSAIS_AVANT_ALERTE):
        Evenement.objects.filter(pk=poison).update(prochain_essai_le=timezone.now())
        relais.diffuser_tout()
        fait = Evenement.objects.get(pk=poison)
        attentes.append(round((fait.prochain_essai_le - timezone.now()) / timedelta(seconds=1)))
    assert attentes == [30, 60, 120, 240, 480]
    assert list(Evenement.objects.en_alerte()) == [fait]
    assert [r.levelname for r in caplog.records if r.name == "notifications.relais"] == ["WARNING"] * 4 + ["ERROR"]


def _en_parallele(nombre, action):
    resultats, depart = [], threading.Barrier(nombre)

    def courir():
        depart.wait()
        try:
            resultats.append(action())
        except Exception as erreur:
            resultats.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=courir) for _ in range(nombre)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return resultats


@pytest.mark.django_db(transaction=True)
def test_quatre_relais_simultanes_diffusent_douze_faits_douze_fois(suites):
    faits = faire(12)
    assert sum(_en_parallele(4, relais.diffuser_tout)) == 12
    assert sorted(suites) == faits


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_un_relais_saute_le_fait_qu_un_autre_tient(suites):
    premier, second = faire(2)
    with transaction.atomic():
        Evenement.objects.select_for_update().get(pk=premier)
        assert _en_parallele(1, relais.diffuser_tout) == [1]
    assert suites == [second]
    assert relais.diffuser_tout() == 1
