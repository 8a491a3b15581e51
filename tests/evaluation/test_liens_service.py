"""Les conflits d'intérêts vus du service : consigner, prévenir, annuler une erreur ; se déporter soi-même."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Role
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import Deport, Evaluation
from evaluation.operations import OperationRefusee
from evaluation.proces_verbal import donnees_de
from journal.models import Evenement
from notifications.models import Envoi
from notifications.travail import vider
from tests.evaluation.outils_habitants import texte
from tests.evaluation.salle import ouvrir
from tests.fabriques import AffectationFactory, DossierFactory, MembreFactory, OrganismeFactory
from tests.fabriques_evaluation import DeportFactory, MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db
MOTIF = "Sa sœur préside l’association."
# Ce que coûte la page, quel que soit le nombre de déports, de membres et de liens possibles.
DEPORTS_DE_LA_REUNION = 14


@pytest.fixture
def zinzolin(seance):
    """Un second dossier, reconnaissable entre tous."""
    organisme = OrganismeFactory(nom="Compagnie du Galibier", representant_prenom="Éva", representant_nom="Roux")
    return PassageFactory(
        reunion=seance.reunion, dossier__intitule="Cirque zinzolin", dossier__organisme=organisme
    ).dossier


def consigner(seance, personne=None, dossier=None, par=None, **champs):
    champs = {"motif": MOTIF, "recu": "oral"} | champs
    return operations.consigner_deport(
        dossier or seance.dossier, personne or seance.eva, par=par or seance.denis, **champs
    )


def page(seance):
    return reverse("reunions-deports", args=[seance.reunion.pk])


def agent_de(seance):
    return AffectationFactory(collectivite=seance.appel.collectivite, role=Role.AGENT).utilisateur


# Consigner


def test_le_service_consigne_ce_qu_on_lui_declare_et_la_personne_est_prevenue(client, seance):
    client.force_login(seance.denis)
    saisie = {"personne": seance.eva.pk, "dossier": seance.dossier.pk, "recu": "ecrit", "motif": MOTIF}
    for _ in range(2):  # un double clic
        reponse = client.post(page(seance), saisie, follow=True)
        assert "est consigné. Un courriel l’en prévient" in texte(reponse)
    deport = Deport.objects.get()
    assert (deport.utilisateur, deport.motif, deport.recu) == (seance.eva, MOTIF, "ecrit")
    assert deport.consigne_par == seance.denis
    fait = Evenement.objects.get(type="deport.consigner")
    assert (fait.acteur, fait.donnees["utilisateur_id"]) == (str(seance.denis), seance.eva.pk)
    vider()
    [envoi] = Envoi.objects.filter(evenement=fait)
    assert envoi.destinataire == seance.eva.email
    for corps in (envoi.objet, envoi.texte, envoi.html):
        assert seance.dossier.numero not in corps
        assert seance.dossier.intitule not in corps
        assert seance.dossier.organisme.nom not in corps
    assert MOTIF in envoi.texte
    assert "par écrit" in envoi.texte
    lu = texte(client.get(page(seance)))
    assert "par écrit, le" in lu
    assert f"consigné par {seance.denis}" in lu
    assert "Déport consigné : Éva Roux" in lu


def test_une_personne_de_la_reunion_un_dossier_lisible_un_motif_et_comment(client, seance, zinzolin):
    etrangere = AffectationFactory(role=Role.EVALUATEUR).utilisateur
    ailleurs = DossierFactory()
    client.force_login(seance.denis)
    juste = {"personne": seance.eva.pk, "dossier": seance.dossier.pk, "recu": "oral", "motif": MOTIF}
    for faute, message in (
        ({"personne": etrangere.pk}, "n’est pas conviée"),
        ({"personne": "x"}, "n’est pas conviée"),
        ({"dossier": ailleurs.pk}, "pas à l’ordre du jour"),
        ({"recu": "en_ligne"}, "Sélectionnez un choix valide"),
        ({"motif": "  "}, "Recopiez le lien"),
        ({"motif": "x" * 301}, "300"),
    ):
        reponse = client.post(page(seance), juste | faute)
        assert reponse.status_code == 422, faute
        assert message in texte(reponse), faute
    assert not Deport.objects.exists()


def test_les_refus_du_verbe(seance, zinzolin):
    for refus, gestes in (
        ("Recopiez", {"motif": " "}),
        ("de vive voix ou par écrit", {"recu": "en_ligne"}),
        ("conduit", {"par": seance.farid}),
        ("ne lit pas de dossier", {"personne": AffectationFactory(role=Role.EVALUATEUR).utilisateur}),
        ("pas encore déposé", {"dossier": DossierFactory(appel=seance.appel)}),
    ):
        with pytest.raises(OperationRefusee, match=refus):
            consigner(seance, **gestes)
    assert not Deport.objects.exists()


def test_l_agent_deporte_ne_lit_ni_ne_touche_rien_de_ce_dossier(client, seance, zinzolin):
    deport = consigner(seance, dossier=zinzolin)
    operations.declarer_deport(zinzolin, par=seance.denis, motif="Ami")
    client.force_login(seance.denis)
    lu = texte(client.get(page(seance)))
    for mot in ("zinzolin", "Galibier", zinzolin.numero, MOTIF):
        assert mot not in lu, mot
    assert list(client.get(page(seance)).context["form"].fields["dossier"].queryset) == [seance.dossier]
    assert "Un dossier dont vous vous êtes déporté n’apparaît pas ici" in lu
    assert "Rien ne rapproche" in lu
    saisie = {"personne": seance.farid.pk, "dossier": zinzolin.pk, "recu": "oral", "motif": MOTIF}
    assert client.post(page(seance), saisie).status_code == 422
    assert client.get(reverse("deports-annuler", args=[deport.pk])).status_code == 404
    for geste in (
        lambda: consigner(seance, seance.farid, zinzolin),
        lambda: operations.annuler_deport(deport, par=seance.denis, motif="Non"),
    ):
        with pytest.raises(OperationRefusee, match="un autre agent"):
            geste()
    # Un autre agent voit tout.
    client.force_login(agent_de(seance))
    assert "Cirque zinzolin" in texte(client.get(page(seance)))


def test_apres_la_cloture_consigner_ferme_sans_reecrire(seance):
    seance.envoyer(seance.eva, niveau=0)
    seance.envoyer(seance.farid, niveau=5)
    seance.rendre()
    operations.clore_reunion(seance.reunion, par=seance.denis)
    avant = donnees_de(seance.reunion, 1)["dossiers"]
    deport = consigner(seance)
    assert not Dossier.objects.visibles_par(seance.eva).exists()
    assert donnees_de(seance.reunion, 1)["dossiers"] == avant
    assert donnees_de(seance.reunion, 1)["deports"] == []
    # Et s'annule de même : la réunion n'en savait rien.
    operations.annuler_deport(deport, par=seance.denis, motif="Erreur de personne")
    assert Dossier.objects.visibles_par(seance.eva).exists()


# Annuler une erreur


def test_annuler_dit_ce_qui_est_perdu_rouvre_et_previent(client, seance):
    seance.envoyer(seance.eva)
    deport = consigner(seance)
    client.force_login(seance.denis)
    adresse = reverse("deports-annuler", args=[deport.pk])
    assert "Le déport a effacé ses notes : ce qui est effacé ne revient pas." in texte(client.get(adresse))
    assert client.post(adresse, {"motif": " "}).status_code == 422
    reponse = client.post(adresse, {"motif": "Erreur de dossier"}, follow=True)
    assert "est annulé. Un courriel l’en prévient" in texte(reponse)
    assert not Deport.objects.exists()
    assert not Evaluation.objects.filter(evaluateur=seance.eva).exists()
    assert Dossier.objects.visibles_par(seance.eva).exists()
    fait = Evenement.objects.get(type="deport.annuler")
    assert (fait.donnees["motif"], fait.donnees["recu"]) == ("Erreur de dossier", "oral")
    vider()
    envoi = Envoi.objects.get(evenement=fait)
    assert envoi.destinataire == seance.eva.email
    assert "Erreur de dossier" in envoi.texte
    # Le courriel de la consignation n'a pas été diffusé après coup : le déport n'existe plus.
    assert not Envoi.objects.filter(evenement__type="deport.consigner").exists()
    # Deux onglets : l'autre arrive trop tard.
    assert client.post(adresse, {"motif": "Encore"}).status_code == 404
    with pytest.raises(OperationRefusee, match="déjà annulé"):
        operations.annuler_deport(deport, par=seance.denis, motif="Encore")
    seance.envoyer(seance.eva)


def test_annuler_ne_rend_pas_aveugle_ce_qui_a_ete_lu(seance):
    """Éva déportée, les notes de Farid se découvrent ; son retour ne les cache pas."""
    deport = consigner(seance)
    seance.envoyer(seance.farid)
    operations.annuler_deport(deport, par=seance.denis, motif="Erreur")
    assert seance.reunion.passages.get().decouvert_le


@pytest.mark.parametrize("quand", ["seance", "avis", "lien"])
def test_un_deport_qui_a_servi_ne_s_annule_pas(client, seance, quand):
    if quand == "lien":
        operations.declarer_lien(seance.dossier.organisme, par=seance.eva, motif=MOTIF)
    else:
        consigner(seance)
    if quand == "seance":
        ouvrir(seance)
    if quand == "avis":
        seance.rendre()
    deport = Deport.objects.get()
    message = {"seance": "La séance est ouverte", "avis": "a rendu son avis", "lien": "Mes liens"}[quand]
    with pytest.raises(OperationRefusee, match=message):
        operations.annuler_deport(deport, par=seance.denis, motif="Erreur")
    client.force_login(seance.denis)
    lu = texte(client.get(reverse("deports-annuler", args=[deport.pk])))
    assert message in lu
    assert "Annuler ce déport</button>" not in lu
    assert Deport.objects.exists()


def test_un_agent_d_ailleurs_ou_un_membre_n_annule_pas(client, seance):
    deport = consigner(seance)
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    assert client.get(reverse("deports-annuler", args=[deport.pk])).status_code == 404
    assert client.get(page(seance)).status_code == 404
    with pytest.raises(OperationRefusee, match="conduit"):
        operations.annuler_deport(deport, par=seance.farid, motif="Non")


# Se déporter soi-même


def test_l_agent_se_deporte_d_un_dossier_hors_de_toute_reunion(client, seance):
    dossier = DossierFactory(appel=seance.appel, complet=True, recevable=True)
    client.force_login(seance.denis)
    adresse = reverse("evaluation-me-deporter", args=[dossier.numero])
    assert adresse in texte(client.get(reverse("dossiers-detail", args=[dossier.numero])))
    assert client.post(adresse, {"motif": ""}).status_code == 422
    assert "ne vous est plus accessible" in texte(client.post(adresse, {"motif": "Ami"}, follow=True))
    assert Deport.objects.get().utilisateur == seance.denis
    for nom in ("dossiers-detail", "evaluation-me-deporter"):
        assert client.get(reverse(nom, args=[dossier.numero])).status_code == 404


def test_l_agent_se_deporte_aussi_depuis_la_page_de_la_reunion(client, seance):
    client.force_login(seance.denis)
    saisie = {"personne": seance.denis.pk, "dossier": seance.dossier.pk, "recu": "oral", "motif": "Ami"}
    assert "Votre déport est enregistré" in texte(client.post(page(seance), saisie, follow=True))
    assert (Deport.objects.get().recu, Evenement.objects.filter(type="deport.declarer").count()) == ("en_ligne", 1)


def test_on_ne_se_deporte_pas_d_un_brouillon_ni_d_un_dossier_qu_on_ne_lit_pas(client, seance):
    brouillon = DossierFactory(appel=seance.appel)
    client.force_login(seance.denis)
    assert client.get(reverse("evaluation-me-deporter", args=[brouillon.numero])).status_code == 404
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    assert client.get(reverse("evaluation-me-deporter", args=[seance.dossier.numero])).status_code == 404


# Les liens possibles


def test_l_agent_voit_les_liens_possibles_et_ce_que_la_personne_en_dit(client, seance, zinzolin):
    client.force_login(seance.denis)
    lu = texte(client.get(page(seance)))
    assert "Même nom que la personne qui le représente." in lu
    assert "Pas de réponse" in lu
    assert f"?personne={seance.eva.pk}&amp;dossier={zinzolin.pk}#consigner" in lu
    choisi = texte(client.get(f"{page(seance)}?personne={seance.eva.pk}&dossier={zinzolin.pk}"))
    assert f'value="{zinzolin.pk}" selected' in choisi
    assert client.get(f"{page(seance)}?personne=x&dossier=999999").status_code == 200
    operations.ecarter_lien(zinzolin.organisme, par=seance.eva, indices=["nom"])
    assert "« Ce n’est pas le cas »" in texte(client.get(page(seance)))
    operations.declarer_lien(zinzolin.organisme, par=seance.eva, motif=MOTIF)
    lu = texte(client.get(page(seance)))
    assert "Lien déclaré" in lu
    assert "par son lien avec l’organisme" in lu


def test_les_membres_du_porteur_sont_dits(client, seance):
    MembreFactory(organisme=seance.dossier.organisme, utilisateur=seance.eva)
    client.force_login(seance.denis)
    assert "ne sont pas attendus" in texte(client.get(page(seance)))


def test_une_reunion_sans_dossiers_n_a_pas_de_deports(client, seance):
    groupe = ReunionFactory(sans_dossiers=True, collectivite=seance.appel.collectivite)
    client.force_login(seance.denis)
    assert client.get(reverse("reunions-deports", args=[groupe.pk])).status_code == 404


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(client, seance, zinzolin, lignes):
    for rang in range(lignes):
        dossier = PassageFactory(
            reunion=seance.reunion,
            dossier__organisme=OrganismeFactory(nom=f"Structure {rang}", representant_nom="Nom", charge_prenom="P"),
        ).dossier
        membre = MembreReunionFactory(reunion=seance.reunion, structure=f"Structure {rang}")
        DeportFactory(dossier=dossier, utilisateur=membre.utilisateur, consigne_par=seance.denis)
        consigner(seance, membre.utilisateur)
        MembreFactory(organisme=dossier.organisme, utilisateur=seance.farid)
    client.force_login(seance.denis)
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(page(seance)).status_code == 200
    assert len(requetes) == DEPORTS_DE_LA_REUNION, [r["sql"][:160] for r in requetes]
