"""Répartir les lectures : à la main, par règle, équitablement ; jamais un conflit ; toujours réversible."""

import pytest
from django.urls import reverse

from comptes.models import Role
from dossiers.etats import Etat
from dossiers.models import Dossier
from evaluation import lecture, operations
from evaluation.models import Lecteur, LienDeclare, MembreReunion, PassageDossier
from evaluation.operations import OperationRefusee
from evaluation.operations.repartition import empreinte, lecteurs_designes
from evaluation.plan_de_lecture import Reglages, plan, plan_de_l_appel
from journal.models import Evenement
from tests.evaluation.conftest import personne
from tests.evaluation.test_pages import texte
from tests.evaluation.test_simultane import en_meme_temps, refus
from tests.fabriques import AppelFactory, DossierFactory, MembreFactory
from tests.fabriques_evaluation import DeportFactory, MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db

# Ce que coûte chaque page, quel que soit le nombre de lignes.
REPARTIR, REPARTIR_APPEL = 12, 14


def designes(reunion):
    return {pk: set(qui) for pk, qui in lecteurs_designes([reunion]).items() if qui}


def repartir(seance, *qui, dossier=None, **options):
    pk = (dossier or seance.dossier).pk
    return operations.repartir(seance.reunion, {pk: {u.pk for u in qui}}, par=seance.denis, **options)


def test_designer_des_lecteurs_puis_revenir_puis_revenir_encore(seance):
    pk = seance.dossier.pk
    repartir(seance, seance.eva)
    assert designes(seance.reunion) == {pk: {seance.eva.pk}}
    assert lecture.attendus(seance.reunion, [seance.dossier])[pk] == {seance.eva.pk}
    repartir(seance, seance.farid)
    assert operations.revenir_a_la_repartition_d_avant(seance.reunion, par=seance.denis) == 0
    assert designes(seance.reunion) == {pk: {seance.eva.pk}}
    # Annuler l'annulation rend la répartition annulée.
    operations.revenir_a_la_repartition_d_avant(seance.reunion, par=seance.denis)
    assert designes(seance.reunion) == {pk: {seance.farid.pk}}
    assert Evenement.objects.filter(type="reunion.repartir").count() == 4


def test_rien_a_changer_ne_laisse_aucun_fait(seance):
    repartir(seance, seance.eva)
    repartir(seance, seance.eva)
    assert Evenement.objects.filter(type="reunion.repartir").count() == 1
    with pytest.raises(OperationRefusee, match="rien à annuler"):
        operations.revenir_a_la_repartition_d_avant(ReunionFactory(appel=seance.appel), par=seance.denis)


def test_jamais_un_deporte_un_lien_declare_ni_un_membre_du_porteur(seance):
    DeportFactory(dossier=seance.dossier, utilisateur=seance.eva)
    LienDeclare.objects.create(organisme=seance.dossier.organisme, utilisateur=seance.farid, motif="Ami")
    hugo = MembreReunionFactory(reunion=seance.reunion).utilisateur
    MembreFactory(utilisateur=hugo, organisme=seance.dossier.organisme)
    for qui in (seance.eva, seance.farid, hugo):
        with pytest.raises(OperationRefusee, match="conflit d’intérêts"):
            repartir(seance, qui)
    propose = plan([seance.reunion], seance.denis, Reglages("equitable", 2))
    assert propose.lecteurs[seance.dossier.pk] == set()
    libre = MembreReunionFactory(reunion=seance.reunion).utilisateur
    propose = plan([seance.reunion], seance.denis, Reglages("equitable", 2))
    assert propose.lecteurs[seance.dossier.pk] == {libre.pk}
    assert propose.manques[seance.dossier.pk][1:] == (1, 2, 1)
    # Un lien levé ne ferme plus rien.
    LienDeclare.objects.update(leve_le="2026-01-01T00:00Z")
    assert seance.farid.pk in plan([seance.reunion], seance.denis, Reglages("equitable", 2)).lecteurs[seance.dossier.pk]


def test_ni_le_conseil_citoyen_ni_un_inconnu_ne_deviennent_lecteurs(seance):
    for qui in (seance.gisele, personne(seance.appel, Role.EVALUATEUR, "Hugo", "Zola")):
        with pytest.raises(OperationRefusee, match="conviée pour noter"):
            repartir(seance, qui)
    with pytest.raises(OperationRefusee, match="plus à l’ordre du jour"):
        repartir(seance, seance.eva, dossier=DossierFactory(appel=seance.appel))


