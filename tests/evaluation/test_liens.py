"""Les liens avec un organisme : ils ferment ses dossiers, présents et à venir ; un PV ne se réécrit pas."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.models import Dossier
from evaluation import lecture, operations
from evaluation.liens_possibles import a_demander, chercher
from evaluation.models import AvisCitoyen, Citation, Deport, Evaluation, LienDeclare, LienEcarte, QuestionLecteur
from evaluation.operations import OperationRefusee
from evaluation.proces_verbal import donnees_de
from evaluation.salle import Salle
from evaluation.seance import votants_dans_la_salle
from journal.models import Evenement
from tests.evaluation.outils_habitants import preparer
from tests.evaluation.salle import Phase, mener, ouvrir
from tests.evaluation.test_simultane import en_meme_temps
from tests.fabriques import AffectationFactory, DossierFactory, MembreFactory, OrganismeFactory, UtilisateurFactory
from tests.fabriques_evaluation import EvaluationFactory, PassageFactory

pytestmark = pytest.mark.django_db
MOTIF = "Trésorière de l’association."


def lier(seance, personne=None, motif=MOTIF):
    return operations.declarer_lien(seance.dossier.organisme, par=personne or seance.eva, motif=motif)


def ferme(dossier, personne):
    return Deport.objects.filter(dossier=dossier, utilisateur=personne).exists()


# Déclarer, lever


def test_un_lien_ferme_tous_les_dossiers_presents_et_ceux_la_seulement(seance):
    freres = [DossierFactory(organisme=seance.dossier.organisme) for _ in range(2)]
    etranger = PassageFactory(reunion=seance.reunion).dossier
    lien, nouveau = lier(seance)
    assert nouveau
    assert lien.leve_le is None
    assert all(ferme(d, seance.eva) for d in (seance.dossier, *freres))
    assert not ferme(etranger, seance.eva)
    assert not Deport.objects.filter(utilisateur=seance.farid).exists()
    assert set(Deport.objects.values_list("motif", "lien")) == {(MOTIF, lien.pk)}
    assert not Dossier.objects.visibles_par(seance.eva).filter(organisme=seance.dossier.organisme).exists()


def test_un_dossier_a_venir_est_ferme_des_sa_creation(seance):
    lier(seance)
    organisme = seance.dossier.organisme
    porteuse = MembreFactory(organisme=organisme).utilisateur
    dossier = dossiers.commencer(seance.appel, organisme, par=porteuse)
    assert ferme(dossier, seance.eva)
    [fait] = Evenement.objects.de(dossier).filter(type="deport.declarer")
    assert (fait.acteur, fait.donnees["utilisateur_id"]) == ("Parvis", seance.eva.pk)


def test_la_creation_et_le_deport_sont_dans_la_meme_transaction(seance, monkeypatch):
    """Si le déport ne s'écrit pas, le dossier non plus : il ne naît jamais ouvert."""
    lier(seance)
    porteuse = MembreFactory(organisme=seance.dossier.organisme).utilisateur

    def panne(*args, **kwargs):
        raise RuntimeError("panne")

    monkeypatch.setattr("evaluation.operations.liens.publier", panne)
    nombre = Dossier.objects.count()
    with pytest.raises(RuntimeError):
        dossiers.commencer(seance.appel, seance.dossier.organisme, par=porteuse)
    assert Dossier.objects.count() == nombre


def test_un_dossier_cree_en_lot_est_ferme_a_son_inscription(seance):
    """`bulk_create` n'appelle personne : l'inscription rattrape."""
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    LienDeclare.objects.create(organisme=dossier.organisme, utilisateur=seance.eva, motif=MOTIF)
    assert not ferme(dossier, seance.eva)
    operations.inscrire(seance.reunion, dossier, par=seance.denis)
    assert ferme(dossier, seance.eva)


