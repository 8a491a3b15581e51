"""La veille de quartier : signaler, lire, répondre, transmettre ; la photo ne dit ni où ni quand ; rien ne reste."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from comptes.models import Partenaire, Role
from comptes.taches import taches_de
from dossiers import operations
from dossiers.models import Signalement
from dossiers.operations import EcritureConcurrente, FichierIndisponible, OperationRefusee
from dossiers.operations.veille import derniere_suite
from journal.models import Evenement
from notifications.models import Envoi
from notifications.tasks import balayer
from notifications.travail import vider
from tests.fabriques import AffectationFactory, ConventionFactory, QuartierFactory
from tests.fabriques_dossiers import fichier
from tests.fabriques_fichiers import EXE, HEIC, HTML, SVG, jpeg_demesure, pdf, photo, png_corrompu
from tests.fabriques_veille import SignalementFactory

pytestmark = pytest.mark.django_db
LISTE, PAGE_DU_SERVICE = 8, 8
TEXTE = "Deux lampadaires sur trois sont éteints."
LISTE_URL, SIGNALER = "/veille/", "/veille/signaler/"


def lire(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


@pytest.fixture
def quartier():
    return QuartierFactory(nom="Les Tilleuls")


@pytest.fixture
def collectivite(quartier):
    return quartier.convention.collectivite


@pytest.fixture
def gisele(collectivite):
    conseil = Partenaire.objects.create(
        collectivite=collectivite, nom="Conseil citoyen des Tilleuls", type=Partenaire.Type.CONSEIL_CITOYEN
    )
    return AffectationFactory(
        collectivite=collectivite, role=Role.CITOYEN, partenaire=conseil, utilisateur__nom="Watel"
    ).utilisateur


@pytest.fixture
def conseil(gisele):
    return gisele.affectations.get().partenaire


@pytest.fixture
def denis(collectivite):
    return AffectationFactory(collectivite=collectivite, role=Role.AGENT, utilisateur__nom="Caron").utilisateur


@pytest.fixture
def eva(collectivite):
    return AffectationFactory(collectivite=collectivite, role=Role.EVALUATEUR).utilisateur


@pytest.fixture
def saisie(quartier):
    return {"quartier": quartier.pk, "sujet": "cadre_de_vie", "lieu": "Allée de l’école", "texte": TEXTE}


@pytest.fixture
def recu(quartier, gisele):
    return operations.signaler(quartier, par=gisele, lieu="Allée de l’école", sujet="cadre_de_vie", texte=TEXTE)


def url(nom, signalement):
    return reverse(f"veille-{nom}", args=[signalement.pk])


def traiter(client, signalement, geste, **champs):
    donnees = {"geste": geste, "lu": derniere_suite(signalement), **champs}
    return client.post(url("traiter", signalement), donnees)


# Signaler


def test_le_conseil_citoyen_signale_et_le_service_le_lit(client, gisele, conseil, denis, saisie):
    client.force_login(gisele)
    reponse = client.post(SIGNALER, saisie, follow=True)
    assert "Votre signalement est envoyé au service." in lire(reponse)
    signalement = Signalement.objects.get()
    assert (signalement.auteur, signalement.conseil, signalement.etat) == (gisele, conseil, "recu")
    vider()
    assert [envoi.destinataire for envoi in Envoi.objects.all()] == [denis.email]
    assert TEXTE not in Envoi.objects.get().texte
    client.force_login(denis)
    assert "Allée de l’école" in lire(client.get(LISTE_URL))
    assert TEXTE in lire(client.get(url("detail", signalement)))


def test_l_agent_note_ce_qu_on_lui_dit_pour_un_conseil_ou_pour_un_habitant(
    client, denis, gisele, conseil, quartier, saisie
):
    client.force_login(denis)
    assert "Conseil citoyen des Tilleuls" in lire(client.get(SIGNALER))
    client.post(SIGNALER, saisie)
    client.post(SIGNALER, saisie | {"lieu": "Square", "conseil": conseil.pk})
    habitant, du_conseil = Signalement.objects.order_by("pk")
    assert (habitant.conseil, du_conseil.conseil) == (None, conseil)
    vider()
    # L'agent ne s'écrit pas à lui-même ; le membre du conseil, lui, lit ce qui est signalé en son nom.
    assert not Envoi.objects.exists()
    client.force_login(gisele)
    page = lire(client.get(LISTE_URL))
    assert "Square" in page
    assert "Allée de l’école" not in page


def test_le_double_clic_ne_signale_qu_une_fois(client, gisele, saisie):
    client.force_login(gisele)
    for _ in range(2):
        assert client.post(SIGNALER, saisie).status_code == 302
    assert Signalement.objects.count() == 1
    assert Evenement.objects.filter(type="signalement.signaler").count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        client.force_login(gisele)
        client.post(SIGNALER, saisie)
    assert Signalement.objects.count() == 2


@pytest.mark.parametrize(
    ("champ", "valeur", "erreur"),
    [
        ("texte", "   ", "Écrivez ce que vous avez vu ou entendu."),
        ("texte", "x" * 3001, "au plus 3"),
        ("lieu", "", "Dites où."),
        ("sujet", "inconnu", "Choisissez l’un des sujets proposés."),
        ("quartier", "0", "Choisissez l’un des quartiers proposés."),
        ("quartier", "lune", "Choisissez l’un des quartiers proposés."),
    ],
)
def test_une_saisie_refusee_revient_entiere(client, gisele, saisie, champ, valeur, erreur):
    client.force_login(gisele)
    reponse = client.post(SIGNALER, saisie | {"lieu": "Rue <Neuve>", "texte": "Un mot gardé."} | {champ: valeur})
    page = lire(reponse)
    assert reponse.status_code == 422
    assert erreur in page
    assert ("Rue &lt;Neuve&gt;" in page) == (champ != "lieu")
    assert ("Un mot gardé." in page) == (champ != "texte")
    assert not Signalement.objects.exists()


def test_on_ne_signale_que_dans_les_quartiers_de_sa_collectivite(client, gisele, saisie):
    ailleurs = QuartierFactory(convention=ConventionFactory(), nom="Ailleurs")
    client.force_login(gisele)
    reponse = client.post(SIGNALER, saisie | {"quartier": ailleurs.pk})
    assert reponse.status_code == 422
    assert "Ailleurs" not in lire(reponse)
    with pytest.raises(OperationRefusee, match="conseil citoyen et le service"):
        operations.signaler(ailleurs, par=gisele, lieu="Place", sujet="autre", texte="Un mot.")
    assert not Signalement.objects.exists()


def test_l_agent_ne_parle_pas_au_nom_du_conseil_d_une_autre_collectivite(denis, quartier):
    autre = AffectationFactory(role=Role.CITOYEN).partenaire
    with pytest.raises(OperationRefusee, match="n’est pas celui"):
        operations.signaler(quartier, par=denis, lieu="Place", sujet="autre", texte="Un mot.", conseil=autre)


def test_un_conseil_ne_lit_pas_ce_que_signale_un_autre(client, recu, collectivite):
    autre = AffectationFactory(collectivite=collectivite, role=Role.CITOYEN).utilisateur
    client.force_login(autre)
    assert client.get(url("detail", recu)).status_code == 404
    assert "Allée" not in lire(client.get(LISTE_URL))


# La photo


def envoyer_photo(client, saisie, nom, contenu):
    return client.post(SIGNALER, saisie | {"photo": fichier(nom, contenu, "image/jpeg")})


def test_la_photo_perd_sa_position_et_se_lit_par_une_vue_gardee(client, gisele, denis, eva, saisie):
    assert Image.open(io.BytesIO(photo())).getexif().get_ifd(0x8825)
    client.force_login(gisele)
    assert envoyer_photo(client, saisie, "IMG_2041.JPG", photo()).status_code == 302
    signalement = Signalement.objects.get()
    assert re.fullmatch(r"veille/[0-9a-f]{32}\.webp", signalement.photo.name)
    assert url("photo", signalement) in lire(client.get(url("detail", signalement)))
    reponse = client.get(url("photo", signalement))
    octets = b"".join(reponse.streaming_content)
    assert (reponse["Content-Type"], reponse["Content-Security-Policy"]) == (
        "image/webp",
        "default-src 'none'; sandbox",
    )
    assert "private" in reponse["Cache-Control"]
    image = Image.open(io.BytesIO(octets))
    assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (640, 480), {})
    assert b"Telephone" not in octets
    client.force_login(eva)
    assert client.get(url("photo", signalement)).status_code == 404
    operations.retenir(signalement, par=denis)
    reponse = client.get(url("photo", signalement))
    assert b"".join(reponse.streaming_content) == octets


@pytest.mark.parametrize(
    ("nom", "contenu", "erreur"),
    [
        ("photo.jpg", lambda: HTML, "n’est pas celui d’un fichier JPG"),
        ("photo.png", lambda: SVG, "n’est pas celui d’un fichier PNG"),
        ("photo.jpg", lambda: EXE, "n’est pas celui d’un fichier JPG"),
        ("photo.jpg", lambda: b"", "est vide"),
        ("photo.png", png_corrompu, "abîmé"),
        ("photo.jpg", jpeg_demesure, "dimensions démesurées"),
        ("photo.heic", lambda: HEIC, "HEIC"),
        ("plan.svg", lambda: SVG, "n’est pas une photo au format JPG ou PNG"),
        ("lettre.pdf", pdf, "n’est pas une photo au format JPG ou PNG"),
    ],
)
def test_ce_qui_n_est_pas_une_photo_est_refuse_et_le_texte_reste(client, gisele, saisie, nom, contenu, erreur):
    client.force_login(gisele)
    reponse = envoyer_photo(client, saisie, nom, contenu())
    page = lire(reponse)
    assert reponse.status_code == 422
    assert erreur in page
    assert TEXTE in page
    assert not Signalement.objects.exists()


def test_une_photo_de_deux_cents_mega_octets_n_emplit_ni_la_memoire_ni_le_disque(client, gisele, saisie, settings):
    settings.TAILLE_MAX_PIECE_MO = 1
    client.force_login(gisele)
    reponse = envoyer_photo(client, saisie, "enorme.jpg", photo() + bytes(3 * 1024 * 1024))
    assert reponse.status_code == 422
    assert "dépasse 1 Mo" in lire(reponse)
    assert TEXTE in lire(reponse)


def test_une_photo_juste_se_rechoisit_quand_autre_chose_manque(client, gisele, saisie):
    client.force_login(gisele)
    page = lire(envoyer_photo(client, saisie | {"lieu": ""}, "photo.jpg", photo()))
    assert "Choisissez de nouveau votre photo" in page


def test_l_entrepot_en_panne_ne_perd_pas_le_texte(client, gisele, saisie, monkeypatch):
    def panne(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(default_storage.__class__, "_save", panne)
    client.force_login(gisele)
    reponse = envoyer_photo(client, saisie, "photo.jpg", photo())
    assert reponse.status_code == 503
    assert TEXTE in lire(reponse)
    assert not Signalement.objects.exists()
    assert issubclass(FichierIndisponible, OperationRefusee)


def test_une_photo_qui_fait_tomber_le_bac_a_sable_est_refusee(monkeypatch):
    from comptes import apercus

    def tomber(*args):
        raise apercus.ApercuImpossible

    monkeypatch.setattr(apercus, "rendre", tomber)
    with pytest.raises(ValidationError, match="ne s’ouvre pas"):
        operations.preparer_photo(fichier("photo.jpg", photo()))


# Le service


def test_repondre_previent_l_auteur_et_son_conseil(client, recu, gisele, conseil, denis):
    collegue = AffectationFactory(collectivite=recu.collectivite, role=Role.CITOYEN, partenaire=conseil).utilisateur
    client.force_login(denis)
    assert traiter(client, recu, "repondre", reponse="Une équipe passe vendredi.").status_code == 302
    vider()
    suites = Envoi.objects.filter(evenement__type="signalement.repondre")
    assert {envoi.destinataire for envoi in suites} == {gisele.email, collegue.email}
    assert all("Une équipe passe vendredi." in envoi.texte for envoi in suites)
    assert sum(courriel.subject.startswith("Le service vous répond") for courriel in mail.outbox) == 2
    client.force_login(collegue)
    page = lire(client.get(url("detail", recu)))
    assert "Le service vous a répondu." in page
    assert "Une équipe passe vendredi." in page
    assert "Caron" not in page


def test_transmettre_dit_a_qui(client, recu, gisele, denis):
    client.force_login(denis)
    assert traiter(client, recu, "transmettre").status_code == 422
    traiter(client, recu, "transmettre", transmis_a="service Voirie")
    recu.refresh_from_db()
    assert (recu.etat, recu.transmis_a, recu.traite_par) == ("transmis", "service Voirie", denis)
    vider()
    assert "service Voirie" in Envoi.objects.get(evenement__type="signalement.transmettre").texte
    client.force_login(gisele)
    assert "Transmis : service Voirie" in lire(client.get(url("detail", recu)))
    client.force_login(denis)
    traiter(client, recu, "repondre", reponse="La voirie a réparé.")
    recu.refresh_from_db()
    assert (recu.etat, recu.transmis_a) == ("repondu", "service Voirie")


def test_classer_sans_suite_demande_une_reponse(client, recu, gisele, denis):
    client.force_login(denis)
    reponse = traiter(client, recu, "classer")
    assert reponse.status_code == 422
    assert "Expliquez pourquoi" in lire(reponse)
    traiter(client, recu, "classer", reponse="Le terrain est privé.")
    recu.refresh_from_db()
    assert recu.etat == "sans_suite"
    client.force_login(gisele)
    assert "Le terrain est privé." in lire(client.get(url("detail", recu)))


def test_revenir_en_arriere_cache_la_reponse_et_la_garde_en_brouillon(client, recu, gisele, denis):
    operations.repondre_au_signalement(recu, par=denis, reponse="Réponse trop rapide.")
    client.force_login(denis)
    client.post(url("reprendre", recu), {"lu": derniere_suite(recu)})
    recu.refresh_from_db()
    assert (recu.etat, recu.traite_le, recu.transmis_a) == ("recu", None, "")
    assert "Réponse trop rapide." in lire(client.get(url("detail", recu)))
    client.force_login(gisele)
    page = lire(client.get(url("detail", recu)))
    assert "Réponse trop rapide." not in page
    assert "Repris par le service" in page
    # Le courriel de la réponse reprise ne part plus.
    vider()
    assert not Envoi.objects.filter(evenement__type="signalement.repondre").exists()


def test_une_reponse_deja_donnee_ne_se_remplace_pas_en_douce(recu, denis):
    operations.repondre_au_signalement(recu, par=denis, reponse="Une équipe passe vendredi.")
    for geste in (
        lambda: operations.repondre_au_signalement(recu, par=denis, reponse="Autre chose."),
        lambda: operations.transmettre_le_signalement(recu, par=denis, transmis_a="Voirie"),
        lambda: operations.classer_le_signalement(recu, par=denis, reponse="Non."),
    ):
        with pytest.raises(OperationRefusee, match="déjà sa réponse"):
            geste()
    assert Signalement.objects.get().reponse == "Une équipe passe vendredi."


def test_deux_agents_a_la_fois_le_second_est_prevenu_et_garde_sa_saisie(client, recu, denis, collectivite):
    lu = derniere_suite(recu)
    collegue = AffectationFactory(collectivite=collectivite, role=Role.AGENT).utilisateur
    operations.transmettre_le_signalement(recu, par=collegue, transmis_a="service Voirie", lu=lu)
    client.force_login(denis)
    donnees = {"geste": "repondre", "reponse": "Ma réponse à moi.", "lu": lu}
    reponse = client.post(url("traiter", recu), donnees)
    page = lire(reponse)
    assert reponse.status_code == 409
    assert "Un collègue vient d’agir" in page
    assert "Ma réponse à moi." in page
    assert "Transmis : service Voirie" in page
    # Après lecture, le même envoi passe.
    assert client.post(url("traiter", recu), donnees | {"lu": derniere_suite(recu)}).status_code == 302
    with pytest.raises(EcritureConcurrente):
        operations.retenir(recu, par=denis, lu=lu)


def test_seul_le_service_de_la_collectivite_traite(recu, gisele, eva):
    etranger = AffectationFactory(role=Role.AGENT).utilisateur
    for personne in (gisele, eva, etranger):
        for geste in (
            lambda par: operations.repondre_au_signalement(recu, par=par, reponse="Non."),
            lambda par: operations.transmettre_le_signalement(recu, par=par, transmis_a="X"),
            lambda par: operations.classer_le_signalement(recu, par=par, reponse="Non."),
            lambda par: operations.reprendre_le_signalement(recu, par=par),
            lambda par: operations.retenir(recu, par=par),
            lambda par: operations.rattacher(recu, par=par),
        ):
            with pytest.raises(OperationRefusee, match="Seul le service"):
                geste(personne)
    assert Evenement.objects.exclude(type="signalement.signaler").count() == 0


def test_la_base_refuse_un_transmis_sans_nom_et_un_repondu_sans_reponse(recu):
    for etat in ("transmis", "repondu", "sans_suite"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signalement.objects.filter(pk=recu.pk).update(etat=etat)


def test_retenu_se_montre_aux_evaluateurs_sans_son_auteur(client, recu, denis, eva):
    client.force_login(eva)
    assert client.get(url("detail", recu)).status_code == 404
    client.force_login(denis)
    client.post(url("retenir", recu), {"retenu": "oui", "lu": derniere_suite(recu)})
    client.force_login(eva)
    page = lire(client.get(url("detail", recu)))
    assert TEXTE in page
    assert "Watel" not in page
    assert "Retenir" not in page
    client.force_login(denis)
    client.post(url("retenir", recu), {"retenu": "non", "lu": derniere_suite(recu)})
    client.force_login(eva)
    assert client.get(url("detail", recu)).status_code == 404


def test_les_taches_comptent_ce_qui_est_a_lire(recu, denis, gisele, quartier):
    assert [t.texte for t in taches_de(denis)] == ["Un signalement d’habitants à lire."]
    SignalementFactory(quartier=quartier)
    SignalementFactory(quartier=quartier, repondu=True)
    assert [t.texte for t in taches_de(denis)] == ["2 signalements d’habitants à lire."]
    assert taches_de(gisele) == []


# La liste


def test_les_filtres_se_croisent(client, denis, quartier):
    autre = QuartierFactory(convention=quartier.convention, nom="Le Coteau")
    SignalementFactory(quartier=quartier, lieu="Square", sujet="jeunesse")
    SignalementFactory(quartier=autre, lieu="Parking", repondu=True)
    client.force_login(denis)
    for filtre, attendus in (
        ("", {"Square", "Parking"}),
        (f"quartier={autre.pk}", {"Parking"}),
        ("sujet=jeunesse", {"Square"}),
        ("etat=repondu", {"Parking"}),
        ("q=squa", {"Square"}),
        ("q=squa&etat=repondu", set()),
        ("quartier=lune", set()),
        ("quartier=99999999999999999999", set()),
        ("page=1000", {"Square", "Parking"}),
    ):
        page = lire(client.get(f"{LISTE_URL}?{filtre}"))
        assert {lieu for lieu in ("Square", "Parking") if lieu in page} == attendus, filtre
        assert ("Aucun signalement ne correspond." in page) == (not attendus)


@pytest.mark.parametrize("nom", ["gisele", "denis", "eva"])
def test_les_listes_vides_disent_pourquoi(client, nom, request):
    client.force_login(request.getfixturevalue(nom))
    phrase = {
        "gisele": "Votre conseil n’a encore rien signalé.",
        "denis": "Aucun signalement pour l’instant.",
        "eva": "Le service n’a encore retenu aucun signalement.",
    }[nom]
    assert phrase in lire(client.get(LISTE_URL))


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_et_la_page_coutent_toujours_autant(client, denis, quartier, nombre, django_assert_num_queries):
    lignes = SignalementFactory.create_batch(nombre, quartier=quartier)
    client.force_login(denis)
    with django_assert_num_queries(LISTE):
        client.get(LISTE_URL)
    for _ in range(nombre):
        operations.retenir(lignes[0], par=denis)
        operations.retenir(lignes[0], par=denis, retenu=False)
    with django_assert_num_queries(PAGE_DU_SERVICE):
        client.get(url("detail", lignes[0]))


# Le délai


def test_un_signalement_traite_s_efface_avec_sa_photo_et_ses_courriels(
    recu, denis, settings, django_capture_on_commit_callbacks
):
    Signalement.objects.filter(pk=recu.pk).update(photo=default_storage.save("veille/x.webp", ContentFile(b"RIFF")))
    recu.refresh_from_db()
    jamais_traite = SignalementFactory(quartier=recu.quartier, signale_le=timezone.now() - timedelta(days=4000))
    operations.repondre_au_signalement(recu, par=denis, reponse="Une équipe passe vendredi.")
    vider()
    assert Envoi.objects.exists()
    settings.CONSERVATION_SIGNALEMENTS_JOURS = 30
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        balayer()
    assert Signalement.objects.count() == 2
    with (
        time_machine.travel(timezone.now() + timedelta(days=31), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        balayer()
    assert list(Signalement.objects.all()) == [jamais_traite]
    assert not default_storage.exists(recu.photo.name)
    vider()
    assert not Envoi.objects.exists()
    assert TEXTE not in str(list(Evenement.objects.values_list("donnees", flat=True)))
