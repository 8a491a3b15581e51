"""Noter : au fil de la saisie, en versions, avec des passages épinglés ; et tout ce qui se refuse."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Dossier
from evaluation import lecture, operations
from evaluation.models import Citation, Evaluation, Lecteur, VersionEvaluation
from evaluation.operations import OperationRefusee
from evaluation.proces_verbal import donnees_de
from tests.fabriques import AppelFactory
from tests.fabriques_evaluation import PassageFactory

pytestmark = pytest.mark.django_db
ENREGISTRER_UN_CHAMP = 12


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def page(seance):
    return reverse("evaluation-noter", args=[seance.dossier.numero])


def temoin(client, seance):
    """Ce qu'un appareil emporte en ouvrant la page."""
    lu = re.search(r'name="version" value="([^"]*)"', client.get(page(seance)).content.decode())
    return lu.group(1).replace("&quot;", '"')


def champ(client, seance, version, **valeurs):
    noms = [nom.replace("critere_", "critere-") for nom in valeurs]
    donnees = dict(zip(noms, valeurs.values(), strict=True)) | {"champs": noms, "version": version}
    return client.post(page(seance), donnees, headers={"Parvis-Enregistrement": "champ"})


def critere(seance, rang=0):
    return list(seance.appel.criteres.all())[rang]


# Au fil de la saisie


def test_un_champ_s_enregistre_en_moins_de_douze_requetes(client, seance):
    client.force_login(seance.eva)
    version, premier = temoin(client, seance), critere(seance)
    adresse, nom = page(seance), f"critere-{premier.pk}"
    for niveau in (3, 4):
        donnees = {nom: niveau, "champs": nom, "version": version}
        with CaptureQueriesContext(connection) as requetes:
            reponse = client.post(adresse, donnees, headers={"Parvis-Enregistrement": "champ"})
        assert reponse.status_code == 200
        assert len([r for r in requetes if "SAVEPOINT" not in r["sql"]]) < ENREGISTRER_UN_CHAMP
    assert re.fullmatch(r"\d+\sh\s\d\d", reponse.json()["enregistre"])
    assert Evaluation.objects.get().brouillon == {f"critere-{premier.pk}": 4}


def test_deux_appareils_ne_s_ecrasent_pas_en_silence(client, seance):
    client.force_login(seance.eva)
    telephone, bureau, premier = temoin(client, seance), temoin(client, seance), critere(seance)
    champ(client, seance, telephone, commentaire="Depuis le téléphone")
    reponse = champ(client, seance, bureau, commentaire="Depuis le bureau")
    assert reponse.status_code == 409
    assert reponse.json()["conflits"]["commentaire"]["lisible"] == "Depuis le téléphone"
    assert Evaluation.objects.get().brouillon["commentaire"] == "Depuis le téléphone"
    # Un autre champ entre, et reçoit ce que le téléphone a écrit.
    reponse = champ(client, seance, bureau, **{f"critere_{premier.pk}": 2})
    assert reponse.json()["recus"]["commentaire"]["valeurs"] == ["Depuis le téléphone"]
    donnees = {"commentaire": "Depuis le bureau", "champs": "commentaire", "garder": "commentaire", "version": bureau}
    assert client.post(page(seance), donnees, headers={"Parvis-Enregistrement": "champ"}).status_code == 200
    assert Evaluation.objects.get().brouillon["commentaire"] == "Depuis le bureau"


def test_sans_javascript_le_conflit_se_lit_et_la_saisie_reste(client, seance):
    client.force_login(seance.eva)
    telephone, bureau = temoin(client, seance), temoin(client, seance)
    client.post(page(seance), {"commentaire": "Premier", "version": telephone})
    reponse = client.post(page(seance), {"commentaire": "Second", "version": bureau})
    assert reponse.status_code == 409
    assert "Premier" in texte(reponse)
    assert "Second" in texte(reponse)
    assert Evaluation.objects.get().brouillon["commentaire"] == "Premier"


def test_sa_propre_ecriture_dont_la_reponse_s_est_perdue_ne_bloque_pas(client, seance):
    client.force_login(seance.eva)
    version = temoin(client, seance)
    champ(client, seance, version, commentaire="Un")
    assert champ(client, seance, version, commentaire="Un deux").status_code == 200
    assert Evaluation.objects.get().brouillon["commentaire"] == "Un deux"