def test_un_brouillon_ferme_se_supprime_encore(seance):
    lier(seance)
    porteuse = MembreFactory(organisme=seance.dossier.organisme).utilisateur
    dossier = dossiers.commencer(seance.appel, seance.dossier.organisme, par=porteuse)
    dossiers.supprimer_brouillon(dossier, par=porteuse)
    assert not Deport.objects.filter(dossier=dossier.pk).exists()


def test_declarer_deux_fois_ne_fait_qu_un_lien(seance):
    assert lier(seance)[1] is True
    assert lier(seance, motif="Autre")[1] is False
    assert LienDeclare.objects.get().motif == MOTIF
    assert Evenement.objects.filter(type="lien.declarer").count() == 1


def test_sans_motif_ou_sans_role_rien_ne_se_declare(seance):
    with pytest.raises(OperationRefusee, match="quel lien"):
        lier(seance, motif="  ")
    for etranger in (UtilisateurFactory(), AffectationFactory(role=Role.ADMIN).utilisateur):
        with pytest.raises(OperationRefusee, match="évaluent"):
            lier(seance, etranger)
    assert not LienDeclare.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.FINANCEUR, Role.CITOYEN])
def test_qui_instruit_finance_ou_siege_en_declare_aussi(seance, role):
    personne = AffectationFactory(collectivite=seance.appel.collectivite, role=role).utilisateur
    lier(seance, personne)
    assert ferme(seance.dossier, personne)


def test_lever_ne_rouvre_rien_et_ne_ferme_plus_rien(seance):
    lien, _ = lier(seance)
    for _ in range(2):
        operations.lever_lien(lien, par=seance.eva)
    assert ferme(seance.dossier, seance.eva)
    suivant = DossierFactory(organisme=seance.dossier.organisme)
    assert not ferme(suivant, seance.eva)
    assert Evenement.objects.filter(type="lien.lever").count() == 1
    # Le lien revient : on le déclare de nouveau.
    assert lier(seance)[1] is True
    assert ferme(suivant, seance.eva)


def test_on_ne_leve_que_ses_propres_liens(seance):
    lien, _ = lier(seance)
    with pytest.raises(OperationRefusee, match="soi-même"):
        operations.lever_lien(lien, par=seance.farid)


# Ce qui s'efface, ce qui reste


def test_tout_ce_que_la_personne_avait_ecrit_s_efface_et_rien_des_autres(seance):
    dossier, critere = seance.dossier, seance.appel.criteres.first()
    fiche = preparer(seance)
    for personne in (seance.eva, seance.farid):
        seance.envoyer(personne)
        Citation.objects.create(dossier=dossier, evaluateur=personne, critere=critere, texte="Un jardin")
        QuestionLecteur.objects.create(dossier=dossier, auteur=personne, texte="Combien d’arrosoirs ?")
        AvisCitoyen.objects.create(fiche=fiche, utilisateur=personne, utile="oui")
    lier(seance)
    for modele, champ in (
        (Evaluation, "evaluateur"),
        (Citation, "evaluateur"),
        (QuestionLecteur, "auteur"),
        (AvisCitoyen, "utilisateur"),
    ):
        assert list(modele.objects.values_list(champ, flat=True)) == [seance.farid.pk], modele
    fait = Evenement.objects.de(dossier).get(type="deport.declarer")
    assert fait.donnees["perdu"] == {"notes": 1, "citations": 1, "questions": 1, "avis": 1}


def test_apres_l_avis_le_dossier_se_ferme_sans_que_rien_soit_reecrit(seance):
    """Ni les notes lues, ni la moyenne, ni le procès-verbal : la personne était là."""
    seance.envoyer(seance.eva, niveau=0)
    seance.envoyer(seance.farid, niveau=5)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    avant = donnees_de(seance.reunion, 1)
    lier(seance)
    assert ferme(seance.dossier, seance.eva)
    assert not Dossier.objects.visibles_par(seance.eva).exists()
    apres = donnees_de(seance.reunion, 1)
    assert (apres["dossiers"], apres["deports"]) == (avant["dossiers"], [])
    assert apres["dossiers"][0]["note"] == "50.00"
    assert Evaluation.objects.filter(evaluateur=seance.eva).exists()


