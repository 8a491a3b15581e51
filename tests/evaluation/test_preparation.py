"""Préparer : une réunion par enjeu, les membres, supprimer sans rien perdre, changer un dossier de réunion."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appels.models import Appel
from appels.operations import dupliquer_appel
from comptes.models import Role
from dossiers.etats import Etat
from dossiers.historique import historique
from evaluation import operations
from evaluation.models import Evaluation, FicheHabitant, Lecteur, MembreReunion, PassageDossier, Reunion, Vote
from evaluation.operations import OperationRefusee
from journal.models import Evenement
from tests.evaluation.conftest import personne
from tests.evaluation.test_pages import texte
from tests.evaluation.test_simultane import en_meme_temps, refus
from tests.fabriques import AffectationFactory, AppelFactory, DossierFactory, EnjeuFactory
from tests.fabriques_comptes import PartenaireFactory
from tests.fabriques_evaluation import DeportFactory, MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db

# Ce que coûte chaque page, quel que soit le nombre de lignes.
PAR_ENJEU, CONVIER, SUPPRIMER, CHANGER = 10, 8, 9, 8


def dates(*enjeux):
    debut = timezone.now() + timedelta(days=10)
    return {enjeu: (debut, debut + timedelta(hours=2)) for enjeu in enjeux}


@pytest.fixture
def enjeux(seance):
    """Les enjeux de la convention, dont celui que les fabriques ont créé."""
    convention = seance.appel.convention
    for numero in (1, 2, 3):
        EnjeuFactory(convention=convention, numero=numero)
    return list(convention.enjeux.all())


@pytest.fixture
def autre(seance):
    """Une autre réunion du même appel, où personne n'est convié."""
    return ReunionFactory(appel=seance.appel, titre="Emploi")


# Une réunion par enjeu


def test_une_reunion_par_enjeu_sans_doubler_celles_qui_existent(seance, enjeux):
    existante = ReunionFactory(appel=seance.appel, enjeu=enjeux[0])
    for attendu in (len(enjeux) - 1, 0):
        creees = operations.preparer_par_enjeu(seance.appel, dates(*enjeux), par=seance.denis, lecteurs_par_dossier=3)
        assert len(creees) == attendu
    reunions = Reunion.objects.filter(appel=seance.appel, enjeu__isnull=False)
    assert sorted(reunions.values_list("enjeu", flat=True)) == sorted(e.pk for e in enjeux)
    assert {r.lecteurs_par_dossier for r in reunions.exclude(pk=existante.pk)} == {3}
    assert Evenement.objects.filter(type="reunion.creer").count() == len(enjeux) - 1


def test_un_enjeu_d_ailleurs_ne_se_prepare_pas(seance):
    with pytest.raises(OperationRefusee, match="convention"):
        operations.preparer_par_enjeu(seance.appel, dates(EnjeuFactory()), par=seance.denis)
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        operations.preparer_par_enjeu(seance.appel, {}, par=seance.eva)


@pytest.mark.django_db(transaction=True)
def test_deux_agents_preparent_en_meme_temps_une_seule_serie(seance):
    enjeux = list(seance.appel.convention.enjeux.all()) or [EnjeuFactory(convention=seance.appel.convention)]
    en_meme_temps(
        *[lambda: operations.preparer_par_enjeu(seance.appel, dates(*enjeux), par=seance.denis)] * 3,
    )
    assert Reunion.objects.filter(appel=seance.appel, enjeu__isnull=False).count() == len(enjeux)