# Les versions


def test_ce_qui_est_envoye_compte_pendant_la_reprise_et_a_la_cloture(seance):
    seance.envoyer(seance.eva, 5)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille(0))
    (envoyee,) = lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id]
    assert envoyee.sur_cent == 100
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    (envoyee,) = lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id]
    assert (envoyee.sur_cent, envoyee.brouillon) == (100, None)


def test_chaque_envoi_laisse_une_version_et_la_marque_se_lit(client, seance):
    seance.envoyer(seance.eva, 3, "Bien")
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    seance.envoyer(seance.eva, 4, "Très bien")
    seance.envoyer(seance.farid, 5)
    assert not VersionEvaluation.objects.filter(apres_lecture=True).exists()
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["reprises"] == []
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    seance.envoyer(seance.eva, 1, "Très bien")
    assert list(
        VersionEvaluation.objects.filter(evaluation__evaluateur=seance.eva).values_list("version", flat=True)
    ) == [3, 2, 1]
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["reprises"] == ["Éva Roux"]
    client.force_login(seance.eva)
    lu = texte(client.get(reverse("evaluation-versions", args=[seance.dossier.numero])))
    assert "Modifiée après lecture des autres notes" in lu
    assert "Celui qui compte" in lu
    client.force_login(seance.denis)
    assert "Modifiée après lecture" in texte(client.get(reverse("evaluation-avis", args=[seance.dossier.numero])))


def test_renvoyer_sans_rien_changer_n_ajoute_pas_de_version(seance):
    seance.envoyer(seance.eva)
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    assert VersionEvaluation.objects.count() == 1
    assert not Evaluation.objects.get().en_reprise


def test_renoncer_garde_ce_qui_est_envoye(client, seance):
    seance.envoyer(seance.eva, 4)
    client.force_login(seance.eva)
    adresse = reverse("evaluation-renoncer", args=[seance.dossier.numero])
    assert "pas de reprise en cours" in texte(client.post(adresse, follow=True))
    operations.rouvrir_evaluation(seance.dossier, par=seance.eva)
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille(0))
    assert "restent telles quelles" in texte(client.post(adresse, follow=True))
    assert {n.valeur for n in Evaluation.objects.get().notes.all()} == {4}


def test_les_versions_d_une_autre_ne_se_lisent_pas(client, seance):
    seance.envoyer(seance.eva)
    client.force_login(seance.farid)
    assert client.get(reverse("evaluation-versions", args=[seance.dossier.numero])).status_code == 404


# La file


def designer(seance, utilisateur, passage=None):
    return Lecteur.objects.create(passage=passage or seance.passage, membre=seance.membre(utilisateur))


def test_la_file_ne_montre_que_les_miens_et_dit_par_ou_reprendre(client, seance):
    autre = PassageFactory(reunion=seance.reunion, dossier__intitule="Confié à Farid")
    designer(seance, seance.farid, autre)
    client.force_login(seance.eva)
    lu = texte(client.get(reverse("evaluation-accueil")))
    assert "Autres dossiers de la réunion (1)" in lu
    assert "Commencer la lecture" in lu
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={})
    assert "Reprendre la lecture" in texte(client.get(reverse("evaluation-accueil")))
    lu = texte(client.get(reverse("evaluation-noter", args=[autre.dossier.numero])))
    assert "confié à d’autres lecteurs" in lu
    assert "Envoyer mes notes" not in lu


def test_precedent_et_suivant_suivent_ma_file(client, seance):
    suivant = PassageFactory(reunion=seance.reunion).dossier
    client.force_login(seance.eva)
    lu = texte(client.get(page(seance)))
    assert "1 sur 2 dans votre file" in lu
    assert reverse("evaluation-noter", args=[suivant.numero]) in lu


# Les passages épinglés


def epingler(client, seance, passage, lequel=None):
    donnees = {"critere": (lequel or critere(seance)).pk, "texte": passage}
    return client.post(reverse("evaluation-epingler", args=[seance.dossier.numero]), donnees)


