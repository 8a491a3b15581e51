"""Préparer, régler, publier un appel : qui le peut, ce qui s'y oppose, ce qui en reste au journal."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from appels import operations
from appels.grille import GRILLE_PAR_DEFAUT, PIECES_PAR_DEFAUT
from appels.models import Appel
from journal.models import Evenement
from tests.fabriques import (
    AppelFactory,
    CritereFactory,
    DossierFactory,
    FinanceurFactory,
    ObjectifFactory,
    PieceDemandeeFactory,
    PieceFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


def creer(convention, par, **champs):
    maintenant = timezone.now()
    valeurs = {
        "annee": 2027,
        "code": "TST",
        "intitule": "Appel à projets 2027",
        "ouvre_le": maintenant + timedelta(days=7),
        "cloture_le": maintenant + timedelta(days=49),
        "montant_min": Decimal(500),
    } | champs
    return operations.creer_appel(convention, par=par, **valeurs)


def faits(appel):
    return [evenement.type for evenement in Evenement.objects.de(appel)]


def test_un_appel_nait_en_preparation_avec_la_grille_et_les_pieces(convention, denis):
    objectif = ObjectifFactory(convention=convention)
    appel = creer(convention, denis)
    assert appel.publie_le is None
    assert appel.slug == "appel-a-projets-2027"
    assert list(appel.objectifs.all()) == [objectif]
    assert appel.criteres.count() == 9
    assert appel.pieces_demandees.count() == 11
    assert faits(appel) == ["appel.creer"]


def test_la_grille_par_defaut_fait_cent_et_decrit_ses_niveaux():
    assert [critere["poids"] for critere in GRILLE_PAR_DEFAUT] == [25, 20, 15, 10, 10, 5, 5, 5, 5]
    assert all(len(critere["niveaux"]) == 6 and all(critere["niveaux"]) for critere in GRILLE_PAR_DEFAUT)
    assert len({piece["libelle"] for piece in PIECES_PAR_DEFAUT}) == 11


def test_deux_appels_de_meme_intitule_ont_deux_adresses(convention, denis):
    premier, second = creer(convention, denis), creer(convention, denis, code="AUTRE")
    assert (premier.slug, second.slug) == ("appel-a-projets-2027", "appel-a-projets-2027-2")


def test_un_appel_nomme_nouveau_ne_prend_pas_l_adresse_de_creation(convention, denis):
    assert creer(convention, denis, intitule="Nouveau").slug == "nouveau-2"


def test_le_meme_code_la_meme_annee_est_refuse(convention, denis):
    creer(convention, denis)
    with pytest.raises(ValidationError, match="porte déjà ce code"):
        creer(convention, denis)
    assert Appel.objects.count() == 1


def test_une_agente_d_ailleurs_ne_prepare_rien_ici(convention, chloe, denis):
    with pytest.raises(operations.OperationRefusee):
        creer(convention, chloe)
    appel = creer(convention, denis)
    for verbe in (
        lambda: operations.modifier_appel(appel, par=chloe, intitule="Pris"),
        lambda: operations.fixer_financeurs(appel, [], par=chloe),
        lambda: operations.fixer_objectifs(appel, [], par=chloe),
        lambda: operations.fixer_grille(appel, [], par=chloe),
        lambda: operations.fixer_pieces(appel, [], par=chloe),
        lambda: operations.publier_appel(appel, par=chloe),
        lambda: operations.depublier_appel(appel, par=chloe),
    ):
        with pytest.raises(operations.OperationRefusee, match="Seul un agent"):
            verbe()
    assert faits(appel) == ["appel.creer"]


def test_modifier_dit_ce_qui_a_change_et_se_tait_sinon(convention, denis):
    appel = creer(convention, denis)
    operations.modifier_appel(appel, par=denis, intitule="Appel 2027", annee=2027)
    operations.modifier_appel(appel, par=denis, intitule="Appel 2027")
    (fait,) = Evenement.objects.filter(type="appel.modifier")
    assert fait.donnees["champs"] == {"intitule": ["Appel à projets 2027", "Appel 2027"]}
    appel.refresh_from_db()
    assert appel.slug == "appel-a-projets-2027"


def test_le_code_ne_change_plus_quand_il_y_a_des_dossiers(ville, denis):
    appel = AppelFactory(collectivite=ville, code="AAA")
    DossierFactory(appel=appel)
    with pytest.raises(operations.OperationRefusee, match="ne changent plus"):
        operations.modifier_appel(appel, par=denis, code="BBB")
    operations.modifier_appel(appel, par=denis, intitule="Autre intitulé")
    appel.refresh_from_db()
    assert (appel.code, appel.intitule) == ("AAA", "Autre intitulé")


def test_publier_exige_un_financeur_et_une_grille(convention, denis):
    appel = creer(convention, denis)
    appel.criteres.all().delete()
    with pytest.raises(operations.PublicationImpossible) as refus:
        operations.publier_appel(appel, par=denis)
    assert [route for _, route in refus.value.manques] == ["appels-financeurs", "appels-objectifs", "appels-grille"]
    appel.refresh_from_db()
    assert appel.publie_le is None
    assert faits(appel) == ["appel.creer"]


def test_publier_deux_fois_ne_fait_qu_un_fait(ville, denis):
    appel = AppelFactory(collectivite=ville, en_preparation=True)
    operations.publier_appel(appel, par=denis)
    publie = operations.publier_appel(appel, par=denis)
    assert publie.est_publie()
    assert faits(appel) == ["appel.publier"]


def test_un_appel_deja_clos_ne_se_publie_pas(ville, denis):
    appel = AppelFactory(collectivite=ville, en_preparation=True, clos=True)
    with pytest.raises(operations.PublicationImpossible) as refus:
        operations.publier_appel(appel, par=denis)
    assert refus.value.manques == [("La clôture est déjà passée.", "appels-modifier")]


def test_des_poids_qui_ne_font_pas_cent_avertissent_sans_empecher(ville, denis):
    appel = AppelFactory(collectivite=ville, en_preparation=True, grille=[{"libelle": "Utilité", "poids": 40}])
    assert operations.avertissements(appel)[0] == (
        "Les poids de la grille font 40 et non 100 : les notes restent sur 100.",
        "appels-grille",
    )
    assert operations.publier_appel(appel, par=denis).est_publie()


def test_on_remet_en_preparation_tant_que_personne_n_a_commence(ville, denis):
    appel = AppelFactory(collectivite=ville)
    operations.depublier_appel(appel, par=denis)
    appel.refresh_from_db()
    assert appel.publie_le is None
    operations.publier_appel(appel, par=denis)
    DossierFactory(appel=appel)
    with pytest.raises(operations.OperationRefusee, match="reste publié"):
        operations.depublier_appel(appel, par=denis)
    assert faits(appel) == ["appel.depublier", "appel.publier"]


@time_machine.travel(datetime(2027, 1, 15, 22, 59, 59, tzinfo=UTC), tick=False)
def test_la_seconde_de_cloture_est_ouverte_la_suivante_non(ville):
    cloture = datetime(2027, 1, 15, 22, 59, 59, tzinfo=UTC)  # 23 h 59 à Paris
    appel = AppelFactory(collectivite=ville, cloture_le=cloture)
    assert appel.est_ouvert()
    assert appel.jours_restants() == 0
    assert list(Appel.objects.ouverts()) == [appel]
    with time_machine.travel(cloture + timedelta(seconds=1), tick=False):
        assert not appel.est_ouvert()
        assert not Appel.objects.ouverts().exists()


def test_un_financeur_d_une_autre_collectivite_est_refuse(ville, denis):
    appel = AppelFactory(collectivite=ville)
    with pytest.raises(operations.OperationRefusee, match="n’appartient pas"):
        operations.fixer_financeurs(appel, [FinanceurFactory()], par=denis)
    assert appel.financeurs.count() == 2


def test_un_nouveau_financeur_entre_dans_la_collectivite(ville, denis):
    appel = AppelFactory(collectivite=ville)
    deja = list(appel.financeurs.all())
    operations.fixer_financeurs(appel, deja, par=denis, nouveau={"nom": "Fondation du Bassin", "sigle": "Fondation"})
    assert [financeur.sigle for financeur in appel.financeurs.all()] == ["État", "Ville", "Fondation"]
    assert ville.financeurs.count() == 3


def test_un_financeur_sollicite_reste_dans_l_appel(ville, denis):
    appel = AppelFactory(collectivite=ville)
    etat, commune = appel.financeurs.all()
    DossierFactory(appel=appel).financements.create(financeur=etat, montant_demande=100)
    with pytest.raises(operations.OperationRefusee, match="reste dans l’appel"):
        operations.fixer_financeurs(appel, [commune], par=denis)
    assert appel.financeurs.count() == 2


def test_un_objectif_vise_reste_et_celui_d_ailleurs_n_entre_pas(ville, denis):
    appel = AppelFactory(collectivite=ville)
    vise, libre = appel.objectifs.all()
    DossierFactory(appel=appel).cibles.create(objectif=vise, quartier=vise.quartiers.first())
    operations.fixer_objectifs(appel, [vise], par=denis)
    with pytest.raises(operations.OperationRefusee, match="des dossiers y répondent"):
        operations.fixer_objectifs(appel, [libre], par=denis)
    with pytest.raises(operations.OperationRefusee, match="n’appartient pas"):
        operations.fixer_objectifs(appel, [vise, ObjectifFactory()], par=denis)
    with pytest.raises(operations.OperationRefusee, match="au moins un"):
        operations.fixer_objectifs(appel, [], par=denis)
    assert list(appel.objectifs.all()) == [vise]


def test_fixer_la_grille_garde_retire_ajoute_et_ordonne(ville, denis):
    appel = AppelFactory(collectivite=ville, grille=[])
    a, b, c = (CritereFactory(appel=appel, libelle=nom, ordre=rang) for rang, nom in enumerate("ABC"))
    lignes = [
        {"id": b.pk, "libelle": "A", "aide": "", "poids": 60, "niveaux": []},
        {"id": a.pk, "libelle": "B", "aide": "", "poids": 30, "niveaux": []},
        {"id": None, "libelle": "D", "aide": "", "poids": 10, "niveaux": []},
    ]
    operations.fixer_grille(appel, lignes, par=denis)
    assert [(x.pk, x.libelle, x.poids) for x in appel.criteres.all()][:2] == [(b.pk, "A", 60), (a.pk, "B", 30)]
    assert not appel.criteres.filter(pk=c.pk).exists()
    lignes = [
        {"id": x.pk, "libelle": x.libelle, "aide": "", "poids": x.poids, "niveaux": []} for x in appel.criteres.all()
    ]
    operations.fixer_grille(appel, lignes, par=denis)
    assert faits(appel) == ["appel.fixer_grille"]


def test_la_grille_est_gelee_des_la_premiere_note(ville, denis):
    appel = AppelFactory(collectivite=ville)
    assert not operations.grille_gelee(appel)
    _noter(appel)
    assert operations.grille_gelee(appel)
    with pytest.raises(operations.OperationRefusee, match="ne change plus"):
        operations.fixer_grille(appel, [], par=denis)
    assert appel.criteres.count() == 9


def _noter(appel):
    evaluation = DossierFactory(appel=appel).evaluations.create(evaluateur=UtilisateurFactory())
    appel.criteres.first().notes.create(evaluation=evaluation, valeur=3)


def test_deux_lignes_de_meme_libelle_sont_refusees(ville, denis):
    appel = AppelFactory(collectivite=ville)
    lignes = [{"libelle": nom, "aide": "", "obligation": "toujours"} for nom in ("RIB", "rib ")]
    with pytest.raises(operations.OperationRefusee, match="même libellé"):
        operations.fixer_pieces(appel, lignes, par=denis)


def test_une_piece_deja_fournie_ne_se_retire_plus(ville, denis):
    appel = AppelFactory(collectivite=ville)
    rib, statuts = (
        PieceDemandeeFactory(appel=appel, libelle="RIB"),
        PieceDemandeeFactory(appel=appel, libelle="Statuts"),
    )
    PieceFactory(dossier=DossierFactory(appel=appel), demandee=rib)
    garde = [{"id": rib.pk, "libelle": "RIB", "aide": "", "obligation": "toujours"}]
    operations.fixer_pieces(appel, garde, par=denis)
    assert not appel.pieces_demandees.filter(pk=statuts.pk).exists()
    with pytest.raises(operations.OperationRefusee, match="l’ont déjà fournie"):
        operations.fixer_pieces(appel, [], par=denis)


def test_une_ligne_disparue_entre_temps_est_signalee(ville, denis):
    appel = AppelFactory(collectivite=ville)
    autre = PieceDemandeeFactory()
    ligne = {"id": autre.pk, "libelle": "Prise", "aide": "", "obligation": "toujours"}
    with pytest.raises(operations.OperationRefusee, match="a changé entre-temps"):
        operations.fixer_pieces(appel, [ligne], par=denis)
    autre.refresh_from_db()
    assert autre.libelle != "Prise"


@pytest.mark.django_db(transaction=True)
def test_une_panne_apres_coup_ne_laisse_ni_appel_ni_fait(convention, denis, monkeypatch):
    monkeypatch.setattr("appels.operations.creation.publier", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        creer(convention, denis)
    assert not Appel.objects.exists()