def test_preparer_par_enjeu_depuis_la_page(client, seance, enjeux):
    client.force_login(seance.denis)
    page = reverse("reunions-par-enjeu")
    assert "Préparer ces réunions" in texte(client.get(page))
    saisie = {
        "appel": seance.appel.slug, "enjeux": [e.pk for e in enjeux], "debut": "2027-03-26T14:00", "duree": "120",
        "rythme": "semaine", "lieu": "Salle B", "lecteurs_par_dossier": "2", "minutes_par_dossier": "6",
    }  # fmt: skip
    fautes = client.post(page, saisie | {"debut": "hier", "duree": "3"})
    assert fautes.status_code == 422
    assert "Salle B" in texte(fautes)
    assert client.post(page, saisie, follow=True).redirect_chain[-1][0] == reverse(
        "appels-repartir", args=[seance.appel.slug]
    )
    reunions = list(Reunion.objects.filter(enjeu__isnull=False).order_by("debut"))
    assert [r.enjeu for r in reunions] == enjeux
    # Le changement d'heure du 28 mars ne décale pas la suivante.
    assert [f"{timezone.localtime(r.debut):%d/%m %H:%M}" for r in reunions[:2]] == ["26/03 14:00", "02/04 14:00"]
    assert all(r.fin - r.debut == timedelta(hours=2) for r in reunions)
    assert "Chaque enjeu a sa réunion" in texte(client.get(page))


@pytest.mark.parametrize(
    ("rythme", "attendu"), [("jour", ["26/03 09:00", "29/03 09:00"]), ("suite", ["26/03 09:00", "26/03 11:00"])]
)
def test_les_autres_rythmes(client, seance, enjeux, rythme, attendu):
    client.force_login(seance.denis)
    saisie = {
        "appel": seance.appel.slug, "enjeux": [e.pk for e in enjeux], "debut": "2027-03-26T09:00", "duree": "120",
        "rythme": rythme, "lecteurs_par_dossier": "2", "minutes_par_dossier": "6",
    }  # fmt: skip
    client.post(reverse("reunions-par-enjeu"), saisie)
    reunions = Reunion.objects.filter(enjeu__isnull=False).order_by("debut")[:2]
    assert [f"{timezone.localtime(r.debut):%d/%m %H:%M}" for r in reunions] == attendu


# La réunion, ses réglages


def test_la_reunion_dit_son_heure_de_fin_son_quorum_et_ses_lecteurs(client, seance):
    client.force_login(seance.denis)
    page = reverse("reunions-modifier", args=[seance.reunion.pk])
    saisie = {
        "titre": "Santé", "debut": "2027-03-26T14:00", "fin": "16:30", "quorum": "3", "lecteurs_par_dossier": "4",
        "minutes_par_dossier": "8",
    }  # fmt: skip
    for champ, valeur, phrase in (
        ("fin", "13:00", "La réunion commence à 14:00"),
        ("quorum", "-1", "supérieure ou égale à 0"),
        ("lecteurs_par_dossier", "0", "supérieure ou égale à 1"),
        ("minutes_par_dossier", "5000", "inférieure ou égale à 200"),
    ):
        assert phrase in texte(client.post(page, saisie | {champ: valeur}))
    assert client.post(page, saisie).status_code == 302
    reunion = Reunion.objects.get(pk=seance.reunion.pk)
    assert f"{timezone.localtime(reunion.fin):%d/%m/%Y %H:%M}" == "26/03/2027 16:30"
    assert (reunion.quorum, reunion.lecteurs_par_dossier, reunion.minutes_par_dossier) == (3, 4, 8)
    assert 'value="16:30"' in texte(client.get(page))


def test_une_reunion_thematique_se_prepare_sur_un_appel(client, seance):
    client.force_login(seance.denis)
    saisie = {"titre": "X", "debut": "2027-03-26T14:00", "quorum": "0", "lecteurs_par_dossier": "2"}
    reponse = client.post(reverse("reunions-nouvelle"), saisie | {"minutes_par_dossier": "6"})
    assert "Appel à projets : " in texte(reponse)
    assert Reunion.objects.count() == 1


# Les membres


