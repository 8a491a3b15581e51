"""Après le dépôt : compléments élément par élément, messages, délai observé, retrait."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comptes.models import Membre, Role
from comptes.taches import taches_de
from dossiers import operations
from dossiers.complements import Attendu, etats
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etats import Etat
from dossiers.frise import delai_observe
from dossiers.models import DemandeComplement, ElementDemande, Message
from evaluation.models import Deport
from journal.models import Evenement
from tests.caches import vider_le_cache
from tests.fabriques import AffectationFactory, AppelFactory, CollectiviteFactory, MembreFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import DemandeComplementFactory, DossierFactory, PieceFactory, fichier

pytestmark = pytest.mark.django_db


def url(nom, dossier):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def alice_de(dossier, role=Membre.Role.REPRESENTANT):
    return MembreFactory(organisme=dossier.organisme, role=role).utilisateur


def denis_de(dossier, role=Role.AGENT):
    return AffectationFactory(collectivite=dossier.appel.collectivite, role=role).utilisateur


def limite(jours=15):
    return timezone.localdate() + timedelta(days=jours)


def faits(dossier, genre):
    return Evenement.objects.de(dossier).filter(type=f"dossier.{genre}")


@pytest.fixture
def demande():
    """Une demande de trois éléments : le RIB à refaire, le public à reprendre, une question utile."""
    dossier = DossierFactory(complet=True, depose=True)
    rib = PieceDemandeeFactory(appel=dossier.appel, libelle="RIB")
    PieceFactory(dossier=dossier, demandee=rib, nom="ancien.pdf", jointe_le=timezone.now() - timedelta(days=9))
    operations.demander_complement(
        dossier,
        par=denis_de(dossier),
        limite_le=limite(),
        elements=[
            Attendu("RIB", "il est au nom d’une personne", demandee=rib),
            Attendu("Public et calendrier", "les âges manquent", section="public"),
            Attendu("Avez-vous l’accord du bailleur ?", indispensable=False),
        ],
    )
    return DemandeComplement.objects.select_related("dossier").get()


# Le service demande


def test_composer_voir_la_lettre_puis_envoyer(client):
    dossier = DossierFactory(complet=True, depose=True)
    rib = PieceDemandeeFactory(appel=dossier.appel, libelle="RIB")
    client.force_login(denis_de(dossier))
    assert "pas fournie" in texte(client.get(url("demander-complement", dossier)))
    donnees = {
        "complement-limite_le": limite().isoformat(),
        "complement-message": "Merci pour ce projet.",
        f"complement-piece{rib.pk}-choisi": "on",
        f"complement-piece{rib.pk}-tenu": "on",
        "complement-etape-budget-choisi": "on",
        "complement-etape-budget-motif": "le poste 64 est trop court",
        "complement-etape-budget-tenu": "on",
        "complement-question0": "Avez-vous un local ?",
    }
    page = texte(client.post(url("demander-complement", dossier), donnees | {"suite": "apercu"}))
    assert "La lettre que recevra l’organisme" in page
    assert "le poste 64 est trop court" in page
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
    client.post(url("demander-complement", dossier), donnees | {"suite": "envoyer"})
    elements = ElementDemande.objects.values_list("libelle", "section", "demandee", "indispensable")
    assert list(elements) == [
        ("RIB", "", rib.pk, True),
        ("Budget de l’action", "budget", None, True),
        ("Avez-vous un local ?", "", None, False),
    ]
    fait = faits(dossier, "demander_complement").get()
    assert [element["est_piece"] for element in fait.donnees["elements"]] == [True, False, False]


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({}, "Cochez ce qui manque"),
        ({"complement-etape-budget-choisi": "on"}, "Dites ce qui est à reprendre"),
        ({"complement-etape-budget-motif": "le poste 64"}, "ou effacez son motif"),
        ({"complement-question0": "x" * 201}, "200"),
        ({"complement-question0": "Un local ?", "complement-limite_le": ""}, "Ce champ est obligatoire"),
    ],
)
def test_une_demande_mal_composee_garde_tout(client, champs, message):
    dossier = DossierFactory(depose=True)
    client.force_login(denis_de(dossier))
    donnees = {"complement-limite_le": limite().isoformat(), **champs}
    reponse = client.post(url("demander-complement", dossier), donnees)
    page = texte(reponse)
    assert reponse.status_code == 422
    assert message in page
    for valeur in champs.values():
        assert valeur in page
    assert not DemandeComplement.objects.exists()


def test_une_demande_a_sa_place_et_a_son_heure(client):
    dossier = DossierFactory(a_completer=True)
    client.force_login(denis_de(dossier))
    assert "Rien n’a changé." in texte(client.post(url("demander-complement", dossier), follow=True))
    client.force_login(alice_de(dossier))
    assert client.get(url("demander-complement", dossier)).status_code == 403
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    assert client.get(url("demander-complement", dossier)).status_code == 404


def test_une_piece_d_un_autre_appel_ou_une_etape_inconnue_ne_se_demandent_pas():
    dossier = DossierFactory(depose=True)
    denis = denis_de(dossier)
    for attendu in (Attendu("RIB", demandee=PieceDemandeeFactory()), Attendu("X", section="ailleurs")):
        with pytest.raises(operations.OperationRefusee):
            operations.demander_complement(dossier, par=denis, limite_le=limite(), elements=[attendu])
    with pytest.raises(operations.OperationRefusee, match="120 jours"):
        operations.demander_complement(dossier, par=denis, limite_le=limite(121), message="Le RIB")
    assert not DemandeComplement.objects.exists()


# L'organisme répond


def test_repondre_element_par_element(client, demande):
    dossier = demande.dossier
    rib, public, question = demande.elements.all()
    assert rib.refusee == "ancien.pdf"
    alice = alice_de(dossier)
    client.force_login(alice)
    assert texte(client.get(url("complements", dossier))).count("Attendu") == 3
    reponse = client.post(url("complements", dossier), {f"reponse-{public.pk}": "", "suite": "envoyer"})
    assert reponse.status_code == 409
    assert "ne sont pas partis" in texte(reponse)
    donnees = {f"fichier-{rib.pk}": fichier("nouveau.pdf"), f"reponse-{question.pk}": "Oui.", "suite": "garder"}
    client.post(url("complements", dossier), donnees)
    assert [e.fourni for e in etats(dossier, demande)] == [True, False, True]
    operations.enregistrer(dossier, par=alice, nb_beneficiaires=50)
    assert "Vos compléments sont envoyés" in texte(
        client.post(url("complements", dossier), {"suite": "envoyer"}, follow=True)
    )
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
    assert demande.elements.filter(fourni_le__isnull=False).count() == 3
    # L'ancienne pièce reste, l'agent la voit à côté de la nouvelle.
    assert {piece.nom for piece in dossier.pieces.filter(demandee=rib.demandee)} == {"ancien.pdf", "nouveau.pdf"}
    client.force_login(denis_de(dossier))
    page = texte(client.get(url("detail", dossier)))
    assert "À refaire\u00a0: ancien.pdf" in page
    assert "nouveau.pdf" in page
    assert "«\u00a0Oui.\u00a0»" in page


def test_un_fichier_refuse_garde_les_textes(client, demande):
    rib, _, question = demande.elements.all()
    client.force_login(alice_de(demande.dossier))
    donnees = {f"fichier-{rib.pk}": fichier("virus.exe"), f"reponse-{question.pk}": "Oui, le bailleur est d’accord."}
    reponse = client.post(url("complements", demande.dossier), donnees)
    page = texte(reponse)
    assert reponse.status_code == 422
    assert "virus.exe" in page
    assert "Oui, le bailleur est d’accord." in page
    question.refresh_from_db()
    assert question.reponse == "Oui, le bailleur est d’accord."


def test_ce_qui_n_est_pas_indispensable_n_empeche_pas_d_envoyer():
    dossier = DossierFactory(complet=True, depose=True)
    assurance = PieceDemandeeFactory(appel=dossier.appel, libelle="Assurance")
    elements = [Attendu("Assurance", demandee=assurance, indispensable=False), Attendu("Un mot ?", indispensable=False)]
    operations.demander_complement(dossier, par=denis_de(dossier), limite_le=limite(), elements=elements)
    assert operations.completer(dossier, par=alice_de(dossier)).etat == Etat.DEPOSE
    assert not ElementDemande.objects.filter(fourni_le__isnull=False).exists()


def test_un_autre_organisme_n_entre_pas(client, demande):
    client.force_login(MembreFactory().utilisateur)
    assert client.get(url("complements", demande.dossier)).status_code == 404
    assert client.post(url("complements", demande.dossier), {"suite": "envoyer"}).status_code == 404


def test_un_element_d_une_demande_close_ne_se_modifie_plus(demande):
    dossier, element = demande.dossier, demande.elements.last()
    alice = alice_de(dossier)
    operations.annuler_complement(dossier, par=denis_de(dossier), motif="Erreur de dossier")
    with pytest.raises(operations.OperationRefusee, match="ne se modifie plus"):
        operations.repondre_aux_elements(dossier, {element.pk: "Trop tard"}, par=alice)
    operations.demander_complement(dossier, par=denis_de(dossier), limite_le=limite(), message="Autre chose")
    with pytest.raises(operations.OperationRefusee, match="n’est plus en cours"):
        operations.repondre_aux_elements(dossier, {element.pk: "Trop tard"}, par=alice)
    element.refresh_from_db()
    assert element.reponse == ""


# Prolonger, annuler, rappeler


def test_prolonger_repousse_la_date_et_le_rejet(client, demande):
    dossier = demande.dossier
    avant = operations.date_rejet_implicite(dossier.depose_le, [demande])
    client.force_login(denis_de(dossier))
    donnees = {"prolonger-limite_le": limite(25).isoformat(), "prolonger-motif": "La banque tarde."}
    client.post(url("prolonger-complement", dossier), donnees)
    demande.refresh_from_db()
    assert demande.limite_le == limite(25)
    assert operations.date_rejet_implicite(dossier.depose_le, [demande]) == avant + timedelta(days=10)
    assert faits(dossier, "prolonger_complement").get().donnees["motif"] == "La banque tarde."
    assert "La banque tarde." in texte(client.get(url("detail", dossier)))


@pytest.mark.parametrize(("jours", "motif"), [(15, "Motif"), (10, "Motif"), (20, "  "), (400, "Motif")])
def test_une_prolongation_bancale_est_refusee(demande, jours, motif):
    with pytest.raises(operations.OperationRefusee):
        operations.prolonger_complement(
            demande.dossier, par=denis_de(demande.dossier), limite_le=limite(jours), motif=motif
        )
    demande.refresh_from_db()
    assert demande.limite_le == limite()


def test_on_ne_prolonge_pas_un_delai_du_service_deja_ecoule():
    dossier = DossierFactory(a_completer=True, depose_le=timezone.now() - timedelta(days=100))
    DemandeComplementFactory(dossier=dossier, demandee_le=timezone.now() - timedelta(days=80), limite_le=limite(-70))
    with pytest.raises(operations.OperationRefusee, match="ne le ranimerait pas"):
        operations.prolonger_complement(dossier, par=denis_de(dossier), limite_le=limite(10), motif="Encore un peu")


def test_annuler_rend_le_dossier_a_l_examen_et_arrete_la_suspension(demande):
    dossier = demande.dossier
    alice, denis = alice_de(dossier), denis_de(dossier)
    with pytest.raises(TransitionInterdite):
        operations.annuler_complement(dossier, par=alice, motif="Je préfère")
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert operations.annuler_complement(dossier, par=denis, motif="Mauvais dossier").etat == Etat.DEPOSE
    demande.refresh_from_db()
    assert demande.annulee_le == demande.repondue_le
    sans = operations.date_rejet_implicite(dossier.depose_le)
    assert operations.date_rejet_implicite(dossier.depose_le, [demande]) == sans + timedelta(days=4)


def a_huit_heures(jours):
    jour = timezone.localtime() + timedelta(days=jours)
    return jour.replace(hour=9, minute=0)


def test_un_rappel_part_trois_jours_avant_et_une_seule_fois(demande):
    with time_machine.travel(a_huit_heures(11)):
        assert operations.rappeler_complements() == 0
    with time_machine.travel(a_huit_heures(12).replace(hour=2)):
        assert operations.rappeler_complements() == 0
    with time_machine.travel(a_huit_heures(12)):
        assert [operations.rappeler_complements() for _ in range(3)] == [1, 0, 0]
        operations.prolonger_complement(
            demande.dossier, par=denis_de(demande.dossier), limite_le=limite(10), motif="Congés"
        )
        assert operations.rappeler_complements() == 0
    with time_machine.travel(a_huit_heures(20)):
        assert operations.rappeler_complements() == 1
    assert faits(demande.dossier, "rappeler_complement").count() == 2


def test_pas_de_rappel_pour_une_demande_courte_close_ou_depassee(demande):
    DemandeComplement.objects.update(limite_le=limite(2))
    with time_machine.travel(a_huit_heures(1)):
        assert operations.rappeler_complements() == 0
    DemandeComplement.objects.update(limite_le=limite())
    with time_machine.travel(a_huit_heures(16)):
        assert operations.rappeler_complements() == 0
    operations.annuler_complement(demande.dossier, par=denis_de(demande.dossier), motif="Erreur")
    with time_machine.travel(a_huit_heures(13)):
        assert operations.rappeler_complements() == 0


def test_le_depassement_se_voit_chez_l_agent(client, demande):
    client.force_login(denis_de(demande.dossier))
    assert "Date limite dépassée" not in texte(client.get(url("detail", demande.dossier)))
    DemandeComplement.objects.update(limite_le=limite(-1))
    page = texte(client.get(url("detail", demande.dossier)))
    assert "Date limite dépassée" in page
    assert "L’organisme n’a pas répondu avant" in page
    assert "Reprendre l’examen en l’état" in page


def test_l_horloge_se_lit_des_deux_cotes(client, demande):
    dossier = demande.dossier
    for personne in (alice_de(dossier), denis_de(dossier)):
        client.force_login(personne)
        assert "Le délai de réponse du service est suspendu" in texte(client.get(url("detail", dossier)))
        with time_machine.travel(timezone.now() + timedelta(days=300)):
            client.force_login(personne)
            assert "vaut rejet en droit" in texte(client.get(url("detail", dossier)))


# Les messages


def ecrire(dossier, par, mots="Bonjour", jeton=None):
    return operations.ecrire_message(dossier, par=par, texte=mots, jeton=jeton or uuid4())


def test_une_question_et_sa_reponse(client):
    dossier = DossierFactory(depose=True)
    alice, denis = alice_de(dossier), denis_de(dossier)
    client.force_login(alice)
    client.post(url("messages", dossier), {"texte": "Faut-il <b>tout</b> joindre ?", "jeton": str(uuid4())})
    message = Message.objects.get()
    assert (message.du_service, message.signature, message.lu_le) == (False, str(alice), None)
    client.force_login(denis)
    assert [t.url for t in taches_de(denis) if "message" in t.texte] == [url("messages", dossier)]
    page = texte(client.get(url("messages", dossier)))
    assert "Faut-il &lt;b&gt;tout&lt;/b&gt; joindre ?" in page
    assert "Nouveau" in page
    # Lire ne marque rien : un envoi à part le fait.
    message.refresh_from_db()
    assert message.lu_le is None
    client.post(url("messages-lus", dossier), {"jusqu_a": message.pk}, headers={"HX-Request": "true"})
    message.refresh_from_db()
    assert message.lu_le is not None
    assert not [t for t in taches_de(denis) if "message" in t.texte]
    ecrire(dossier, denis, "Oui.")
    client.force_login(alice)
    page = texte(client.get(url("detail", dossier)))
    assert "1 non lu" in page
    page = texte(client.get(url("messages", dossier)))
    assert "Oui." in page
    assert denis.nom not in page


def test_repondre_marque_lu_ce_a_quoi_l_on_repond():
    dossier = DossierFactory(depose=True)
    alice, denis = alice_de(dossier), denis_de(dossier)
    question = ecrire(dossier, alice)
    ecrire(dossier, denis)
    question.refresh_from_db()
    assert question.lu_le is not None
    # Une collègue du même côté n'a rien lu pour l'autre.
    ecrire(dossier, alice_de(dossier), "Encore")
    assert Message.objects.filter(lu_le=None).count() == 1


@pytest.mark.parametrize("jusqu_a", ["", "abc", "-1", "9" * 40, "²"])
def test_un_repere_de_lecture_forge_ne_marque_rien(client, jusqu_a):
    dossier = DossierFactory(depose=True)
    ecrire(dossier, alice_de(dossier))
    client.force_login(denis_de(dossier))
    assert client.post(url("messages-lus", dossier), {"jusqu_a": jusqu_a}).status_code == 302
    assert Message.objects.get().lu_le is None


def test_un_double_clic_n_envoie_qu_un_message(client):
    dossier = DossierFactory(depose=True)
    client.force_login(alice_de(dossier))
    donnees = {"texte": "Bonjour", "jeton": str(uuid4())}
    for _ in range(2):
        assert client.post(url("messages", dossier), donnees).status_code == 302
    assert Message.objects.count() == 1
    assert faits(dossier, "ecrire_message").count() == 1


@pytest.mark.parametrize(
    ("donnees", "raison"),
    [
        ({"texte": "   ", "jeton": str(uuid4())}, "Écrivez votre message"),
        ({"texte": "x" * 4001, "jeton": str(uuid4())}, "trop long"),
        ({"texte": "Bonjour", "jeton": "pas-un-jeton"}, "UUID"),
        ({"texte": "Bonjour\x00", "jeton": str(uuid4())}, 'class="erreur"'),
    ],
)
def test_un_message_refuse_reste_a_l_ecran(client, donnees, raison):
    dossier = DossierFactory(depose=True)
    client.force_login(alice_de(dossier))
    reponse = client.post(url("messages", dossier), donnees)
    assert reponse.status_code == 422
    assert raison in texte(reponse)
    assert donnees["texte"].strip().strip("\x00") in texte(reponse)
    assert not Message.objects.exists()


def test_un_brouillon_pose_une_question_sans_livrer_son_contenu(client):
    dossier = DossierFactory(complet=True, intitule="Mon secret")
    denis = denis_de(dossier)
    client.force_login(denis)
    assert client.get(url("messages", dossier)).status_code == 404
    ecrire(dossier, alice_de(dossier), "Suis-je éligible ?")
    page = texte(client.get(url("messages", dossier)))
    assert "Suis-je éligible ?" in page
    assert dossier.numero in page
    for secret in ("Mon secret", "Un jardin partagé", "Familles du quartier", "Contenu"):
        assert secret not in page
    for onglet in ("detail", "contenu", "documents"):
        assert client.get(url(onglet, dossier)).status_code == 404
    ecrire(dossier, denis, "Oui.")
    assert Message.objects.filter(du_service=True).count() == 1
    assert "Mon secret" not in "".join(t.texte for t in taches_de(denis))


@pytest.mark.parametrize("role", [Role.EVALUATEUR, Role.FINANCEUR, Role.CITOYEN])
def test_le_fil_est_hors_de_portee_des_partenaires(client, role):
    dossier = DossierFactory(recevable=True)
    personne = denis_de(dossier, role)
    if role == Role.FINANCEUR:
        dossier.appel.financeurs.update(partenaire=personne.affectations.get().partenaire)
    ecrire(dossier, alice_de(dossier))
    client.force_login(personne)
    assert client.get(url("messages", dossier)).status_code == 404
    assert client.post(url("messages", dossier), {"texte": "x", "jeton": str(uuid4())}).status_code == 404
    assert client.post(url("messages-lus", dossier)).status_code == 404
    assert not Message.objects.visibles_par(personne).exists()
    with pytest.raises(TransitionInterdite):
        ecrire(dossier, personne)


def test_un_agent_deporte_ou_d_ailleurs_ne_lit_ni_n_ecrit(client):
    dossier = DossierFactory(depose=True)
    ecrire(dossier, alice_de(dossier))
    deporte = denis_de(dossier)
    Deport.objects.create(dossier=dossier, utilisateur=deporte, motif="Ma sœur y travaille.")
    ailleurs = AffectationFactory(role=Role.AGENT).utilisateur
    for personne in (deporte, ailleurs, MembreFactory().utilisateur):
        client.force_login(personne)
        assert client.get(url("messages", dossier)).status_code == 404
        assert not [t for t in taches_de(personne) if "message" in t.texte]
        with pytest.raises(TransitionInterdite):
            ecrire(dossier, personne)
        with pytest.raises(TransitionInterdite):
            operations.marquer_lus(dossier, par=personne, jusqu_a=10**6)
    assert Message.objects.get().lu_le is None


# Ce que l'an dernier a montré


def passe(collectivite, attentes, sans_reponse=0, annee=2026):
    appel = AppelFactory(collectivite=collectivite, annee=annee)
    depot = timezone.now() - timedelta(days=400)
    for attente in attentes:
        DossierFactory(notifie=True, appel=appel, depose_le=depot, notifie_le=depot + timedelta(days=attente))
    for _ in range(sans_reponse):
        DossierFactory(depose=True, appel=appel, depose_le=depot)
    return appel


@pytest.mark.parametrize(
    ("attentes", "sans_reponse", "attendu"),
    [
        (range(10, 110, 10), 0, (2026, 90)),
        (range(10, 190, 10), 2, (2026, 180)),
        # Neuf dossiers : trop peu pour dire quoi que ce soit.
        (range(10, 100, 10), 0, None),
        # Trois sur vingt attendent encore : on ne sait pas quand neuf sur dix auront leur réponse.
        (range(10, 180, 10), 3, None),
    ],
)
def test_le_delai_observe_n_est_jamais_invente(client, attentes, sans_reponse, attendu):
    vider_le_cache()
    collectivite = CollectiviteFactory()
    passe(collectivite, attentes, sans_reponse)
    passe(CollectiviteFactory(), range(1, 12))
    dossier = DossierFactory(depose=True, appel=AppelFactory(collectivite=collectivite, annee=2027))
    assert delai_observe(dossier) == attendu
    client.force_login(alice_de(dossier))
    page = texte(client.get(url("detail", dossier)))
    assert ("9 dossiers sur 10 ont eu leur réponse" in page) is bool(attendu)
    vider_le_cache()


# Retirer


def test_retirer_se_confirme_sans_javascript(client):
    dossier = DossierFactory(depose=True)
    client.force_login(alice_de(dossier))
    assert url("retirer", dossier) in texte(client.get(url("detail", dossier)))
    page = texte(client.get(url("retirer", dossier)))
    assert "Le dossier ne sera plus examiné." in page
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
    client.post(url("retirer", dossier), {"motif": "Plus de local."})
    dossier.refresh_from_db()
    assert dossier.etat == Etat.RETIRE


@pytest.mark.parametrize("etat", ["brouillon", "decide", "clos"])
def test_on_ne_propose_pas_de_retirer_trop_tot_ni_trop_tard(client, etat):
    dossier = DossierFactory(etat=etat)
    client.force_login(alice_de(dossier))
    assert client.get(url("retirer", dossier)).url == url("detail", dossier)
    assert url("retirer", dossier) not in texte(client.get(url("detail", dossier)))


def test_une_redactrice_ne_retire_pas(client):
    dossier = DossierFactory(depose=True)
    client.force_login(alice_de(dossier, Membre.Role.REDACTEUR))
    client.post(url("retirer", dossier))
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
