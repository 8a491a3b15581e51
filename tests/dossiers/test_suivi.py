"""Déposer, suivre, instruire : les pages du porteur, de l'agent et des partenaires."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.models import Membre, Role
from comptes.taches import taches_de
from dossiers import operations
from dossiers.etats import Etat
from dossiers.models import Dossier, ElementDemande, Message
from evaluation.models import Deport, MembreReunion, PassageDossier, Reunion
from tests.caches import vider_le_cache
from tests.fabriques import AffectationFactory, AppelFactory, CollectiviteFactory, MembreFactory, UtilisateurFactory
from tests.fabriques_appels import PieceDemandeeFactory
from tests.fabriques_dossiers import ENGAGEMENTS, DemandeComplementFactory, DossierFactory, PieceFactory

pytestmark = pytest.mark.django_db
# Tous les états qu'un dossier peut avoir, et tout ce que voit chacun.
LISTE = 8
SUIVI = 14
ETATS = [etat.value for etat in Etat]


def url(nom, dossier):
    return reverse(f"dossiers-{nom}", args=[dossier.numero])


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


def alice_de(dossier):
    return MembreFactory(organisme=dossier.organisme, role=Membre.Role.REPRESENTANT).utilisateur


def denis_de(dossier):
    return AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.AGENT).utilisateur


def financeur_de(dossier):
    affectation = AffectationFactory(collectivite=dossier.appel.collectivite, role=Role.FINANCEUR)
    dossier.appel.financeurs.update(partenaire=affectation.partenaire)
    return affectation.utilisateur


# Déposer


def test_deposer_depuis_la_relecture(client):
    dossier = DossierFactory(complet=True)
    client.force_login(alice_de(dossier))
    page = texte(client.get(url("relecture", dossier)))
    assert "Le dossier est complet." in page
    assert "contrat d’engagement républicain" in page
    reponse = client.post(url("deposer", dossier), ENGAGEMENTS, follow=True)
    assert "L’accusé de réception arrive" in texte(reponse)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE


def test_un_second_clic_ne_depose_pas_deux_fois(client):
    dossier = DossierFactory(complet=True)
    client.force_login(alice_de(dossier))
    for _ in range(2):
        reponse = client.post(url("deposer", dossier), ENGAGEMENTS, follow=True)
    assert "il n’a pas été déposé deux fois" in texte(reponse)


def test_deposer_sans_cocher_garde_ce_qui_est_coche(client):
    dossier = DossierFactory(complet=True)
    client.force_login(alice_de(dossier))
    reponse = client.post(url("deposer", dossier), {"souscrit_cer": "on"})
    page = texte(reponse)
    assert reponse.status_code == 422
    assert "Cochez cette case pour déposer." in page
    assert re.search(r'name="souscrit_cer"[^>]* checked', page)
    assert not re.search(r'name="a_jour"[^>]* checked', page)


def test_deposer_un_dossier_incomplet_ou_hors_delai(client):
    dossier = DossierFactory()
    client.force_login(alice_de(dossier))
    page = texte(client.get(url("relecture", dossier)))
    assert f'<a href="{url("action", dossier)}">Donnez un intitulé à l’action.</a>' in page
    assert client.post(url("deposer", dossier), ENGAGEMENTS).status_code == 409
    clos = DossierFactory(complet=True, appel=AppelFactory(clos=True), organisme=dossier.organisme)
    reponse = client.post(url("deposer", clos), ENGAGEMENTS)
    assert reponse.status_code == 409
    assert "L’appel à projets est clos depuis le" in texte(reponse)
    assert set(Dossier.objects.values_list("etat", flat=True)) == {"brouillon"}


def test_une_redactrice_sait_a_qui_demander(client):
    dossier = DossierFactory(complet=True)
    alice = alice_de(dossier)
    client.force_login(MembreFactory(organisme=dossier.organisme, role=Membre.Role.REDACTEUR).utilisateur)
    page = texte(client.get(url("relecture", dossier)))
    assert f"Seule une personne qui représente l’organisme peut déposer\u00a0: {alice}." in page
    client.post(url("deposer", dossier), ENGAGEMENTS)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.BROUILLON


def test_completer_puis_un_second_clic(client):
    dossier = DossierFactory(complet=True, a_completer=True)
    DemandeComplementFactory(dossier=dossier)
    client.force_login(alice_de(dossier))
    assert "Il manque le relevé" in texte(client.get(url("complements", dossier)))
    assert "Vos compléments sont envoyés" in texte(client.post(url("completer", dossier), follow=True))
    assert "rien n’a été envoyé deux fois" in texte(client.post(url("completer", dossier), follow=True))


def test_retirer(client):
    dossier = DossierFactory(depose=True)
    client.force_login(alice_de(dossier))
    client.post(url("retirer", dossier), {"motif": "Plus de local."})
    dossier.refresh_from_db()
    assert dossier.etat == Etat.RETIRE
    assert "Plus de local." in texte(client.get(url("detail", dossier)))


# Suivre


@pytest.mark.parametrize("etat", ETATS)
def test_le_suivi_s_affiche_a_chaque_etape(client, etat):
    dossier = DossierFactory(complet=True, etat=etat)
    if etat == "a_completer":
        DemandeComplementFactory(dossier=dossier)
    for personne in (alice_de(dossier), denis_de(dossier), financeur_de(dossier)):
        client.force_login(personne)
        reponse = client.get(url("detail", dossier))
        assert reponse.status_code in {200, 404}
        if reponse.status_code == 200:
            assert "Où en est le dossier" in texte(reponse)


def test_qui_voit_quoi_selon_l_etape():
    """Écrit à la main : l'agent ne lit pas les brouillons, le partenaire attend la recevabilité."""
    pour_l_agent, pour_le_financeur = set(), set()
    for etat in ETATS:
        dossier = DossierFactory(etat=etat)
        visible = Dossier.objects.filter(pk=dossier.pk)
        assert visible.visibles_par(alice_de(dossier)).exists()
        assert not visible.visibles_par(MembreFactory().utilisateur).exists()
        assert not visible.visibles_par(AffectationFactory(role=Role.AGENT).utilisateur).exists()
        if visible.visibles_par(denis_de(dossier)).exists():
            pour_l_agent.add(etat)
        if visible.visibles_par(financeur_de(dossier)).exists():
            pour_le_financeur.add(etat)
    assert set(ETATS) - pour_l_agent == {"brouillon"}
    assert set(ETATS) - pour_le_financeur == {"brouillon", "depose", "a_completer", "irrecevable", "retire"}


