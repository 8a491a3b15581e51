"""Rien de tapé ne se perd : réseau coupé, session finie, page fermée, deux personnes, sans JavaScript, au clavier."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.navigateur.outils import MOT_DE_PASSE, TAILLES

pytestmark = [pytest.mark.navigateur, pytest.mark.lent]
BROUILLON = "Le potager des écoles"
ENREGISTRE = re.compile(r"Enregistré à \d+\sh\s\d\d")


@pytest.fixture
def titre():
    """Un texte que nul autre test n'a pu écrire."""
    return f"Des bacs de culture {uuid.uuid4().hex[:8]}"


def ouvrir(demo, page, etape="action"):
    page.goto(f"{demo.url}/dossiers/")
    numero = page.get_by_role("link", name=BROUILLON).first.get_attribute("href").strip("/").split("/")[-1]
    page.goto(f"{demo.url}/dossiers/{numero}/{etape}/")
    return numero


def temoin(page):
    return page.locator("[data-sauve]")


def relire(demo, chromium, numero, champ, etape="action", compte="collegue@demo.test"):
    """Ce que le serveur a vraiment, vu par une autre personne."""
    with demo.session(chromium, compte) as page:
        page.goto(f"{demo.url}/dossiers/{numero}/{etape}/")
        return page.locator(f"[name={champ}]").input_value()


