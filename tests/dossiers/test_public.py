"""Public et calendrier : des nombres qui se vérifient sans bloquer, des dates plausibles, une ou plusieurs années."""

import re
from datetime import date
from decimal import Decimal

import pytest

from dossiers.avertissements import avertissements
from dossiers.completude import manques
from dossiers.models import DemandeAnnuelle
from tests.dossiers.test_a_plusieurs import envoyer, membre, temoin, url
from tests.fabriques import AppelFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    return DossierFactory(appel__pluriannuel_max=3)


@pytest.fixture
def alice(dossier):
    return membre(dossier, "Alice")


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def messages(dossier, etape="public"):
    return [avertissement.message for avertissement in avertissements(dossier, etape)]


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("nb_beneficiaires", "0", "Écrivez 1 ou plus"),
        ("nb_beneficiaires", "-3", "Écrivez 1 ou plus"),
        ("nb_beneficiaires", "1e9", "nombre entier"),
        ("nb_beneficiaires", "NaN", "nombre entier"),
        ("nb_beneficiaires", "99999999999", "au plus"),
        ("nb_beneficiaires", "9" * 10_000, "nombre entier"),
        ("nb_beneficiaires", "quarante", "nombre entier"),
        ("nb_beneficiaires", "4\x000", "nombre entier"),
        ("part_qpv", "101", "100 au plus"),
        ("part_qpv", "-1", "négatif"),
        ("nb_femmes", "12,5", "nombre entier"),
        ("age_16_25", "😀", "nombre entier"),
        ("debut", "0001-01-01", "loin de celle de l’appel"),
        ("debut", "2027-02-31", "n’existe pas"),
        ("fin", "9999-12-31", "loin de celle de l’appel"),
        ("fin", "demain", "n’existe pas"),
        ("public", "nul\x00", "nul n"),
        ("participation_financiere", "x" * 10_000, "200 signes au plus"),
        ("nb_annees", "7", "durées proposées"),
        ("annee-2028-montant", "-5", "négatif"),
        ("annee-2028-montant", "Infinity", "lisible"),
    ],
)
def test_une_mauvaise_saisie_est_refusee_clairement_et_rien_n_est_perdu(alice, dossier, champ, valeur, message):
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", **{champ: valeur})
    assert code == 422
    assert message in reponse["erreurs"][champ][0]
    # La page entière rend la même faute à sa place, avec ce qui était tapé et le reste enregistré.
    page = alice.post(url(dossier, "public"), {"version": 0, "lieux": "x", "public": "Familles", champ: valeur})
    assert page.status_code == 422
    assert message in texte(page)
    dossier.refresh_from_db()
    assert dossier.public == ("" if champ == "public" else "Familles")


@pytest.mark.parametrize("valeur", ["x" * 10_000, "😀 é\r\nligne", "<script>alert(1)</script>"])
def test_un_long_texte_ou_un_emoji_entre_en_entier(alice, dossier, valeur):
    code, _ = envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", public=valeur)
    dossier.refresh_from_db()
    assert (code, dossier.public) == (200, valeur)
    assert "<script>alert" not in alice.get(url(dossier, "public")).content.decode()


@pytest.mark.parametrize(
    ("champ", "valeur"), [("public", "Familles"), ("nb_femmes", "12"), ("nb_annees", "2"), ("annee-2028-montant", "5")]
)
def test_enregistrer_un_champ_tient_en_huit_requetes(alice, dossier, champ, valeur, django_assert_max_num_queries):
    lu = temoin(alice, dossier, "public")
    with django_assert_max_num_queries(8):
        code, _ = envoyer(alice, dossier, lu, "public", **{champ: valeur})
    assert code == 200


def test_un_nombre_s_ecrit_a_la_francaise(alice, dossier):
    envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", nb_beneficiaires="1 200")
    dossier.refresh_from_db()
    assert dossier.nb_beneficiaires == 1200


def test_les_dates_a_l_envers_se_disent_au_champ_qu_on_vient_d_ecrire(alice, dossier):
    lu = temoin(alice, dossier, "public")
    envoyer(alice, dossier, lu, "public", fin="2027-03-01")
    code, reponse = envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", debut="2027-06-01")
    assert (code, list(reponse["erreurs"])) == (422, ["debut"])
    dossier.refresh_from_db()
    assert (dossier.debut, dossier.fin) == (None, date(2027, 3, 1))