def test_le_deport_d_apres_l_avis_compte_si_le_dossier_revient_en_evaluation(seance):
    seance.envoyer(seance.eva, niveau=0)
    seance.envoyer(seance.farid, niveau=5)
    seance.rendre()
    lier(seance)
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="À corriger")
    [restante] = lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id]
    assert restante.evaluateur == seance.farid
    assert [d["nom"] for d in donnees_de(seance.reunion, 1)["deports"]] == [str(seance.eva)]


# Qui est membre de l'organisme porteur


def test_un_membre_du_porteur_n_est_pas_attendu_et_le_dossier_se_decouvre(seance):
    dossier = seance.dossier
    assert lecture.attendus(seance.reunion, [dossier])[dossier.pk] == {seance.eva.pk, seance.farid.pk}
    MembreFactory(organisme=dossier.organisme, utilisateur=seance.eva)
    assert lecture.attendus(seance.reunion, [dossier])[dossier.pk] == {seance.farid.pk}
    assert lecture.passages_reveles(seance.reunion, [seance.passage]) == []
    seance.envoyer(seance.farid)
    passage = seance.reunion.passages.select_related("reunion", "dossier").get()
    assert lecture.passages_reveles(seance.reunion, [passage]) == [passage]
    # Les autres dossiers de la réunion l'attendent toujours.
    autre = PassageFactory(reunion=seance.reunion).dossier
    assert seance.eva.pk in lecture.attendus(seance.reunion, [autre])[autre.pk]


def test_un_membre_du_porteur_ne_vote_pas_et_la_salle_ne_l_attend_pas(seance):
    MembreFactory(organisme=seance.dossier.organisme, utilisateur=seance.eva)
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    salle = Salle(seance.reunion, seance.denis, "conduite")
    assert [m.utilisateur for m in salle.votants] == [seance.farid]
    assert salle.pour_le_quorum == votants_dans_la_salle(seance.reunion, seance.passage) == 1


# Les liens possibles


@pytest.fixture
def coron(seance):
    """Un organisme dont la directrice porte le nom d'Éva."""
    return OrganismeFactory(nom="Les Ateliers du Coron", representant_prenom="EVA", representant_nom="ROUX")


def organismes_demandes(personne):
    return [possible.organisme for possible in a_demander(personne)]


def test_un_lien_possible_se_demande_jusqu_a_la_reponse(seance, coron):
    assert organismes_demandes(seance.eva) == [coron]
    assert organismes_demandes(seance.farid) == []
    operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])
    assert organismes_demandes(seance.eva) == []
    assert operations.reprendre_reponse(coron, par=seance.eva)
    assert organismes_demandes(seance.eva) == [coron]
    operations.declarer_lien(coron, par=seance.eva, motif=MOTIF)
    assert organismes_demandes(seance.eva) == []
    assert not operations.reprendre_reponse(coron, par=seance.eva)


def test_une_suggestion_ne_ferme_rien(seance, coron):
    dossier = DossierFactory(organisme=coron, appel=seance.appel)
    assert organismes_demandes(seance.eva) == [coron]
    assert not ferme(dossier, seance.eva)


def test_un_indice_nouveau_repose_la_question(seance, coron):
    operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])
    seance.eva.email, coron.courriel = "eva@coron.fr", "contact@coron.fr"
    seance.eva.save()
    coron.save()
    assert organismes_demandes(seance.eva) == [coron]


def test_un_membre_de_l_organisme_n_a_pas_a_repondre(seance, coron):
    MembreFactory(organisme=coron, utilisateur=seance.eva)
    assert organismes_demandes(seance.eva) == []


