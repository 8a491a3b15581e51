"""Hors des sections du dossier non plus, rien de tapé ne se perd : le pré-projet et le message au service."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.navigateur, pytest.mark.lent]
ENREGISTRE = re.compile(r"Enregistré à \d+\sh\s\d\d")


@pytest.fixture
def titre():
    return f"Un atelier de cuisine {uuid.uuid4().hex[:8]}"


def test_le_pre_projet_nait_au_premier_champ_et_survit_au_reseau_coupe(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        page.goto(f"{demo.url}/appels/")
        appels = {lien.get_attribute("href") for lien in page.locator("main a[href^='/appels/']").all()}
        for appel in sorted(appels):
            reponse = page.goto(f"{demo.url}{appel.split('#')[0].rstrip('/')}/pre-projet/")
            if reponse.ok and page.locator("[name=intitule]").count():
                break
        page.fill("[name=intitule]", titre)
        expect(page.locator("[data-sauve]")).to_contain_text(ENREGISTRE, timeout=8000)
        expect(page).to_have_url(re.compile(r"/pre-projets/\d+/modifier/"))
        page.context.set_offline(True)
        page.fill("[name=idee]", f"{titre}, deux fois par mois.")
        expect(page.locator("[data-sauve]")).to_contain_text("Hors connexion", timeout=8000)
        page.context.set_offline(False)
        expect(page.locator("[data-sauve]")).to_contain_text(ENREGISTRE, timeout=20000)
        adresse = page.url
    with demo.session(chromium, "collegue@demo.test") as page:
        page.goto(adresse)
        expect(page.locator("[name=intitule]")).to_have_value(titre)
        expect(page.locator("[name=idee]")).to_have_value(f"{titre}, deux fois par mois.")


def test_un_message_en_cours_se_retrouve_et_s_oublie_une_fois_parti(demo, chromium, titre):
    with demo.session(chromium, "porteuse@demo.test") as page:
        page.goto(f"{demo.url}/dossiers/")
        dossier = page.locator("main a[href^='/dossiers/']").first.get_attribute("href")
        page.goto(f"{demo.url}{dossier}messages/")
        page.fill("[name=texte]", titre)
        page.reload()
        expect(page.locator("[name=texte]")).to_have_value(titre)
        expect(page.get_by_text("a été retrouvé dans ce navigateur")).to_be_visible()
        page.get_by_role("button", name="Envoyer le message").click()
        expect(page.locator(".fil-messages")).to_contain_text(titre)
        expect(page.locator("[name=texte]")).to_have_value("")
        page.reload()
        expect(page.locator("[name=texte]")).to_have_value("")
        assert page.evaluate("Object.keys(localStorage).filter((cle) => cle.includes('messages')).length") == 0
        assert page.fautes == []