def test_convier_et_retirer_plusieurs_personnes_d_un_coup(client, seance):
    appel = seance.appel
    hugo, ines = (personne(appel, Role.EVALUATEUR, p, "Zola") for p in ("Hugo", "Inès"))
    caf = PartenaireFactory(collectivite=appel.collectivite, nom="Caisse d’allocations familiales")
    hugo.affectations.update(partenaire=caf)
    client.force_login(seance.denis)
    page = reverse("reunions-convier", args=[seance.reunion.pk])
    lue = texte(client.get(page))
    assert "Hugo Zola" in lue
    assert "Inès Zola" in lue
    vus = [m.utilisateur_id for m in seance.reunion.membres.all()]
    client.post(page, {"vus": vus, "personnes": [hugo.pk, ines.pk, seance.eva.pk, "n’importe quoi"]})
    membres = {m.utilisateur: m for m in MembreReunion.objects.filter(reunion=seance.reunion)}
    assert membres.keys() == {hugo, ines, seance.eva}
    assert (membres[hugo].structure, membres[hugo].evalue) == ("Caisse d’allocations familiales", True)
    assert Evenement.objects.filter(type="reunion.convier").count() == 2


def test_qui_a_envoye_ses_notes_ne_se_retire_pas_et_rien_ne_change(client, seance):
    seance.envoyer(seance.eva)
    hugo = personne(seance.appel, Role.EVALUATEUR, "Hugo", "Zola")
    client.force_login(seance.denis)
    vus = [m.utilisateur_id for m in seance.reunion.membres.all()]
    reponse = client.post(reverse("reunions-convier", args=[seance.reunion.pk]), {"vus": vus, "personnes": [hugo.pk]})
    assert reponse.status_code == 409
    assert "Éva Roux : Cette personne a déjà envoyé des notes" in texte(reponse)
    assert f'value="{hugo.pk}" checked' in texte(reponse)
    assert seance.reunion.membres.count() == 3
    assert Evaluation.objects.exists()


def test_deux_agents_convient_sans_s_effacer(client, seance):
    """Le second n'avait pas vu Hugo : sa liste ne le retire pas."""
    vus = [m.utilisateur_id for m in seance.reunion.membres.all()]
    hugo = personne(seance.appel, Role.EVALUATEUR, "Hugo", "Zola")
    operations.convier(seance.reunion, hugo, par=seance.denis)
    client.force_login(seance.denis)
    client.post(reverse("reunions-convier", args=[seance.reunion.pk]), {"vus": vus, "personnes": [seance.eva.pk]})
    assert set(seance.reunion.membres.values_list("utilisateur", flat=True)) == {hugo.pk, seance.eva.pk}


def test_on_ne_convie_pas_un_inconnu(client, seance):
    etranger = AffectationFactory(role=Role.EVALUATEUR).utilisateur
    client.force_login(seance.denis)
    client.post(reverse("reunions-convier", args=[seance.reunion.pk]), {"personnes": [etranger.pk]})
    assert not seance.reunion.membres.filter(utilisateur=etranger).exists()
    assert seance.reunion.membres.count() == 3


# Supprimer


def test_une_reunion_vide_se_supprime_et_le_fait_reste(client, seance, autre):
    MembreReunionFactory(reunion=autre)
    client.force_login(seance.denis)
    page = reverse("reunions-supprimer", args=[autre.pk])
    assert "ni dossier, ni note, ni avis" in texte(client.get(page))
    assert "est supprimée" in texte(client.post(page, follow=True))
    assert not Reunion.objects.filter(pk=autre.pk).exists()
    assert Evenement.objects.get(type="reunion.supprimer").donnees["titre"] == "Emploi"


