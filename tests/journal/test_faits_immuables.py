"""On attaque le journal par tous les chemins : la base elle-même doit tenir."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from comptes.models import Collectivite
from journal.models import Evenement
from journal.publication import publier

FAIT = {
    "type": "dossier.autre",
    "objet_type": "dossiers.autre",
    "objet_id": 999,
    "acteur_id": 999,
    "acteur": "Quelqu’un d’autre",
    "donnees": {"montant": "1"},
    "cree_le": timezone.now() - timedelta(days=400),
}


@pytest.fixture
def fait(db):
    objet = Collectivite.objects.create(type="commune", nom="Villefranche", sigle="VF")
    with transaction.atomic():
        return publier("essai.faire", objet, montant="23500.00")


@pytest.mark.parametrize("champ", FAIT)
def test_aucune_colonne_du_fait_ne_se_modifie(fait, champ):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evenement.objects.filter(pk=fait.pk).update(**{champ: FAIT[champ]})
    fait.refresh_from_db()
    assert getattr(fait, champ) != FAIT[champ]


def test_enregistrer_l_objet_entier_est_refuse_aussi(fait):
    fait.acteur = "Quelqu’un d’autre"
    with pytest.raises(IntegrityError), transaction.atomic():
        fait.save()


def test_le_sql_direct_est_refuse(fait):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("UPDATE journal_evenement SET donnees = '{}'")


def test_la_diffusion_reste_modifiable(fait):
    fait.reporter("essai")
    fait.marquer_diffuse()
    fait.refresh_from_db()
    assert (fait.essais, fait.diffuse_le is None) == (1, False)


@pytest.mark.postgresql
def test_un_fait_ne_se_supprime_pas(fait):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evenement.objects.filter(pk=fait.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("DELETE FROM journal_evenement")
    assert Evenement.objects.filter(pk=fait.pk).exists()
