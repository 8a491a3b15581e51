"""Les fabriques disent vrai : ce qu'elles créent passe les contrôles de l'application."""

import pytest

from comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, AffectationFactory, MembreFactory, OrganismeFactory


@pytest.mark.django_db
def test_un_organisme_fabrique_est_valable():
    for organisme in OrganismeFactory.create_batch(3):
        organisme.full_clean()


@pytest.mark.django_db
def test_une_personne_fabriquee_se_connecte_et_porte_ses_roles(client):
    alice = MembreFactory().utilisateur
    assert client.login(email=alice.email, password=MOT_DE_PASSE)
    assert alice.roles == {Role.PORTEUR}
    assert AffectationFactory().utilisateur.roles == {Role.AGENT}
    financeuse = AffectationFactory(role=Role.FINANCEUR)
    assert financeuse.partenaire.collectivite == financeuse.collectivite
