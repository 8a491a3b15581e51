"""Noter dans un vrai navigateur : au fil de l'eau, réseau coupé puis rétabli, un passage épinglé, une reprise."""

import re

import pytest
from playwright.sync_api import expect

from tests.navigateur.outils import violations

pytestmark = [pytest.mark.navigateur, pytest.mark.lent]
ENREGISTRE = re.compile(r"Enregistré à \d+\sh\s\d\d")


def ouvrir(page, demo, titre="Cuisiner de saison"):
    page.goto(f"{demo.url}/evaluation/")
    page.get_by_role("link", name=titre).first.click()


def noter(page, rang, niveau):
    page.locator(".note").nth(rang).locator(f"input[value='{niveau}']").check()


def test_une_note_mise_avant_que_le_script_arrive_part_aussi(demo, chromium):
    retenus = []
    with demo.session(chromium, "evaluatrice@demo.test") as page:
        page.goto(f"{demo.url}/evaluation/")
        adresse = page.get_by_role("link", name="Cuisiner de saison").first.get_attribute("href")
        page.route("**/saisie*.js", lambda route: retenus.append(route))
        page.goto(demo.url + adresse, wait_until="commit")
        noter(page, 2, 1)
        with page.expect_response(lambda r: r.request.method == "POST" and r.ok, timeout=15000):
            retenus[0].continue_()
        expect(page.locator("[data-sauve]")).to_contain_text(ENREGISTRE)
        page.unroute("**/saisie*.js")
        page.reload()
        expect(page.locator(".note").nth(2).locator("input[value='1']")).to_be_checked()


def test_la_notation_s_enregistre_meme_reseau_coupe_puis_s_envoie_et_se_reprend(demo, chromium):
    with demo.session(chromium, "evaluatrice@demo.test", largeur=360) as page:
        ouvrir(page, demo)
        temoin = page.locator("[data-sauve]")
        noter(page, 0, 3)
        expect(temoin).to_contain_text(ENREGISTRE, timeout=10000)
        page.context.set_offline(True)
        noter(page, 1, 4)
        expect(temoin).to_contain_text("Hors connexion", timeout=10000)
        page.context.set_offline(False)
        expect(temoin).to_contain_text(ENREGISTRE, timeout=25000)
        page.reload()
        expect(page.locator(".note").nth(0).locator("input[value='3']")).to_be_checked()
        expect(page.locator(".note").nth(1).locator("input[value='4']")).to_be_checked()

        # Un passage sélectionné s'épingle à un critère, sans quitter la page.
        page.evaluate(
            "const e = document.querySelector('[data-champ=description]'); const r = document.createRange();"
            "r.selectNodeContents(e); getSelection().removeAllRanges(); getSelection().addRange(r)"
        )
        barre = page.get_by_role("region", name="Épingler le passage sélectionné")
        barre.get_by_label("Critère").select_option(index=1)
        barre.get_by_role("button", name="Épingler ce passage").click()
        expect(page.locator(".note").nth(0).locator(".citations li")).to_have_count(1)

        for rang in range(2, page.locator(".note").count()):
            noter(page, rang, 2)
        page.get_by_role("button", name="Envoyer mes notes").click()
        expect(page.get_by_text("sont envoyées.").first).to_be_visible()
        ouvrir(page, demo)
        page.get_by_role("button", name="Reprendre mes notes").click()
        noter(page, 0, 5)
        expect(page.locator("[data-sauve]")).to_contain_text(ENREGISTRE, timeout=10000)
        page.get_by_role("button", name="Renvoyer mes notes").click()
        ouvrir(page, demo)
        page.get_by_role("link", name="Mes envois").click()
        expect(page.get_by_role("heading", name=re.compile("Envoi 2"))).to_be_visible()
        with demo.session(chromium, "evaluatrice@demo.test", sans_csp=True) as lisible:
            ouvrir(lisible, demo)
            assert violations(lisible) == []
            lisible.goto(f"{lisible.url}synthese/")
            assert violations(lisible) == []
