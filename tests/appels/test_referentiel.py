"""Le référentiel : chargé juste, rejouable sans rien écrire, refusé entier quand il est faux."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appels.lecture_referentiel import ReferentielInvalide
from appels.models import (
    Commune,
    Constat,
    ConventionApplication,
    Enjeu,
    EnjeuPrioritaire,
    Financeur,
    Indicateur,
    ObjectifOperationnel,
    ObjectifStrategique,
    Quartier,
    Statut,
)
from appels.referentiel import charger
from comptes.models import Collectivite
from journal.models import Evenement
from tests.appels.conftest import REFERENTIEL
from tests.fabriques import AppelFactory, DossierFactory

pytestmark = pytest.mark.django_db
ECRITURES = ("INSERT", "UPDATE", "DELETE")


def _compter():
    modeles = (Collectivite, ConventionApplication, Commune, Quartier, Indicateur, Constat, Enjeu, Financeur)
    return [modele.objects.count() for modele in modeles]


def test_le_vrai_referentiel_est_charge():
    convention = charger(REFERENTIEL).convention
    ville = convention.collectivite
    assert (ville.nom, ville.code_insee, ville.sigle) == ("Bruay-la-Buissière", "62178", "BLB")
    assert (ville.parent.sigle, ville.parent.type) == ("CABBALR", "epci")
    assert convention.contrat.collectivite == ville.parent
    assert (convention.contrat.debut, convention.contrat.fin) == (2024, 2030)
    assert [q.code_qpv for q in convention.quartiers.all()] == ["QN06211M", "QN06212M", "QN06213M"]
    assert [q.contour["type"] for q in convention.quartiers.all()] == ["MultiPolygon"] * 3
    assert Enjeu.objects.count() == 3
    assert ObjectifStrategique.objects.filter(parent=None).count() == 6
    assert ObjectifStrategique.objects.exclude(parent=None).count() == 11
    assert ObjectifOperationnel.objects.count() == 11
    assert ObjectifOperationnel.quartiers.through.objects.count() == 33
    assert EnjeuPrioritaire.objects.count() == 4
    assert set(ville.financeurs.values_list("sigle", flat=True)) == {
        "État", "Ville", "Agglo", "CAF", "Département", "Région",
    }  # fmt: skip
    assert Evenement.objects.get(type="referentiel.charger").objet_id == convention.pk


def test_un_quartier_deborde_sur_la_commune_voisine():
    charger(REFERENTIEL)
    noms = Quartier.objects.get(code_qpv="QN06213M").communes.values_list("nom", flat=True)
    assert list(noms) == ["Bruay-la-Buissière", "Divion"]


def test_la_pauvrete_se_compare_a_la_commune_et_l_emploi_a_l_agglomeration():
    charger(REFERENTIEL)
    terrasses = Quartier.objects.get(nom="Terrasses Basly")
    pauvrete = terrasses.indicateurs.get(code="seuil_pauvrete")
    emploi = terrasses.indicateurs.get(code="emploi_15_64")
    assert (pauvrete.valeur, pauvrete.reference, pauvrete.perimetre) == (Decimal("42.6"), Decimal("29.7"), "commune")
    assert (emploi.valeur, emploi.reference, emploi.perimetre) == (Decimal("41.3"), Decimal("58.8"), "agglo")
    assert terrasses.indicateurs.get(code="revenu_median").perimetre == ""


def test_un_titre_absent_de_la_source_reste_absent():
    charger(REFERENTIEL)
    enjeu = Enjeu.objects.get(numero=2)
    assert (enjeu.titre, enjeu.statut) == ("", Statut.TRONQUE)


def test_une_seconde_passe_n_ecrit_rien():
    charger(REFERENTIEL)
    with CaptureQueriesContext(connection) as requetes:
        bilan = charger(REFERENTIEL)
    assert bilan.ecritures == 0
    assert [r["sql"] for r in requetes if r["sql"].lstrip().upper().startswith(ECRITURES)] == []
    assert Evenement.objects.filter(type="referentiel.charger").count() == 1


def test_un_libelle_corrige_est_mis_a_jour_sans_rien_dedoubler(ecrire):
    charger(REFERENTIEL)
    avant = _compter()
    bilan = charger(ecrire(lambda d: d["quartiers"][0].update(nom_projet="x", libelle_officiel_qpv="Centre")))
    assert (bilan.crees, bilan.modifies, bilan.retires) == (0, 1, 0)
    assert Quartier.objects.get(code_qpv="QN06211M").libelle_officiel == "Centre"
    assert _compter() == avant


def test_ce_que_l_agent_a_regle_n_est_pas_ecrase():
    charger(REFERENTIEL)
    Financeur.objects.filter(sigle="État").update(nom="Préfecture")
    Collectivite.objects.filter(code_insee="62178").update(nom="Ville de Bruay")
    charger(REFERENTIEL)
    assert Financeur.objects.get(sigle="État").nom == "Préfecture"
    assert Collectivite.objects.get(code_insee="62178").nom == "Ville de Bruay"


def test_une_collectivite_ouverte_a_la_main_est_reprise():
    Collectivite.objects.create(type="commune", nom="Bruay-la-Buissière", sigle="BRUAY")
    ville = charger(REFERENTIEL).convention.collectivite
    assert (ville.sigle, ville.code_insee, ville.parent.sigle) == ("BRUAY", "62178", "CABBALR")


def _sans_dernier_enjeu(donnees):
    donnees["enjeux"].pop()


def test_un_objectif_disparu_et_inutilise_est_retire(ecrire):
    charger(REFERENTIEL)
    bilan = charger(ecrire(_sans_dernier_enjeu))
    assert (bilan.retires, bilan.gardes) == (4, [])
    assert not Enjeu.objects.filter(numero=3).exists()


def test_un_objectif_disparu_mais_vise_par_un_dossier_est_garde(ecrire):
    convention = charger(REFERENTIEL).convention
    objectif = ObjectifOperationnel.objects.get(code="E3.1.1.a")
    quartier = convention.quartiers.first()
    appel = AppelFactory(convention=convention, collectivite=convention.collectivite, objectifs=[])
    dossier = DossierFactory(appel=appel)
    dossier.cibles.create(objectif=objectif, quartier=quartier)
    bilan = charger(ecrire(_sans_dernier_enjeu))
    assert bilan.retires == 0
    assert len(bilan.gardes) == 4
    assert ObjectifOperationnel.objects.filter(pk=objectif.pk).exists()
    assert charger(ecrire(_sans_dernier_enjeu)).ecritures == 0


def _quartier(n, **valeurs):
    return lambda d: d["quartiers"][n].update(valeurs)


def _operationnel(**valeurs):
    return lambda d: d["enjeux"][0]["objectifs_strategiques"][0]["sous_objectifs"][0]["objectifs_operationnels"][
        0
    ].update(valeurs)


FAUX = {
    "code de quartier de 2015": (_quartier(1, code_qpv="QP062035"), "quartiers[1].code_qpv", "quartier de 2015"),
    "code de quartier double": (_quartier(1, code_qpv="QN06211M"), "quartiers[1].code_qpv", "déjà pris"),
    "code INSEE inconnu": (_quartier(1, communes_insee=["62178X"]), "quartiers[1].communes_insee[0]", "INSEE"),
    "commune absente": (_quartier(1, communes_insee=["62400"]), "quartiers[1].communes_insee", "62178"),
    "noms et codes dépareillés": (_quartier(0, communes=["Haillicourt"]), "quartiers[0].communes", "autant de noms"),
    "population négative": (_quartier(0, population={"valeur": -3}), "quartiers[0].population.valeur", "trop petit"),
    "quartier inconnu d’un objectif": (_operationnel(quartiers=["Les Alpes"]), "quartiers[0]", "Les Alpes"),
    "objectif sans quartier": (_operationnel(quartiers=[]), "quartiers", "vide"),
    "texte d’objectif vide": (_operationnel(texte=""), "texte", "vide"),
    "texte trop long": (_operationnel(texte="x" * 501), "texte", "500"),
    "statut inventé": (_operationnel(statut="certain"), "statut", "certain"),
    "code d’objectif double": (_operationnel(code="E1.2.1.a"), "code", "déjà pris"),
    "numéro d’enjeu double": (lambda d: d["enjeux"][1].update(numero=1), "enjeux[1].numero", "déjà pris"),
    "période à l’envers": (lambda d: d["contrat"]["periode"].update(fin=2020), "contrat.periode.fin", "précède"),
    "date de signature": (lambda d: d["contrat"]["signature"].update(date="9/7/2024"), "signature.date", "9/7/2024"),
    "commune manquante": (lambda d: d["contrat"].pop("commune"), "contrat", "« commune »"),
    "pourcentage impossible": (
        lambda d: d["quartiers"][0]["indicateurs"][1].update(valeur=140),
        "quartiers[0].indicateurs[1].valeur",
        "100 %",
    ),
    "valeur en toutes lettres": (
        lambda d: d["quartiers"][0]["indicateurs"][1].update(valeur="beaucoup"),
        "quartiers[0].indicateurs[1].valeur",
        "un nombre",
    ),
    "enjeu communal inconnu": (
        lambda d: d["quartiers"][0]["enjeux_prioritaires"].append({"code": "EP9"}),
        "enjeux_prioritaires[4].code",
        "EP9",
    ),
    "aucun quartier": (lambda d: d["quartiers"].clear(), "quartiers", "vide"),
}


@pytest.mark.parametrize("cas", FAUX)
def test_un_fichier_faux_est_refuse_entier(cas, ecrire):
    charger(REFERENTIEL)
    avant = _compter()
    changer, chemin, raison = FAUX[cas]
    fichier = ecrire(changer)
    with CaptureQueriesContext(connection) as requetes, pytest.raises(ReferentielInvalide) as refus:
        charger(fichier)
    trouvee = next(erreur for erreur in refus.value.erreurs if erreur.chemin.endswith(chemin))
    assert raison in trouvee.raison
    assert trouvee.ligne > 1
    assert len(requetes) == 0
    assert _compter() == avant


def test_la_ligne_annoncee_est_celle_de_la_faute(ecrire):
    fichier = ecrire(_quartier(1, code_qpv="QX"))
    with pytest.raises(ReferentielInvalide) as refus:
        charger(fichier)
    ligne = refus.value.erreurs[0].ligne
    assert fichier.read_text(encoding="utf-8").splitlines()[ligne - 1].strip() == '"code_qpv": "QX",'


def test_toutes_les_fautes_sont_dites_d_un_coup(ecrire):
    def changer(donnees):
        donnees["quartiers"][0]["code_qpv"] = "QX"
        donnees["contrat"]["periode"]["fin"] = 2020

    with pytest.raises(ReferentielInvalide) as refus:
        charger(ecrire(changer))
    assert [erreur.chemin for erreur in refus.value.erreurs] == ["contrat.periode.fin", "quartiers[0].code_qpv"]


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b"", "vide"),
        (b"   \n", "vide"),
        (b'{"contrat": ', "JSON"),
        (b'{"contrat": 1,\n"contrat": 2}', "deux fois"),
        (b'{"a": NaN}', "NaN"),
        ('{"é": 1}'.encode("latin-1"), "UTF-8"),
        (b"%PDF-1.7", "JSON"),
        (b"[]", "un objet"),
        (b"[" * 100_000, "imbriqué"),
    ],
)
def test_ce_qui_n_est_pas_un_referentiel_est_refuse(contenu, raison, tmp_path):
    fichier = tmp_path / "r.json"
    fichier.write_bytes(contenu)
    with pytest.raises(ReferentielInvalide, match=raison):
        charger(fichier)
    assert Collectivite.objects.count() == 0


def test_la_commande_dit_la_ligne_et_la_raison(ecrire, capsys):
    with pytest.raises(CommandError, match=r"rien n’a changé :\nligne \d+, quartiers\[1\]\.code_qpv : « QX »"):
        call_command("charger_referentiel", str(ecrire(_quartier(1, code_qpv="QX"))))
    call_command("charger_referentiel", str(REFERENTIEL))
    call_command("charger_referentiel", str(REFERENTIEL))
    assert "déjà à jour, rien n’a changé" in capsys.readouterr().out


def test_un_fichier_absent_ou_des_contours_illisibles_sont_refuses(tmp_path):
    with pytest.raises(ReferentielInvalide, match="ne s’ouvre pas"):
        charger(tmp_path / "absent.json")
    (tmp_path / "c.geojson").write_text('{"features": [{}]}')
    with pytest.raises(ReferentielInvalide, match="GeoJSON"):
        charger(REFERENTIEL, contours=tmp_path / "c.geojson")


@pytest.mark.django_db(transaction=True)
def test_une_panne_en_cours_de_route_ne_laisse_rien(monkeypatch):
    monkeypatch.setattr("appels.referentiel.publier", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        charger(REFERENTIEL)
    assert _compter() == [0] * 8
