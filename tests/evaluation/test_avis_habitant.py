"""Répondre par le code d'une fiche : sans compte, une fois par appareil, et sans rien apprendre d'autre."""

import pytest
from django.conf import settings
from django.test import Client

from dossiers.models import Dossier
from evaluation.models import AvisCitoyen, Evaluation
from evaluation.operations import citoyens
from evaluation.views import citoyens as vues
from journal.models import Evenement
from tests.caches import vider_le_cache
from tests.evaluation.outils_habitants import OUI, adresse, preparer, texte
from tests.fabriques import AffectationFactory, PieceFactory

pytestmark = pytest.mark.django_db
COOKIE = "avis_habitant"


@pytest.fixture
def fiche(seance):
    return preparer(seance)


def page(fiche):
    return adresse("avis-habitant-repondre", fiche.code)


def test_l_habitant_lit_l_essentiel_et_repond_sans_compte(client, fiche):
    lu = texte(client.get(page(fiche)))
    for dit in ("Jardiner ensemble", fiche.dossier.organisme.nom, "40 personnes en tout", "Du 1er février au 30",
                "5 000 € en tout", "environ 125 € par personne", "C’est un projet nouveau."):  # fmt: skip
        assert dit in lu
    reponse = client.post(page(fiche), OUI)
    assert reponse.url == page(fiche)
    avis = AvisCitoyen.objects.get()
    assert (avis.utile, avis.pour_qui, avis.que_manque_t_il) == ("oui", "Les familles", "Des bancs")
    assert (avis.utilisateur, avis.saisi_par, avis.origine) == (None, None, "en_ligne")
    assert "Merci. Votre avis est enregistré." in texte(client.get(page(fiche)))


def test_rien_de_confidentiel_sur_la_page(client, seance, fiche):
    """Ni coordonnées, ni demandes par financeur, ni pièces, ni notes, ni commentaires, ni réponses des autres."""
    PieceFactory(dossier=fiche.dossier, nom="statuts-secrets.pdf")
    seance.envoyer(seance.eva, 5, commentaire="Commentaire de réunion")
    citoyens.repondre_par_code(fiche, jeton="autre", utile="non", que_manque_t_il="Remarque du voisin")
    organisme = fiche.dossier.organisme
    lu = texte(client.get(page(fiche)))
    secrets = [organisme.siret, organisme.telephone, organisme.courriel, organisme.adresse, organisme.representant_nom]
    secrets += ["statuts-secrets", "Commentaire de réunion", "Remarque du voisin", "3 000", "sur 100"]
    assert [secret for secret in secrets if secret and secret in lu] == []


def test_une_reponse_par_appareil_que_l_on_change(client, fiche):
    client.get(page(fiche))
    client.post(page(fiche), OUI)
    client.post(page(fiche), OUI | {"utile": "non", "pour_qui": ""})
    avis = AvisCitoyen.objects.get()
    assert (avis.utile, avis.pour_qui) == ("non", "")
    assert "Garder ma réponse" in texte(client.get(page(fiche) + "?modifier=1"))
    autre = Client()
    autre.get(page(fiche))
    autre.post(page(fiche), OUI)
    assert AvisCitoyen.objects.count() == 2
    assert list(Evenement.objects.filter(type__startswith="habitants.").values_list("type", flat=True)) == [
        "habitants.repondre", "habitants.corriger", "habitants.repondre",
    ]  # fmt: skip


def test_le_temoin_est_signe_ferme_aux_scripts_et_ne_relie_pas_deux_projets(client, seance, fiche):
    temoin = client.get(page(fiche)).cookies[COOKIE]
    assert temoin["httponly"]
    assert temoin["samesite"] == "Lax"
    client.post(page(fiche), OUI)
    premier = AvisCitoyen.objects.get().jeton
    assert premier not in temoin.value
    # Un témoin forgé ne prend pas la place d'un autre appareil.
    client.cookies[COOKIE] = temoin.value[:-3] + "abc"
    client.post(page(fiche), OUI)
    assert AvisCitoyen.objects.exclude(jeton=premier).count() == 1


def test_un_double_clic_ne_compte_qu_une_fois(client, fiche):
    client.get(page(fiche))
    for _ in range(2):
        client.post(page(fiche), OUI)
    assert AvisCitoyen.objects.count() == 1