@pytest.fixture
def decrit(seance):
    Dossier.objects.filter(pk=seance.passage.dossier_id).update(
        description="Chaque samedi, l’équipe ouvre\nle jardin aux familles. " + "Elle y accueille tout le monde. " * 40
    )
    return seance


def test_un_passage_s_epingle_se_lit_et_s_ote(client, decrit):
    client.force_login(decrit.eva)
    assert epingler(client, decrit, "« l'équipe ouvre le   jardin »").status_code == 302
    citation = Citation.objects.get()
    assert (citation.champ, citation.texte) == ("description", "l’équipe ouvre le jardin")
    assert "« l’équipe ouvre le jardin »" in texte(client.get(page(decrit)))
    epingler(client, decrit, "l’équipe ouvre le jardin")
    assert Citation.objects.count() == 1
    client.post(reverse("evaluation-oter-citation", args=[decrit.dossier.numero]), {"citation": citation.pk})
    assert not Citation.objects.exists()


def test_les_citations_se_decouvrent_avec_les_notes(decrit):
    operations.epingler(decrit.dossier, par=decrit.eva, critere=critere(decrit), texte="aux familles")
    for personne, nombre in ((decrit.eva, 1), (decrit.farid, 0), (decrit.denis, 0)):
        assert len(lecture.citations_du_dossier(decrit.dossier, personne)) == nombre
    decrit.envoyer(decrit.eva)
    decrit.envoyer(decrit.farid)
    for personne in (decrit.farid, decrit.denis):
        ((_, (citation,)),) = lecture.citations_du_dossier(decrit.dossier, personne)
        assert citation.texte == "aux familles"
    operations.declarer_deport(decrit.dossier, par=decrit.farid, motif="Lien")
    assert lecture.citations_du_dossier(decrit.dossier, decrit.farid) == []


def test_une_citation_inventee_trop_longue_ou_de_trop_est_refusee_et_la_saisie_reste(client, decrit):
    client.force_login(decrit.eva)
    reponse = epingler(client, decrit, "Un passage que personne n’a écrit")
    assert reponse.status_code == 409
    assert "ne se trouve pas dans le dossier" in texte(reponse)
    assert "Un passage que personne n’a écrit" in texte(reponse)
    assert "600 signes au plus" in texte(epingler(client, decrit, "Elle y accueille tout le monde. " * 30))
    for mot in ("acc", "accu", "accue", "accuei", "accueil", "accueill", "accueille", "tout", "monde", "samedi"):
        operations.epingler(decrit.dossier, par=decrit.eva, critere=critere(decrit), texte=mot)
    assert "déjà épinglé 10 passages" in texte(epingler(client, decrit, "aux familles"))
    assert Citation.objects.count() == 10


def test_on_n_ote_pas_le_passage_d_une_autre(client, decrit):
    citation = operations.epingler(decrit.dossier, par=decrit.eva, critere=critere(decrit), texte="aux familles")
    with pytest.raises(OperationRefusee, match="soi-même épinglés"):
        operations.oter_citation(citation, par=decrit.farid)
    client.force_login(decrit.farid)
    adresse = reverse("evaluation-oter-citation", args=[decrit.dossier.numero])
    assert client.post(adresse, {"citation": citation.pk}).status_code == 404


# Les mauvaises entrées


def test_une_personne_non_designee_ne_note_ni_n_epingle(decrit):
    designer(decrit, decrit.farid)
    for geste in (
        lambda: decrit.envoyer(decrit.eva),
        lambda: operations.epingler(decrit.dossier, par=decrit.eva, critere=critere(decrit), texte="aux familles"),
    ):
        with pytest.raises(OperationRefusee, match="confié à d’autres lecteurs"):
            geste()
    decrit.envoyer(decrit.farid)