def test_ecarter_un_lien_declare_se_refuse_et_declarer_oublie_la_reponse(seance, coron):
    operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])
    operations.declarer_lien(coron, par=seance.eva, motif=MOTIF)
    assert not LienEcarte.objects.exists()
    with pytest.raises(OperationRefusee, match="levez-le"):
        operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])


def test_deux_fois_ce_n_est_pas_le_cas_ne_fait_qu_une_reponse(seance, coron):
    for _ in range(2):
        operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])
    assert LienEcarte.objects.count() == Evenement.objects.filter(type="lien.ecarter").count() == 1


def test_chercher_un_organisme_sans_accents_ni_ordre(seance, coron):
    assert chercher("coron ateliers", 20) == chercher("COR", 20) == [coron.pk]
    assert chercher("c", 20) == chercher("", 20) == chercher("introuvable", 20) == []
    OrganismeFactory.create_batch(3, nom="Coron Bis")
    assert len(chercher("coron", 2)) == 2


@pytest.mark.parametrize("nombre", [1, 30])
def test_les_liens_possibles_coutent_un_nombre_constant_de_requetes(seance, coron, nombre):
    for rang in range(nombre):
        OrganismeFactory(nom=f"Association {rang}", representant_prenom="Éva", representant_nom="Roux")
    seance.eva.ids_organismes  # noqa: B018 : déjà lu par toute page
    with CaptureQueriesContext(connection) as requetes:
        assert len(a_demander(seance.eva)) == nombre + 1
    assert len(requetes) == 5


# Conservation


def test_les_liens_leves_et_les_reponses_s_effacent_a_leur_terme(seance, coron, settings):
    settings.CONSERVATION_LIENS_JOURS = 30
    ancien = timezone.now() - timedelta(days=31)
    lien, _ = lier(seance)
    operations.declarer_lien(coron, par=seance.farid, motif=MOTIF)
    operations.ecarter_lien(coron, par=seance.eva, indices=["nom"])
    LienDeclare.objects.update(declare_le=ancien)
    assert operations.effacer_les_liens() == 0  # En vigueur, un lien reste, si ancien soit-il.
    operations.lever_lien(lien, par=seance.eva)
    assert operations.effacer_les_liens() == 0
    LienDeclare.objects.filter(pk=lien.pk).update(leve_le=ancien)
    LienEcarte.objects.update(ecarte_le=ancien)
    assert operations.effacer_les_liens() == 2
    assert list(LienDeclare.objects.values_list("utilisateur", flat=True)) == [seance.farid.pk]
    assert not LienEcarte.objects.exists()
    # Le déport reste au dossier : le procès-verbal le cite.
    assert ferme(seance.dossier, seance.eva)


# Ensemble


@pytest.mark.django_db(transaction=True)
def test_un_dossier_cree_pendant_la_declaration_n_echappe_pas_au_lien(seance):
    organisme = seance.dossier.organisme
    porteuses = [MembreFactory(organisme=organisme).utilisateur for _ in range(2)]
    en_meme_temps(
        lambda: lier(seance),
        lambda: dossiers.commencer(seance.appel, organisme, par=porteuses[0]),
        lambda: lier(seance),
        lambda: lier(seance, seance.farid),
    )
    assert LienDeclare.objects.count() == 2
    for dossier in Dossier.objects.filter(organisme=organisme):
        assert ferme(dossier, seance.eva)
        assert ferme(dossier, seance.farid)


@pytest.mark.django_db(transaction=True)
def test_des_notes_envoyees_pendant_la_declaration_ne_survivent_pas(seance):
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=seance.grille())
    en_meme_temps(
        lambda: lier(seance), lambda: operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    )  # fmt: skip
    assert ferme(seance.dossier, seance.eva)
    assert not Evaluation.objects.exists()


def test_une_note_restee_ne_compte_pas(seance):
    lier(seance)
    EvaluationFactory(dossier=seance.dossier, evaluateur=seance.eva)
    assert lecture.evaluations_envoyees([seance.dossier])[seance.passage.dossier_id] == []