@pytest.mark.parametrize(
    "donnees", [{}, {"utile": ""}, {"utile": "peut-etre"}, {"utile": "oui", "pour_qui": "x" * 301},
                {"utile": "oui", "que_manque_t_il": "x" * 601}, {"utile": "oui", "pour_qui": "a\x00b"}]
)  # fmt: skip
def test_une_saisie_refusee_est_gardee_et_expliquee(client, fiche, donnees):
    reponse = client.post(page(fiche), {"que_manque_t_il": "Mes mots", **donnees})
    assert reponse.status_code == 422
    assert not AvisCitoyen.objects.exists()
    assert "resume-erreurs" in texte(reponse)
    if "que_manque_t_il" not in donnees:
        assert "Mes mots" in texte(reponse)


def test_un_texte_hostile_ne_casse_rien(client, seance, fiche):
    client.post(page(fiche), {"utile": "oui", "que_manque_t_il": "<script>alert(1)</script>"})
    client.force_login(seance.denis)
    lu = texte(client.get(adresse("evaluation-avis", seance.dossier.numero)))
    assert "&lt;script&gt;alert(1)" in lu


def test_un_code_se_tape_avec_des_espaces_et_des_minuscules(client, fiche):
    tape = " ".join([fiche.code[:4], fiche.code[4:8], fiche.code[8:]]).lower()
    assert client.get(adresse("avis-habitant"), {"code": tape}).url == page(fiche)
    court = client.get(adresse("avis-habitant"), {"code": "ABC"})
    assert court.status_code == 422
    assert "Ce code n’est pas complet" in texte(court)
    assert client.get(adresse("avis-habitant-repondre", fiche.code.lower())).status_code == 200


FERMETURES = {
    "inconnu": lambda seance, fiche: setattr(fiche, "code", "ABCDEFGHJKMN"),
    "mal formé": lambda seance, fiche: setattr(fiche, "code", "0OIL"),
    "réservé": lambda seance, fiche: citoyens.ouvrir_aux_habitants(seance.reunion, False, par=seance.denis),
    "avis rendu": lambda seance, fiche: seance.rendre(),
}


@pytest.mark.parametrize("cas", FERMETURES)
def test_inconnu_ferme_ou_trop_tard_c_est_la_meme_page(client, seance, fiche, cas):
    FERMETURES[cas](seance, fiche)
    for reponse in (client.get(page(fiche)), client.post(page(fiche), OUI)):
        assert reponse.status_code == 404
        assert "Nous ne trouvons pas cette fiche" in texte(reponse)
        assert seance.dossier.intitule not in texte(reponse)
    assert not AvisCitoyen.objects.exists()


def test_apres_l_avis_la_reponse_donnee_se_lit_sans_changer(client, seance, fiche):
    client.get(page(fiche))
    client.post(page(fiche), OUI)
    seance.rendre()
    lu = texte(client.get(page(fiche)))
    assert "on ne change plus les réponses" in lu
    assert "Changer ma réponse" not in lu
    assert client.post(page(fiche), OUI | {"utile": "non"}).status_code == 409
    assert AvisCitoyen.objects.get().utile == "oui"


def test_essayer_des_codes_au_hasard_s_arrete(client, fiche, monkeypatch):
    monkeypatch.setattr(vues, "CODES_FAUX_MAX", 3)
    codes = ["2222222222" + fin for fin in ("22", "23", "24", "25")]
    statuts = [client.get(adresse("avis-habitant-repondre", code)).status_code for code in codes]
    assert statuts == [404, 404, 404, 429]
    # Le vrai code n'y échappe pas : on n'apprend pas lequel est bon.
    assert client.get(page(fiche)).status_code == 429
    vider_le_cache()
    assert client.get(page(fiche)).status_code == 200


def test_trop_de_reponses_d_une_meme_adresse_s_arretent(client, fiche, monkeypatch):
    monkeypatch.setattr(vues, "REPONSES_MAX", 2)
    assert [client.post(page(fiche), OUI).status_code for _ in range(3)] == [302, 302, 429]