def test_qui_a_envoye_ses_notes_reste_lecteur(seance):
    repartir(seance, seance.eva)
    repartir(seance, seance.eva, seance.farid)
    seance.envoyer(seance.farid)
    with pytest.raises(OperationRefusee, match="Farid Benali a déjà envoyé ses notes"):
        repartir(seance, seance.eva)
    assert operations.revenir_a_la_repartition_d_avant(seance.reunion, par=seance.denis) == 1
    assert designes(seance.reunion)[seance.dossier.pk] == {seance.eva.pk, seance.farid.pk}
    propose = plan([seance.reunion], seance.denis, Reglages("equitable", 1))
    assert seance.farid.pk in propose.lecteurs[seance.dossier.pk]


def test_designer_quelqu_un_ne_cache_pas_ce_qui_etait_lu(seance):
    seance.envoyer(seance.eva)
    repartir(seance, seance.eva)
    assert lecture.passages_reveles(seance.reunion, [seance.passage])
    repartir(seance, seance.eva, seance.farid)
    seance.passage.refresh_from_db()
    assert seance.passage.decouvert_le


def test_un_dossier_a_l_avis_rendu_garde_ses_lecteurs(seance):
    seance.rendre("ajourne", montants={})
    with pytest.raises(OperationRefusee, match="terminée"):
        repartir(seance, seance.eva)


def test_un_agent_lie_au_dossier_n_en_choisit_pas_les_lecteurs(client, seance):
    DeportFactory(dossier=seance.dossier, utilisateur=seance.denis)
    with pytest.raises(OperationRefusee, match="un autre agent"):
        repartir(seance, seance.eva)
    client.force_login(seance.denis)
    for page in (
        reverse("reunions-repartir", args=[seance.reunion.pk]),
        reverse("appels-repartir", args=[seance.appel.slug]),
        reverse("reunions-agenda", args=[seance.reunion.pk]),
    ):
        lue = texte(client.get(page))
        assert seance.dossier.intitule not in lue
        assert "un autre agent" in lue.lower()


def test_l_equitable_partage_les_minutes_et_garde_si_on_le_demande(seance):
    autres = [PassageFactory(reunion=seance.reunion).dossier for _ in range(3)]
    MembreReunionFactory(reunion=seance.reunion)
    MembreReunion.objects.filter(utilisateur=seance.farid).update(presence="excuse")
    repartir(seance, seance.eva, dossier=autres[0])
    propose = plan([seance.reunion], seance.denis, Reglages("equitable", 1))
    assert seance.farid.pk not in set().union(*propose.lecteurs.values())
    charges = propose.charges(propose.lecteurs)
    assert {charges[m.utilisateur_id][0] for m in propose.membres[seance.reunion.pk]} == {0, 2}
    garde = plan([seance.reunion], seance.denis, Reglages("equitable", 1, garder=True))
    assert garde.lecteurs[autres[0].pk] == {seance.eva.pk}


# La page d'une réunion


def page_de(seance, **parametres):
    suite = "&".join(f"{nom}={valeur}" for nom, valeur in parametres.items())
    return reverse("reunions-repartir", args=[seance.reunion.pk]) + (f"?{suite}" if suite else "")


def cocher(seance, *qui, vu=None):
    vu = empreinte(lecteurs_designes([seance.reunion])) if vu is None else vu
    return {"vu": vu, "lit": [f"{seance.dossier.pk}-{u.pk}" for u in qui]}


def test_repartir_a_la_main_depuis_la_page(client, seance):
    client.force_login(seance.denis)
    assert "lu de tous les membres" in texte(client.get(page_de(seance)))
    reponse = client.post(page_de(seance), cocher(seance, seance.eva), follow=True)
    assert "La répartition est enregistrée" in texte(reponse)
    assert "il manque 1 lecteur" in texte(reponse)
    assert "Revenir à la répartition d’avant" in texte(reponse)
    assert designes(seance.reunion) == {seance.dossier.pk: {seance.eva.pk}}
    client.post(reverse("reunions-repartir-revenir", args=[seance.reunion.pk]))
    assert designes(seance.reunion) == {}


