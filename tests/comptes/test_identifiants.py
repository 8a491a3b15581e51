"""Les identifiants, éprouvés sur des milliers de numéros tirés au hasard."""

import string

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from comptes import validateurs
from comptes.validateurs import normaliser

CHIFFRES = string.digits
LA_POSTE = "356000000"


def chiffres(longueur):
    return st.text(CHIFFRES, min_size=longueur, max_size=longueur)


def valable(valider, valeur):
    try:
        valider(valeur)
    except ValidationError:
        return False
    return True


sirens = chiffres(8).map(lambda debut: debut + luhn.calc_check_digit(debut)).filter(lambda s: set(s) != {"0"})


@st.composite
def sirets(tirer):
    debut = tirer(sirens.filter(lambda s: s != LA_POSTE)) + tirer(chiffres(4))
    return debut + luhn.calc_check_digit(debut)


@st.composite
def sirets_de_la_poste(tirer):
    debut = LA_POSTE + tirer(chiffres(4))
    somme = sum(map(int, debut))
    return debut + str(tirer(st.sampled_from([c for c in range(10) if (somme + c) % 5 == 0])))


@st.composite
def ibans(tirer):
    """Un compte français : la clé du RIB selon la Banque de France, puis celle de l'IBAN, recalculées ici à la main."""
    banque, guichet = tirer(chiffres(5)), tirer(chiffres(5))
    compte = tirer(st.text(CHIFFRES + string.ascii_uppercase, min_size=11, max_size=11))
    valeurs = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789", strict=True))
    en_chiffres = "".join(valeurs.get(c, c) for c in compte)
    cle = 97 - int(banque + guichet + en_chiffres + "00") % 97
    bban = f"{banque}{guichet}{compte}{cle:02d}"
    nombre = "".join(str(int(c, 36)) for c in bban + "FR00")
    return f"FR{98 - int(nombre) % 97:02d}{bban}"


rnas = st.from_regex(r"W[0-9][0-9A-Z][0-9]{7}", fullmatch=True)
bics = st.from_regex(r"[A-Z]{4}FR[A-Z0-9]{2}([A-Z0-9]{3})?", fullmatch=True)
telephones = st.from_regex(r"(0|\+33)[1-9][0-9]{8}", fullmatch=True)
FAMILLES = {
    "siren": (validateurs.valider_siren, sirens),
    "siret": (validateurs.valider_siret, sirets()),
    "siret de La Poste": (validateurs.valider_siret, sirets_de_la_poste()),
    "rna": (validateurs.valider_rna, rnas),
    "iban": (validateurs.valider_iban, ibans()),
    "bic": (validateurs.valider_bic, bics),
    "telephone": (validateurs.valider_telephone, telephones),
}


@pytest.mark.parametrize("famille", FAMILLES)
@given(donnees=st.data())
def test_un_numero_valable_le_reste_avec_des_espaces_et_des_points(famille, donnees):
    valider, numeros = FAMILLES[famille]
    numero = donnees.draw(numeros)
    separateurs = donnees.draw(
        st.lists(
            st.sampled_from(["", "", " ", ".", "\u00a0", "\u202f", "-"]), min_size=len(numero), max_size=len(numero)
        )
    )
    aere = "".join(c + s for c, s in zip(numero, separateurs, strict=True))
    assert valable(valider, numero)
    assert valable(valider, aere)
    assert normaliser(aere) == numero


@pytest.mark.parametrize("famille", ["siren", "siret", "iban"])
@given(donnees=st.data())
def test_un_chiffre_change_se_voit(famille, donnees):
    valider, numeros = FAMILLES[famille]
    numero = donnees.draw(numeros)
    rang = donnees.draw(st.sampled_from([r for r, c in enumerate(numero) if c in CHIFFRES]))
    autre = donnees.draw(st.sampled_from([c for c in CHIFFRES if c != numero[rang]]))
    assert not valable(valider, numero[:rang] + autre + numero[rang + 1 :])


def echanger(numero, rang):
    return numero[:rang] + numero[rang + 1] + numero[rang] + numero[rang + 2 :]