def test_la_page_ne_s_indexe_pas_et_ne_se_garde_pas(client, fiche):
    reponse = client.get(page(fiche))
    assert reponse["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in reponse["Cache-Control"]


def test_sans_jeton_de_formulaire_l_envoi_est_refuse(fiche):
    assert Client(enforce_csrf_checks=True).post(page(fiche), OUI).status_code == 403
    assert not AvisCitoyen.objects.exists()


def test_l_agent_qui_scanne_arrive_sur_la_saisie(client, seance, fiche):
    client.force_login(seance.denis)
    assert client.get(page(fiche)).url == adresse("habitants-papier", fiche.pk)


def test_un_agent_d_ailleurs_est_un_habitant_comme_un_autre(client, fiche):
    client.force_login(AffectationFactory().utilisateur)
    assert client.get(page(fiche)).status_code == 200


def test_qui_s_est_deporte_ne_trouve_pas_la_fiche(client, seance, fiche):
    from evaluation import operations

    operations.declarer_deport(seance.dossier, par=seance.eva, motif="Membre du bureau.")
    client.force_login(seance.eva)
    assert client.get(page(fiche)).status_code == 404
    assert client.post(page(fiche), OUI).status_code == 404


# Le membre d'un conseil citoyen


def conseil(dossier):
    return adresse("habitants-conseil", dossier.numero)


def test_le_membre_du_conseil_repond_depuis_sa_file(client, seance, fiche):
    client.force_login(seance.gisele)
    assert client.get(adresse("evaluation-noter", seance.dossier.numero)).url == conseil(seance.dossier)
    assert client.get(page(fiche)).url == conseil(seance.dossier)
    for utile in ("oui", "un_peu"):
        assert client.post(conseil(seance.dossier), OUI | {"utile": utile}).url == adresse("evaluation-accueil")
    avis = AvisCitoyen.objects.get()
    assert (avis.utile, avis.utilisateur, avis.fiche, avis.jeton) == ("un_peu", seance.gisele, fiche, "")
    assert "vous pouvez changer d’avis" in texte(client.get(conseil(seance.dossier)))


def test_le_membre_repond_avant_meme_que_la_fiche_soit_imprimee(client, seance):
    client.force_login(seance.gisele)
    client.post(conseil(seance.dossier), OUI)
    assert AvisCitoyen.objects.get().fiche.dossier == seance.dossier


def test_le_membre_ne_donne_jamais_de_note(client, seance, fiche):
    client.force_login(seance.gisele)
    donnees = {f"critere-{c.pk}": 4 for c in seance.appel.criteres.all()} | {"envoyer": "1"}
    assert client.post(adresse("evaluation-noter", seance.dossier.numero), donnees).status_code == 409
    assert not Evaluation.objects.exists()


def test_le_membre_ne_lit_les_autres_habitants_qu_apres_l_avis(client, seance, fiche):
    citoyens.repondre_par_code(fiche, jeton="voisin", utile="non", que_manque_t_il="Remarque du voisin")
    client.force_login(seance.gisele)
    assert "Remarque du voisin" not in texte(client.get(conseil(seance.dossier)))
    seance.rendre()
    lu = texte(client.get(conseil(seance.dossier)))
    assert "Remarque du voisin" in lu
    assert "Vous n’y aviez pas répondu" in lu
    assert client.post(conseil(seance.dossier), OUI).status_code == 409


def test_le_membre_deporte_ne_lit_plus_rien(client, seance, fiche):
    client.force_login(seance.gisele)
    client.post(conseil(seance.dossier), OUI)
    client.post(adresse("evaluation-deport", seance.dossier.numero), {"motif": "Ma sœur y travaille."})
    for lue in (conseil(seance.dossier), page(fiche)):
        assert client.get(lue).status_code == 404
        assert client.post(lue, OUI).status_code == 404
    seance.rendre()
    page_du_conseil = client.get(adresse("conseils-suites", fiche.conseil_id))
    assert seance.dossier.intitule not in texte(page_du_conseil)


@pytest.mark.parametrize("qui", ["eva", "denis"])
def test_les_trois_questions_ne_sont_pas_celles_des_evaluateurs(client, seance, fiche, qui):
    client.force_login(getattr(seance, qui))
    assert client.get(conseil(seance.dossier)).status_code == 403


def test_un_citoyen_d_une_autre_reunion_ne_voit_pas_ce_dossier(client, seance, fiche):
    autre = AffectationFactory(collectivite=seance.appel.collectivite, role="citoyen").utilisateur
    client.force_login(autre)
    assert client.get(conseil(seance.dossier)).status_code == 404
    assert client.post(conseil(seance.dossier), OUI).status_code == 404


def test_la_membre_de_l_association_ne_juge_pas_son_projet(client, seance, fiche):
    from tests.fabriques import MembreFactory

    MembreFactory(organisme=Dossier.objects.get(pk=fiche.dossier_id).organisme, utilisateur=seance.gisele)
    client.force_login(seance.gisele)
    reponse = client.post(conseil(seance.dossier), OUI)
    assert reponse.status_code == 409
    assert "conflit d’intérêts" in texte(reponse)


def test_le_cookie_est_protege_comme_la_session(client, fiche):
    assert bool(client.get(page(fiche)).cookies[COOKIE]["secure"]) is settings.SESSION_COOKIE_SECURE