def test_la_proposition_ne_s_enregistre_que_si_on_l_applique(client, seance):
    client.force_login(seance.denis)
    lue = texte(client.get(page_de(seance, methode="equitable", voulus=2)))
    assert "Rien n’est encore enregistré." in lue
    assert lue.count(" checked>") >= 2
    assert designes(seance.reunion) == {}
    client.post(page_de(seance, methode="equitable", voulus=2), cocher(seance, seance.eva, seance.farid))
    assert Evenement.objects.get(type="reunion.repartir").donnees["methode"] == "equitable"


@pytest.mark.parametrize("parametres", [{"methode": "magie"}, {"voulus": "-3"}, {"q-zut": "1"}, {"q-1": "x"}])
def test_une_adresse_abimee_se_lit_quand_meme(client, seance, parametres):
    client.force_login(seance.denis)
    assert client.get(page_de(seance, **parametres)).status_code == 200


def test_par_quartier_les_personnes_choisies_lisent(client, seance):
    cible = seance.dossier.cibles.first()
    client.force_login(seance.denis)
    lue = client.get(page_de(seance, methode="quartier", **{f"q-{cible.quartier_id}": seance.eva.pk}))
    assert lue.context["plan"].lecteurs[seance.dossier.pk] == {seance.eva.pk}


def test_deux_agents_repartissent_le_second_garde_ses_choix_et_relit(client, seance):
    vu = empreinte(lecteurs_designes([seance.reunion]))
    repartir(seance, seance.farid)
    client.force_login(seance.denis)
    reponse = client.post(page_de(seance), cocher(seance, seance.eva, vu=vu))
    assert reponse.status_code == 409
    lue = texte(reponse)
    assert "La répartition a changé entre-temps" in lue
    assert f'value="{seance.dossier.pk}-{seance.eva.pk}" checked' in lue
    assert designes(seance.reunion) == {seance.dossier.pk: {seance.farid.pk}}


@pytest.mark.django_db(transaction=True)
def test_deux_agents_a_la_meme_seconde_un_seul_l_emporte(seance):
    vu = empreinte(lecteurs_designes([seance.reunion]))
    resultats = en_meme_temps(
        lambda: repartir(seance, seance.eva, vu=vu), lambda: repartir(seance, seance.farid, vu=vu)
    )
    assert refus(resultats) == 1
    assert len(designes(seance.reunion)[seance.dossier.pk]) == 1


@pytest.mark.django_db(transaction=True)
def test_envoyer_ses_notes_pendant_qu_on_change_de_lecteur(seance):
    repartir(seance, seance.eva)
    resultats = en_meme_temps(lambda: seance.envoyer(seance.eva), lambda: repartir(seance, seance.farid))
    # Envoyées d'abord, elle reste lectrice ; remplacée d'abord, elle ne note plus.
    envoyees = seance.dossier.evaluations.filter(envoyee_le__isnull=False).count()
    lit = designes(seance.reunion)[seance.dossier.pk]
    assert lit == ({seance.eva.pk} if envoyees else {seance.farid.pk})
    assert refus(resultats) == 1


# La page d'un appel


@pytest.fixture
def recevables(seance):
    """Deux dossiers recevables, dont un seul vise l'enjeu de la réunion."""
    dedans, dehors = (DossierFactory(appel=seance.appel, complet=True, recevable=True) for _ in range(2))
    dehors.cibles.all().delete()
    seance.reunion.enjeu = dedans.cibles.first().objectif.strategique.enjeu
    seance.reunion.save()
    return dedans, dehors


