"""Les identifiants de l'administration, sur des vecteurs vrais et faux."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from comptes import validateurs

VECTEURS = json.loads((Path(__file__).parents[1] / "vecteurs_validation.json").read_text())
VALIDATEURS = {
    "siren": validateurs.valider_siren,
    "siret": validateurs.valider_siret,
    "rna": validateurs.valider_rna,
    "iban": validateurs.valider_iban,
    "bic": validateurs.valider_bic,
    "code_postal": validateurs.valider_code_postal,
    "code_insee_commune": validateurs.valider_code_insee,
    "code_qpv_2024": validateurs.valider_code_qpv,
}


@pytest.mark.parametrize(
    ("nature", "valeur", "attendu"),
    [(nature, vecteur["v"], vecteur["ok"]) for nature in VALIDATEURS for vecteur in VECTEURS[nature]],
)
def test_vecteur(nature, valeur, attendu):
    try:
        VALIDATEURS[nature](valeur)
    except ValidationError:
        valable = False
    else:
        valable = True
    assert valable is attendu


def test_le_siret_tout_a_zero_est_refuse_bien_que_sa_cle_soit_juste():
    with pytest.raises(ValidationError):
        validateurs.valider_siret("00000000000000")


@pytest.mark.parametrize(("numero", "attendu"), [("0321000000", True), ("03.21.00.00.00", True), ("321000000", False)])
def test_telephone(numero, attendu):
    try:
        validateurs.valider_telephone(numero)
    except ValidationError:
        assert not attendu
    else:
        assert attendu