def test_le_porteur_ne_lit_ni_le_nom_de_l_agent_ni_ses_motifs_internes(client):
    dossier = DossierFactory(depose=True)
    denis = denis_de(dossier)
    operations.declarer_recevable(dossier, par=denis)
    operations.revenir(dossier, "revenir_au_depot", par=denis, motif="Erreur de ma part")
    client.force_login(alice_de(dossier))
    page = texte(client.get(url("detail", dossier)))
    assert "Dossier déclaré recevable" in page
    assert denis.nom not in page
    assert "Erreur de ma part" not in page
    client.force_login(denis)
    page = texte(client.get(url("detail", dossier)))
    assert denis.nom in page
    assert "Erreur de ma part" in page


def test_le_financeur_lit_le_dossier_sans_les_coordonnees(client):
    dossier = DossierFactory(complet=True, recevable=True)
    rib = PieceDemandeeFactory(appel=dossier.appel, libelle="Relevé d’identité bancaire", confidentielle=True)
    PieceFactory(dossier=dossier, demandee=rib, nom="releve.pdf")
    client.force_login(financeur_de(dossier))
    assert "Vingt familles jardinent" in texte(client.get(url("contenu", dossier)))
    for onglet in ("detail", "contenu", "documents"):
        page = texte(client.get(url(onglet, dossier)))
        assert "Jardiner ensemble" in page
        for interdit in ("0189", "0321000000", "releve.pdf", "Instruire ce dossier", "Historique", "Messages"):
            assert interdit not in page
    for nom in ("action", "relecture", "deposer"):
        assert client.get(url(nom, dossier)).status_code == 403


