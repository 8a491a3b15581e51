"""Une séance vue de quatre endroits à la fois : l'agent, le mur, une membre, un membre qui se déporte."""

from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from dossiers.models import Dossier
from evaluation.models import Avis, Mouvement, PassageDossier, Vote
from tests.evaluation.conftest import seance  # noqa: F401 : la réunion commune
from tests.evaluation.salle import Phase, deporter, mener, voter
from tests.evaluation.salle import ouvrir as ouvrir_la_seance
from tests.evaluation.test_charge_de_la_salle import _session
from tests.fabriques_evaluation import PassageFactory
from tests.navigateur.outils import capturer, deborde, violations

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.django_db(transaction=True)]
TITRE = "Cirque zinzolin"
PORTE = "Vous sortez pour l’examen de ce dossier."
DELAI_MS = 20_000


@pytest.fixture
def ouvrir(live_server, chromium):
    """Un contexte de navigation par personne, connectée, sur l'un des écrans de la séance."""
    with ExitStack() as pile:

        @contextmanager
        def contexte(qui, largeur, hauteur, sans_script=False):
            navigation = chromium.new_context(
                locale="fr-FR", viewport={"width": largeur, "height": hauteur}, bypass_csp=True,
                java_script_enabled=not sans_script, reduced_motion="reduce",
            )  # fmt: skip
            navigation.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": _session(qui), "url": live_server.url}]
            )
            navigation.set_default_timeout(DELAI_MS)
            yield navigation
            navigation.close()

        def page(qui, reunion, ecran, largeur, hauteur, **options):
            ouverte = pile.enter_context(contexte(qui, largeur, hauteur, **options)).new_page()
            ouverte.fautes = []
            ouverte.on("pageerror", lambda erreur: ouverte.fautes.append(str(erreur)))
            ouverte.on("dialog", lambda boite: boite.accept())
            ouverte.goto(live_server.url + reverse(f"seance-{ecran}", args=[reunion.pk]))
            return ouverte

        yield page


def voir(page, selecteur):
    expect(page.locator(selecteur).first).to_be_visible(timeout=DELAI_MS)


def lire(page, texte):
    expect(page.locator("#salle")).to_contain_text(texte, timeout=DELAI_MS)


def regarder(page, nom):
    capturer(page, f"salle-{nom}", page.viewport_size["width"])
    assert violations(page) == []
    assert deborde(page) == 0
    assert page.fautes == []


def test_une_seance_a_quatre_ecrans(seance, ouvrir):  # noqa: F811
    Dossier.objects.filter(pk=seance.passage.dossier_id).update(intitule=TITRE)
    suivant = PassageFactory(reunion=seance.reunion)
    deporter(seance, seance.farid)
    agent = ouvrir(seance.denis, seance.reunion, "conduite", 1280, 900)
    mur = ouvrir(seance.denis, seance.reunion, "projecteur", 1920, 1080)
    eva = ouvrir(seance.eva, seance.reunion, "membre", 360, 780)
    farid = ouvrir(seance.farid, seance.reunion, "membre", 320, 700)
    lire(eva, "La séance n’est pas encore ouverte")
    agent.click("#ouvrir")
    for telephone in (eva, farid):
        voir(telephone, "#present")
        telephone.click("#present")
        lire(telephone, "Votre présence est notée")
    lire(agent, "2 présents sur 3")

    # Le dossier s'ouvre : la page de Farid se vide, partout ailleurs il se lit.
    agent.click(f"#ouvrir-{seance.passage.pk}")
    lire(mur, TITRE)
    lire(eva, TITRE)
    lire(farid, PORTE)
    assert TITRE not in farid.content()
    lire(mur, "Hors de la salle : Farid Benali")
    for page, nom in ((agent, "conduite"), (mur, "mur"), (eva, "telephone"), (farid, "porte")):
        regarder(page, f"presentation-{nom}")

    agent.click("#minuteur-marche")
    agent.click("#phase-tour_1")
    voir(eva, "#montant")
    # Ce qu'on est en train d'écrire survit à ce qui change autour.
    eva.fill("#montant", "2 000")
    agent.click("#minuteur-ajouter")
    eva.wait_for_timeout(3000)
    expect(eva.locator("#montant")).to_have_value("2 000")
    eva.click("#proposer")
    lire(eva, "Vous proposez")
    expect(mur.locator(".pastilles .vu")).to_contain_text("Éva Roux", timeout=DELAI_MS)
    regarder(mur, "vote-mur")
    regarder(eva, "vote-telephone")
    assert Vote.objects.get().montant == 2000

    # Sans réseau, rien ne se perd : au retour, l'état entier est là.
    eva.context.set_offline(True)
    agent.click("#phase-resultat_1")
    voir(mur, ".axe")
    eva.context.set_offline(False)
    voir(eva, ".axe")
    regarder(mur, "resultat-mur")
    regarder(eva, "resultat-telephone")
    agent.click("#phase-avis")
    agent.check("input[name=sens][value=favorable]")
    regarder(agent, "avis-conduite")
    agent.click("#rendre")

    lire(agent, "Dossier suivant")
    lire(farid, "Votre présence est notée")
    assert Avis.objects.get().dossier_id == seance.passage.dossier_id
    sens = [m.sens for m in Mouvement.objects.filter(utilisateur=seance.farid).order_by("pk")]
    assert sens == ["entree", "sortie", "entree"]
    agent.click("#suivant")
    lire(farid, suivant.dossier.intitule)
    for page in (agent, mur, eva, farid):
        assert page.fautes == []


def test_un_vote_annonce_pendant_une_relecture_arrive_au_mur(seance, ouvrir):  # noqa: F811
    """La relecture en route montre l'instant d'avant ; rien d'autre n'annoncera ce vote avant la fin du flux."""
    ouvrir_la_seance(seance)
    mener(seance, Phase.TOUR_1)
    mur = ouvrir(seance.denis, seance.reunion, "projecteur", 1280, 720)
    lectures = []

    def retenir(route):
        if route.request.headers.get("parvis-fragment") != "1":
            return route.fallback()
        lectures.append(route.request.url)
        reponse = route.fetch()
        if len(lectures) == 1:
            voter(seance, seance.farid, 1500)
            mur.wait_for_timeout(1500)
        return route.fulfill(response=reponse)

    mur.route("**/projecteur/", retenir)
    mur.wait_for_timeout(500)
    voter(seance, seance.eva, 2000)
    expect(mur.locator(".pastilles .vu")).to_have_count(2, timeout=8000)
    assert len(lectures) >= 2
    assert mur.fautes == []


def test_sans_script_tout_se_fait_par_des_boutons(seance, ouvrir):  # noqa: F811
    agent = ouvrir(seance.denis, seance.reunion, "conduite", 1280, 900, sans_script=True)
    agent.click("#ouvrir")
    eva = ouvrir(seance.eva, seance.reunion, "membre", 360, 780, sans_script=True)
    eva.click("#present")
    agent.reload()
    agent.click("#suivant")
    agent.click("#phase-tour_1")
    eva.reload()
    eva.fill("#montant", "1500")
    eva.click("#proposer")
    lire(eva, "Vous proposez")
    mur = ouvrir(seance.denis, seance.reunion, "projecteur", 1280, 720, sans_script=True)
    expect(mur.locator(".pastilles .vu")).to_contain_text("Éva Roux")
    agent.reload()
    agent.click("#phase-resultat_1")
    # Le mur se recharge de lui-même.
    voir(mur, ".axe")
    assert PassageDossier.objects.get().ouvert_le