@pytest.mark.parametrize("famille", ["siren", "siret", "iban"])
@given(donnees=st.data())
def test_deux_chiffres_voisins_echanges_se_voient(famille, donnees):
    """Sauf 0 et 9, que la clé de Luhn confond ; le modulo 97 de l'IBAN, lui, les distingue."""
    valider, numeros = FAMILLES[famille]
    numero = donnees.draw(numeros)
    rang = donnees.draw(st.integers(0, len(numero) - 2))
    paire = {numero[rang], numero[rang + 1]}
    assume(len(paire) == 2 and paire <= set(CHIFFRES))
    if famille != "iban":
        assume(paire != {"0", "9"})
    # Dans un SIRET, l'échange peut donner un établissement de La Poste, jugé autrement.
    echange = echanger(numero, rang)
    assume(not echange.startswith(LA_POSTE))
    assert not valable(valider, echange)


@given(sirens)
def test_luhn_confond_zero_et_neuf(numero):
    """Le seul échange que la clé laisse passer : on le sait, rien de plus ne se promet."""
    for rang in range(len(numero) - 1):
        if {numero[rang], numero[rang + 1]} == {"0", "9"}:
            assert valable(validateurs.valider_siren, echanger(numero, rang))


@given(sirets_de_la_poste())
def test_la_poste_se_juge_sur_la_somme_de_ses_chiffres(numero):
    suivant = str((int(numero[-1]) + 1) % 10)
    juste = valable(validateurs.valider_siret, numero[:-1] + suivant)
    # Neuf devient zéro : la somme baisse de neuf, jamais un multiple de cinq ; seul le siège suit la clé de Luhn.
    assert not juste or numero[:-1] + suivant == "35600000000048"


@given(ibans(), st.integers(1, 96))
def test_une_cle_de_rib_fausse_se_voit_meme_sous_une_cle_d_iban_juste(numero, ecart):
    bban = numero[4:-2] + f"{(int(numero[-2:]) - 1 + ecart) % 97 + 1:02d}"
    nombre = "".join(str(int(c, 36)) for c in bban + "FR00")
    faux = f"FR{98 - int(nombre) % 97:02d}{bban}"
    with pytest.raises(ValidationError, match="clé RIB"):
        validateurs.valider_iban(faux)


@given(st.integers(1, 999), st.integers(0, 99), st.sampled_from("MINC"))
def test_un_code_de_quartier_a_un_departement(departement, rang, lettre):
    existe = (departement <= 95 and departement != 0) or 970 <= departement <= 989
    assert valable(validateurs.valider_code_qpv, f"QN{departement:03d}{rang:02d}{lettre}") is existe
    assert not valable(validateurs.valider_code_qpv, f"QP{departement:03d}{rang:02d}{lettre}")


@given(st.integers(0, 99), chiffres(3))
def test_un_code_postal_et_un_code_insee_ont_un_departement(departement, reste):
    metropole = 1 <= departement <= 95
    assert valable(validateurs.valider_code_postal, f"{departement:02d}{reste}") is (
        metropole or departement in {97, 98}
    )
    # L'INSEE écrit la Corse 2A et 2B : le 20 n'y existe pas.
    assert valable(validateurs.valider_code_insee, f"{departement:02d}{reste}") is (
        (metropole and departement != 20) or departement in {97, 98}
    )


TOUS = [
    validateurs.valider_siren,
    validateurs.valider_siret,
    validateurs.valider_rna,
    validateurs.valider_iban,
    validateurs.valider_bic,
    validateurs.valider_code_postal,
    validateurs.valider_code_insee,
    validateurs.valider_code_qpv,
    validateurs.valider_telephone,
]


@pytest.mark.parametrize("valider", TOUS, ids=lambda valider: valider.__name__)
@given(st.text(max_size=40))
def test_n_importe_quoi_est_refuse_sans_jamais_casser(valider, texte):
    """Les chiffres d'une autre écriture (٣, ３, ²) ne sont pas des chiffres pour l'administration."""
    if valable(valider, texte):
        assert normaliser(texte).isascii()


@pytest.mark.parametrize("valider", TOUS, ids=lambda valider: valider.__name__)
@pytest.mark.parametrize("zero", ["٠", "０", "०"])
def test_des_chiffres_d_une_autre_ecriture_sont_refuses(valider, zero):
    ecriture = str.maketrans(CHIFFRES, "".join(chr(ord(zero) + rang) for rang in range(10)))
    for numero in ("732829320", "73282932000074", "W623001234", "FR7630006000011234567890189", "62700", "0321000000"):
        assert not valable(valider, numero.translate(ecriture))