def test_l_evaluateur_lit_les_dossiers_de_sa_reunion_sauf_deport(client):
    dossier, autre = DossierFactory.create_batch(2, complet=True, en_evaluation=True, appel=AppelFactory())
    collectivite = dossier.appel.collectivite
    reunion = Reunion.objects.create(
        appel=dossier.appel, collectivite=dossier.appel.collectivite, titre="Santé", debut=timezone.now()
    )
    PassageDossier.objects.create(reunion=reunion, dossier=dossier, rang=1)
    marc = AffectationFactory(collectivite=collectivite, role=Role.EVALUATEUR).utilisateur
    client.force_login(marc)
    assert client.get(url("detail", dossier)).status_code == 404
    MembreReunion.objects.create(reunion=reunion, utilisateur=marc)
    page = texte(client.get(url("detail", dossier)))
    assert "Jardiner ensemble" in page
    assert "Compte bancaire" not in page
    assert client.get(url("detail", autre)).status_code == 404
    Deport.objects.create(dossier=dossier, utilisateur=marc, motif="Ma sœur y travaille.")
    assert client.get(url("detail", dossier)).status_code == 404
    assert "Jardiner ensemble" not in texte(client.get(reverse("dossiers-liste")))


# Instruire


GESTES = [
    ("recevable", {}, "depose", "recevable"),
    ("irrecevable", {"irrecevable-motif": "Hors quartier."}, "depose", "irrecevable"),
    ("annuler-complement", {"annuler-motif": "Erreur de dossier"}, "a_completer", "depose"),
    ("reprendre", {}, "a_completer", "depose"),
    ("revenir", {"retour": "revenir_au_depot", "revenir_au_depot-motif": "Erreur"}, "recevable", "depose"),
    ("demarrer", {}, "notifie", "en_cours"),
    ("clore", {}, "bilan_rendu", "clos"),
]  # fmt: skip


@pytest.mark.parametrize(("geste", "donnees", "avant", "apres"), GESTES)
def test_un_geste_de_l_agent_et_son_second_clic(client, geste, donnees, avant, apres):
    dossier = DossierFactory(etat=avant)
    client.force_login(denis_de(dossier))
    client.post(url(geste, dossier), donnees)
    dossier.refresh_from_db()
    assert dossier.etat == apres
    reponse = client.post(url(geste, dossier), donnees, follow=True)
    assert "Rien n’a changé." in texte(reponse) or reponse.status_code == 409
    dossier.refresh_from_db()
    assert dossier.etat == apres


@pytest.mark.parametrize(("geste", "donnees", "avant", "apres"), GESTES)
def test_les_autres_ne_font_pas_ce_geste(client, geste, donnees, avant, apres):
    dossier = DossierFactory(etat=avant)
    for personne, code in (
        (alice_de(dossier), 403),
        (financeur_de(dossier), 403),
        (AffectationFactory(role=Role.AGENT).utilisateur, 404),
    ):
        client.force_login(personne)
        assert client.post(url(geste, dossier), donnees).status_code == code
    client.force_login(denis_de(dossier))
    assert client.get(url(geste, dossier)).url == url("detail", dossier)
    dossier.refresh_from_db()
    assert dossier.etat == avant


@pytest.mark.parametrize(
    ("geste", "donnees", "code", "message", "garde"),
    [
        ("irrecevable", {"irrecevable-motif": "  "}, 422, "Donnez le motif", ""),
        ("demander-complement", {"complement-message": "Le RIB, svp", "complement-limite_le": "2020-01-01"}, 409,
         "laisse au moins un jour", "Le RIB, svp"),
        ("demander-complement", {"complement-message": "Le RIB, svp", "complement-limite_le": "32/13/2027"}, 422,
         "Saisissez une date valide", "Le RIB, svp"),
        ("demander-complement", {"complement-limite_le": "2026-12-24"}, 422, "Cochez ce qui manque", "2026-12-24"),
    ],
)  # fmt: skip
def test_un_refus_garde_ce_que_l_agent_a_ecrit(client, geste, donnees, code, message, garde):
    dossier = DossierFactory(depose=True)
    client.force_login(denis_de(dossier))
    reponse = client.post(url(geste, dossier), donnees)
    assert reponse.status_code == code
    assert message in texte(reponse)
    assert garde in texte(reponse)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE


