"""Les mauvaises entrées de la réunion, une par une : une réponse claire, rien de perdu, rien d'écrit à côté."""

import json
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from evaluation import operations
from evaluation.models import Avis, Evaluation, Note, Vote
from tests.evaluation.salle import Phase, mener, ouvrir, voter
from tests.fabriques import DossierFactory, MembreFactory
from tests.fabriques_evaluation import EvaluationFactory, PassageFactory

pytestmark = pytest.mark.django_db
CE_QUI_SE_TAPAIT = "Porteur sérieux, budget à revoir."


def adresse(nom, *args):
    return reverse(nom, args=args)


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def temoin(client, seance):
    lu = client.get(adresse("evaluation-noter", seance.dossier.numero)).content.decode()
    return re.search(r'name="version" value="([^"]*)"', lu).group(1).replace("&quot;", '"')


def page(client, seance, niveau=4, dossier=None, **champs):
    """Le formulaire entier, comme la page l'envoie."""
    saisie = {f"critere-{c.pk}": niveau for c in seance.appel.criteres.all()}
    saisie |= {"commentaire": CE_QUI_SE_TAPAIT} | champs
    return client.post(adresse("evaluation-noter", (dossier or seance.dossier).numero), saisie)


def au_fil(client, seance, version="", dossier=None, **champs):
    """Un champ, comme l'enregistrement au fil de la saisie l'envoie ; la réponse est en JSON."""
    champs = champs or {"commentaire": CE_QUI_SE_TAPAIT}
    return client.post(
        adresse("evaluation-noter", (dossier or seance.dossier).numero),
        champs | {"champs": list(champs), "version": version},
        headers={"Parvis-Enregistrement": "champ"},
    )


def dit(reponse):
    return json.dumps(reponse.json(), ensure_ascii=False)


# Des notes hors bornes


@pytest.mark.parametrize("valeur", ["6", "-1", "cinq", "4,5", "²", "9" * 30])
def test_une_note_hors_bornes_se_dit_et_le_reste_demeure(client, seance, valeur):
    client.force_login(seance.eva)
    reponse = page(client, seance, niveau=valeur)
    assert reponse.status_code == 422
    assert "Une note va de 0 à 5." in texte(reponse)
    assert CE_QUI_SE_TAPAIT in texte(reponse)
    version, critere = temoin(client, seance), seance.appel.criteres.first()
    reponse = au_fil(client, seance, version, **{f"critere-{critere.pk}": valeur, "commentaire": CE_QUI_SE_TAPAIT})
    assert reponse.status_code == 422
    assert reponse.json()["erreurs"] == {f"critere-{critere.pk}": ["Une note va de 0 à 5."]}
    assert not Note.objects.exists()


@pytest.mark.parametrize("valeur", [6, -1])
def test_la_base_refuse_une_note_hors_bornes_meme_par_une_autre_porte(seance, valeur):
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.eva)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("UPDATE evaluation_note SET valeur = %s", [valeur])
    assert set(Note.objects.values_list("valeur", flat=True)) == {4}


# Hors de l'ordre du jour


def test_un_dossier_hors_de_l_ordre_du_jour_ne_se_note_pas(client, seance):
    """Recevable mais dans aucune réunion, ou dans une réunion où l'on n'est pas."""
    client.force_login(seance.eva)
    for dossier in (
        DossierFactory(appel=seance.appel, complet=True, recevable=True),
        PassageFactory(reunion__appel=seance.appel).dossier,
    ):
        assert page(client, seance, dossier=dossier).status_code == 404
        assert au_fil(client, seance, dossier=dossier).status_code == 404
    assert not Evaluation.objects.exists()


# Après la clôture


def test_apres_la_cloture_rien_ne_s_ecrit_et_cela_se_dit(client, seance):
    client.force_login(seance.eva)
    version = temoin(client, seance)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    reponse = page(client, seance)
    assert reponse.status_code == 409
    assert "terminée" in texte(reponse)
    # Au fil de la saisie, la page reste ouverte avec ce qu'on y tapait.
    reponse = au_fil(client, seance, version)
    assert reponse.status_code == 409
    assert "terminée" in dit(reponse)
    assert not Evaluation.objects.exists()


# Au nom d'un autre


@pytest.mark.parametrize("nom", ["evaluateur", "evaluateur_id", "utilisateur", "par"])
def test_un_champ_cache_ne_donne_pas_un_autre_nom(client, seance, nom):
    client.force_login(seance.eva)
    assert page(client, seance, **{nom: seance.farid.pk}).status_code == 302
    reponse = au_fil(client, seance, temoin(client, seance), **{"commentaire": "Deux", nom: seance.farid.pk})
    assert reponse.status_code in (200, 409, 422)
    assert [e.evaluateur for e in Evaluation.objects.all()] == [seance.eva]


def test_on_ne_vote_ni_ne_se_declare_present_pour_un_autre(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "500", "utilisateur": seance.farid.pk}
    assert client.post(adresse("seance-voter", seance.reunion.pk), envoi).status_code == 302
    assert [v.utilisateur for v in Vote.objects.all()] == [seance.eva]


# Par une personne en conflit


def test_le_membre_du_porteur_ne_note_pas_et_garde_ce_qu_il_tapait(client, seance):
    client.force_login(seance.eva)
    version = temoin(client, seance)
    MembreFactory(utilisateur=seance.eva, organisme=seance.dossier.organisme)
    reponse = page(client, seance)
    assert reponse.status_code == 409
    assert "déclarez un conflit d’intérêts" in texte(reponse)
    assert CE_QUI_SE_TAPAIT in texte(reponse)
    reponse = au_fil(client, seance, version)
    assert reponse.status_code == 409
    assert "déclarez un conflit d’intérêts" in dit(reponse)
    assert not Evaluation.objects.exists()


def test_le_deporte_n_ecrit_ni_par_la_page_ni_au_fil_ni_en_votant(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    version = temoin(client, seance)
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Trésorière.")
    assert page(client, seance).status_code == 404
    assert au_fil(client, seance, version).status_code == 404
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "500"}
    reponse = client.post(adresse("seance-voter", seance.reunion.pk), envoi)
    assert reponse.status_code == 409
    assert seance.dossier.intitule not in texte(reponse)
    assert not Evaluation.objects.exists()
    assert not Vote.objects.exists()


# Une réunion supprimée avec des votes


def test_une_reunion_qui_contient_des_votes_ne_se_supprime_par_aucune_porte(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 500)
    client.force_login(seance.denis)
    reponse = client.post(adresse("reunions-supprimer", seance.reunion.pk))
    assert reponse.status_code == 409
    lu = texte(reponse)
    for contenu in ("1 dossier à l’ordre du jour", "1 vote", "1 séance tenue", "rien n’est supprimé"):
        assert contenu in lu
    with pytest.raises(ProtectedError):
        seance.reunion.delete()
    with pytest.raises(ProtectedError):
        seance.passage.delete()
    assert Vote.objects.get().montant == 500


def test_un_avis_rendu_ne_part_pas_avec_la_reunion(seance):
    seance.rendre()
    with pytest.raises(ProtectedError):
        seance.reunion.delete()
    assert Avis.objects.count() == 1
