"""L'habillage commun : navigation selon les rôles, pages d'erreur, formats français."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from comptes.models import Role
from config import erreurs
from config.contexte import parvis
from config.templatetags import parvis as balises
from dossiers.etats import Etat
from tests.fabriques import AffectationFactory, MembreFactory, UtilisateurFactory


def noms(rf, personne):
    requete = rf.get("/")
    requete.user = personne
    return {lien.libelle for lien in parvis(requete)["parvis"]["navigation"]}


@pytest.mark.django_db
def test_la_navigation_suit_les_roles(rf):
    personne = UtilisateurFactory(prenom="Noé")
    assert "Mon association" in noms(rf, personne), "qui n’a pas de rôle vient inscrire la sienne"
    assert "Comptes et rôles" not in noms(rf, personne)
    assert "Mon association" in noms(rf, MembreFactory().utilisateur)
    agent = noms(rf, AffectationFactory().utilisateur)
    assert not {"Mon association", "Comptes et rôles"} & agent
    assert "Comptes et rôles" in noms(rf, AffectationFactory(role=Role.ADMIN).utilisateur)


@pytest.mark.django_db
def test_la_navigation_coute_deux_requetes(rf, django_assert_num_queries):
    requete = rf.get("/")
    requete.user = MembreFactory().utilisateur
    requete.user.oublier_les_roles()
    with django_assert_num_queries(2):
        parvis(requete)


def test_la_page_de_panne_ne_touche_ni_a_la_base_ni_a_la_session(rf):
    """Sans marque django_db, la moindre requête SQL ferait échouer ce test."""
    reponse = erreurs.panne(rf.get("/"))
    assert reponse.status_code == 500
    assert "Ce qui était déjà enregistré l’est toujours" in reponse.content.decode()


@pytest.mark.django_db
def test_une_page_inconnue_a_le_meme_habit(client):
    page = client.get("/cette-page-n-existe-pas/")
    assert page.status_code == 404
    assert "Cette page n’existe pas" in page.content.decode()
    assert 'class="entete"' in page.content.decode()


@pytest.fixture
def alice_sans_jeton():
    client = Client(enforce_csrf_checks=True)
    alice = UtilisateurFactory(prenom="Alice")
    client.force_login(alice)
    client.personne = alice
    return client


@pytest.mark.django_db
def test_un_jeton_perime_rend_ce_qui_etait_tape(alice_sans_jeton):
    page = alice_sans_jeton.post(
        reverse("profil"), {"prenom": "Alicia <b>", "nom": "Moreau"}, headers={"Origin": "http://testserver"}
    )
    contenu = page.content.decode()
    assert page.status_code == 403
    assert "Votre session a expiré" in contenu
    assert '<input type="hidden" name="prenom" value="Alicia &lt;b&gt;">' in contenu
    alice_sans_jeton.personne.refresh_from_db()
    assert alice_sans_jeton.personne.prenom == "Alice"


@pytest.mark.django_db
@pytest.mark.parametrize("entetes", [{}, {"Origin": "https://ailleurs.test"}, {"Origin": "null"}])
def test_la_saisie_d_un_autre_site_n_est_jamais_re_proposee(alice_sans_jeton, entetes):
    page = alice_sans_jeton.post(reverse("profil"), {"prenom": "Pirate"}, headers=entetes)
    assert page.status_code == 403
    assert "Pirate" not in page.content.decode()
    assert "Ce que vous avez tapé est encore dans la page précédente" in page.content.decode()


@pytest.mark.django_db
def test_la_politique_de_securite_interdit_tout_code_en_ligne(client):
    page = client.get("/connexion/")
    politique = page.headers["Content-Security-Policy"]
    assert "unsafe" not in politique
    assert "default-src 'none'" in politique
    for interdit in (" style=", "<style", "onclick=", "javascript:"):
        assert interdit not in page.content.decode()


@pytest.mark.parametrize(
    ("gabarit", "attendu"),
    [
        ("{{ m|euros }}", "23\u202f500,60\u00a0€"),
        ("{{ m|euros:0 }}", "23\u202f501\u00a0€"),
        ("{{ rien|euros }}", "–"),
        ("{{ m|pourcent:1 }}", "23\u202f500,6\u00a0%"),
        ("{{ d|date_longue }}", "vendredi 15 janvier 2027"),
        ("{{ j|date_longue }}", "vendredi 1er janvier 2027"),
        ("{{ d|date_heure }}", "vendredi 15 janvier 2027 à 0\u00a0h\u00a030"),
        ("{{ s|siret }}", "732\u00a0829\u00a0320\u00a000074"),
        ("{{ t|telephone }}", "03\u00a021\u00a000\u00a000\u00a000"),
    ],
)
def test_formats_francais(gabarit, attendu):
    contexte = Context(
        {
            "m": Decimal("23500.60"),
            "rien": None,
            "d": datetime(2027, 1, 14, 23, 30, tzinfo=UTC),  # minuit passé à Paris
            "j": date(2027, 1, 1),
            "s": "73282932000074",
            "t": "0321000000",
        }
    )
    assert Template(gabarit).render(contexte) == attendu


def test_chaque_etat_du_dossier_a_une_forme_et_une_couleur():
    assert set(balises.TONS) == {etat.value for etat in Etat}
    for ton, forme in balises.TONS.values():
        assert forme in "○◐●✓!"
        assert ton in {"ok", "att", "non", "reu", "neu", "info"}


@pytest.mark.parametrize(
    ("agent", "attendu"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox sur Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge sur Windows"),
        ("curl/8.5", "Navigateur inconnu"),
    ],
)
def test_un_navigateur_se_dit_en_clair(agent, attendu):
    assert balises.navigateur(agent) == attendu


def test_une_icone_est_muette():
    for nom in balises.ICONES:
        assert 'aria-hidden="true"' in balises.icone(nom)