@pytest.mark.parametrize("verbe", ["", "deposer", "revenir_a_la_recevabilite", "inconnu"])
def test_un_retour_forge_n_existe_pas(client, verbe):
    dossier = DossierFactory(en_evaluation=True)
    client.force_login(denis_de(dossier))
    assert client.post(url("revenir", dossier), {"retour": verbe, f"{verbe}-motif": "x"}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_EVALUATION


def test_le_panneau_ne_montre_que_le_possible(client):
    depose, accorde = DossierFactory(depose=True), DossierFactory(notifie=True)
    client.force_login(denis_de(depose))
    page = texte(client.get(url("detail", depose)))
    assert "Déclarer recevable" in page
    assert "Clore le dossier" not in page
    client.force_login(denis_de(accorde))
    page = texte(client.get(url("detail", accorde)))
    assert "Constater le démarrage" in page
    assert "Clore le dossier" not in page
    assert "Déclarer recevable" not in page


# La liste


def test_chacun_sa_liste(client):
    dossier = DossierFactory(recevable=True, intitule="Le mien")
    DossierFactory(recevable=True, intitule="Celui d’ailleurs")
    for personne in (alice_de(dossier), denis_de(dossier), financeur_de(dossier)):
        client.force_login(personne)
        page = texte(client.get(reverse("dossiers-liste")))
        assert "Le mien" in page
        assert "Celui d’ailleurs" not in page
    client.force_login(UtilisateurFactory())
    assert "Aucun dossier à lire" in texte(client.get(reverse("dossiers-liste")))


def test_filtres_recherche_tri_et_page(client, monkeypatch):
    collectivite = CollectiviteFactory()
    appel = AppelFactory(collectivite=collectivite)
    denis = AffectationFactory(collectivite=collectivite, role=Role.AGENT).utilisateur
    client.force_login(denis)
    for rang, etat in enumerate(["depose", "recevable", "depose"]):
        DossierFactory(
            appel=appel, etat=etat, intitule=f"Action {rang}", depose_le=timezone.now() - timedelta(days=rang)
        )

    def titres(**parametres):
        reponse = client.get(reverse("dossiers-liste"), parametres)
        return [dossier.intitule for dossier in reponse.context["page"]]

    assert titres() == ["Action 0", "Action 1", "Action 2"]
    assert titres(etat="depose") == ["Action 0", "Action 2"]
    assert titres(q="action 1") == ["Action 1"]
    assert titres(appel=appel.slug, tri="ancien") == ["Action 2", "Action 1", "Action 0"]
    assert titres(etat="n’existe pas", tri="'; --", page="abc") == ["Action 0", "Action 1", "Action 2"]
    assert titres(q="rien de tel") == []
    assert "Aucun dossier ne correspond." in texte(client.get(reverse("dossiers-liste"), {"q": "rien"}))


def test_les_brouillons_du_porteur_viennent_en_tete(client):
    depose = DossierFactory(depose=True)
    brouillon = DossierFactory(organisme=depose.organisme)
    client.force_login(alice_de(depose))
    assert list(client.get(reverse("dossiers-liste")).context["page"]) == [brouillon, depose]


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_garde_un_nombre_constant_de_requetes(client, nombre, django_assert_num_queries):
    premier = DossierFactory(complet=True, depose=True)
    DossierFactory.create_batch(nombre - 1, complet=True, depose=True, appel=premier.appel)
    client.force_login(denis_de(premier))
    with django_assert_num_queries(LISTE):
        reponse = client.get(reverse("dossiers-liste"))
    assert len(reponse.context["page"]) == nombre


def dossier_bavard(nombre):
    """`nombre` demandes, chacune de `nombre` éléments, autant de messages et de pièces."""
    # Le délai observé l'an dernier se garde un jour : on compte la page la plus chère, celle qui le calcule.
    vider_le_cache()
    dossier = DossierFactory(complet=True, a_completer=True)
    demandee = PieceDemandeeFactory(appel=dossier.appel)
    DemandeComplementFactory.create_batch(nombre - 1, dossier=dossier, repondue_le=timezone.now())
    DemandeComplementFactory(dossier=dossier)
    for demande in dossier.demandes_complement.all():
        for rang in range(nombre):
            ElementDemande.objects.create(demande=demande, demandee=demandee, libelle=f"Pièce {rang}", ordre=rang)
    for _ in range(nombre):
        Message.objects.create(dossier=dossier, du_service=True, signature="Denis", texte="Bonjour")
    PieceFactory.create_batch(nombre, dossier=dossier, demandee=demandee)
    return dossier


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize(
    ("onglet", "requetes"), [("detail", SUIVI), ("contenu", 12), ("messages", 6), ("documents", 9), ("complements", 15)]
)
def test_chaque_onglet_garde_un_nombre_constant_de_requetes(
    client, nombre, onglet, requetes, django_assert_num_queries
):
    dossier = dossier_bavard(nombre)
    client.force_login(alice_de(dossier))
    with django_assert_num_queries(requetes):
        assert client.get(url(onglet, dossier)).status_code == 200


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize(("onglet", "requetes"), [("detail", 13), ("demander-complement", 7)])
def test_les_pages_de_l_agent_gardent_un_nombre_constant_de_requetes(
    client, nombre, onglet, requetes, django_assert_num_queries
):
    dossier = dossier_bavard(nombre)
    if onglet == "demander-complement":
        dossier = DossierFactory(depose=True)
        PieceFactory.create_batch(nombre, dossier=dossier, demandee=PieceDemandeeFactory(appel=dossier.appel))
    client.force_login(denis_de(dossier))
    with django_assert_num_queries(requetes):
        assert client.get(url(onglet, dossier)).status_code == 200


@pytest.mark.parametrize(
    # Les objectifs montrent aussi le portrait des quartiers et ce que les habitants y signalent.
    ("etape", "requetes"),
    [("action", 15), ("objectifs", 16), ("public", 15), ("budget", 15), ("pieces", 15)],
)
def test_une_etape_reste_legere(client, etape, requetes, django_assert_max_num_queries):
    dossier = DossierFactory(complet=True)
    PieceFactory.create_batch(3, dossier=dossier, demandee=PieceDemandeeFactory(appel=dossier.appel))
    client.force_login(alice_de(dossier))
    with django_assert_max_num_queries(requetes):
        client.get(url(etape, dossier))


# Ce qui m'attend


def test_ce_qui_attend_la_porteuse():
    brouillon = DossierFactory(intitule="Jardiner")
    a_completer = DossierFactory(organisme=brouillon.organisme, a_completer=True)
    demande = DemandeComplementFactory(dossier=a_completer)
    DossierFactory(organisme=brouillon.organisme, appel=AppelFactory(clos=True))
    DossierFactory(organisme=brouillon.organisme, depose=True)
    taches = taches_de(alice_de(brouillon))
    assert {(tache.url, tache.echeance) for tache in taches} == {
        (url("complements", a_completer), demande.limite_le),
        (url("detail", brouillon), brouillon.appel.cloture_le),
    }
    assert any(tache.texte.startswith("Le brouillon « Jardiner »") for tache in taches)


def test_ce_qui_attend_l_agent():
    dossier = DossierFactory(depose=True)
    DossierFactory(depose=True, appel=dossier.appel)
    DemandeComplementFactory(
        dossier=DossierFactory(a_completer=True, appel=dossier.appel), limite_le=timezone.localdate() - timedelta(1)
    )
    textes = [tache.texte for tache in taches_de(denis_de(dossier))]
    assert "2 dossiers déposés attendent d’être examinés." in textes
    assert "Une demande de compléments est restée sans réponse après sa date limite." in textes
    assert not [t for t in taches_de(AffectationFactory(role=Role.AGENT).utilisateur) if "dossier" in t.texte]