def test_une_reunion_avec_des_votes_et_des_notes_ne_se_supprime_pas(client, seance, autre):
    seance.envoyer(seance.eva)
    Vote.objects.create(passage=seance.passage, utilisateur=seance.eva, tour=1, montant=1000)
    client.force_login(seance.denis)
    page = reverse("reunions-supprimer", args=[seance.reunion.pk])
    reponse = client.post(page)
    assert reponse.status_code == 409
    for phrase in (
        "1 dossier à l’ordre du jour",
        "1 vote",
        "1 notation envoyée",
        "rien n’est supprimé",
        "Déplacer tous",
    ):
        assert phrase in texte(reponse)
    assert Reunion.objects.filter(pk=seance.reunion.pk).exists()
    assert Vote.objects.count() == Evaluation.objects.count() == 1


def test_l_avis_empeche_aussi_la_suppression(seance):
    seance.rendre()
    with pytest.raises(OperationRefusee, match="1 avis"):
        operations.supprimer_reunion(seance.reunion, par=seance.denis)


def test_vider_une_reunion_vers_une_autre_puis_la_supprimer(client, seance, autre):
    PassageFactory(reunion=seance.reunion)
    client.force_login(seance.denis)
    page = reverse("reunions-changer-tous", args=[seance.reunion.pk])
    assert "Choisissez une réunion" in texte(client.post(page, {"vers": "9999999"}, follow=True))
    assert "Tous les dossiers sont passés" in texte(client.post(page, {"vers": autre.pk}, follow=True))
    assert autre.passages.count() == 2
    operations.supprimer_reunion(seance.reunion, par=seance.denis)
    with pytest.raises(OperationRefusee, match="plus de dossier"):
        operations.changer_tous(ReunionFactory(appel=seance.appel), autre, par=seance.denis)


# Changer de réunion


def test_un_dossier_change_de_reunion_avec_ses_lecteurs_ses_notes_et_ses_fiches(seance, autre):
    for utilisateur in (seance.eva, seance.farid):
        MembreReunionFactory(reunion=autre, utilisateur=utilisateur)
    PassageFactory(reunion=autre)
    Lecteur.objects.create(passage=seance.passage, membre=seance.membre(seance.eva))
    conseil = PartenaireFactory(collectivite=seance.appel.collectivite)
    FicheHabitant.objects.create(dossier=seance.dossier, reunion=seance.reunion, conseil=conseil)
    seance.envoyer(seance.eva)
    operations.changer_de_reunion(seance.passage, autre, par=seance.denis)
    passage = PassageDossier.objects.get(dossier=seance.dossier)
    assert (passage.reunion, passage.rang) == (autre, 2)
    assert passage.lecteurs.get().membre == MembreReunion.objects.get(reunion=autre, utilisateur=seance.eva)
    assert Evaluation.objects.get().envoyee_le
    assert FicheHabitant.objects.get().reunion == autre
    # Ce qui se lisait déjà reste lisible.
    assert passage.decouvert_le
    assert any("autre réunion" in fait.phrase for fait in historique(seance.dossier, interne=True))


def test_un_lecteur_qui_n_est_pas_convie_la_bas_retient_le_dossier(client, seance, autre):
    MembreReunionFactory(reunion=autre, utilisateur=seance.farid)
    seance.envoyer(seance.eva)
    client.force_login(seance.denis)
    page = reverse("reunions-changer", args=[seance.reunion.pk, seance.passage.pk])
    reponse = client.post(page, {"vers": autre.pk, "motif": "Erreur d’aiguillage"})
    assert reponse.status_code == 422
    assert "Conviez d’abord à « Emploi », pour y noter, qui lit ou note ce dossier : Éva Roux." in texte(reponse)
    assert "Erreur d’aiguillage" in texte(reponse)
    assert seance.reunion.passages.count() == 1
    MembreReunionFactory(reunion=autre, utilisateur=seance.eva)
    assert client.post(page, {"vers": autre.pk}).status_code == 302
    assert autre.passages.get().dossier == seance.dossier