def test_chaque_champ_s_enregistre_de_lui_meme_et_l_heure_se_voit(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.fill("[name=lieux]", titre)
        expect(temoin(page)).to_have_text(re.compile("✓.*Enregistré à"), timeout=8000)
        expect(temoin(page)).to_contain_text(ENREGISTRE)
        assert page.fautes == []
    assert relire(demo, chromium, numero, "lieux") == titre


def test_ce_qui_s_ecrit_avant_que_le_script_arrive_part_aussi(demo, chromium, titre):
    retenus = []
    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.route("**/saisie*.js", lambda route: retenus.append(route))
        page.goto(f"{demo.url}/dossiers/{numero}/action/", wait_until="commit")
        page.fill("[name=lieux]", titre)
        page.wait_for_timeout(300)
        with page.expect_response(lambda r: r.request.method == "POST" and r.ok, timeout=15000):
            retenus[0].continue_()
        expect(temoin(page)).to_contain_text(ENREGISTRE)
    assert relire(demo, chromium, numero, "lieux") == titre


def test_le_reseau_coupe_garde_puis_renvoie(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.context.set_offline(True)
        page.fill("[name=lieux]", titre)
        expect(temoin(page)).to_contain_text("Hors connexion", timeout=8000)
        # Le bouton non plus ne fait pas quitter la page vers une erreur du navigateur.
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator("[name=lieux]")).to_have_value(titre)
        page.context.set_offline(False)
        expect(temoin(page)).to_contain_text(ENREGISTRE, timeout=20000)
    assert relire(demo, chromium, numero, "lieux") == titre


def test_la_page_quittee_sans_reseau_revient_avec_la_saisie(demo, chromium, titre):
    def couper(route):
        route.abort() if route.request.method == "POST" else route.fallback()

    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.context.route("**/action/", couper)
        page.fill("[name=lieux]", titre)
        expect(temoin(page)).to_contain_text("Hors connexion", timeout=8000)
        page.reload()
        expect(page.get_by_text("a été retrouvée dans ce navigateur")).to_be_visible()
        expect(page.locator("[name=lieux]")).to_have_value(titre)
        page.context.unroute("**/action/", couper)
        expect(temoin(page)).to_contain_text(ENREGISTRE, timeout=20000)
        page.reload()
        expect(page.get_by_text("a été retrouvée dans ce navigateur")).to_have_count(0)
    assert relire(demo, chromium, numero, "lieux") == titre


def test_la_session_finie_se_reprend_sans_quitter_la_page(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.evaluate("window.memePage = true")
        page.context.clear_cookies(name="sessionid")
        page.fill("[name=lieux]", titre)
        boite = page.get_by_role("dialog", name="Votre session est terminée")
        expect(boite).to_be_visible(timeout=8000)
        boite.locator("input[name=login]").fill("porteuse@demo.test")
        boite.locator("input[name=password]").fill("mauvais")
        boite.get_by_role("button", name="Se connecter").click()
        expect(boite.locator(".resume-erreurs, .erreur").first).to_be_visible(timeout=8000)
        boite.locator("input[name=login]").fill("porteuse@demo.test")
        boite.locator("input[name=password]").fill(MOT_DE_PASSE)
        boite.get_by_role("button", name="Se connecter").click()
        expect(boite).to_have_count(0, timeout=8000)
        expect(temoin(page)).to_contain_text(ENREGISTRE, timeout=8000)
        assert page.evaluate("window.memePage") is True
        # Le bouton marche aussi, avec le jeton neuf.
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator("[name=lieux]")).to_have_value(titre)
    assert relire(demo, chromium, numero, "lieux") == titre


def test_un_autre_compte_dans_la_boite_n_ecrit_pas_a_la_place(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        numero = ouvrir(demo, page)
        page.context.clear_cookies(name="sessionid")
        page.fill("[name=lieux]", titre)
        boite = page.get_by_role("dialog")
        boite.locator("input[name=login]").fill("collegue@demo.test")
        boite.locator("input[name=password]").fill(MOT_DE_PASSE)
        boite.get_by_role("button", name="Se connecter").click()
        expect(boite).to_contain_text("Ce compte n’est pas celui qui a écrit cette page", timeout=8000)
    assert relire(demo, chromium, numero, "lieux") != titre


def test_deux_personnes_le_meme_champ_puis_deux_champs(demo, chromium, titre):
    with (
        demo.session(chromium, "porteuse@demo.test") as amina,
        demo.session(chromium, "collegue@demo.test", largeur=360) as julien,
    ):
        numero = ouvrir(demo, amina)
        ouvrir(demo, julien)
        amina.fill("[name=lieux]", f"{titre} A")
        expect(temoin(amina)).to_contain_text(ENREGISTRE, timeout=8000)
        julien.fill("[name=lieux]", f"{titre} J")
        conflit = julien.locator(".conflit-champ")
        expect(conflit).to_contain_text("Amina Belkacem a modifié ce champ", timeout=8000)
        expect(conflit.locator("blockquote")).to_have_text(f"{titre} A")
        julien.get_by_role("button", name="Garder la mienne").click()
        expect(temoin(julien)).to_contain_text(ENREGISTRE, timeout=8000)

        # Amina écrit ailleurs : elle reçoit le champ de Julien, sans rien perdre du sien.
        # Quitter « lieux » renvoie aussi ce champ : c'est l'envoi de l'autre qu'on attend.
        def le_sien(reponse):
            return "champs=objectifs_action" in (reponse.request.post_data or "")

        with amina.expect_response(le_sien, timeout=15000) as envoi:
            amina.fill("[name=objectifs_action]", titre)
        assert envoi.value.ok
        expect(amina.locator("[name=lieux]")).to_have_value(f"{titre} J", timeout=8000)
        expect(amina.locator(".recu-champ")).to_contain_text("Julien Carpentier a écrit ici")
    assert relire(demo, chromium, numero, "lieux") == f"{titre} J"
    assert relire(demo, chromium, numero, "objectifs_action") == titre


def test_la_page_unique_s_enregistre_aussi_section_par_section(demo, chromium, titre):
    with demo.session(chromium, "asso-2@demo.test", largeur=360) as page:
        page.goto(f"{demo.url}/dossiers/")
        lien = page.get_by_role("link", name="Le tournoi des familles").first.get_attribute("href")
        page.goto(f"{demo.url}{lien}page-unique/")
        page.fill("[name=description]", titre)
        page.fill("[name=nb_beneficiaires]", "41")
        page.fill("[name='C60-0-montant']", "1 250,50")
        page.fill("[name=resultats_attendus]", titre)
        page.locator("[name=resultats_attendus]").blur()
        expect(temoin(page)).to_have_text(re.compile("✓.*Enregistré à"), timeout=15000)
        page.goto(f"{demo.url}{lien}page-unique/")
        expect(page.locator("[name=description]")).to_have_value(titre)
        expect(page.locator("[name=nb_beneficiaires]")).to_have_value("41")
        expect(page.locator("[name='C60-0-montant']")).to_have_value(re.compile(r"1\s250,50"))
        expect(page.locator("[name=resultats_attendus]")).to_have_value(titre)
        assert page.fautes == []


def test_un_champ_refuse_se_dit_sur_place_et_reste(demo, chromium):
    with demo.session(chromium, "porteuse@demo.test") as page:
        ouvrir(demo, page, "public")
        page.fill("[name=part_qpv]", "130")
        expect(page.locator(".erreur-champ")).to_be_visible(timeout=8000)
        assert page.locator("[name=part_qpv]").get_attribute("aria-invalid") == "true"
        page.reload()
        expect(page.locator("[name=part_qpv]")).to_have_value("130")
        page.fill("[name=part_qpv]", "60")
        expect(temoin(page)).to_contain_text(ENREGISTRE, timeout=8000)
        expect(page.locator(".erreur-champ")).to_have_count(0)


def test_sans_javascript_le_bouton_enregistre(demo, chromium, titre):
    contexte = chromium.new_context(java_script_enabled=False, viewport=TAILLES[360], locale="fr-FR")
    try:
        page = contexte.new_page()
        demo.connecter(page, "porteuse@demo.test")
        numero = ouvrir(demo, page)
        page.fill("[name=lieux]", titre)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator("[name=lieux]")).to_have_value(titre)
    finally:
        contexte.close()
    assert relire(demo, chromium, numero, "lieux") == titre


def test_au_clavier_seul_sur_un_telephone(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test", largeur=360) as page:
        numero = ouvrir(demo, page)
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "lieux":
                break
        page.keyboard.press("Control+A")
        page.keyboard.type(titre)
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "continuer":
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith(f"/dossiers/{numero}/objectifs/")
    assert relire(demo, chromium, numero, "lieux") == titre
