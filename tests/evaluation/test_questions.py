"""Les questions au porteur : elles passent par le service, réunies et sans nom ; la réponse revient à tous."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from comptes.models import Role
from dossiers import operations as dossiers
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat
from dossiers.historique import historique
from dossiers.models import Dossier, LigneBudget, Message
from evaluation import operations
from evaluation.models import Deport, EnvoiQuestions, Lecteur, QuestionLecteur
from evaluation.operations import OperationRefusee
from evaluation.questions import dedoublonner, reunir
from evaluation.taches import taches_d_evaluation
from journal.models import Evenement
from notifications.models import CourrielRecu
from notifications.travail import vider
from tests.evaluation.conftest import personne
from tests.evaluation.test_simultane import en_meme_temps, refus
from tests.fabriques import MembreFactory
from tests.fabriques_evaluation import MembreReunionFactory, PassageFactory

pytestmark = pytest.mark.django_db
QUESTION = "Combien de séances par semaine ?"


def lire(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def adresse(seance, nom="questions-dossier"):
    return reverse(nom, args=[seance.dossier.numero])


def poser(seance, qui=None, texte=QUESTION):
    return operations.poser_question(seance.dossier, par=qui or seance.eva, texte=texte)


def envoyer(seance, *questions, par=None, texte="Bonjour, combien de séances ?", jeton=None):
    return operations.envoyer_questions(
        seance.dossier,
        par=par or seance.denis,
        questions=[question.pk for question in questions],
        texte=texte,
        jeton=jeton or uuid4(),
    )


@pytest.fixture
def alice(seance):
    """Qui porte le dossier."""
    return MembreFactory(organisme=seance.dossier.organisme, utilisateur__prenom="Alice").utilisateur


def ecrire(seance, par, texte="Trois séances, le mardi soir."):
    return dossiers.ecrire_message(seance.dossier, par=par, texte=texte, jeton=uuid4())


@pytest.fixture
def boite(settings):
    settings.EMAIL_BACKEND = "notifications.boite.BoiteBackend"
    return CourrielRecu.objects


def prevenus(boite, mot="Une réponse à lire"):
    vider()
    return sorted(courriel.destinataires for courriel in boite.all() if mot in courriel.objet)


# Le message proposé


def test_le_message_reunit_les_questions_chacune_une_fois():
    textes = ["Quel public ?", "Combien de séances ?", "quel public", "  Combien de séances ? "]
    assert dedoublonner(textes) == ["Quel public ?", "Combien de séances ?"]
    assert "– Quel public ?\n\n– Combien de séances ?" in reunir(textes)
    assert "–" not in reunir(["Quel public ?"])
    assert reunir([]) == ""


# Le lecteur


def test_le_lecteur_pose_suit_et_retire_sa_question(client, seance):
    client.force_login(seance.eva)
    reponse = client.post(adresse(seance, "questions-poser"), {"texte": QUESTION}, follow=True)
    assert "Reçue par le service" in lire(reponse)
    question = QuestionLecteur.objects.get()
    assert (question.auteur, question.texte) == (seance.eva, QUESTION)
    client.force_login(seance.farid)
    assert QUESTION not in lire(client.get(adresse(seance, "evaluation-noter")))
    assert client.post(adresse(seance, "questions-retirer"), {"question": question.pk}).status_code == 404
    client.force_login(seance.eva)
    client.post(adresse(seance, "questions-retirer"), {"question": question.pk})
    assert not QuestionLecteur.objects.exists()
    assert client.post(adresse(seance, "questions-retirer"), {"question": question.pk}).status_code == 404


@pytest.mark.parametrize(
    ("texte", "phrase"),
    [("  ", "Écrivez votre question"), ("é" * 601, "trop longue : 601 signes, pour 600 au plus")],
)
def test_une_question_vide_ou_trop_longue_se_refuse_avec_sa_saisie(client, seance, texte, phrase):
    client.force_login(seance.eva)
    reponse = client.post(adresse(seance, "questions-poser"), {"texte": texte})
    assert reponse.status_code == 422
    assert phrase in lire(reponse)
    assert texte.strip() in reponse.content.decode()
    assert 'id="poser" open' in lire(reponse)
    with pytest.raises(OperationRefusee):
        poser(seance, texte=texte)
    assert not QuestionLecteur.objects.exists()


def test_six_cents_signes_passent_quel_que_soit_le_retour_a_la_ligne(client, seance):
    client.force_login(seance.eva)
    texte = "a" * 299 + "\r\n" + "b" * 300
    assert client.post(adresse(seance, "questions-poser"), {"texte": texte}).status_code == 302
    assert len(QuestionLecteur.objects.get().texte) == 600


def test_un_double_clic_ne_pose_qu_une_question(seance):
    assert poser(seance) == poser(seance)
    assert Evenement.objects.filter(type="evaluation.poser_question").count() == 1


def test_un_lecteur_ne_noie_pas_le_service(client, seance):
    for rang in range(10):
        poser(seance, texte=f"Question {rang} ?")
    client.force_login(seance.eva)
    reponse = client.post(adresse(seance, "questions-poser"), {"texte": "Une de plus ?"})
    assert reponse.status_code == 409
    assert "déjà 10 de vos questions" in lire(reponse)
    assert poser(seance, seance.farid)


def test_qui_ne_note_pas_ce_dossier_ne_pose_rien(client, seance):
    autre = PassageFactory().dossier
    client.force_login(seance.eva)
    assert client.post(reverse("questions-poser", args=[autre.numero]), {"texte": QUESTION}).status_code == 404
    Lecteur.objects.create(passage=seance.passage, membre=seance.membre(seance.farid))
    assert client.post(adresse(seance, "questions-poser"), {"texte": QUESTION}).status_code == 409
    assert "Poser une question" not in lire(client.get(adresse(seance, "evaluation-noter")))
    for qui in (seance.gisele, seance.denis):
        client.force_login(qui)
        assert client.post(adresse(seance, "questions-poser"), {"texte": QUESTION}).status_code == 403
    assert not QuestionLecteur.objects.exists()


def test_apres_l_avis_ou_la_cloture_on_ne_pose_ni_n_envoie(client, seance):
    question = poser(seance)
    seance.envoyer(seance.eva)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    with pytest.raises(OperationRefusee, match="terminée"):
        poser(seance, texte="Et après ?")
    with pytest.raises(OperationRefusee, match="terminée"):
        envoyer(seance, question)
    with pytest.raises(OperationRefusee, match="terminée"):
        operations.repondre_a_la_question(question, par=seance.denis, mot="Trois.")
    client.force_login(seance.eva)
    lu = lire(client.get(adresse(seance, "evaluation-noter")))
    assert QUESTION in lu
    assert "Poser une question" not in lu
    client.force_login(seance.denis)
    lu = lire(client.get(adresse(seance)))
    assert QUESTION in lu
    assert "on n’en envoie plus" in lu
    assert "Envoyer à l’organisme" not in lu


def test_un_dossier_retire_ferme_tout(client, seance, alice):
    question = poser(seance)
    Dossier.objects.filter(pk=seance.passage.dossier_id).update(etat=Etat.RETIRE)
    client.force_login(seance.eva)
    assert client.post(adresse(seance, "questions-poser"), {"texte": "Et ?"}).status_code == 404
    with pytest.raises(OperationRefusee):
        envoyer(seance, question)
    assert not Message.objects.exists()


# Le service


def test_le_service_reunit_choisit_et_envoie_un_seul_message_sans_nom(client, seance, alice):
    premiere, seconde = poser(seance), poser(seance, seance.farid, "Qui encadre ?")
    troisieme = poser(seance, seance.farid, "Faut-il une piscine ?")
    client.force_login(seance.denis)
    page = client.get(adresse(seance), {"choix": 1, "q": [premiere.pk, seconde.pk]})
    assert "Éva Roux" in lire(page)
    message = page.context["form"].initial["texte"]
    assert QUESTION in message
    assert "piscine" not in message
    donnees = {"q": [premiere.pk, seconde.pk], "texte": message, "jeton": uuid4()}
    for _ in range(2):
        assert client.post(adresse(seance), donnees).status_code == 302
    envoi, message = EnvoiQuestions.objects.get(), Message.objects.get()
    assert set(envoi.questions.all()) == {premiere, seconde}
    assert list(QuestionLecteur.objects.en_attente()) == [troisieme]
    assert message.du_service
    client.force_login(alice)
    lu = lire(client.get(adresse(seance, "dossiers-messages")))
    assert QUESTION in lu
    assert "Le service" in lu
    for indiscret in ("Éva", "Farid", "Denis", "lecteur", "note"):
        assert indiscret not in message.texte
    for nom in ("Éva Roux", "Farid Benali", "Denis Caron"):
        assert nom not in lu


def test_sans_choix_toutes_partent_et_rien_de_coche_se_dit(client, seance):
    question = poser(seance)
    client.force_login(seance.denis)
    assert client.get(adresse(seance)).context["cochees"] == [question.pk]
    page = client.get(adresse(seance), {"choix": 1})
    assert page.context["form"] is None
    assert "Cochez au moins une question" in lire(page)
    reponse = client.post(adresse(seance), {"texte": "Bonjour", "jeton": uuid4()})
    assert reponse.status_code == 409
    assert "Choisissez au moins une question" in lire(reponse)
    assert client.post(adresse(seance), {"texte": " ", "jeton": uuid4(), "q": question.pk}).status_code == 422
    trop = client.post(adresse(seance), {"texte": "x" * 4001, "jeton": uuid4(), "q": question.pk})
    assert trop.status_code == 422
    assert "4001 signes" in lire(trop)
    assert not Message.objects.exists()


def test_une_question_retiree_pendant_la_relecture_arrete_l_envoi_et_garde_le_texte(client, seance):
    reste, retiree = poser(seance), poser(seance, seance.farid, "Qui encadre ?")
    operations.retirer_question(retiree, par=seance.farid)
    client.force_login(seance.denis)
    donnees = {"q": [reste.pk, retiree.pk], "texte": "Mon texte relu", "jeton": uuid4()}
    reponse = client.post(adresse(seance), donnees)
    assert reponse.status_code == 409
    assert "Mon texte relu" in lire(reponse)
    assert reponse.context["cochees"] == [reste.pk]
    assert not Message.objects.exists()


def test_envoyer_ne_marque_pas_lus_les_messages_du_porteur(seance, alice):
    recu = ecrire(seance, alice, "Avant toute question.")
    envoyer(seance, poser(seance))
    recu.refresh_from_db()
    assert recu.lu_le is None


def test_une_question_partie_ne_se_retire_plus(seance):
    question = poser(seance)
    envoyer(seance, question)
    with pytest.raises(OperationRefusee, match="déjà partie"):
        operations.retirer_question(question, par=seance.eva)


def test_ecarter_se_lit_de_son_auteur_seul_repondre_se_lit_de_tous(client, seance):
    ecartee, repondue = poser(seance, texte="Est-ce un ami du maire ?"), poser(seance, texte="Quel budget ?")
    client.force_login(seance.denis)
    reponse = client.post(adresse(seance, "questions-repondre"), {"question": ecartee.pk, "mot": " ", "ecarter": 1})
    assert reponse.status_code == 422
    client.post(adresse(seance, "questions-repondre"), {"question": ecartee.pk, "mot": "Hors sujet.", "ecarter": 1})
    client.post(adresse(seance, "questions-repondre"), {"question": repondue.pk, "mot": "Page 3.", "repondre": 1})
    assert not QuestionLecteur.objects.en_attente().exists()
    client.force_login(seance.eva)
    lu = lire(client.get(adresse(seance, "evaluation-noter")))
    assert "Non transmise" in lu
    assert "Hors sujet." in lu
    client.force_login(seance.farid)
    lu = lire(client.get(adresse(seance, "evaluation-noter")))
    assert "Quel budget ?" in lu
    assert "Page 3." in lu
    assert "ami du maire" not in lu
    assert "Hors sujet." not in lu
    assert "Éva Roux" not in lu
    with pytest.raises(OperationRefusee, match="vient d’être"):
        operations.ecarter_question(repondue, par=seance.denis, mot="Trop tard.")
    assert operations.repondre_a_la_question(repondue, par=seance.denis, mot="Page 3.") == repondue
    assert Evenement.objects.filter(type="evaluation.repondre_a_la_question").count() == 1


# La réponse


def test_la_reponse_du_porteur_est_proposee_et_revient_a_tous(client, seance, alice, boite):
    avant = ecrire(seance, alice, "Un message d’avant.")
    envoi = envoyer(seance, poser(seance))
    client.force_login(seance.denis)
    assert "pas encore répondu" in lire(client.get(adresse(seance)))
    premiere, seconde = ecrire(seance, alice), ecrire(seance, alice, "Et le jeudi.")
    page = client.get(adresse(seance))
    (montre,) = page.context["envois"]
    assert montre.proposee == premiere.pk
    assert montre.possibles == [premiere, seconde]
    seance.envoyer(seance.farid)
    donnees = {"envoi": envoi.pk, "message": premiere.pk, "vue": 0}
    for _ in range(2):
        client.post(adresse(seance, "questions-retenir"), donnees)
    envoi.refresh_from_db()
    assert envoi.reponse == premiere
    # Le porteur sait lu ce que le service a remis, et cela seulement.
    assert set(Message.objects.filter(du_service=False, lu_le__isnull=False)) == {premiere}
    assert prevenus(boite) == [seance.eva.email, seance.farid.email]
    textes = {courriel.destinataires: courriel.texte for courriel in boite.all()}
    assert "Trois séances, le mardi soir." in textes[seance.eva.email]
    assert "vous pouvez les reprendre" in textes[seance.farid.email]
    assert "vous pouvez les reprendre" not in textes[seance.eva.email]
    for qui in (seance.eva, seance.farid):
        client.force_login(qui)
        lu = lire(client.get(adresse(seance, "evaluation-noter")))
        assert "Trois séances, le mardi soir." in lu
        assert "Et le jeudi." not in lu
    assert "Éva Roux" not in lu
    with pytest.raises(OperationRefusee, match="après vos questions"):
        operations.retenir_reponse(envoi, par=seance.denis, message=avant, vue=premiere.pk)


def test_la_reponse_se_corrige_sans_ecraser_celle_d_un_autre_agent(seance, alice, boite):
    envoi = envoyer(seance, poser(seance))
    premiere, seconde = ecrire(seance, alice), ecrire(seance, alice, "Et le jeudi.")
    operations.retenir_reponse(envoi, par=seance.denis, message=premiere)
    with pytest.raises(OperationRefusee, match="Une autre personne"):
        operations.retenir_reponse(envoi, par=seance.denis, message=seconde)
    operations.retenir_reponse(envoi, par=seance.denis, message=seconde, vue=premiere.pk)
    # La première n'est plus la réponse quand le courriel se prépare : une seule annonce.
    assert prevenus(boite) == [seance.eva.email, seance.farid.email]
    assert all("Et le jeudi." in courriel.texte for courriel in boite.filter(objet__contains="Une réponse"))


def test_la_reponse_du_service_previent_aussi(seance, boite):
    operations.repondre_a_la_question(poser(seance), par=seance.denis, mot="Trois, selon le dossier.")
    assert prevenus(boite) == [seance.eva.email, seance.farid.email]
    operations.ecarter_question(poser(seance, texte="Autre ?"), par=seance.denis, mot="Hors sujet.")
    assert len(prevenus(boite)) == 2


# Les fuites


def test_le_deporte_ne_lit_rien_et_ses_questions_en_attente_disparaissent(client, seance, alice, boite):
    partie = poser(seance)
    envoi = envoyer(seance, partie)
    poser(seance, texte="Encore ?")
    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Mon frère y travaille.")
    assert list(QuestionLecteur.objects.all()) == [partie]
    operations.retenir_reponse(envoi, par=seance.denis, message=ecrire(seance, alice))
    assert prevenus(boite) == [seance.farid.email]
    client.force_login(seance.eva)
    for nom in ("questions-poser", "questions-retirer"):
        assert client.post(adresse(seance, nom), {"texte": "X", "question": partie.pk}).status_code == 404


def test_une_question_d_une_personne_deportee_n_attend_plus(seance):
    """Même si le déport venait d'ailleurs, rien d'elle ne part."""
    question = poser(seance)
    Deport.objects.create(dossier=seance.dossier, utilisateur=seance.eva, motif="Lien.")
    assert not QuestionLecteur.objects.en_attente().exists()
    with pytest.raises(OperationRefusee):
        envoyer(seance, question)


def test_l_agent_deporte_ou_de_l_organisme_ne_voit_ni_page_ni_tache(client, seance):
    question = poser(seance)
    nadia = personne(seance.appel, Role.AGENT, "Nadia", "Wojcik")
    membre = personne(seance.appel, Role.AGENT, "Omar", "Diallo")
    Deport.objects.create(dossier=seance.dossier, utilisateur=nadia, motif="Lien.")
    MembreFactory(organisme=seance.dossier.organisme, utilisateur=membre)
    for qui in (nadia, membre):
        client.force_login(qui)
        assert not [tache for tache in taches_d_evaluation(qui) if "question" in tache.texte]
        assert client.get(adresse(seance)).status_code == 404
        for nom in ("questions-dossier", "questions-repondre", "questions-retenir"):
            assert client.post(adresse(seance, nom), {"question": question.pk, "mot": "X"}).status_code == 404
        assert "à traiter" not in lire(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))
        with pytest.raises(OperationRefusee):
            envoyer(seance, question, par=qui)
        with pytest.raises(OperationRefusee):
            operations.ecarter_question(question, par=qui, mot="Non.")
    # Le témoin : un autre agent voit tout cela.
    client.force_login(seance.denis)
    assert client.get(adresse(seance)).status_code == 200
    assert "1 question à traiter" in lire(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))


def test_le_porteur_n_apprend_des_questions_que_le_message(client, seance, alice):
    question = poser(seance)
    envoi = envoyer(seance, question)
    operations.retenir_reponse(envoi, par=seance.denis, message=ecrire(seance, alice))
    operations.ecarter_question(poser(seance, texte="Secrète ?"), par=seance.denis, mot="Hors sujet.")
    assert {"Questions des lecteurs envoyées à l’organisme", "Réponse remise aux lecteurs"} <= {
        fait.phrase for fait in historique(seance.dossier, interne=True)
    }
    assert not [fait for fait in historique(seance.dossier, interne=False) if "lecteur" in fait.phrase]
    client.force_login(alice)
    for nom in ("dossiers-detail", "dossiers-messages", "dossiers-contenu"):
        lu = lire(client.get(adresse(seance, nom)))
        assert not re.search(r"lecteurs?\b|Secrète|Éva Roux|Denis Caron", lu), nom
    assert client.get(adresse(seance)).status_code == 403


# Les tâches


def test_l_agent_sait_ce_qu_il_doit_envoyer_puis_remettre(client, seance, alice):
    def taches():
        return [tache.texte for tache in taches_d_evaluation(seance.denis)]

    numero = seance.dossier.numero
    assert taches() == []
    question = poser(seance)
    assert taches() == [f"Une question d’un lecteur attend d’être envoyée (dossier {numero})."]
    client.force_login(seance.denis)
    assert "1 à traiter" in lire(client.get(adresse(seance, "dossiers-detail")))
    seconde = poser(seance, seance.farid)
    assert taches() == [f"2 questions de lecteurs attendent d’être envoyées (dossier {numero})."]
    envoi = envoyer(seance, question, seconde)
    assert taches() == []
    message = ecrire(seance, alice)
    assert taches() == [f"L’organisme a répondu aux lecteurs : remettez-leur sa réponse (dossier {numero})."]
    operations.retenir_reponse(envoi, par=seance.denis, message=message)
    assert taches() == []


# Le nombre de requêtes

PAGE_DU_SERVICE = 11


@pytest.mark.parametrize("lignes", [1, 3])
def test_la_page_du_service_coute_le_meme_prix_a_une_et_trois_questions(
    client, seance, alice, lignes, django_assert_num_queries
):
    for rang in range(lignes):
        envoi = envoyer(seance, poser(seance, texte=f"Question {rang} ?"))
        ecrire(seance, alice)
        poser(seance, seance.farid, f"En attente {rang} ?")
        operations.ecarter_question(poser(seance, texte=f"Écartée {rang} ?"), par=seance.denis, mot="Non.")
    operations.retenir_reponse(envoi, par=seance.denis, message=Message.objects.last())
    client.force_login(seance.denis)
    with django_assert_num_queries(PAGE_DU_SERVICE):
        assert client.get(adresse(seance)).status_code == 200


# La page de notation entière : notes, citations, questions

NOTATION = {"avant": 13, "decouverte": 15, "reprise": 14, "close": 14}


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize("phase", NOTATION)
def test_la_page_de_notation_tient_son_prix_avant_et_apres_la_decouverte(
    client, seance, alice, lignes, phase, django_assert_num_queries
):
    dossier, criteres = seance.dossier, list(seance.appel.criteres.all())
    for rang in range(lignes):
        autre = personne(seance.appel, Role.EVALUATEUR, f"Lecteur{rang}", "Martin")
        MembreReunionFactory(reunion=seance.reunion, utilisateur=autre)
        operations.epingler(dossier, par=autre, critere=criteres[rang], texte=dossier.description)
        operations.epingler(dossier, par=seance.eva, critere=criteres[rang], texte=dossier.description)
        question = poser(seance, autre, f"Question {rang} ?")
        envoi = envoyer(seance, question, poser(seance, texte=f"Question {rang} d’Éva ?"))
        operations.retenir_reponse(envoi, par=seance.denis, message=ecrire(seance, alice))
        operations.repondre_a_la_question(poser(seance, texte=f"Au service {rang} ?"), par=seance.denis, mot="Oui.")
        poser(seance, texte=f"En attente {rang} ?")
        seance.envoyer(autre)
        PassageFactory(reunion=seance.reunion)
    if phase != "avant":
        for qui in (seance.eva, seance.farid):
            seance.envoyer(qui)
    if phase == "reprise":
        operations.rouvrir_evaluation(dossier, par=seance.eva)
        # Une page découverte une fois pour toutes n'a plus à compter qui manque.
        assert seance.reunion.passages.get(dossier=dossier).decouvert_le
    if phase == "close":
        for passage in seance.reunion.passages.select_related("dossier"):
            montants = {f.financeur: f.montant_demande for f in passage.dossier.financements.all()}
            seance.rendre(dossier=passage.dossier, montants=montants)
        operations.clore_reunion(seance.reunion, par=seance.denis)
    client.force_login(seance.eva)
    page = adresse(seance, "evaluation-noter")
    with django_assert_num_queries(NOTATION[phase]):
        reponse = client.get(page)
    assert reponse.context["revele"] == (phase != "avant")
    assert len(reponse.context["autres"]) == (lignes + 1 if phase != "avant" else 0)
    assert len(reponse.context["questions"].envois) == lignes


def test_le_bref_totalise_comme_le_budget(client, seance):
    """La somme faite par la base est celle du budget, contributions volontaires et produits mis à part."""
    dossier = seance.dossier
    for sens, compte, montant in (("C", "864", 700), ("P", "870", 700), ("P", "75", 40), ("C", "61", 1234)):
        LigneBudget.objects.create(dossier=dossier, sens=sens, compte=compte, montant=Decimal(montant))
    client.force_login(seance.eva)
    totaux = totaux_du_dossier(seance.dossier)
    montres = client.get(adresse(seance, "evaluation-noter")).context["totaux"]
    assert montres == {"charges": totaux.charges, "demande": totaux.demande}
    assert totaux.emplois_volontaires == 700


# À deux


@pytest.mark.django_db(transaction=True)
def test_deux_agents_envoient_les_memes_questions(seance):
    question = poser(seance)
    karim = personne(seance.appel, Role.AGENT, "Karim", "Haddad")
    resultats = en_meme_temps(lambda: envoyer(seance, question), lambda: envoyer(seance, question, par=karim))
    assert refus(resultats) == 1
    assert Message.objects.count() == EnvoiQuestions.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_le_meme_envoi_recu_deux_fois_ne_part_qu_une(seance):
    question, jeton = poser(seance), uuid4()
    resultats = en_meme_temps(*[lambda: envoyer(seance, question, jeton=jeton)] * 2)
    assert refus(resultats) == 0
    assert Message.objects.count() == EnvoiQuestions.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_retirer_pendant_que_le_service_envoie(seance):
    question = poser(seance)
    resultats = en_meme_temps(
        lambda: envoyer(seance, question), lambda: operations.retirer_question(question, par=seance.eva)
    )
    assert refus(resultats) == 1
    assert Message.objects.count() == QuestionLecteur.objects.filter(envoi__isnull=False).count()