def test_on_ne_change_ni_pour_un_autre_appel_ni_vers_une_reunion_close(seance, autre):
    with pytest.raises(OperationRefusee, match="autre appel"):
        ailleurs = ReunionFactory(appel=AppelFactory(collectivite=seance.appel.collectivite))
        operations.changer_de_reunion(seance.passage, ailleurs, par=seance.denis)
    with pytest.raises(OperationRefusee, match="déjà"):
        operations.changer_de_reunion(seance.passage, seance.reunion, par=seance.denis)
    Reunion.objects.filter(pk=autre.pk).update(close_le=timezone.now())
    with pytest.raises(OperationRefusee, match="close"):
        operations.changer_de_reunion(seance.passage, autre, par=seance.denis)
    with pytest.raises(OperationRefusee, match="Seul un agent"):
        operations.changer_de_reunion(seance.passage, autre, par=seance.eva)


def test_un_dossier_ajourne_revient_apres_son_proces_verbal(seance, autre):
    Vote.objects.create(passage=seance.passage, utilisateur=seance.eva, tour=1, montant=1000)
    seance.rendre("ajourne", montants={})
    MembreReunionFactory(reunion=autre, utilisateur=seance.eva)
    with pytest.raises(OperationRefusee, match="procès-verbal"):
        operations.changer_de_reunion(seance.passage, autre, par=seance.denis)
    operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    operations.changer_de_reunion(seance.passage, autre, par=seance.denis)
    assert seance.dossier.etat == Etat.EN_EVALUATION
    # Les votes de la séance passée ne comptent plus, mais le journal les garde.
    assert not Vote.objects.exists()
    fait = Evenement.objects.get(type="dossier.changer_de_reunion")
    assert fait.donnees["votes"] == [[seance.eva.pk, 1, "1000.00"]]


def test_un_avis_favorable_ne_change_pas_de_reunion(seance, autre):
    seance.rendre()
    with pytest.raises(OperationRefusee, match="ou ajourné"):
        operations.changer_de_reunion(seance.passage, autre, par=seance.denis)


def test_un_agent_deporte_ne_deplace_pas_le_dossier(client, seance, autre):
    DeportFactory(dossier=seance.dossier, utilisateur=seance.denis)
    with pytest.raises(OperationRefusee, match="un autre agent"):
        operations.changer_de_reunion(seance.passage, autre, par=seance.denis)
    client.force_login(seance.denis)
    assert client.get(reverse("reunions-changer", args=[seance.reunion.pk, seance.passage.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_deux_deplacements_croises_ne_s_attendent_pas(seance):
    autre = ReunionFactory(appel=seance.appel)
    la_bas = PassageFactory(reunion=autre)
    resultats = en_meme_temps(
        lambda: operations.changer_de_reunion(seance.passage, autre, par=seance.denis),
        lambda: operations.changer_de_reunion(la_bas, seance.reunion, par=seance.denis),
    )
    assert refus(resultats) == 0
    assert la_bas.reunion.passages.count() == seance.reunion.passages.count() == 1


# Le critère bloquant


def test_le_critere_bloquant_se_regle_et_se_copie(client, seance):
    appel = AppelFactory(collectivite=seance.appel.collectivite, grille=[{"libelle": "Budget", "poids": 100}])
    client.force_login(seance.denis)
    critere = appel.criteres.get()
    saisie = {
        "lignes-TOTAL_FORMS": 1, "lignes-INITIAL_FORMS": 1, "lignes-0-id": critere.pk,
        "lignes-0-libelle": "Budget", "lignes-0-poids": 100, "lignes-0-bloquant_sous": 6,
    }  # fmt: skip
    page = reverse("appels-grille", args=[appel.slug])
    assert client.post(page, saisie).status_code == 422
    assert client.post(page, saisie | {"lignes-0-bloquant_sous": 2}).status_code == 302
    critere.refresh_from_db()
    assert critere.bloquant_sous == 2
    copie = dupliquer_appel(appel, par=seance.denis)
    assert copie.criteres.get().bloquant_sous == 2
    client.post(page, saisie | {"lignes-0-bloquant_sous": ""})
    critere.refresh_from_db()
    assert critere.bloquant_sous is None


def test_le_critere_bloquant_se_signale_sans_rien_imposer(client, seance):
    budget = seance.appel.criteres.first()
    seance.appel.criteres.filter(pk=budget.pk).update(libelle="Budget de l’action", bloquant_sous=2)
    signale = "Critère bloquant : <strong>Budget de l’action</strong>, 1,5 sur 5 en moyenne"
    dans_la_reunion = "Critère bloquant : Budget de l’action, 1,5 sur 5 en moyenne"
    client.force_login(seance.denis)
    for utilisateur, niveau in ((seance.eva, 1), (seance.farid, 2)):
        avis = texte(client.get(reverse("evaluation-avis", args=[seance.dossier.numero])))
        reunion = texte(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))
        # Tant que tout le monde n'a pas envoyé, rien ne se devine.
        assert "Critère bloquant" not in avis + reunion
        seance.envoyer(utilisateur, niveau)
    assert signale in texte(client.get(reverse("evaluation-avis", args=[seance.dossier.numero])))
    assert dans_la_reunion in texte(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))
    DeportFactory(dossier=seance.dossier, utilisateur=seance.eva)
    assert "Critère bloquant" not in texte(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))
    seance.rendre()
    assert seance.dossier.etat == Etat.EVALUE


