"""Le budget annuel de la structure : saisi une fois, partagé par ses dossiers, jamais écrasé."""

import html
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from comptes.acces import ENTETE_CHAMPS
from comptes.models import Organisme
from dossiers import operations
from dossiers.completude import manques
from dossiers.models import BudgetStructure, Dossier, LigneStructure
from dossiers.operations.structure import chiffrer_structure
from tests.fabriques import MembreFactory
from tests.fabriques_dossiers import DossierFactory

pytestmark = pytest.mark.django_db
CHAMP = {ENTETE_CHAMPS: "champ"}


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def alice(dossier, client):
    personne = MembreFactory(organisme=dossier.organisme).utilisateur
    client.force_login(personne)
    return personne


def url(dossier):
    return reverse("dossiers-budget-structure", args=[dossier.numero])


def temoin(client, dossier):
    return html.unescape(re.search(r'name="version" value="([^"]*)"', client.get(url(dossier)).content.decode())[1])


def envoyer(client, dossier, lu, garder=(), **champs):
    donnees = {"version": lu, "champs": list(champs), "garder": list(garder), **champs}
    reponse = client.post(url(dossier), donnees, headers=CHAMP)
    return reponse.status_code, reponse.json()


def lignes(dossier, annee=None):
    trouvees = LigneStructure.objects.filter(
        budget__organisme=dossier.organisme, budget__annee=annee or dossier.appel.annee
    )
    return {f"{ligne.sens}{ligne.compte}": ligne.montant for ligne in trouvees}


def test_il_se_saisit_une_fois_pour_tous_les_dossiers_de_l_exercice(client, alice, dossier):
    champs = {"C64": "40 000", "P74": "39 000", "P756": "1 000", "debut": "2027-01-01", "fin": "2027-12-31"}
    reponse = client.post(url(dossier), {"version": temoin(client, dossier), **champs})
    assert reponse.status_code == 302
    autre = DossierFactory(organisme=dossier.organisme, appel=dossier.appel)
    assert "Le budget est équilibré." in client.get(url(autre)).content.decode()
    assert lignes(autre) == {"C64": 40000, "P74": 39000, "P756": 1000}
    assert BudgetStructure.objects.get().version == 1


def test_deux_personnes_depuis_deux_dossiers_se_fondent(client, alice, dossier):
    autre = DossierFactory(organisme=dossier.organisme, appel=dossier.appel)
    bruno = Client()
    bruno.force_login(MembreFactory(organisme=dossier.organisme).utilisateur)
    lu = temoin(client, dossier)
    assert envoyer(client, dossier, lu, C64="100")[0] == 200
    code, sort = envoyer(bruno, autre, lu, C60="50")
    assert (code, sort["recus"]["C64"]["valeurs"], lignes(dossier)) == (200, ["100"], {"C60": 50, "C64": 100})
    code, sort = envoyer(bruno, autre, lu, C64="300")
    assert (code, sort["conflits"]["C64"]["lisible"], lignes(dossier)["C64"]) == (409, "100\u00a0€", 100)
    assert sort["conflits"]["C64"]["par"] == str(alice)
    assert envoyer(bruno, autre, lu, garder=["C64"], C64="300")[0] == 200
    assert lignes(dossier)["C64"] == 300


def test_sans_script_un_conflit_garde_la_saisie(client, alice, dossier):
    lu = temoin(client, dossier)
    envoyer(client, dossier, lu, C64="100")
    reponse = client.post(url(dossier), {"version": lu, "C64": "300", "C60": "5"})
    assert reponse.status_code == 409
    assert 'value="300"' in reponse.content.decode()
    assert lignes(dossier) == {"C64": 100, "C60": 5}


@pytest.mark.parametrize("mauvais", ["-1", "1e9", "NaN", "Infinity", "12,345", "99999999999", "12\x00", "douze"])
def test_une_mauvaise_saisie_n_emporte_pas_le_reste(client, alice, dossier, mauvais):
    code, sort = envoyer(client, dossier, "0", C60=mauvais, C61="12")
    assert (code, list(sort["erreurs"]), lignes(dossier)) == (422, ["C60"], {"C61": 12})
    reponse = client.post(url(dossier), {"version": "0", "P74": mauvais, "C61": "12", "P70": "3"})
    assert (reponse.status_code, lignes(dossier)) == (422, {"C61": 12, "P70": 3})


def test_des_dates_a_l_envers_sont_expliquees(client, alice, dossier):
    code, sort = envoyer(client, dossier, "0", debut="2027-09-01", fin="2027-01-01")
    assert code == 422
    assert "avant d’avoir commencé" in str(sort["erreurs"])


def test_vider_une_ligne_l_efface(client, alice, dossier):
    _, sort = envoyer(client, dossier, "0", C60="5")
    envoyer(client, dossier, sort["temoin"], C60="")
    assert lignes(dossier) == {}


def test_reprendre_l_exercice_precedent_n_ecrase_rien(client, alice, dossier):
    precedent = BudgetStructure.objects.create(organisme=dossier.organisme, annee=dossier.appel.annee - 1)
    for compte, montant in (("60", 10), ("64", 20)):
        LigneStructure.objects.create(budget=precedent, sens="C", compte=compte, montant=montant)
    envoyer(client, dossier, "0", C60="99")
    assert "Reprendre l’exercice" in client.get(url(dossier)).content.decode()
    client.post(url(dossier), {"reprendre": precedent.annee})
    assert lignes(dossier) == {"C60": 99, "C64": 20}
    assert lignes(dossier, precedent.annee) == {"C60": 10, "C64": 20}


def test_il_est_demande_a_une_association_quand_l_appel_le_montre(dossier):
    def etapes():
        return [manque.etape for manque in manques(dossier)]

    assert "budget-structure" in etapes()
    dossier.organisme.type = Organisme.Type.COMMUNE
    assert "budget-structure" not in etapes()
    dossier.organisme.type = Organisme.Type.ASSOCIATION
    dossier.appel.sections = []
    assert "budget-structure" not in etapes()


def test_il_s_equilibre_avant_le_depot(alice, dossier):
    def messages():
        relu = Dossier.objects.get(pk=dossier.pk)
        return [manque.message for manque in manques(relu) if manque.etape == "budget-structure"]

    chiffrer_structure(dossier, {("C", "64"): Decimal(100), ("P", "74"): Decimal(90)}, par=alice)
    assert messages() == ["Le budget de la structure ne s’équilibre pas : l’écart est de 10\u00a0€."]
    chiffrer_structure(dossier, {("C", "64"): Decimal(100), ("P", "74"): Decimal(100)}, par=alice)
    assert messages() == []


def test_le_verbe_refuse_un_compte_inconnu_et_une_etrangere(alice, dossier):
    with pytest.raises(operations.OperationRefusee):
        chiffrer_structure(dossier, {("C", "99"): Decimal(1)}, par=alice)
    client = Client()
    client.force_login(MembreFactory().utilisateur)
    assert client.get(url(dossier)).status_code == client.post(url(dossier), {"C60": "1"}).status_code == 404
    assert not BudgetStructure.objects.exists()


def test_sans_la_section_la_page_n_existe_pas(client, alice, dossier):
    dossier.appel.sections = []
    dossier.appel.save()
    assert client.get(url(dossier)).status_code == 404