def test_un_critere_d_un_autre_appel_est_refuse(client, decrit):
    etranger = AppelFactory().criteres.first()
    client.force_login(decrit.eva)
    lu = texte(client.post(page(decrit), {f"critere-{etranger.pk}": 3}))
    assert "pas dans la grille de l’appel" in lu
    reponse = champ(client, decrit, temoin(client, decrit), **{f"critere_{etranger.pk}": 3})
    assert "pas dans la grille de l’appel" in json.dumps(reponse.json(), ensure_ascii=False)
    assert "pas dans la grille de l’appel" in texte(epingler(client, decrit, "aux familles", etranger))
    with pytest.raises(OperationRefusee, match="pas dans la grille"):
        operations.enregistrer_evaluation(decrit.dossier, par=decrit.eva, notes={etranger: 3})


@pytest.mark.parametrize("valeur", ["6", "-1", "cinq"])
def test_une_note_hors_bornes_est_dite_au_champ(client, seance, valeur):
    client.force_login(seance.eva)
    nom = f"critere-{critere(seance).pk}"
    reponse = champ(client, seance, temoin(client, seance), **{f"critere_{critere(seance).pk}": valeur})
    assert reponse.status_code == 422
    assert reponse.json()["erreurs"][nom] == ["Une note va de 0 à 5."]
    with pytest.raises(OperationRefusee, match="de 0 à 5"):
        operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={critere(seance): 6})


def test_la_page_d_une_autre_ne_note_pas_a_sa_place(client, seance):
    """Un poste partagé : la page d'Éva est restée ouverte, Farid s'est connecté."""
    client.force_login(seance.eva)
    version = temoin(client, seance)
    client.force_login(seance.farid)
    reponse = champ(client, seance, version, commentaire="À la place de")
    assert reponse.status_code == 409
    assert "ouverte par une autre personne" in reponse.json()["fige"]
    assert not Evaluation.objects.exists()


def test_apres_la_cloture_hors_ordre_du_jour_et_apres_un_deport(decrit):
    passage = PassageFactory()
    with pytest.raises(OperationRefusee, match="pas à l’ordre du jour"):
        operations.epingler(passage.dossier, par=decrit.eva, critere=critere(decrit), texte="aux familles")
    citation = operations.epingler(decrit.dossier, par=decrit.eva, critere=critere(decrit), texte="aux familles")
    operations.declarer_deport(decrit.dossier, par=decrit.farid, motif="Lien")
    with pytest.raises(OperationRefusee, match="déporté"):
        operations.epingler(decrit.dossier, par=decrit.farid, critere=critere(decrit), texte="aux familles")
    decrit.rendre()
    operations.clore_reunion(decrit.reunion, par=decrit.denis)
    for geste in (
        lambda: operations.oter_citation(citation, par=decrit.eva),
        lambda: operations.ecrire_notation(decrit.dossier, par=decrit.eva, valeurs={"commentaire": "Tard"}),
        lambda: operations.renoncer_a_la_reprise(decrit.dossier, par=decrit.eva),
    ):
        with pytest.raises(OperationRefusee, match="terminée"):
            geste()


# La synthèse


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_synthese_tient_en_quinze_requetes_meme_reconduite(client, seance, nombre):
    ancien = PassageFactory().dossier
    Dossier.objects.filter(pk=seance.passage.dossier_id).update(renouvelle=ancien, nb_beneficiaires=40)
    for rang in range(nombre):
        seance.dossier.reserves_reprises.create(texte=f"Ouvrir le samedi {rang}", traitee=rang == 0, ordre=rang)
        PassageFactory(reunion=seance.reunion)
    client.force_login(seance.eva)
    adresse = reverse("evaluation-synthese", args=[seance.dossier.numero])
    with CaptureQueriesContext(connection) as requetes:
        reponse = client.get(adresse)
    assert len(requetes) <= 15
    assert "par personne" in texte(reponse)
    assert "Réserve levée" in texte(reponse)
    assert texte(reponse).count("Réserve non levée") == nombre - 1


def test_la_synthese_se_ferme_apres_un_deport_et_a_qui_n_est_pas_de_la_reunion(client, seance):
    operations.declarer_deport(seance.dossier, par=seance.farid, motif="Lien")
    ailleurs = PassageFactory().dossier
    for personne, dossier in ((seance.farid, seance.dossier), (seance.eva, ailleurs)):
        client.force_login(personne)
        for nom in ("evaluation-synthese", "evaluation-depose"):
            assert client.get(reverse(nom, args=[dossier.numero])).status_code == 404