def test_le_detail_se_compare_au_total_sans_bloquer(dossier):
    dossier.nb_beneficiaires, dossier.nb_femmes, dossier.nb_hommes = 40, 30, 20
    dossier.age_6_15 = 10
    assert messages(dossier) == [
        "Les femmes et les hommes comptés font 50\u00a0personnes, plus que les 40 bénéficiaires annoncés."
    ]
    dossier.nb_hommes = 10
    assert messages(dossier) == []
    dossier.nb_hommes = 5
    assert messages(dossier)[0].endswith("font 35\u00a0personnes, pour 40 bénéficiaires annoncés.")


def test_une_section_retiree_ne_se_demande_plus_et_ne_s_efface_pas(alice, dossier):
    envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", nb_femmes="99", nb_beneficiaires="10")
    dossier.appel.sections = [section for section in dossier.appel.sections if section != "ages"]
    dossier.appel.save()
    page = texte(alice.get(url(dossier, "public")))
    assert 'name="nb_femmes"' not in page
    assert "À vérifier" not in page
    alice.post(
        url(dossier, "public"), {"version": temoin(alice, dossier, "public"), "nb_femmes": "1", "public": "Tous"}
    )
    dossier.refresh_from_db()
    assert (dossier.nb_femmes, dossier.public) == (99, "Tous")


def test_hors_de_l_annee_civile_on_previent_et_l_annee_scolaire_se_permet(dossier):
    dossier.debut, dossier.fin = date(2027, 9, 1), date(2028, 6, 30)
    assert "du 01/01/2027 au 31/12/2027" in messages(dossier)[0]
    dossier.appel.annee_scolaire = True
    assert messages(dossier) == []
    dossier.fin = date(2028, 9, 1)
    assert "au 31/08/2028" in messages(dossier)[0]


def test_le_cout_par_personne_s_affiche_des_qu_il_se_calcule(alice, dossier):
    assert "par personne" not in texte(alice.get(url(dossier, "public")))
    plein = DossierFactory(complet=True, organisme=dossier.organisme)
    page = alice.get(url(plein, "public")).content.decode()
    assert "<strong>125,00\u00a0€</strong> par personne" in page


def test_une_demande_sur_plusieurs_annees_chiffre_chaque_annee(alice):
    dossier = DossierFactory(complet=True, appel=AppelFactory(pluriannuel_max=3), nb_annees=3)
    alice = membre(dossier, "Alice")
    manquent = [m.champ for m in manques(dossier) if m.etape == "public"]
    assert manquent == ["annee-2028-montant", "annee-2029-montant"]
    lu = temoin(alice, dossier, "public")
    envoyer(alice, dossier, lu, "public", **{"annee-2028-montant": "3 000", "annee-2029-montant": "2500,50"})
    assert [(d.annee, d.montant) for d in dossier.demandes_annuelles.all()] == [
        (2028, Decimal("3000")),
        (2029, Decimal("2500.50")),
    ]
    assert not [m for m in manques(dossier) if m.etape == "public"]
    envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", **{"annee-2029-montant": ""})
    assert [d.annee for d in dossier.demandes_annuelles.all()] == [2028]


def test_un_appel_annuel_ne_propose_pas_d_annees_et_un_plafond_baisse_le_dit(alice, dossier):
    dossier.nb_annees = 3
    dossier.save()
    DemandeAnnuelle.objects.create(dossier=dossier, annee=2028, montant=1)
    dossier.appel.pluriannuel_max = 1
    dossier.appel.save()
    assert (
        "L’appel finance une demande sur un an au plus"
        in next(m for m in manques(dossier) if m.champ == "nb_annees").message
    )
    assert 'name="nb_annees" value="3"' in texte(alice.get(url(dossier, "public")))
    envoyer(alice, dossier, temoin(alice, dossier, "public"), "public", nb_annees="1")
    assert 'name="nb_annees"' not in texte(alice.get(url(dossier, "public")))