# Les droits et le nombre de requêtes


def test_un_agent_d_ailleurs_ne_prepare_rien_ici(client, seance, autre):
    intrus = personne(AppelFactory(), Role.AGENT, "Ivan", "Petit")
    gestes = [
        lambda: operations.fixer_membres(seance.reunion, par=intrus, retraits=[seance.eva.pk]),
        lambda: operations.supprimer_reunion(autre, par=intrus),
        lambda: operations.changer_de_reunion(seance.passage, autre, par=intrus),
        lambda: operations.preparer_par_enjeu(seance.appel, {}, par=intrus),
        lambda: operations.repartir(seance.reunion, {}, par=intrus),
        lambda: operations.revenir_a_la_repartition_d_avant(seance.reunion, par=intrus),
        lambda: operations.repartir_appel(seance.appel, None, par=intrus, vu=""),
        lambda: operations.annuler_repartition_appel(seance.appel, par=intrus),
        lambda: operations.fixer_ordre(seance.reunion, [], par=intrus),
        lambda: operations.revenir_a_l_ordre_d_avant(seance.reunion, par=intrus),
    ]
    for geste in gestes:
        with pytest.raises(OperationRefusee, match="Seul un agent"):
            geste()
    assert Appel.objects.filter(pk=seance.appel.pk).exists()


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("reunions-par-enjeu", PAR_ENJEU),
        ("reunions-convier", CONVIER),
        ("reunions-supprimer", SUPPRIMER),
        ("reunions-changer", CHANGER),
    ],
)
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(
    client, seance, django_assert_num_queries, nom, attendu, lignes
):
    for numero in range(lignes):
        personne(seance.appel, Role.EVALUATEUR, "Hugo", "Zola")
        MembreReunionFactory(reunion=seance.reunion)
        PassageFactory(reunion=seance.reunion)
        prevu = EnjeuFactory(convention=seance.appel.convention, numero=10 + numero)
        ReunionFactory(appel=seance.appel, enjeu=prevu)
        EnjeuFactory(convention=seance.appel.convention, numero=20 + numero)
        DossierFactory(appel=seance.appel, complet=True, recevable=True)
    args = {"reunions-par-enjeu": [], "reunions-changer": [seance.reunion.pk, seance.passage.pk]}
    client.force_login(seance.denis)
    with django_assert_num_queries(attendu):
        assert client.get(reverse(nom, args=args.get(nom, [seance.reunion.pk]))).status_code == 200