def test_par_regle_chaque_recevable_va_a_la_reunion_de_son_enjeu(client, seance, recevables):
    dedans, dehors = recevables
    client.force_login(seance.denis)
    page = reverse("appels-repartir", args=[seance.appel.slug])
    apercu = client.get(f"{page}?par_enjeu=1&methode=equitable&voulus=2")
    lue = texte(apercu)
    assert "1 dossier à inscrire." in lue
    assert "Pas encore dans une réunion" in lue
    assert PassageDossier.objects.count() == 1
    champs = {"par_enjeu": "1", "methode": "equitable", "voulus": "2", "vu": apercu.context["plan"].empreinte}
    assert client.post(page, champs).status_code == 302
    assert set(seance.reunion.passages.values_list("dossier", flat=True)) == {seance.dossier.pk, dedans.pk}
    deux = {seance.eva.pk, seance.farid.pk}
    assert designes(seance.reunion) == {seance.dossier.pk: deux, dedans.pk: deux}
    assert Dossier.objects.get(pk=dehors.pk).etat == Etat.RECEVABLE
    # Et l'on revient entièrement en arrière.
    suite = client.post(reverse("appels-repartir-annuler", args=[seance.appel.slug]), follow=True)
    assert "est rétablie" in texte(suite)
    assert Dossier.objects.get(pk=dedans.pk).etat == Etat.RECEVABLE
    assert designes(seance.reunion) == {}
    refusee = client.post(reverse("appels-repartir-annuler", args=[seance.appel.slug]), follow=True)
    assert "rien à annuler" in texte(refusee)


def test_revenir_garde_ce_qui_est_deja_note_ou_repris_a_la_main(seance, recevables):
    dedans, _ = recevables
    reglages = Reglages("equitable", 2, par_enjeu=True)

    def calculer():
        return plan_de_l_appel(seance.appel, seance.denis, reglages)

    operations.repartir_appel(seance.appel, calculer, par=seance.denis, vu=calculer().empreinte)
    seance.envoyer(seance.eva, dossier=Dossier.objects.get(pk=dedans.pk))
    restes = operations.annuler_repartition_appel(seance.appel, par=seance.denis)
    assert any("déjà lu ou noté" in phrase for phrase in restes)
    assert Dossier.objects.get(pk=dedans.pk).etat == Etat.EN_EVALUATION
    operations.repartir_appel(seance.appel, calculer, par=seance.denis, vu=calculer().empreinte)
    repartir(seance, seance.eva)
    assert any("a changé depuis" in p for p in operations.annuler_repartition_appel(seance.appel, par=seance.denis))
    assert designes(seance.reunion)[seance.dossier.pk] == {seance.eva.pk}


def test_un_apercu_perime_n_ecrit_rien(client, seance, recevables):
    client.force_login(seance.denis)
    page = reverse("appels-repartir", args=[seance.appel.slug])
    vu = client.get(f"{page}?methode=equitable&voulus=2").context["plan"].empreinte
    MembreReunionFactory(reunion=seance.reunion)
    PassageFactory(reunion=seance.reunion)
    reponse = client.post(page, {"methode": "equitable", "voulus": "2", "vu": vu})
    assert reponse.status_code == 409
    assert "a changé depuis l’aperçu" in texte(reponse)
    assert not Lecteur.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_deux_agents_appliquent_le_meme_apercu_une_seule_fois(seance):
    def calculer():
        return plan_de_l_appel(seance.appel, seance.denis, Reglages("equitable", 2))

    vu = calculer().empreinte
    resultats = en_meme_temps(*[lambda: operations.repartir_appel(seance.appel, calculer, par=seance.denis, vu=vu)] * 2)
    assert refus(resultats) == 1
    assert Lecteur.objects.count() == 2
    assert Evenement.objects.filter(type="appel.repartir").count() == 1


def test_un_appel_d_ailleurs_est_introuvable(client, seance):
    client.force_login(seance.denis)
    assert client.get(reverse("appels-repartir", args=[AppelFactory().slug])).status_code == 404


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize(
    ("nom", "attendu", "suite"),
    [
        ("reunions-repartir", REPARTIR, "?methode=equitable&voulus=2"),
        ("appels-repartir", REPARTIR_APPEL, "?methode=equitable&par_enjeu=1"),
    ],
)
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(
    client, seance, django_assert_num_queries, nom, attendu, suite, lignes
):
    for _ in range(lignes):
        PassageFactory(reunion=ReunionFactory(appel=seance.appel))
        passage = PassageFactory(reunion=seance.reunion)
        Lecteur.objects.create(passage=passage, membre=MembreReunionFactory(reunion=seance.reunion))
        DossierFactory(appel=seance.appel, complet=True, recevable=True)
    args = [seance.appel.slug if nom == "appels-repartir" else seance.reunion.pk]
    client.force_login(seance.denis)
    with django_assert_num_queries(attendu):
        assert client.get(reverse(nom, args=args) + suite).status_code == 200
